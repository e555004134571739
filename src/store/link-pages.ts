import type { LinkPageStore } from '../domain/link-page.ts'
import { createDatabase } from './database.ts'
import type { Retry } from './retry.ts'

/** Expired pages that one writing takes away. */
const MOST_SWEPT = 20

/** Pages of links, in D1. */
export function createLinkPageStore(options: { db: D1Database; retry?: Retry }): LinkPageStore {
  const db = createDatabase(options.db, options.retry)
  return {
    async put({ id, account, media, recipients, expiresAt }, now) {
      await db.run(
        'INSERT INTO link_pages (id, account, media, expires_at, recipients) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING',
        id,
        account,
        JSON.stringify(media),
        expiresAt,
        JSON.stringify(recipients),
      )
      await db.run(
        `DELETE FROM link_pages WHERE id IN (
           SELECT id FROM link_pages WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ${MOST_SWEPT}
         )`,
        now,
      )
    },
    async find(id) {
      const row = await db.first<{ account: string; media: string; expires_at: number }>(
        'SELECT account, media, expires_at FROM link_pages WHERE id = ?1',
        id,
      )
      if (row === null) return null
      return { id, account: row.account, media: JSON.parse(row.media), expiresAt: row.expires_at }
    },
  }
}
