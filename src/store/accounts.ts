import type { KeyLimits } from '../domain/credit.ts'
import type { AccountStore, Scope, StoredKey } from '../domain/ports.ts'
import { createDatabase, statement } from './database.ts'
import type { Retry } from './retry.ts'

type KeyRow = {
  id: string
  account: string
  name: string
  scopes: string
  test: number
  local_only: number
  limits: string | null
}

/** Accounts and the hashes of their keys, in D1. */
export function createAccountStore(options: { db: D1Database; retry?: Retry }): AccountStore {
  const db = createDatabase(options.db, options.retry)

  return {
    async keyByHash(hash): Promise<StoredKey | null> {
      const row = await db.first<KeyRow>(
        'SELECT id, account, name, scopes, test, local_only, limits FROM api_keys WHERE hash = ?1 AND revoked_at IS NULL',
        hash,
      )
      if (row === null) return null
      return {
        account: row.account,
        key: row.id,
        name: row.name,
        scopes: JSON.parse(row.scopes) as Scope[],
        test: row.test === 1,
        localOnly: row.local_only === 1,
        ...(row.limits === null ? {} : { limits: JSON.parse(row.limits) as KeyLimits }),
      }
    },

    async provision(account, key, now) {
      await db.batch([
        statement(
          'INSERT INTO accounts (id, name, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING',
          account.id,
          account.name,
          now,
        ),
        statement(
          `INSERT INTO api_keys (hash, id, account, name, scopes, test, local_only, created_at)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING`,
          key.hash,
          key.key,
          account.id,
          key.name,
          JSON.stringify(key.scopes),
          key.test ? 1 : 0,
          key.localOnly ? 1 : 0,
          now,
        ),
      ])
    },

    async retentionDays(account) {
      const row = await db.first<{ retention_days: number | null }>(
        'SELECT retention_days FROM accounts WHERE id = ?1',
        account,
      )
      return row?.retention_days ?? null
    },

    async setRetention(account, days) {
      await db.run('UPDATE accounts SET retention_days = ?2 WHERE id = ?1', account, days)
    },

    async find(account) {
      const row = await db.first<{ id: string; name: string; retention_days: number | null }>(
        'SELECT id, name, retention_days FROM accounts WHERE id = ?1',
        account,
      )
      return row && { id: row.id, name: row.name, retentionDays: row.retention_days }
    },

    async keys(account) {
      const rows = await db.all<KeyRow & { created_at: number; revoked_at: number | null }>(
        `SELECT id, account, name, scopes, test, local_only, limits, created_at, revoked_at FROM api_keys
         WHERE account = ?1 ORDER BY created_at LIMIT 500`,
        account,
      )
      return rows.map((row) => ({
        id: row.id,
        account: row.account,
        name: row.name,
        scopes: JSON.parse(row.scopes) as Scope[],
        test: row.test === 1,
        createdAt: row.created_at,
        revokedAt: row.revoked_at,
      }))
    },

    async revokeKey(account, id, now) {
      const changed = await db.run(
        'UPDATE api_keys SET revoked_at = ?3 WHERE id = ?2 AND account = ?1 AND revoked_at IS NULL',
        account,
        id,
        now,
      )
      return changed > 0
    },
  }
}
