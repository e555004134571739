import { beforeEach, expect, test } from 'vitest'
import type { Orphan } from '../../src/domain/orphan.ts'
import type { IndexStore } from '../../src/domain/ports.ts'
import { createIndexStore } from '../../src/store/index-store.ts'
import { createOrphanStore } from '../../src/store/orphans.ts'
import { migrated } from './bindings.ts'
import { ACCOUNT, STRANGER } from './messages.ts'

let db: D1Database
let index: IndexStore
beforeEach(async () => {
  db = await migrated()
  await db.prepare('DELETE FROM parked').run()
  index = createIndexStore({ db })
  const common = { vendor: 'simulator', vendorId: null, body: '{"state":"delivered"}' } as const
  for (let n = 0; n < 7; n++)
    await index.park({ ...common, account: ACCOUNT, eventId: `mine/${n}:x`, at: 1_000 + Math.floor(n / 4) })
  await index.park({ ...common, account: null, eventId: "nobody's", at: 900 })
  await index.park({ ...common, account: STRANGER, eventId: 'theirs', at: 800 })
  await index.sweep(2_000, 2_000)
  await index.park({ ...common, account: ACCOUNT, eventId: 'waits', at: 3_000 })
})

/** Every page of a list, and how long each was. */
async function all(account: string | null, limit: number): Promise<{ found: Orphan[]; lengths: number[] }> {
  const { orphans } = createOrphanStore({ db })
  const found: Orphan[] = []
  const lengths: number[] = []
  for (let cursor: string | null = null; ; ) {
    const page = await orphans(account, { cursor, limit })
    if (!page.ok) throw new Error(page.failure.code)
    found.push(...page.value.items)
    lengths.push(page.value.items.length)
    cursor = page.value.next
    if (cursor === null) return { found, lengths }
  }
}

test('an account sees its own, newest first, whatever the page; what still waits is none', async () => {
  const whole = await all(ACCOUNT, 50)
  expect(whole.found.map(({ event }) => event)).toEqual([4, 5, 6, 0, 1, 2, 3].map((n) => `mine/${n}:x`))
  expect(whole.found[0]).toEqual({
    vendor: 'simulator',
    event: 'mine/4:x',
    account: ACCOUNT,
    vendorId: null,
    said: { state: 'delivered' },
    at: 1_001,
  })
  for (const limit of [1, 2, 3, 5]) {
    const paged = await all(ACCOUNT, limit)
    expect(paged.found).toEqual(whole.found)
    expect(Math.max(...paged.lengths)).toBe(limit)
  }
})

test('the operator sees all, those of nobody too; a cursor fits one list', async () => {
  const { found } = await all(null, 4)
  expect(found.map(({ event }) => event).slice(-2)).toEqual(["nobody's", 'theirs'])
  expect(found).toHaveLength(9)
  const { orphans } = createOrphanStore({ db })
  const first = await orphans(ACCOUNT, { cursor: null, limit: 2 })
  const cursor = first.ok ? first.value.next : null
  expect(cursor).not.toBeNull()
  expect(await orphans(null, { cursor, limit: 2 })).toEqual({
    ok: false,
    failure: { code: 'invalid_cursor' },
  })
})
