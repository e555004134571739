import { beforeEach, describe, expect, test } from 'vitest'
import type { IndexStore } from '../../src/domain/ports.ts'
import { createIndexStore } from '../../src/store/index-store.ts'
import { migrated } from './bindings.ts'
import { ACCOUNT, conversation, message, STRANGER } from './messages.ts'

const THREAD = { account: ACCOUNT, own: '+14165550100', members: ['+14165550102', '+14165550101'] }

let db: D1Database
let index: IndexStore
beforeEach(async () => {
  db = await migrated()
  await db.batch(['conversations', 'messages', 'members'].map((table) => db.prepare(`DELETE FROM ${table}`)))
  index = createIndexStore({ db })
})

const id = conversation('1')
const row = (name = id) =>
  db.prepare('SELECT open, opened_at, touched_at FROM conversations WHERE id = ?').bind(name).first()

describe('open', () => {
  test('makes the row before anything is in it, its members sorted', async () => {
    await index.open(id, THREAD, 5_000)
    expect(await index.conversation(ACCOUNT, id)).toEqual({
      id,
      account: ACCOUNT,
      own: '+14165550100',
      members: ['+14165550101', '+14165550102'],
      lastMessage: null,
      messages: 0,
      createdAt: 5_000,
      updatedAt: 5_000,
    })
    expect(await row()).toEqual({ open: 1, opened_at: 5_000, touched_at: 5_000 })
  })

  test('is not written again within a second, and is after it', async () => {
    await index.open(id, THREAD, 5_000)
    await index.open(id, THREAD, 5_999)
    expect(await row()).toMatchObject({ opened_at: 5_000 })
    await index.open(id, THREAD, 6_000)
    expect(await row()).toMatchObject({ opened_at: 6_000, touched_at: 6_000 })
  })

  test('opens at once what was settled', async () => {
    await index.open(id, THREAD, 5_000)
    await index.settle(id, 6_000)
    await index.open(id, THREAD, 6_001)
    expect(await row()).toEqual({ open: 1, opened_at: 6_001, touched_at: 6_001 })
  })

  test('by a clock that is behind never moves anything back', async () => {
    await index.open(id, THREAD, 5_000)
    await index.settle(id, 9_000)
    await index.open(id, THREAD, 4_000)
    expect(await row()).toEqual({ open: 1, opened_at: 5_000, touched_at: 5_000 })
  })

  test('100 at once make one row', async () => {
    await Promise.all(Array.from({ length: 100 }, (_, i) => index.open(id, THREAD, 5_000 + i)))
    expect((await db.prepare('SELECT id FROM conversations').all()).results).toHaveLength(1)
  })
})

describe('settle', () => {
  test('closes what had no work when it was looked at', async () => {
    await index.open(id, THREAD, 5_000)
    await index.settle(id, 6_000)
    expect(await row()).toMatchObject({ open: 0 })
  })

  test('leaves open what was opened since, or so shortly before that an opening may have gone unwritten', async () => {
    await index.open(id, THREAD, 5_000)
    await index.settle(id, 4_000)
    await index.settle(id, 5_000)
    await index.settle(id, 5_999)
    expect(await row()).toMatchObject({ open: 1 })
  })

  test('no opening is lost, whenever it comes', async () => {
    for (let at = 5_000; at < 8_000; at += 250) {
      for (let seenAt = 5_000; seenAt < 8_000; seenAt += 250) {
        await db.prepare('DELETE FROM conversations').run()
        await index.open(id, THREAD, 5_000)
        await index.open(id, THREAD, at)
        await index.settle(id, seenAt)
        if (at >= seenAt) expect(await row(), `opened at ${at}, seen at ${seenAt}`).toMatchObject({ open: 1 })
      }
    }
  })

  test('of an unknown conversation is nothing', async () => {
    await index.settle(conversation('none'), 5_000)
  })
})

describe('stale', () => {
  test('gives what is open and untouched, oldest first, each once a run', async () => {
    for (const [name, at] of [
      ['c', 3_000],
      ['a', 1_000],
      ['b', 2_000],
      ['d', 90_000],
    ] as const) {
      await index.open(conversation(name), THREAD, at)
    }
    await index.settle(conversation('b'), 10_000)
    expect(await index.stale(60_000, 100_000, 1)).toEqual([conversation('a')])
    expect(await index.stale(60_000, 100_000, 9)).toEqual([conversation('c')])
    expect(await index.stale(60_000, 100_000, 9)).toEqual([])
    expect(await index.stale(120_000, 200_000, 9)).toEqual([
      conversation('d'),
      conversation('a'),
      conversation('c'),
    ])
  })

  test('does not make it look as if it had been opened', async () => {
    await index.open(id, THREAD, 1_000)
    await index.stale(60_000, 60_000, 9)
    await index.settle(id, 60_001)
    expect(await row()).toMatchObject({ open: 0 })
  })

  test('takes more at once than a statement binds', async () => {
    const insert = db.prepare(
      `INSERT INTO conversations
         (id, account, own, members, open, opened_at, touched_at, messages, last_at, created_at, updated_at)
       WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
       SELECT 'cnv_' || i, ?, '', '[]', 1, i, i, 0, 0, 0, 0 FROM n`,
    )
    await insert.bind(ACCOUNT).run()
    const first = await index.stale(1_000, 2_000, 200)
    expect(first).toHaveLength(200)
    expect(first[0]).toBe('cnv_1')
    expect(await index.stale(1_000, 2_000, 200)).toHaveLength(50)
  })
})

describe('the list', () => {
  /** Conversations with a message each, the newest last; two of each time. */
  async function fill(count: number, account = ACCOUNT): Promise<void> {
    const projections = Array.from({ length: count }, (_, i) => ({
      message: message({
        account,
        sequence: 1,
        conversation: conversation(`${account.at(-1)}x${String(i).padStart(3, '0')}`),
        createdAt: 1_000 + Math.floor(i / 2),
        updatedAt: 1_000,
      }),
      revision: 1,
    }))
    await index.project(projections)
  }

  async function pages(account: string, limit: number) {
    const found: string[][] = []
    let cursor: string | null = null
    do {
      const page = await index.conversations(account, { cursor, limit })
      if (!page.ok) throw new Error(page.failure.code)
      found.push(page.value.items.map((item) => item.id))
      cursor = page.value.next
    } while (cursor !== null)
    return found
  }

  test.each([1, 2, 3, 7, 20, 21, 500])('in pages of %i: each once, newest first', async (limit) => {
    await fill(21)
    await fill(5, STRANGER)
    const found = await pages(ACCOUNT, limit)
    const all = found.flat()
    expect(all).toEqual(
      Array.from({ length: 21 }, (_, i) => conversation(`1x${String(20 - i).padStart(3, '0')}`)),
    )
    expect(found.slice(0, -1).every((page) => page.length === limit)).toBe(true)
    expect((await pages(STRANGER, limit)).flat()).toHaveLength(5)
  })

  test('what comes in between pages moves no row to another page', async () => {
    await fill(6)
    const first = await index.conversations(ACCOUNT, { cursor: null, limit: 3 })
    if (!first.ok) throw new Error(first.failure.code)
    await index.project([
      { message: message({ sequence: 1, conversation: conversation('new'), createdAt: 9_000 }), revision: 1 },
    ])
    const second = await index.conversations(ACCOUNT, { cursor: first.value.next, limit: 3 })
    if (!second.ok) throw new Error(second.failure.code)
    expect(second.value.items.map((item) => item.id)).toEqual(['1x002', '1x001', '1x000'].map(conversation))
    expect(second.value.next).toBeNull()
  })

  test('a new message brings its conversation to the top', async () => {
    await fill(4)
    const moved = conversation('1x000')
    await index.project([
      { message: message({ sequence: 2, conversation: moved, createdAt: 9_000 }), revision: 1 },
    ])
    expect((await pages(ACCOUNT, 9)).flat()[0]).toBe(moved)
  })

  test('a receipt does not', async () => {
    await fill(4)
    const delivered = message({
      sequence: 1,
      conversation: conversation('1x000'),
      createdAt: 1_000,
      updatedAt: 9_000,
      state: 'delivered',
    })
    await index.project([{ message: delivered, revision: 2 }])
    expect((await pages(ACCOUNT, 9)).flat().at(-1)).toBe(conversation('1x000'))
    expect((await index.conversation(ACCOUNT, conversation('1x000')))?.updatedAt).toBe(9_000)
  })

  test('a cursor that was changed, or is of another account, is refused', async () => {
    await fill(4)
    const page = await index.conversations(ACCOUNT, { cursor: null, limit: 2 })
    const cursor = page.ok ? page.value.next! : ''
    const refused = { ok: false, failure: { code: 'invalid_cursor' } }
    expect(await index.conversations(ACCOUNT, { cursor: `${cursor}0`, limit: 2 })).toEqual(refused)
    expect(await index.conversations(ACCOUNT, { cursor: '', limit: 2 })).toEqual(refused)
    expect(await index.conversations(STRANGER, { cursor, limit: 2 })).toEqual(refused)
    expect(await index.conversations(ACCOUNT, { cursor, limit: 2 })).toMatchObject({ ok: true })
  })

  test('a page has 1 to 200 rows, whatever was asked', async () => {
    await fill(3)
    for (const limit of [0, -5, 1.5]) {
      const page = await index.conversations(ACCOUNT, { cursor: null, limit })
      expect(page.ok && page.value.items.length).toBe(1)
    }
  })

  test('another account sees nothing of it', async () => {
    await fill(2)
    expect(await index.conversation(STRANGER, conversation('1x000'))).toBeNull()
    expect(await pages(STRANGER, 10)).toEqual([[]])
  })
})
