import { expect, test } from 'vitest'
import { numberOf } from '../../src/domain/number.ts'
import { createAccountStore } from '../../src/store/accounts.ts'
import { createClaimStore } from '../../src/store/claims.ts'
import { createCreditStore } from '../../src/store/credit.ts'
import { createDialectRecordStore } from '../../src/store/dialect-records.ts'
import { createIndexStore } from '../../src/store/index-store.ts'
import { createMediaStore } from '../../src/store/media.ts'
import { createMessageListStore } from '../../src/store/message-list.ts'
import { createNumberStore } from '../../src/store/numbers.ts'
import { createOrphanStore } from '../../src/store/orphans.ts'
import { createPeopleStore } from '../../src/store/people.ts'
import { createQuotaStore } from '../../src/store/quota.ts'
import { createRecipientStore } from '../../src/store/recipients.ts'
import { createSearchStore } from '../../src/store/search.ts'
import { createVendorAccountStore } from '../../src/store/vendor-accounts.ts'
import { createWebhookStore } from '../../src/store/webhooks.ts'
import { bindings, migrated } from './bindings.ts'
import { ACCOUNT, conversation, file, message } from './messages.ts'

type Asked = { readonly sql: string; readonly values: unknown[] }

/** A D1 that remembers what it was asked. */
function recording(db: D1Database): { db: D1Database; asked: Map<string, Asked> } {
  const asked = new Map<string, Asked>()
  const recorded = {
    prepare: (sql: string) => ({
      bind: (...values: unknown[]) => {
        asked.set(sql, { sql, values })
        return db.prepare(sql).bind(...values)
      },
    }),
    batch: (statements: D1PreparedStatement[]) => db.batch(statements),
  }
  return { db: recorded as unknown as D1Database, asked }
}

/** Asks everything that the folder can ask, once. */
async function askEverything(db: D1Database): Promise<void> {
  const accounts = createAccountStore({ db })
  await accounts.provision(
    { id: ACCOUNT, name: 'Demo' },
    { key: 'key_1', name: 'first', scopes: ['read'], test: false, localOnly: false, hash: 'h' },
    1,
  )
  await accounts.keyByHash('h')
  await accounts.retentionDays(ACCOUNT)

  const numbers = createNumberStore({ db })
  await numbers.provision(
    numberOf({ account: ACCOUNT, address: '+14165550100', vendor: 'simulator', isDefault: true }),
    1,
  )
  await numbers.list(ACCOUNT)
  await numbers.find(ACCOUNT, '+14165550100')
  await numbers.ownerOf('simulator', '+14165550100')
  const number = numberOf({ account: ACCOUNT, address: '+14165550109', vendor: 'simulator', isDefault: true })
  await numbers.add(number, 1)
  await numbers.save(number)
  await numbers.page(ACCOUNT, { cursor: null, limit: 10 })
  await numbers.remove(ACCOUNT, '+14165550109')

  const credit = createCreditStore({ db })
  await credit.credit(ACCOUNT)
  await credit.plan(ACCOUNT)
  await credit.setPlan(ACCOUNT, 'prepaid', null)
  await credit.topUp(ACCOUNT, { id: 'led_1', at: 1, amount: 10, note: null })
  const charge = { message: 'm', account: ACCOUNT, number: '+14165550100', kind: 'mms', units: 1 } as const
  await credit.hold({ ...charge, amount: 1, at: 1 })
  await credit.release(ACCOUNT, 'm', 2)
  await credit.unclaimed(2, 10)
  await credit.ledger(ACCOUNT, { cursor: null, limit: 10 })
  await credit.usage(ACCOUNT, { cursor: null, limit: 10, from: '', to: '9', number: null, kind: null })

  const recipients = createRecipientStore({ db })
  await recipients.known(ACCOUNT, ['+16135550123'])
  await recipients.set(ACCOUNT, '+16135550123', { mms: 'yes' }, 1)
  await recipients.learnNetwork(ACCOUNT, '+16135550123', 'bell', 'receipt', 1)
  await recipients.overrides(ACCOUNT)
  await recipients.override(ACCOUNT, 'bell', { messageBytes: 1, maxSide: 1 })
  await recipients.override(ACCOUNT, 'bell', null)
  await recipients.sighted(ACCOUNT, ['c'], ['+16135550123'], 0, 1)
  await recipients.sweep(1)
  await recipients.forget(ACCOUNT, '+16135550123')

  const quota = createQuotaStore({ db })
  const limits = { messagesPerMinute: 1, messagesPerDay: 1, spendPerDay: 1 }
  for (const message of ['a', 'b']) await quota.take('key_1', limits, message, 1, 1)
  await quota.take('key_1', { ...limits, messagesPerMinute: null }, 'c', 1, 1)
  await quota.setLimits(ACCOUNT, 'key_1', limits)
  await quota.limits(ACCOUNT, 'key_1')
  await quota.sweep(1)

  const claims = createClaimStore({ db })
  const claim = { account: ACCOUNT, key: 'k', bodyHash: 'h', subject: 's', now: 1 }
  await claims.take(claim)
  await claims.take(claim)
  await claims.release(ACCOUNT, 'k')
  await claims.answer(ACCOUNT, 'k', 'a', 2)

  const media = createMediaStore({ db, bucket: bindings.MEDIA })
  const stored = await media.put(file('a'), 1)
  await media.find(ACCOUNT, stored.id)
  await media.findById(stored.id)
  await media.keep(ACCOUNT, [stored.id], 2_000_000)
  await media.nameRendition(ACCOUNT, 'fit', stored)
  await media.findRendition(ACCOUNT, 'fit', 1)
  await media.sweep(3_000_000, 10)
  await media.sweep(3_000_000 + 3_600_000, 10)

  const vendors = createVendorAccountStore({ db })
  const stamps = { revision: 1, createdAt: 1, updatedAt: 1 }
  const connected = { id: 'ven_1', account: ACCOUNT, name: 'a', sealed: '1.a', settings: {}, ...stamps }
  await vendors.insert({ ...connected, vendor: 'mm7' })
  await vendors.replace({ ...connected, vendor: 'mm7', revision: 2, sealed: '1.b' })
  await vendors.find(ACCOUNT, 'ven_1')
  await vendors.findById('mm7', 'ven_1')
  await vendors.of(ACCOUNT, 'mm7')
  await vendors.list(ACCOUNT, { cursor: null, limit: 10 })
  await vendors.remove(ACCOUNT, 'ven_1')

  const records = createDialectRecordStore({ db })
  const record = {
    account: ACCOUNT,
    kind: 'sinch_app',
    id: 'dia_1',
    parent: '',
    subject: null,
    body: '{}',
    sealed: null,
    createdAt: 1,
    updatedAt: 1,
  }
  await records.add(record)
  await records.put(record)
  await records.several(ACCOUNT, 'sinch_app', ['dia_1'])
  await records.page(ACCOUNT, 'sinch_app', { before: null, limit: 10 })
  await records.page(ACCOUNT, 'sinch_app', { parent: '', before: null, limit: 10 })
  await records.remove(ACCOUNT, 'sinch_app', 'dia_1')
  const messageList = createMessageListStore({ db })
  await messageList.ids(ACCOUNT, {}, { cursor: null, limit: 10 })
  await messageList.ids(ACCOUNT, { conversation: 'c' }, { cursor: null, limit: 10 })
  await messageList.ids(ACCOUNT, { members: ['+16135550123'] }, { cursor: null, limit: 10 })

  const webhooks = createWebhookStore({ db })
  const webhook = {
    id: 'whk_1',
    account: ACCOUNT,
    url: 'https://customer.example/',
    description: null,
    types: null,
    numbers: null,
    attachments: 'together',
    strictOrder: false,
    shards: 1,
    revision: 1,
    generation: 1,
    previousUntil: null,
    enabled: true,
    activeSince: 1,
    disabledAt: null,
    disabledReason: null,
    failingSince: null,
    lastSuccessAt: null,
    createdAt: 1,
    updatedAt: 1,
  } as const
  await webhooks.insert(webhook, 200)
  await webhooks.list(ACCOUNT, { cursor: null, limit: 10 })
  await webhooks.active(ACCOUNT)
  await webhooks.replace({ ...webhook, revision: 2 })
  await webhooks.health(ACCOUNT, 'whk_1', 2, { failingSince: 1, lastSuccessAt: null, switchedOff: null })
  await webhooks.remove(ACCOUNT, 'whk_1')

  const orphans = createOrphanStore({ db })
  await orphans.orphans(ACCOUNT, { cursor: null, limit: 10 })
  await orphans.orphans(null, { cursor: null, limit: 10 })
  await createSearchStore({ db }).messages(ACCOUNT, 'some words', null, 10)
  const people = createPeopleStore({ db })
  for (const filter of [{}, { member: '+16135550123' }, { number: '+14165550100' }, { after: 1, before: 2 }])
    await people.inbox(ACCOUNT, filter, { cursor: null, limit: 10 })

  const index = createIndexStore({ db })
  await index.open(conversation('1'), { account: ACCOUNT, own: '+14165550100', members: [] }, 1)
  await index.project([{ message: message({ sequence: 1 }), revision: 1 }])
  await index.conversations(ACCOUNT, { cursor: null, limit: 10 })
  await index.conversation(ACCOUNT, conversation('1'))
  await index.messageByVendorId('simulator', 'v')
  await index.stale(10_000, 10_000, 200)
  await index.settle(conversation('1'), 20_000)
  await index.park({ vendor: 'simulator', account: null, eventId: 'e', vendorId: 'v', body: '{}', at: 1 })
  await index.parkedFor('simulator', 'v')
  await index.unpark('simulator', 'e')
  await index.sweep(1, 1)
}

/** What SQLite says that it would do. */
async function plan(db: D1Database, { sql, values }: Asked): Promise<string[]> {
  const rows = await db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .all<{ detail: string }>()
  return rows.results.map((row) => row.detail)
}

/** Whether a step reads a whole table. What is made from the parameter alone is read whole, and is as long as that. */
const scansTable = (detail: string): boolean =>
  detail.startsWith('SCAN ') && !/VIRTUAL TABLE|^SCAN (CONSTANT ROW|seen$|\(subquery-\d+\)$)/.test(detail)

test('L-9: every query finds its rows by an index', async () => {
  const real = await migrated()
  const { db, asked } = recording(real)
  await askEverything(db)
  expect(asked.size).toBeGreaterThan(30)
  const scans: string[] = []
  for (const one of asked.values()) {
    for (const detail of await plan(real, one)) if (scansTable(detail)) scans.push(`${detail}: ${one.sql}`)
  }
  expect(scans).toEqual([])
})

test('a query without an index is seen', async () => {
  const db = await migrated()
  const details = await plan(db, { sql: 'SELECT id FROM messages AS m WHERE text = ?1', values: ['x'] })
  expect(details.some(scansTable)).toBe(true)
})

test('L-9: a page of conversations is read in the order of its index, without sorting', async () => {
  const real = await migrated()
  const { db, asked } = recording(real)
  await createIndexStore({ db }).conversations(ACCOUNT, { cursor: null, limit: 10 })
  await createIndexStore({ db }).stale(1, 1, 10)
  const details = (await Promise.all([...asked.values()].map((one) => plan(real, one)))).flat()
  expect(details).toEqual([
    expect.stringContaining(
      'SEARCH conversations USING INDEX conversations_of_account (account=? AND (last_at,id)<',
    ),
    expect.stringContaining('SEARCH conversations USING COVERING INDEX conversations_open (touched_at<?)'),
  ])
})
