import type { KeyLimits } from '../domain/credit.ts'
import type { QuotaStore } from '../domain/credit-store.ts'
import { createDatabase } from './database.ts'
import type { Retry } from './retry.ts'

/** Longer than an idempotency key is remembered, so that a repeated request finds that it was counted. */
const KEPT = 25 * 3_600_000
const DAY = 86_400_000
const MINUTE = 60_000
/** Rows that one run of the sweep deletes, at most. */
const MOST_SWEPT = 5_000

/** One statement, so that no two messages take the last place. Made again after a lost answer it finds its own row. */
const TAKE = `INSERT INTO key_sends (key, message, at, amount) SELECT ?1, ?2, ?3, ?4
  WHERE EXISTS (SELECT 1 FROM key_sends WHERE key = ?1 AND message = ?2) OR (
    (?5 IS NULL OR ?5 > (SELECT count(*) FROM (
      SELECT 1 FROM key_sends WHERE key = ?1 AND at > ?3 - ${MINUTE} LIMIT coalesce(?5, 0))))
    AND (?6 IS NULL OR ?6 > coalesce((SELECT messages FROM key_days WHERE key = ?1 AND day = ?8), 0))
    AND (?7 IS NULL OR ?7 >= ?4 + coalesce((SELECT amount FROM key_days WHERE key = ?1 AND day = ?8), 0)))
  ON CONFLICT (key, message) DO UPDATE SET at = at RETURNING at`

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** What keys have sent, in D1; only for keys that have limits. */
export function createQuotaStore(options: { db: D1Database; retry?: Retry }): QuotaStore {
  const db = createDatabase(options.db, options.retry)

  return {
    async take(key, limits, message, amount, now) {
      const { messagesPerMinute, messagesPerDay, spendPerDay } = limits
      const taken = await db.all(
        TAKE,
        key,
        message,
        now,
        amount,
        messagesPerMinute,
        messagesPerDay,
        spendPerDay,
        dayOf(now),
      )
      if (taken.length > 0) return null
      if (messagesPerMinute !== null) {
        const row = await db.first<{ at: number }>(
          `SELECT at FROM key_sends WHERE key = ?1 AND at > ?2 ORDER BY at DESC LIMIT 1 OFFSET ?3`,
          key,
          now - MINUTE,
          Math.max(0, messagesPerMinute - 1),
        )
        if (row !== null || messagesPerMinute === 0)
          return { limit: 'messages_per_minute', wait: (row?.at ?? now) + MINUTE - now }
      }
      const wait = DAY - (now % DAY)
      const row = await db.first<{ messages: number }>(
        'SELECT messages FROM key_days WHERE key = ?1 AND day = ?2',
        key,
        dayOf(now),
      )
      const full = messagesPerDay !== null && (row?.messages ?? 0) >= messagesPerDay
      return { limit: full ? 'messages_per_day' : 'spend_per_day', wait }
    },

    async setLimits(account, key, limits) {
      const rows = await db.all<{ id: string }>(
        'UPDATE api_keys SET limits = ?3 WHERE id = ?2 AND account = ?1 RETURNING id',
        account,
        key,
        limits === null ? null : JSON.stringify(limits),
      )
      return rows.length > 0
    },

    async limits(account, key) {
      const row = await db.first<{ limits: string | null }>(
        'SELECT limits FROM api_keys WHERE id = ?2 AND account = ?1',
        account,
        key,
      )
      return row && { limits: row.limits === null ? null : (JSON.parse(row.limits) as KeyLimits) }
    },

    async sweep(now) {
      const changes = await db.batch([
        {
          sql: `DELETE FROM key_sends WHERE (key, message) IN (
                  SELECT key, message FROM key_sends WHERE at < ?1 ORDER BY at LIMIT ${MOST_SWEPT})`,
          values: [now - KEPT],
        },
        {
          sql: `DELETE FROM key_days WHERE (key, day) IN (
                  SELECT key, day FROM key_days WHERE day < ?1 ORDER BY day LIMIT ${MOST_SWEPT})`,
          values: [dayOf(now - 40 * DAY)],
        },
      ])
      return changes.reduce((sum, rows) => sum + rows, 0)
    },
  }
}
