import { type LedgerEntry, type Plan, settlementOf, type UsageRow, unitsOf } from '../domain/credit.ts'
import type { CreditStore } from '../domain/credit-store.ts'
import type { Failure } from '../domain/failure.ts'
import type { Message } from '../domain/message.ts'
import type { Page } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { createDatabase, type Database } from './database.ts'
import type { Retry } from './retry.ts'

type CreditRow = { plan: Plan; currency: string; balance: number; held: number }

/**
 * One statement, so that no two holds spend the same money: the balance is looked at and moved (by a trigger) at once.
 * Made again after a lost answer it finds its own row.
 */
const HOLD = `INSERT INTO charges (message, account, number, kind, direction, units, amount, state, prepaid, at, changed_at)
  SELECT ?1, ?2, ?3, ?4, 'outbound', ?5, ?6, 'held', 1, ?7, ?7
  WHERE EXISTS (SELECT 1 FROM charges WHERE message = ?1 AND state <> 'released')
    OR EXISTS (SELECT 1 FROM accounts WHERE id = ?2 AND balance > 0 AND balance >= ?6)
  ON CONFLICT (message) DO UPDATE SET state = iif(state = 'released', 'held', state), changed_at = excluded.changed_at
  WHERE account = excluded.account
  RETURNING state`

/** The money of accounts, in D1. Triggers of the schema move balances and count usage as charges change their state. */
export function createCreditStore(options: { db: D1Database; retry?: Retry }): CreditStore {
  const db = createDatabase(options.db, options.retry)

  return {
    async credit(account) {
      const row = await db.first<CreditRow>(
        `SELECT plan, currency, balance,
           (SELECT coalesce(sum(amount), 0) FROM charges WHERE account = ?1 AND state = 'held') AS held
         FROM accounts WHERE id = ?1`,
        account,
      )
      return row && { plan: row.plan, currency: row.currency, available: row.balance, held: row.held }
    },

    async plan(account) {
      const row = await db.first<{ plan: Plan; balance: number }>(
        'SELECT plan, balance FROM accounts WHERE id = ?1',
        account,
      )
      return row && { plan: row.plan, available: row.balance }
    },

    async setPlan(account, plan, currency) {
      const changed = await db.all<{ id: string }>(
        'UPDATE accounts SET plan = ?2, currency = coalesce(?3, currency) WHERE id = ?1 RETURNING id',
        account,
        plan,
        currency,
      )
      return changed.length > 0
    },

    async topUp(account, entry) {
      await db.run(
        `INSERT INTO ledger (id, account, at, kind, amount, note) SELECT ?2, ?1, ?3, 'top_up', ?4, ?5
         WHERE EXISTS (SELECT 1 FROM accounts WHERE id = ?1) ON CONFLICT DO NOTHING`,
        account,
        entry.id,
        entry.at,
        entry.amount,
        entry.note,
      )
    },

    async hold(charge) {
      const { message, account, number, kind, units, amount, at } = charge
      return (await db.all(HOLD, message, account, number, kind, units, amount, at)).length > 0
    },

    async release(account, message, now) {
      await db.run(
        "UPDATE charges SET state = 'released', changed_at = ?3 WHERE message = ?2 AND account = ?1 AND state = 'held'",
        account,
        message,
        now,
      )
    },

    async unclaimed(before, limit) {
      return await db.all<{ account: string; message: string }>(
        `SELECT account, message FROM charges WHERE state = 'held' AND at < ?1
           AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.id = charges.message) ORDER BY at LIMIT ?2`,
        before,
        limit,
      )
    },

    ledger: (account, page) => pageOfLedger(db, account, page),
    usage: (account, query) => pageOfUsage(db, account, query),
  }
}

/** After every position: the first page starts here. */
const START = [Number.MAX_SAFE_INTEGER, '~'] as const

async function pageOfLedger(
  db: Database,
  account: string,
  page: { cursor: string | null; limit: number },
): Promise<Result<Page<LedgerEntry>, Failure>> {
  const list = `ledger ${account}`
  const from = page.cursor === null ? START : await readCursor(list, page.cursor)
  if (from === null) return fail({ code: 'invalid_cursor' })
  const rows = await db.all<LedgerEntry>(
    `SELECT id, at, kind, amount, message, note FROM ledger WHERE account = ?1 AND (at, id) < (?2, ?3)
     ORDER BY at DESC, id DESC LIMIT ?4`,
    account,
    from[0],
    from[1],
    page.limit + 1,
  )
  const items = rows.slice(0, page.limit)
  const last = items.at(-1)
  const next = rows.length > page.limit && last ? await writeCursor(list, [last.at, last.id]) : null
  return ok({ items, next })
}

/** A day as a number and back: cursors carry one number and letters. */
const dayNumber = (day: string): number => Number(day.replaceAll('-', ''))
const dayText = (day: number): string => String(day).replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3')

async function pageOfUsage(
  db: Database,
  account: string,
  query: Parameters<CreditStore['usage']>[1],
): Promise<Result<Page<UsageRow>, Failure>> {
  const list = `usage ${account}`
  const { cursor, limit, from, to, number, kind } = query
  const at = cursor === null ? ([0, ''] as const) : await readCursor(list, cursor)
  if (at === null) return fail({ code: 'invalid_cursor' })
  // Of equal days the rest is in ascending order: number, kind, direction, as the primary key has them.
  const [address = '', afterKind = '', direction = ''] = at[1].split('_')
  const rows = await db.all<UsageRow>(
    `SELECT day, number, kind, direction, messages, units, amount FROM usage_days
     WHERE account = ?1 AND day >= ?2 AND day <= ?3 AND (day, number, kind, direction) > (?4, ?5, ?6, ?7)
       AND (?8 IS NULL OR number = ?8) AND (?9 IS NULL OR kind = ?9)
     ORDER BY day, number, kind, direction LIMIT ?10`,
    account,
    from,
    to,
    at[0] === 0 ? '' : dayText(at[0]),
    address.replace(/^p/, '+'),
    afterKind,
    direction,
    number,
    kind,
    limit + 1,
  )
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const next =
    rows.length > limit && last
      ? await writeCursor(list, [
          dayNumber(last.day),
          `${last.number.replace('+', 'p')}_${last.kind}_${last.direction}`,
        ])
      : null
  return ok({ items, next })
}

/** What the statements below read of a message. */
export const chargeIn = (message: Message) => ({
  units: unitsOf(message),
  settlement: settlementOf(message),
  number: message.direction === 'outbound' ? message.from : (message.to[0] ?? ''),
})

/**
 * Settles and releases by projected messages (`?1`), in their transaction. What was not held (an account that is not
 * prepaid, an inbound message, an automatic reply) is charged here, at the number's price of now.
 */
export const SETTLE = {
  settled: `INSERT INTO charges (message, account, number, kind, direction, units, amount, state, prepaid, at, changed_at)
   SELECT one.value ->> 'id', one.value ->> 'account', one.value ->> '$.charge.number', one.value ->> 'channel',
     one.value ->> 'direction', one.value ->> '$.charge.units',
     (one.value ->> '$.charge.units') * coalesce(CASE
       WHEN one.value ->> 'direction' = 'outbound' AND one.value ->> 'channel' = 'mms' THEN n.mms_price_out
       WHEN one.value ->> 'direction' = 'outbound' THEN n.sms_price_out
       WHEN one.value ->> 'channel' = 'mms' THEN n.mms_price_in
       ELSE n.sms_price_in END, 0),
     'settled', coalesce(a.plan = 'prepaid', 0), one.value ->> 'createdAt', one.value ->> 'updatedAt'
   FROM json_each(?1) AS one
     LEFT JOIN numbers AS n ON n.account = one.value ->> 'account' AND n.address = one.value ->> '$.charge.number'
     LEFT JOIN accounts AS a ON a.id = one.value ->> 'account'
   WHERE one.value ->> '$.charge.settlement' = 'settled'
   ON CONFLICT (message) DO UPDATE SET state = 'settled', changed_at = excluded.changed_at
   WHERE state <> 'settled' AND account = excluded.account`,
  released: `UPDATE charges SET state = 'released', changed_at = (
     SELECT max(one.value ->> 'updatedAt') FROM json_each(?1) AS one WHERE one.value ->> 'id' = charges.message
   )
   WHERE state = 'held' AND (message, account) IN (
     SELECT one.value ->> 'id', one.value ->> 'account' FROM json_each(?1) AS one
     WHERE one.value ->> '$.charge.settlement' = 'released'
   )`,
} as const
