import type { Address } from '../domain/address.ts'
import type { Thread } from '../domain/conversation.ts'
import type { Failure } from '../domain/failure.ts'
import type { ConversationRow, Page } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { MessageState } from '../domain/state.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { type Database, type Statement, statement } from './database.ts'

/** A row of the table. */
export type ConversationTableRow = {
  id: string
  account: string
  own: string
  members: string
  last_message: string | null
  last_text: string | null
  last_direction: 'inbound' | 'outbound' | null
  last_state: MessageState | null
  last_parts: number | null
  messages: number
  last_at: number
  created_at: number
  updated_at: number
}

/** Its columns, as a query names them. */
export const CONVERSATION_COLUMNS = `id, account, own, members, last_message, last_text, last_direction, last_state, last_parts, messages,
  last_at, created_at, updated_at`

/** Rows a page, at most. */
const MOST_ROWS = 200

/** After every position: the first page starts here. */
const START = [Number.MAX_SAFE_INTEGER, '~'] as const

/** The row as the domain knows it. */
export const conversationRow = (row: ConversationTableRow): ConversationRow => ({
  id: row.id,
  account: row.account,
  own: row.own,
  members: JSON.parse(row.members) as Address[],
  lastMessage:
    row.last_message === null
      ? null
      : {
          id: row.last_message,
          text: row.last_text,
          direction: row.last_direction!,
          state: row.last_state!,
          parts: row.last_parts!,
        },
  messages: row.messages,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

/** One conversation of an account, or null. */
export async function findConversation(
  db: Database,
  account: string,
  id: string,
): Promise<ConversationRow | null> {
  const row = await db.first<ConversationTableRow>(
    `SELECT ${CONVERSATION_COLUMNS} FROM conversations WHERE id = ?2 AND account = ?1`,
    account,
    id,
  )
  return row && conversationRow(row)
}

/** A page of an account's conversations, the one with the newest message first; 1 to 200 rows. */
export async function listConversations(
  db: Database,
  account: string,
  page: { cursor: string | null; limit: number },
): Promise<Result<Page<ConversationRow>, Failure>> {
  const list = `conversations ${account}`
  const limit = Math.min(Math.max(1, Math.floor(page.limit)), MOST_ROWS)
  const from = page.cursor === null ? START : await readCursor(list, page.cursor)
  if (from === null) return fail({ code: 'invalid_cursor' })
  const rows = await db.all<ConversationTableRow>(
    `SELECT ${CONVERSATION_COLUMNS} FROM conversations
     WHERE account = ?1 AND (last_at, id) < (?2, ?3)
     ORDER BY last_at DESC, id DESC LIMIT ?4`,
    account,
    from[0],
    from[1],
    limit + 1,
  )
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const next = rows.length > limit && last ? await writeCursor(list, [last.last_at, last.id]) : null
  return ok({ items: items.map(conversationRow), next })
}

/**
 * Says that a conversation has work. Opened again within `fresh` milliseconds it is not written again: many messages
 * into one thread would otherwise wait for each other's write of the same row.
 */
export async function openConversation(
  db: Database,
  fresh: number,
  conversation: string,
  thread: Thread,
  now: number,
): Promise<void> {
  await db.run(
    `INSERT INTO conversations
       (id, account, own, members, open, opened_at, touched_at, messages, last_at, created_at, updated_at)
     VALUES (?1, ?2, ?3, ?4, 1, ?5, ?5, 0, ?5, ?5, ?5)
     ON CONFLICT (id) DO UPDATE SET
       open = 1, opened_at = max(opened_at, excluded.opened_at), touched_at = max(touched_at, excluded.touched_at)
     WHERE account = excluded.account AND (open = 0 OR opened_at <= ?5 - ?6)`,
    conversation,
    thread.account,
    thread.own,
    JSON.stringify([...thread.members].sort()),
    now,
    fresh,
  )
}

/**
 * The statement that says that a conversation had no work at `seenAt`. It stays open when it was opened less than `fresh` milliseconds
 * before: an opening within that time may have gone unwritten, and the clocks of two machines differ by less. Then the
 * sweep asks again.
 */
export const settleConversation = (fresh: number, conversation: string, seenAt: number): Statement =>
  statement(
    'UPDATE conversations SET open = 0 WHERE id = ?1 AND open = 1 AND opened_at <= ?2 - ?3',
    conversation,
    seenAt,
    fresh,
  )

/** Open conversations that nobody touched since `before`, oldest first, each touched now. */
export async function staleConversations(
  db: Database,
  before: number,
  now: number,
  limit: number,
): Promise<string[]> {
  const rows = await db.all<{ id: string }>(
    'SELECT id FROM conversations WHERE open = 1 AND touched_at < ?1 ORDER BY touched_at LIMIT ?2',
    before,
    limit,
  )
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  // Read first, touched after: a touch whose answer was lost costs nothing, where one that returns its rows would lose them.
  await db.run(
    'UPDATE conversations SET touched_at = ?1 WHERE id IN (SELECT value FROM json_each(?2)) AND touched_at < ?1',
    now,
    JSON.stringify(ids),
  )
  return ids
}
