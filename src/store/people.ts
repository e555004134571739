import type { ConversationPeople, InboxFilter, InboxRow, PeopleChange } from '../domain/people.ts'
import type { PeopleStore } from '../domain/people-ports.ts'
import { fail, ok } from '../domain/result.ts'
import { CONVERSATION_COLUMNS, type ConversationTableRow, conversationRow } from './conversations.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { createDatabase, type Database, type Row, type Value } from './database.ts'
import type { Retry } from './retry.ts'
import { matchQuery } from './search.ts'

type PeopleRow = {
  read_through: number | null
  unread: number
  assignee: string | null
  labels: string | null
  draft: string | null
  deleted_at: number | null
  names: string
}

/** Unread counts past this are shown as "many": counting on would only cost. */
const MOST_UNREAD = 100
/** Conversations that a text narrows a list to, newest words first. */
const MOST_FOUND = 500

const PEOPLE = `p.read_through, p.assignee, p.labels, p.draft, p.deleted_at,
  (SELECT count(*) FROM (SELECT 1 FROM messages AS m WHERE m.account = c.account AND m.conversation = c.id
    AND m.direction = 'inbound' AND m.sequence > coalesce(p.read_through, 0) LIMIT ${MOST_UNREAD})) AS unread,
  (SELECT json_group_array(k.name) FROM json_each(c.members) AS one
    LEFT JOIN contacts AS k ON k.account = c.account AND k.address = one.value) AS names`

const peopleOf = (row: PeopleRow): ConversationPeople => ({
  readThrough: row.read_through ?? 0,
  unread: row.unread,
  assignee: row.assignee,
  labels: row.labels === null ? [] : JSON.parse(row.labels),
  draft: row.draft === null ? null : JSON.parse(row.draft),
  deletedAt: row.deleted_at,
  names: JSON.parse(row.names),
})

const inboxRow = (row: ConversationTableRow & PeopleRow): InboxRow => ({
  ...conversationRow(row),
  people: peopleOf(row),
})

const columns = CONVERSATION_COLUMNS.split(',')
  .map((name) => `c.${name.trim()}`)
  .join(', ')

/** What people add to conversations, in D1. */
export function createPeopleStore(options: { db: D1Database; retry?: Retry }): PeopleStore {
  const db = createDatabase(options.db, options.retry)
  return {
    inbox: (account, filter, page) => listInbox(db, account, filter, page),

    async conversation(account, id) {
      const row = await db.first<ConversationTableRow & PeopleRow>(
        `SELECT ${columns}, ${PEOPLE} FROM conversations AS c LEFT JOIN conversation_people AS p ON p.conversation = c.id
         WHERE c.id = ?2 AND c.account = ?1`,
        account,
        id,
      )
      return row && inboxRow(row)
    },

    async change(account, conversation, change) {
      await db.run(...changeStatement(account, conversation, change))
    },

    async addNote(account, conversation, note) {
      await db.run(
        'INSERT INTO notes (id, account, conversation, author, text, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO NOTHING',
        note.id,
        account,
        conversation,
        note.author,
        note.text,
        note.at,
      )
    },

    async notes(account, conversation) {
      return await db.all<{ id: string; author: string; text: string; at: number }>(
        'SELECT id, author, text, at FROM notes WHERE account = ?1 AND conversation = ?2 ORDER BY at LIMIT 500',
        account,
        conversation,
      )
    },

    async messageDeleted(account, message, at) {
      if (at === null)
        await db.run('DELETE FROM deleted_messages WHERE message = ?2 AND account = ?1', account, message)
      else
        await db.run(
          'INSERT INTO deleted_messages (message, account, at) VALUES (?2, ?1, ?3) ON CONFLICT DO NOTHING',
          account,
          message,
          at,
        )
    },

    async days(account, after, before, offsetMs) {
      return await db.all(
        `SELECT date((m.created_at + ?4) / 1000, 'unixepoch') AS day, c.own AS number,
           sum(m.direction = 'outbound') AS sent, sum(m.direction = 'inbound') AS received,
           sum(m.state IN ('failed', 'expired')) AS failed,
           coalesce(sum((SELECT sum(source_bytes) FROM parts WHERE message = m.id)), 0) AS bytesBefore,
           coalesce(sum((SELECT sum(CASE WHEN source_bytes IS NULL THEN 0 ELSE bytes END) FROM parts WHERE message = m.id)), 0) AS bytesAfter
         FROM messages AS m CROSS JOIN conversations AS c ON c.id = m.conversation
         WHERE m.account = ?1 AND m.created_at >= ?2 AND m.created_at < ?3
         GROUP BY 1, 2 ORDER BY 1 DESC, 2 LIMIT 1000`,
        account,
        after,
        before,
        offsetMs,
      )
    },

    async reasons(account, after, before) {
      return await db.all(
        `SELECT reason, count(*) AS count FROM messages
         WHERE account = ?1 AND created_at >= ?2 AND created_at < ?3 AND reason IS NOT NULL
         GROUP BY reason ORDER BY count DESC LIMIT 20`,
        account,
        after,
        before,
      )
    },
  }
}

/** Writes only what the change names; a conversation that nobody touched has no row. Read marks move forward only. */
function changeStatement(account: string, conversation: string, change: PeopleChange): [string, ...Value[]] {
  const fields: [column: string, value: Value][] = []
  if (change.readThrough !== undefined) fields.push(['read_through', change.readThrough])
  if (change.assignee !== undefined) fields.push(['assignee', change.assignee])
  if (change.labels !== undefined) fields.push(['labels', JSON.stringify(change.labels)])
  if (change.draft !== undefined)
    fields.push(['draft', change.draft === null ? null : JSON.stringify(change.draft)])
  if (change.deletedAt !== undefined) fields.push(['deleted_at', change.deletedAt])
  const names = fields.map(([column]) => column)
  const updates = names.map((column) =>
    column === 'read_through'
      ? 'read_through = max(read_through, excluded.read_through)'
      : `${column} = excluded.${column}`,
  )
  return [
    `INSERT INTO conversation_people (account, conversation${names.map((name) => `, ${name}`).join('')})
     SELECT account, id${names.map((_, i) => `, ?${i + 3}`).join('')} FROM conversations WHERE id = ?2 AND account = ?1
     ON CONFLICT (conversation) DO ${updates.length === 0 ? 'NOTHING' : `UPDATE SET ${updates.join(', ')}`}`,
    account,
    conversation,
    ...fields.map(([, value]) => value),
  ]
}

async function listInbox(
  db: Database,
  account: string,
  filter: InboxFilter,
  page: { cursor: string | null; limit: number },
): ReturnType<PeopleStore['inbox']> {
  const list = `inbox ${account} ${JSON.stringify(filter)}`
  const from =
    page.cursor === null ? ([Number.MAX_SAFE_INTEGER, '~'] as const) : await readCursor(list, page.cursor)
  if (from === null) return fail({ code: 'invalid_cursor' })
  const values: Value[] = [account, from[0], from[1], page.limit + 1]
  const bind = (value: Value): string => `?${values.push(value)}`
  // Where the conversations are known by id, the order of all of the account's must not be walked for them: without statistics
  // SQLite would, and the plus keeps it from that index.
  const plus = filter.member === undefined && filter.text === undefined ? '' : '+'
  const where: string[] = [`${plus}c.account = ?1`, `(${plus}c.last_at, ${plus}c.id) < (?2, ?3)`]
  if (filter.number !== undefined) where.push(`c.own = ${bind(filter.number)}`)
  if (filter.member !== undefined)
    where.push(
      `c.id IN (SELECT conversation FROM members WHERE account = ?1 AND address = ${bind(filter.member)})`,
    )
  if (filter.after !== undefined) where.push(`c.last_at >= ${bind(filter.after)}`)
  if (filter.before !== undefined) where.push(`c.last_at < ${bind(filter.before)}`)
  if (filter.failed === true) where.push(`c.last_state IN ('failed', 'expired')`)
  if (filter.label !== undefined)
    where.push(`EXISTS (SELECT 1 FROM json_each(p.labels) WHERE value = ${bind(filter.label)})`)
  if (filter.unread === true)
    where.push(
      `EXISTS (SELECT 1 FROM messages AS m WHERE m.account = ?1 AND m.conversation = c.id AND m.direction = 'inbound' AND m.sequence > coalesce(p.read_through, 0))`,
    )
  // A deleted conversation comes back by itself when something new is said in it.
  where.push(
    filter.deleted === true
      ? 'p.deleted_at >= c.last_at'
      : '(p.deleted_at IS NULL OR p.deleted_at < c.last_at)',
  )
  if (filter.text !== undefined) {
    const found = await conversationsSaying(db, account, filter.text)
    where.push(`c.id IN (SELECT value FROM json_each(${bind(JSON.stringify(found))}))`)
  }
  const rows = await db.all<ConversationTableRow & PeopleRow & Row>(
    `SELECT ${columns}, ${PEOPLE} FROM conversations AS c LEFT JOIN conversation_people AS p ON p.conversation = c.id
     WHERE ${where.join(' AND ')} ORDER BY c.last_at DESC, c.id DESC LIMIT ?4`,
    ...values,
  )
  const items = rows.slice(0, page.limit)
  const last = items.at(-1)
  const next =
    rows.length > page.limit && last !== undefined ? await writeCursor(list, [last.last_at, last.id]) : null
  return ok({ items: items.map(inboxRow), next })
}

/** Conversations in which the words were said, or whose members are called so or have such a number. */
async function conversationsSaying(db: Database, account: string, text: string): Promise<string[]> {
  const match = matchQuery(account, text)
  const digits = text.replace(/\D/g, '')
  const [said, called] = await Promise.all([
    match === null
      ? []
      : db.all<{ conversation: string }>(
          `SELECT DISTINCT m.conversation
           FROM (SELECT rowid AS position FROM message_words WHERE message_words MATCH ?1 ORDER BY rowid DESC LIMIT ${MOST_FOUND}) AS w
             CROSS JOIN messages AS m ON m.position = w.position WHERE m.account = ?2`,
          match,
          account,
        ),
    db.all<{ conversation: string }>(
      `SELECT m.conversation FROM members AS m LEFT JOIN contacts AS k ON k.account = m.account AND k.address = m.address
       WHERE m.account = ?1 AND ((?2 <> '' AND instr(m.address, ?2) > 0) OR instr(lower(k.name), lower(?3)) > 0) LIMIT ${MOST_FOUND}`,
      account,
      digits.length >= 3 ? digits : '',
      text,
    ),
  ])
  return [...new Set([...said, ...called].map((row) => row.conversation))]
}
