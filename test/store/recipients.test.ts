import { beforeEach, describe, expect, test } from 'vitest'
import type { Message } from '../../src/domain/message.ts'
import { numberOf } from '../../src/domain/number.ts'
import type { IndexStore } from '../../src/domain/ports.ts'
import { mmsNow } from '../../src/domain/recipient.ts'
import type { RecipientStore } from '../../src/domain/recipient-store.ts'
import { createIndexStore } from '../../src/store/index-store.ts'
import { createNumberStore } from '../../src/store/numbers.ts'
import { createRecipientStore } from '../../src/store/recipients.ts'
import { migrated } from './bindings.ts'
import { ACCOUNT, message, STRANGER } from './messages.ts'

const OWN = '+14165550100'
const PHONE = '+16135550123'
const NOW = Date.UTC(2026, 10, 22)
const DAY = 86_400_000

let db: D1Database
let recipients: RecipientStore
let index: IndexStore
let revision = 0

beforeEach(async () => {
  db = await migrated()
  const tables = [
    'recipients',
    'network_overrides',
    'sightings',
    'numbers',
    'messages',
    'conversations',
    'charges',
  ]
  await db.batch(tables.map((table) => db.prepare(`DELETE FROM ${table}`)))
  recipients = createRecipientStore({ db })
  index = createIndexStore({ db })
})

const of = async (account = ACCOUNT) => (await recipients.known(account, [PHONE])).get(PHONE)
const project = (change: Partial<Message>, at = NOW): Promise<void> =>
  index.project([
    {
      message: message({
        sequence: ++revision,
        from: OWN,
        to: [PHONE],
        createdAt: at,
        updatedAt: at,
        ...change,
      }),
      revision: 1,
    },
  ])
const outcome = (
  change: Omit<Message['recipients'][number], 'address'>,
  at = NOW,
  more: Partial<Message> = {},
) => project({ state: change.state, recipients: [{ address: PHONE, ...change }], ...more }, at)

describe('C6: whether a phone takes MMS', () => {
  test.each<[string, () => Promise<void>, string | undefined, string | null | undefined]>([
    [
      'its own MMS says yes',
      () => project({ direction: 'inbound', state: 'received', from: PHONE, to: [OWN] }),
      'yes',
      'inbound',
    ],
    [
      'its own SMS says nothing',
      () => project({ direction: 'inbound', channel: 'sms', state: 'received', from: PHONE, to: [OWN] }),
      'unknown',
      null,
    ],
    [
      "the phone's report says yes",
      () => outcome({ state: 'delivered', certainty: 'handset' }),
      'yes',
      'receipt',
    ],
    [
      "the carrier's report says nothing",
      () => outcome({ state: 'delivered', certainty: 'carrier' }),
      undefined,
      undefined,
    ],
    [
      "a text's report says nothing",
      () => outcome({ state: 'delivered', certainty: 'handset' }, NOW, { channel: 'sms' }),
      undefined,
      undefined,
    ],
    ["the vendor's code says no", () => outcome({ state: 'failed', reason: 'no_mms' }), 'no', 'vendor'],
    [
      'another code says nothing',
      () => outcome({ state: 'failed', reason: 'too_large' }),
      undefined,
      undefined,
    ],
  ])('%s', async (_, happen, mms, source) => {
    await happen()
    const facts = await of()
    expect([facts?.mms, facts?.mmsSource]).toEqual([mms, source])
    expect(await of(STRANGER)).toBeUndefined()
  })

  test("a vendor's no holds for 30 days", async () => {
    await outcome({ state: 'failed', reason: 'no_mms' })
    const facts = (await of())!
    expect(mmsNow(facts, NOW + 30 * DAY - 1)).toBe('no')
    expect(mmsNow(facts, NOW + 30 * DAY)).toBe('unknown')
  })

  test('newer knowledge wins, whatever comes first', async () => {
    await outcome({ state: 'delivered', certainty: 'handset' }, NOW + 2)
    await outcome({ state: 'failed', reason: 'no_mms' }, NOW + 1)
    expect((await of())?.mms).toBe('yes')
    await outcome({ state: 'failed', reason: 'no_mms' }, NOW + 3)
    expect((await of())?.mms).toBe('no')
  })

  test('what a person set wins over all, until it is forgotten', async () => {
    await recipients.set(ACCOUNT, PHONE, { mms: 'no' }, NOW)
    await outcome({ state: 'delivered', certainty: 'handset' }, NOW + 5)
    expect(await of()).toMatchObject({ mms: 'no', mmsSource: 'manual', mmsUntil: null })
    expect(await recipients.set(ACCOUNT, PHONE, { mms: 'unknown' }, NOW)).toMatchObject({
      mms: 'unknown',
      mmsSource: null,
    })
    await outcome({ state: 'delivered', certainty: 'handset' }, NOW + 6)
    expect((await of())?.mms).toBe('yes')
  })
})

test('networks are learned with their date, and a person wins there too', async () => {
  await recipients.learnNetwork(ACCOUNT, PHONE, 'bell', 'receipt', NOW)
  await recipients.learnNetwork(ACCOUNT, PHONE, 'telus', 'inbound', NOW - 1)
  expect(await of()).toMatchObject({
    network: 'bell',
    networkSource: 'receipt',
    networkAt: NOW,
    mms: 'unknown',
  })
  await recipients.set(ACCOUNT, PHONE, { network: 'rogers' }, NOW)
  await recipients.learnNetwork(ACCOUNT, PHONE, 'telus', 'inbound', NOW + 1)
  expect(await of()).toMatchObject({ network: 'rogers', networkSource: 'manual' })
  // Setting one thing leaves the other.
  expect(await recipients.set(ACCOUNT, PHONE, { mms: 'yes' }, NOW)).toMatchObject({
    mms: 'yes',
    network: 'rogers',
  })
  expect(await recipients.set(ACCOUNT, PHONE, { network: null }, NOW)).toMatchObject({
    mms: 'yes',
    network: null,
  })
})

test('an account has its own word on a network', async () => {
  await recipients.override(ACCOUNT, 'bell', { messageBytes: 900_000, maxSide: null })
  await recipients.override(ACCOUNT, 'bell', { messageBytes: 800_000, maxSide: 1000 })
  expect(await recipients.overrides(ACCOUNT)).toEqual(
    new Map([['bell', { messageBytes: 800_000, maxSide: 1000 }]]),
  )
  expect(await recipients.overrides(STRANGER)).toEqual(new Map())
  await recipients.override(ACCOUNT, 'bell', null)
  expect(await recipients.overrides(ACCOUNT)).toEqual(new Map())
})

test('sightings count each stranger once, for as long as asked', async () => {
  const see = (who: string, at: number | null, since = NOW - 600_000) =>
    recipients.sighted(ACCOUNT, ['text', 'picture'], [who], since, at)
  expect(await see('a', NOW)).toBe(1)
  expect(await see('a', NOW)).toBe(1)
  expect(await see('b', NOW + 1)).toBe(2)
  expect(await recipients.sighted(ACCOUNT, ['picture'], ['c'], NOW - 1, NOW + 2)).toBe(3)
  expect(await see('d', null)).toBe(3)
  expect(await see('d', null, NOW)).toBe(2)
  expect(await recipients.sighted(STRANGER, ['text'], [], 0, null)).toBe(0)
  expect(await recipients.sweep(NOW + 1)).toBe(2)
  expect(await see('d', null)).toBe(2)
})

test('everything known of a phone can be forgotten, at one account', async () => {
  for (const account of [ACCOUNT, STRANGER]) {
    await recipients.set(account, PHONE, { mms: 'yes' }, NOW)
    await recipients.sighted(account, ['text'], [PHONE], 0, NOW)
  }
  await recipients.forget(ACCOUNT, PHONE)
  expect(await of()).toBeUndefined()
  expect(await recipients.sighted(ACCOUNT, ['text'], [], 0, null)).toBe(0)
  expect(await of(STRANGER)).toBeDefined()
  expect(await recipients.sighted(STRANGER, ['text'], [], 0, null)).toBe(1)
})

describe('V13: a ported number is proved by the first message that arrives', () => {
  const numbers = () => createNumberStore({ db })
  const state = async () => (await numbers().find(ACCOUNT, OWN))?.capabilities
  beforeEach(async () => {
    await numbers().provision(
      numberOf({
        account: ACCOUNT,
        address: OWN,
        vendor: 'simulator',
        capabilities: { sms: 'pending', mms: 'pending' },
        portedAt: NOW,
      }),
      1,
    )
  })

  test.each<[string, () => Promise<void>, object]>([
    ['outbound MMS', () => project({ state: 'delivered' }), { sms: 'pending', mms: 'active' }],
    [
      'outbound SMS',
      () => project({ state: 'delivered', channel: 'sms' }),
      { sms: 'active', mms: 'pending' },
    ],
    [
      'inbound',
      () => project({ direction: 'inbound', state: 'received', from: PHONE, to: [OWN] }),
      { sms: 'pending', mms: 'active' },
    ],
    ['not yet', () => project({ state: 'submitted' }), { sms: 'pending', mms: 'pending' }],
  ])('%s', async (_, happen, expected) => {
    await happen()
    expect(await state()).toEqual(expected)
  })
})
