import type { MessageListStore } from '../domain/message-list.ts'
import { fail, ok } from '../domain/result.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { createDatabase } from './database.ts'
import type { Retry } from './retry.ts'

const SHOWN = `NOT EXISTS (SELECT 1 FROM deleted_messages AS d WHERE d.message = m.id)
  AND (?4 IS NULL OR m.direction = ?4) AND (?5 IS NULL OR m.channel = ?5)
  AND m.created_at >= ?6 AND m.created_at < ?7`

const ORDER = 'ORDER BY m.created_at DESC, m.id DESC LIMIT ?8'
const BEHIND = '(?2 IS NULL OR (m.created_at, m.id) < (?2, ?3))'

const ALL = `SELECT m.id, m.created_at FROM messages AS m WHERE m.account = ?1 AND ${BEHIND} AND ${SHOWN} ${ORDER}`
const OF_CONVERSATION = `SELECT m.id, m.created_at FROM messages AS m
  WHERE m.account = ?1 AND m.conversation = ?9 AND ${BEHIND} AND ${SHOWN} ${ORDER}`
const WITH_MEMBERS = `SELECT m.id, m.created_at FROM messages AS m
  WHERE m.account = ?1 AND m.conversation IN (
    SELECT conversation FROM members WHERE account = ?1 AND address IN (SELECT value FROM json_each(?9)))
  AND ${BEHIND} AND ${SHOWN} ${ORDER}`

/** Messages over all conversations, from the index in D1. */
export function createMessageListStore(options: { db: D1Database; retry?: Retry }): MessageListStore {
  const db = createDatabase(options.db, options.retry)
  return {
    async ids(account, filter, page) {
      const { conversation, members, direction, channel } = filter
      const list = `messages ${account}`
      const from = page.cursor === null ? null : await readCursor(list, page.cursor)
      if (page.cursor !== null && from === null) return fail({ code: 'invalid_cursor' })
      const narrowed =
        conversation !== undefined ? conversation : members !== undefined ? JSON.stringify(members) : null
      const values = [
        account,
        from?.[0] ?? null,
        from?.[1] ?? null,
        direction ?? null,
        channel ?? null,
        filter.after ?? 0,
        filter.before ?? Number.MAX_SAFE_INTEGER,
        page.limit + 1,
        ...(narrowed === null ? [] : [narrowed]),
      ]
      const sql = conversation !== undefined ? OF_CONVERSATION : members !== undefined ? WITH_MEMBERS : ALL
      const rows = await db.all<{ id: string; created_at: number }>(sql, ...values)
      const items = rows.slice(0, page.limit)
      const last = items.at(-1)
      const more = rows.length > page.limit && last !== undefined
      return ok({
        items: items.map((row) => row.id),
        next: more ? await writeCursor(list, [last.created_at, last.id]) : null,
      })
    },
  }
}
