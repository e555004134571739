import type { KeywordRule } from '../domain/keyword.ts'
import type { KeywordStore } from '../domain/people-ports.ts'
import { createDatabase } from './database.ts'
import type { Retry } from './retry.ts'

/** Rules of keywords, in D1. An account has few; they are read together. */
export function createKeywordStore(options: { db: D1Database; retry?: Retry }): KeywordStore {
  const db = createDatabase(options.db, options.retry)
  return {
    async list(account) {
      const rows = await db.all<{ rule: string }>(
        'SELECT rule FROM keywords WHERE account = ?1 ORDER BY created_at, id',
        account,
      )
      return rows.map((row) => JSON.parse(row.rule) as KeywordRule)
    },
    async put(account, rule, now, most) {
      const written = await db.run(
        `INSERT INTO keywords (id, account, rule, created_at)
         SELECT ?1, ?2, ?3, ?4 WHERE (SELECT count(*) FROM keywords WHERE account = ?2 AND id <> ?1) < ?5
         ON CONFLICT (id) DO UPDATE SET rule = excluded.rule WHERE account = excluded.account`,
        rule.id,
        account,
        JSON.stringify(rule),
        now,
        most,
      )
      return written > 0
    },
    async remove(account, id) {
      return (await db.run('DELETE FROM keywords WHERE id = ?2 AND account = ?1', account, id)) > 0
    },
  }
}
