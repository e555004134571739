import type { ThreadLinkStore } from '../domain/thread-links.ts'
import { createDatabase } from './database.ts'
import type { Retry } from './retry.ts'

/** Threads looked at: one phone is in few groups of one number. */
const MOST = 100

/** Links between threads of changed groups, in D1. */
export function createThreadLinkStore(options: { db: D1Database; retry?: Retry }): ThreadLinkStore {
  const db = createDatabase(options.db, options.retry)
  return {
    async related({ account, own, members }, except) {
      const rows = await db.all<{ id: string; members: string }>(
        `SELECT DISTINCT c.id, c.members, c.last_at
         FROM json_each(?2) AS one CROSS JOIN members AS m ON m.account = ?1 AND m.address = one.value
           CROSS JOIN conversations AS c ON c.id = m.conversation
         WHERE c.account = ?1 AND c.own = ?3 AND c.id <> ?4 AND json_array_length(c.members) > 1
         ORDER BY c.last_at DESC LIMIT ${MOST}`,
        account,
        JSON.stringify(members),
        own,
        except,
      )
      return rows.map((row) => ({ id: row.id, members: JSON.parse(row.members) as string[] }))
    },
    async link(account, conversation, previous) {
      await db.run(
        'INSERT INTO thread_links (account, conversation, previous) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING',
        account,
        conversation,
        previous,
      )
    },
    async of(account, conversation) {
      const before = await db.first<{ previous: string }>(
        'SELECT previous FROM thread_links WHERE account = ?1 AND conversation = ?2',
        account,
        conversation,
      )
      const after = await db.first<{ conversation: string }>(
        'SELECT conversation FROM thread_links WHERE account = ?1 AND previous = ?2 ORDER BY conversation LIMIT 1',
        account,
        conversation,
      )
      return { previous: before?.previous ?? null, next: after?.conversation ?? null }
    },
  }
}
