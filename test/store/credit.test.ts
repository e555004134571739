import { beforeEach, describe, expect, test } from 'vitest'
import type { Charge } from '../../src/domain/credit.ts'
import type { CreditStore } from '../../src/domain/credit-store.ts'
import type { Message } from '../../src/domain/message.ts'
import { numberOf } from '../../src/domain/number.ts'
import type { IndexStore } from '../../src/domain/ports.ts'
import { createAccountStore } from '../../src/store/accounts.ts'
import { createCreditStore } from '../../src/store/credit.ts'
import { createIndexStore } from '../../src/store/index-store.ts'
import { createNumberStore } from '../../src/store/numbers.ts'
import { migrated } from './bindings.ts'
import { flakyDatabase, LOST, seeded, sometimes } from './flaky.ts'
import { ACCOUNT, message, STRANGER } from './messages.ts'

const OWN = '+14165550100'
const NOW = Date.UTC(2026, 10, 22, 12)

let db: D1Database
let credit: CreditStore
let index: IndexStore

beforeEach(async () => {
  db = await migrated()
  const tables = [
    'ledger',
    'charges',
    'usage_days',
    'messages',
    'conversations',
    'numbers',
    'api_keys',
    'accounts',
  ]
  await db.batch(tables.map((table) => db.prepare(`DELETE FROM ${table}`)))
  const accounts = createAccountStore({ db })
  for (const id of [ACCOUNT, STRANGER])
    await accounts.provision(
      { id, name: id },
      { key: `key_${id}`, hash: id, name: id, scopes: ['send'], test: false, localOnly: false },
      1,
    )
  await createNumberStore({ db }).provision(
    numberOf({
      account: ACCOUNT,
      address: OWN,
      vendor: 'simulator',
      prices: { smsOut: 8_000, smsIn: 4_000, mmsOut: 20_000, mmsIn: 10_000 },
    }),
    1,
  )
  credit = createCreditStore({ db })
  index = createIndexStore({ db })
})

const prepaid = async (amount: number): Promise<void> => {
  await credit.setPlan(ACCOUNT, 'prepaid', null)
  await credit.topUp(ACCOUNT, { id: 'led_first', at: NOW, amount, note: 'first' })
}
const charge = (n: number | string, change: Partial<Charge> = {}): Charge => ({
  message: `msg_${n}`,
  account: ACCOUNT,
  number: OWN,
  kind: 'mms',
  units: 1,
  amount: 20_000,
  at: NOW,
  ...change,
})
const standing = async () => {
  const found = await credit.credit(ACCOUNT)
  return [found?.available, found?.held]
}
const ledgerSum = async (): Promise<number> =>
  (await db
    .prepare('SELECT coalesce(sum(amount), 0) AS sum FROM ledger WHERE account = ?')
    .bind(ACCOUNT)
    .first<{
      sum: number
    }>())!.sum
const project = (id: string, change: Partial<Message>, revision = 1): Promise<void> =>
  index.project([
    {
      message: {
        ...message({ sequence: 1 }),
        id,
        account: ACCOUNT,
        from: OWN,
        updatedAt: NOW,
        createdAt: NOW,
        ...change,
      },
      revision,
    },
  ])

describe('holds', () => {
  test('50 parallel sends spend what is there and no more', async () => {
    await prepaid(10 * 20_000 + 5_000)
    const held = await Promise.all(Array.from({ length: 50 }, (_, n) => credit.hold(charge(n))))
    expect(held.filter(Boolean)).toHaveLength(10)
    expect(await standing()).toEqual([5_000, 200_000])
    expect(await ledgerSum()).toBe(5_000)
  })

  test('the same message is held once, also when answers are lost', async () => {
    await prepaid(100_000)
    const flaky = createCreditStore({
      db: flakyDatabase(db, sometimes(0.5, LOST, seeded(7))),
      retry: { tries: 30, pause: 0, sleep: async () => {}, random: () => 0 },
    })
    const held = await Promise.all(Array.from({ length: 20 }, (_, n) => flaky.hold(charge(n % 4))))
    expect(held.every(Boolean)).toBe(true)
    expect(await standing()).toEqual([20_000, 80_000])
  })

  test('what is exhausted sends nothing, not even what costs nothing', async () => {
    await prepaid(0)
    expect(await credit.hold(charge(1, { amount: 0 }))).toBe(false)
  })

  test('a hold given back can be taken again', async () => {
    await prepaid(20_000)
    expect(await credit.hold(charge(1))).toBe(true)
    await credit.release(ACCOUNT, 'msg_1', NOW)
    await credit.release(ACCOUNT, 'msg_1', NOW)
    expect(await standing()).toEqual([20_000, 0])
    expect(await credit.hold(charge(1))).toBe(true)
    expect(await standing()).toEqual([0, 20_000])
    await credit.release(STRANGER, 'msg_1', NOW)
    expect(await standing()).toEqual([0, 20_000])
    expect(await ledgerSum()).toBe(0)
  })

  test("another account's id holds nothing", async () => {
    await prepaid(20_000)
    await credit.hold(charge(1))
    expect(await credit.hold(charge(1, { account: STRANGER }))).toBe(false)
  })
})

describe('settling by projections', () => {
  const id = 'msg_a'
  beforeEach(async () => {
    await prepaid(100_000)
    await credit.hold(charge('a'))
  })

  test.each<[string, Partial<Message>, number, number]>([
    ['waits while it waits', { state: 'accepted' }, 80_000, 20_000],
    ['is paid when the vendor took it', { state: 'submitted', vendorId: 'v' }, 80_000, 0],
    ['is paid though the phone never got it', { state: 'failed', vendorId: 'v' }, 80_000, 0],
    ['comes back when the vendor refused it', { state: 'failed', reason: 'too_large' }, 100_000, 0],
    ['comes back when it was canceled', { state: 'canceled' }, 100_000, 0],
    ['comes back when it expired here', { state: 'expired', reason: 'expired' }, 100_000, 0],
    ['is paid when nobody knows', { state: 'failed', reason: 'outcome_unknown' }, 80_000, 0],
  ])('%s', async (_, change, available, held) => {
    await project(id, change)
    await project(id, change)
    expect(await standing()).toEqual([available, held])
    expect(await ledgerSum()).toBe(available)
  })

  test('what failed here and arrived after all is paid', async () => {
    await project(id, { state: 'failed' }, 1)
    expect(await standing()).toEqual([100_000, 0])
    await project(id, { state: 'delivered', certainty: 'handset' }, 2)
    await project(id, { state: 'failed' }, 1)
    expect(await standing()).toEqual([80_000, 0])
    expect(await ledgerSum()).toBe(80_000)
  })

  test('G19: what comes in costs its fee, once', async () => {
    const inbound = {
      direction: 'inbound',
      state: 'received',
      from: '+16135550123',
      to: [OWN],
      recipients: [],
    } as const
    await project('msg_in', inbound)
    await project('msg_in', inbound)
    expect(await standing()).toEqual([70_000, 20_000])
    const ledger = await credit.ledger(ACCOUNT, { cursor: null, limit: 10 })
    expect(ledger.ok && ledger.value.items.map((one) => [one.kind, one.amount]).sort()).toEqual([
      ['hold', -20_000],
      ['inbound', -10_000],
      ['top_up', 100_000],
    ])
  })
})

test('V4: usage counts by day, number and kind, a recipient at a time, and pages', async () => {
  for (const [n, change] of (
    [
      { state: 'delivered', to: ['+16135550121', '+16135550122'] },
      { state: 'submitted', createdAt: NOW + 86_400_000 },
      { state: 'submitted', channel: 'sms' },
      { state: 'accepted' },
      { state: 'canceled' },
      { direction: 'inbound', state: 'received', from: '+16135550123', to: [OWN] },
    ] as Partial<Message>[]
  ).entries())
    for (const revision of [1, 2]) await project(`msg_${n}`, change, revision)
  const query = { from: '2026-11-01', to: '2026-11-30', number: null, kind: null, limit: 2 }
  const rows: unknown[] = []
  let cursor: string | null = null
  do {
    const page = await credit.usage(ACCOUNT, { ...query, cursor })
    if (!page.ok) throw new Error('no page')
    expect(page.value.items.length).toBeLessThanOrEqual(2)
    rows.push(...page.value.items)
    cursor = page.value.next
  } while (cursor !== null)
  const row = (day: string, kind: string, direction: string, units: number, amount: number) => ({
    day,
    number: OWN,
    kind,
    direction,
    messages: 1,
    units,
    amount,
  })
  expect(rows).toEqual([
    row('2026-11-22', 'mms', 'inbound', 1, 10_000),
    row('2026-11-22', 'mms', 'outbound', 2, 40_000),
    row('2026-11-22', 'sms', 'outbound', 1, 8_000),
    row('2026-11-23', 'mms', 'outbound', 1, 20_000),
  ])
  const sms = await credit.usage(ACCOUNT, { ...query, cursor: null, kind: 'sms' })
  expect(sms.ok && sms.value.items).toEqual([row('2026-11-22', 'sms', 'outbound', 1, 8_000)])
  const other = await credit.usage(STRANGER, { ...query, cursor: null })
  expect(other.ok && other.value.items).toEqual([])
  // Not prepaid: counted, and nothing is taken.
  expect(await ledgerSum()).toBe(0)
})

test('a top-up made twice counts once, and none goes to nobody', async () => {
  await prepaid(5)
  await prepaid(5)
  expect(await standing()).toEqual([5, 0])
  await credit.topUp('acc_nobody', { id: 'led_x', at: NOW, amount: 5, note: null })
  expect(await credit.credit('acc_nobody')).toBeNull()
  expect(await credit.setPlan('acc_nobody', 'trial', null)).toBe(false)
})

test('holds of messages that were never committed are found', async () => {
  await prepaid(100_000)
  await credit.hold(charge('lost'))
  await credit.hold(charge('there'))
  await project('msg_there', { state: 'accepted' })
  expect(await credit.unclaimed(NOW + 1, 10)).toEqual([{ account: ACCOUNT, message: 'msg_lost' }])
  expect(await credit.unclaimed(NOW, 10)).toEqual([])
})
