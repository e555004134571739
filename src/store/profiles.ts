import { type ContentProfile, EVERYTHING, type ProfileStore } from '../domain/profile.ts'
import { createDatabase } from './database.ts'
import type { Retry } from './retry.ts'

/** Content profiles, in D1. */
export function createProfileStore(options: { db: D1Database; retry?: Retry }): ProfileStore {
  const db = createDatabase(options.db, options.retry)
  return {
    async of(account, number) {
      const row = await db.first<{ profile: string }>(
        "SELECT profile FROM content_profiles WHERE account = ?1 AND number IN (?2, '') ORDER BY number DESC LIMIT 1",
        account,
        number,
      )
      return row === null ? EVERYTHING : (JSON.parse(row.profile) as ContentProfile)
    },
    async list(account) {
      const rows = await db.all<{ number: string; profile: string }>(
        'SELECT number, profile FROM content_profiles WHERE account = ?1 ORDER BY number',
        account,
      )
      return rows.map((row) => ({
        ...(JSON.parse(row.profile) as ContentProfile),
        number: row.number === '' ? null : row.number,
      }))
    },
    async put(account, { number, allow, block }) {
      await db.run(
        `INSERT INTO content_profiles (account, number, profile) VALUES (?1, ?2, ?3)
         ON CONFLICT (account, number) DO UPDATE SET profile = excluded.profile`,
        account,
        number ?? '',
        JSON.stringify({ allow, block }),
      )
    },
    async remove(account, number) {
      const sql = 'DELETE FROM content_profiles WHERE account = ?1 AND number = ?2'
      return (await db.run(sql, account, number ?? '')) > 0
    },
  }
}
