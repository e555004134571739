import { beforeEach, describe, expect, test } from 'vitest'
import type { Part } from '../../src/domain/message.ts'
import { numberOf } from '../../src/domain/number.ts'
import type { IndexStore, Projection } from '../../src/domain/ports.ts'
import { createIndexStore } from '../../src/store/index-store.ts'
import { createNumberStore } from '../../src/store/numbers.ts'
import { createSearchStore } from '../../src/store/search.ts'
import { migrated } from './bindings.ts'
import { seeded } from './flaky.ts'
import { ACCOUNT, conversation, message, STRANGER } from './messages.ts'

const OWN = '+14165550100'
const THREAD = conversation('1')

let db: D1Database
let index: IndexStore
beforeEach(async () => {
  db = await migrated()
  const tables = ['conversations', 'members', 'messages', 'parts', 'numbers']
  await db.batch(tables.map((table) => db.prepare(`DELETE FROM ${table}`)))
  index = createIndexStore({ db })
})

const rows = async (sql: string) => (await db.prepare(sql).all()).results
const open = (id = THREAD, members = ['+14165550101'], account = ACCOUNT) =>
  index.open(id, { account, own: OWN, members }, 900_000)
const part = (change: Partial<Part> = {}): Part => ({
  media: 'med_1',
  name: 'image1.jpg',
  type: 'image/jpeg',
  bytes: 5_000,
  sha256: 'aa',
  state: 'stored',
  ...change,
})

/** Everything that projections wrote. */
const everything = async () => ({
  conversations: await rows(
    'SELECT id, last_message, last_text, last_state, last_parts, messages, last_at, updated_at FROM conversations ORDER BY id',
  ),
  // All but the position, which is the order of arrival.
  messages: (await rows('SELECT * FROM messages ORDER BY id')).map(({ position, ...row }) => row),
  parts: await rows('SELECT * FROM parts ORDER BY message, position'),
  members: await rows('SELECT * FROM members ORDER BY conversation, address'),
})

test('a message shows in its conversation, with its parts and members', async () => {
  await open()
  const one = message({
    sequence: 1,
    parts: [part(), part({ media: 'med_2', name: 'image2.jpg' })],
    vendorId: 'v1',
  })
  await index.project([{ message: one, revision: 1 }])
  expect(await index.conversation(ACCOUNT, THREAD)).toEqual({
    id: THREAD,
    account: ACCOUNT,
    own: OWN,
    members: ['+14165550101'],
    lastMessage: { id: one.id, text: 'text 1', direction: 'outbound', state: 'accepted', parts: 2 },
    messages: 1,
    createdAt: 900_000,
    updatedAt: 1_000_001,
  })
  expect(await rows('SELECT position, media, account FROM parts ORDER BY position')).toEqual([
    { position: 0, media: 'med_1', account: ACCOUNT },
    { position: 1, media: 'med_2', account: ACCOUNT },
  ])
  expect(await rows('SELECT * FROM members')).toEqual([
    { account: ACCOUNT, address: '+14165550101', conversation: THREAD },
  ])
  expect(await index.messageByVendorId('simulator', 'v1')).toEqual({
    account: ACCOUNT,
    conversation: THREAD,
    message: one.id,
  })
  expect(await index.messageByVendorId('mm7', 'v1')).toBeNull()
})

describe('revisions', () => {
  const accepted: Projection = { message: message({ sequence: 1, parts: [part()] }), revision: 1 }
  const delivered: Projection = {
    message: message({
      sequence: 1,
      parts: [part({ media: 'med_refit', bytes: 4_000 })],
      state: 'delivered',
      certainty: 'handset',
      vendorId: 'v1',
      updatedAt: 1_000_900,
    }),
    revision: 3,
  }

  test('a higher one replaces a lower, parts included', async () => {
    await open()
    await index.project([accepted])
    await index.project([delivered])
    expect(await rows('SELECT state, certainty, revision FROM messages')).toEqual([
      { state: 'delivered', certainty: 'handset', revision: 3 },
    ])
    expect(await rows('SELECT media, bytes FROM parts')).toEqual([{ media: 'med_refit', bytes: 4_000 }])
    expect((await index.conversation(ACCOUNT, THREAD))?.lastMessage?.state).toBe('delivered')
  })

  test('a stale one changes nothing', async () => {
    await open()
    await index.project([delivered])
    const before = await everything()
    await index.project([accepted])
    await index.project([{ message: { ...accepted.message, state: 'failed' }, revision: 2 }])
    expect(await everything()).toEqual(before)
  })

  test('a repeated one changes nothing', async () => {
    await open()
    await index.project([accepted, delivered])
    const before = await everything()
    for (let i = 0; i < 3; i++) await index.project([accepted, delivered])
    expect(await everything()).toEqual(before)
  })

  test('parts that are no more are gone', async () => {
    await open()
    await index.project([{ message: message({ sequence: 1, parts: [part(), part(), part()] }), revision: 1 }])
    await index.project([{ message: message({ sequence: 1, parts: [part()] }), revision: 2 }])
    expect(await rows('SELECT position FROM parts')).toEqual([{ position: 0 }])
  })
})

test('what a search finds follows the words of a message, and goes with it', async () => {
  const searches = createSearchStore({ db })
  const found = async (words: string) =>
    (await searches.messages(ACCOUNT, words, null, 10)).map(({ snippet }) => snippet)
  await open()
  const one = message({ sequence: 1, subject: 'Garden', text: 'The tulips are out' })
  await index.project([{ message: one, revision: 1 }])
  await index.project([{ message: { ...one, state: 'delivered' }, revision: 2, known: true }])
  expect(await found('tulips')).toEqual(['The tulips are out'])
  expect(await found('gard tul')).toEqual([])
  expect(await found('garden tul')).toEqual(['The tulips are out'])
  await index.project([{ message: { ...one, text: 'The roses are out' }, revision: 3, known: true }])
  expect(await found('tulips')).toEqual([])
  expect(await found('roses')).toEqual(['The roses are out'])
  await index.project([{ message: { ...one, text: null }, revision: 4, known: true }])
  expect(await found('garden')).toEqual(['Garden'])
  await index.project([{ message: { ...one, subject: null, text: null }, revision: 5, known: true }])
  expect(await found('garden')).toEqual([])
  await index.project([{ message: { ...one, text: 'The roses are back' }, revision: 6, known: true }])
  expect(await searches.messages(STRANGER, 'roses', null, 10)).toEqual([])
  // The index agrees with the texts: a wrong deletion would have left something in it.
  const check = () =>
    db.prepare("INSERT INTO message_words (message_words, rank) VALUES ('integrity-check', 1)").run()
  await index.project([{ message: message({ sequence: 2, text: null }), revision: 1 }])
  await check()
  await db.prepare('DELETE FROM messages').run()
  expect(await found('roses')).toEqual([])
  await check()
})

test('a state that changes within a millisecond shows, and moves nothing in the list', async () => {
  await open()
  const one = message({ sequence: 1 })
  await index.project([{ message: one, revision: 1 }])
  await index.project([{ message: { ...one, state: 'submitted', vendorId: 'v9' }, revision: 2, known: true }])
  expect((await index.conversation(ACCOUNT, THREAD))?.lastMessage?.state).toBe('submitted')
  expect((await index.messageByVendorId('simulator', 'v9'))?.message).toBe(one.id)
})

test('any order, with any repeats, ends in the same tables', async () => {
  const states = ['accepted', 'submitted', 'delivered'] as const
  const history: Projection[] = [1, 2, 3, 4].flatMap((sequence) =>
    states.map((state, i) => ({
      message: message({
        sequence,
        state,
        conversation: conversation(sequence % 2 === 0 ? 'a' : 'b'),
        parts: [part({ media: `med_${state}` })],
        updatedAt: 1_000_000 + sequence * 10 + i,
      }),
      revision: i,
    })),
  )
  const random = seeded(3)
  let expected: unknown = null
  for (let shuffle = 0; shuffle < 25; shuffle++) {
    await db.batch(
      ['conversations', 'members', 'messages', 'parts'].map((table) => db.prepare(`DELETE FROM ${table}`)),
    )
    await open(conversation('a'))
    await open(conversation('b'))
    const order = [...history, ...history]
      .map((projection) => ({ projection, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map((one) => one.projection)
    for (let start = 0; start < order.length; start += 5) await index.project(order.slice(start, start + 5))
    expected ??= await everything()
    expect(await everything()).toEqual(expected)
  }
  expect(await index.conversation(ACCOUNT, conversation('a'))).toMatchObject({
    lastMessage: { text: 'text 4', state: 'delivered' },
    messages: 4,
    updatedAt: 1_000_042,
  })
})

test('hundreds of messages at once, more than a statement binds', async () => {
  await open()
  const many = Array.from({ length: 240 }, (_, i) => ({ message: message({ sequence: i + 1 }), revision: 1 }))
  await index.project(many)
  await index.project([])
  expect(await rows('SELECT count(*) AS n FROM messages')).toEqual([{ n: 240 }])
  expect(await index.conversation(ACCOUNT, THREAD)).toMatchObject({
    messages: 240,
    lastMessage: { text: 'text 240' },
  })
})

test('long and odd text is cut by whole characters; lists show no more', async () => {
  await open()
  const text = `\0\ud800${'😀'.repeat(20_000)}`
  await index.project([{ message: message({ sequence: 1, text, subject: 'é'.repeat(5_000) }), revision: 1 }])
  const [row] = await rows('SELECT text, subject FROM messages')
  expect([...String(row?.text)]).toHaveLength(500)
  expect(row?.text).toMatch(/^\ufffd(😀){499}$/u)
  expect(row?.subject).toBe('é'.repeat(120))
})

test('messages of the longest content fit their statements', async () => {
  await open()
  const heavy = Array.from({ length: 50 }, (_, i) => ({
    message: message({
      sequence: i + 1,
      text: '\u0001'.repeat(5_000),
      subject: '漢'.repeat(500),
      to: Array.from({ length: 10 }, (_, n) => `+1416555010${n}`),
      parts: Array.from({ length: 300 }, () =>
        part({ name: '\u0001'.repeat(9_000), type: '漢'.repeat(9_000) }),
      ),
    }),
    revision: 1,
  }))
  await index.project(heavy)
  expect(await rows('SELECT count(*) AS n FROM parts')).toEqual([{ n: 50 * 100 }])
  expect(await rows('SELECT DISTINCT parts, length(text) AS text FROM messages')).toEqual([
    { parts: 300, text: 500 },
  ])
})

describe('a conversation whose row was lost', () => {
  beforeEach(async () => {
    const numbers = createNumberStore({ db })
    const base = { account: ACCOUNT, vendor: 'simulator' } as const
    await numbers.provision(numberOf({ ...base, address: OWN }), 1)
    await numbers.provision(numberOf({ ...base, address: '+14165550109' }), 1)
  })

  test('comes back from an outbound message', async () => {
    await index.project([
      {
        message: message({ sequence: 1, to: ['+14165550102', '+14165550101', '+14165550109'] }),
        revision: 1,
      },
    ])
    expect(await index.conversation(ACCOUNT, THREAD)).toMatchObject({
      own: OWN,
      members: ['+14165550101', '+14165550102'],
      messages: 1,
    })
    expect(await index.stale(9e12, 9e12, 10)).toEqual([])
  })

  test('comes back from an inbound message', async () => {
    const inbound = message({
      sequence: 1,
      direction: 'inbound',
      state: 'received',
      from: '+14165550103',
      to: ['+14165550101', OWN],
    })
    await index.project([{ message: inbound, revision: 1 }])
    expect(await index.conversation(ACCOUNT, THREAD)).toMatchObject({
      own: OWN,
      members: ['+14165550101', '+14165550103'],
    })
    expect(await rows('SELECT address FROM members ORDER BY address')).toEqual([
      { address: '+14165550101' },
      { address: '+14165550103' },
    ])
  })

  test('waits for its row when nothing says which side is ours', async () => {
    const inbound = message({ sequence: 1, direction: 'inbound', from: '+14165550103', to: ['+14165550104'] })
    await index.project([{ message: inbound, revision: 1 }])
    expect(await index.conversation(ACCOUNT, THREAD)).toBeNull()
    await open(THREAD, ['+14165550103'])
    await index.project([{ message: inbound, revision: 1 }])
    expect((await index.conversation(ACCOUNT, THREAD))?.messages).toBe(1)
  })
})

test('a message of one account cannot be overwritten by another, nor its conversation', async () => {
  await open()
  await index.project([{ message: message({ sequence: 1 }), revision: 1 }])
  const before = await everything()
  const forged = message({ sequence: 1, account: STRANGER, text: 'forged', state: 'failed' })
  await index.project([{ message: forged, revision: 9 }])
  await open(THREAD, ['+15550000000'], STRANGER)
  expect(await everything()).toEqual(before)
})
