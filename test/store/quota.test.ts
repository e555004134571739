import { beforeEach, expect, test } from 'vitest'
import type { KeyLimits } from '../../src/domain/credit.ts'
import type { QuotaStore } from '../../src/domain/credit-store.ts'
import { createAccountStore } from '../../src/store/accounts.ts'
import { createQuotaStore } from '../../src/store/quota.ts'
import { migrated } from './bindings.ts'
import { flakyDatabase, LOST, seeded, sometimes } from './flaky.ts'
import { ACCOUNT, STRANGER } from './messages.ts'

const NOON = Date.UTC(2026, 10, 22, 12)
const none: KeyLimits = { messagesPerMinute: null, messagesPerDay: null, spendPerDay: null }

let db: D1Database
let quota: QuotaStore
beforeEach(async () => {
  db = await migrated()
  await db.batch(
    ['key_sends', 'key_days', 'api_keys', 'accounts'].map((table) => db.prepare(`DELETE FROM ${table}`)),
  )
  quota = createQuotaStore({ db })
})

test('a minute slides: room comes back when the oldest message is a minute old', async () => {
  const limits = { ...none, messagesPerMinute: 2 }
  expect(await quota.take('k', limits, 'a', 1, NOON)).toBeNull()
  expect(await quota.take('k', limits, 'b', 1, NOON + 10_000)).toBeNull()
  expect(await quota.take('k', limits, 'c', 1, NOON + 20_000)).toEqual({
    limit: 'messages_per_minute',
    wait: 40_000,
  })
  expect(await quota.take('other', limits, 'c', 1, NOON + 20_000)).toBeNull()
  expect(await quota.take('k', limits, 'c', 1, NOON + 60_000)).toBeNull()
  expect(await quota.take('k', limits, 'd', 1, NOON + 60_000)).toEqual({
    limit: 'messages_per_minute',
    wait: 10_000,
  })
})

test('V6: a hundred a day, until midnight', async () => {
  const limits = { ...none, messagesPerDay: 100 }
  const taken = await Promise.all(
    Array.from({ length: 130 }, (_, n) => quota.take('k', limits, `m${n}`, 1, NOON)),
  )
  expect(taken.filter((one) => one === null)).toHaveLength(100)
  expect(taken.find((one) => one !== null)).toEqual({ limit: 'messages_per_day', wait: 12 * 3_600_000 })
  expect(await quota.take('k', limits, 'tomorrow', 1, NOON + 12 * 3_600_000)).toBeNull()
})

test('a spend cap counts what messages cost', async () => {
  const limits = { ...none, spendPerDay: 50 }
  expect(await quota.take('k', limits, 'a', 30, NOON)).toBeNull()
  expect(await quota.take('k', limits, 'b', 30, NOON)).toMatchObject({ limit: 'spend_per_day' })
  expect(await quota.take('k', limits, 'c', 20, NOON)).toBeNull()
})

test('nothing at all may be allowed, and the same message counts once', async () => {
  expect(await quota.take('k', { ...none, messagesPerMinute: 0 }, 'a', 1, NOON)).toMatchObject({
    limit: 'messages_per_minute',
  })
  const flaky = createQuotaStore({
    db: flakyDatabase(db, sometimes(0.5, LOST, seeded(11))),
    retry: { tries: 30, pause: 0, sleep: async () => {}, random: () => 0 },
  })
  const limits = { ...none, messagesPerMinute: 3, messagesPerDay: 3 }
  for (let n = 0; n < 12; n++) expect(await flaky.take('k', limits, `m${n % 3}`, 1, NOON)).toBeNull()
  expect(await flaky.take('k', limits, 'm3', 1, NOON)).not.toBeNull()
})

test("limits belong to an account's key, and come with it", async () => {
  const accounts = createAccountStore({ db })
  await accounts.provision(
    { id: ACCOUNT, name: 'A' },
    { key: 'key_1', hash: 'h', name: 'k', scopes: ['send'], test: false, localOnly: false },
    1,
  )
  const limits = { ...none, messagesPerDay: 5 }
  expect(await quota.setLimits(STRANGER, 'key_1', limits)).toBe(false)
  expect(await accounts.keyByHash('h')).not.toHaveProperty('limits')
  expect(await quota.setLimits(ACCOUNT, 'key_1', limits)).toBe(true)
  expect(await quota.limits(ACCOUNT, 'key_1')).toEqual({ limits })
  expect(await quota.limits(STRANGER, 'key_1')).toBeNull()
  expect(await accounts.keyByHash('h')).toMatchObject({ limits })
})

test('what is over is forgotten', async () => {
  await quota.take('k', { ...none, messagesPerDay: 5 }, 'a', 1, NOON)
  expect(await quota.sweep(NOON + 24 * 3_600_000)).toBe(0)
  expect(await quota.sweep(NOON + 26 * 3_600_000)).toBe(1)
  expect(await quota.sweep(NOON + 60 * 86_400_000)).toBe(1)
})
