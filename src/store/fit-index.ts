import type { FitIndex } from '../domain/fit-ports.ts'
import { createDatabase, statement } from './database.ts'
import type { Retry } from './retry.ts'

type Row = {
  readonly media: string
  readonly etag: string | null
  readonly last_modified: string | null
  readonly fresh_until: number
}

/** Rows past their time that one write takes away: more than it adds, so that they never pile up. */
const SWEPT = 5

/** The optimizer's memory of sources, in D1. */
export function createFitIndex(options: { db: D1Database; retry?: Retry }): FitIndex {
  const db = createDatabase(options.db, options.retry)
  return {
    async find(account, key, now) {
      const row = await db.first<Row>(
        `SELECT media, etag, last_modified, fresh_until FROM fit_index
         WHERE account = ?1 AND key = ?2 AND kept_until > ?3`,
        account,
        key,
        now,
      )
      return (
        row && {
          media: row.media,
          etag: row.etag,
          lastModified: row.last_modified,
          freshUntil: row.fresh_until,
        }
      )
    },

    async put(account, key, entry, keptUntil, now) {
      await db.batch([
        statement(
          `INSERT INTO fit_index (account, key, media, etag, last_modified, fresh_until, kept_until)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
           ON CONFLICT (account, key) DO UPDATE SET media = excluded.media, etag = excluded.etag,
             last_modified = excluded.last_modified, fresh_until = excluded.fresh_until, kept_until = excluded.kept_until`,
          account,
          key,
          entry.media,
          entry.etag,
          entry.lastModified,
          entry.freshUntil,
          keptUntil,
        ),
        statement(
          `DELETE FROM fit_index WHERE (account, key) IN (
             SELECT account, key FROM fit_index WHERE kept_until <= ?1 ORDER BY kept_until LIMIT ?2)`,
          now,
          SWEPT,
        ),
      ])
    },
  }
}
