import { beforeEach, describe, expect, test } from 'vitest'
import type { IndexStore, ParkedEvent } from '../../src/domain/ports.ts'
import { createClaimStore } from '../../src/store/claims.ts'
import { createIndexStore } from '../../src/store/index-store.ts'
import { migrated } from './bindings.ts'
import { ACCOUNT } from './messages.ts'

let db: D1Database
let index: IndexStore
beforeEach(async () => {
  db = await migrated()
  await db.batch(['parked', 'claims'].map((table) => db.prepare(`DELETE FROM ${table}`)))
  index = createIndexStore({ db })
})

const event = (change: Partial<ParkedEvent> = {}): ParkedEvent => ({
  vendor: 'simulator',
  account: ACCOUNT,
  eventId: 'event 1',
  vendorId: 'vendor 1',
  body: '{"state":"delivered"}',
  at: 1_000,
  ...change,
})

test('an event waits for its message, once, and in order', async () => {
  const later = event({ eventId: 'event 0', at: 2_000, account: null })
  for (const one of [
    later,
    event(),
    event({ body: 'repeated' }),
    event({ vendorId: 'vendor 2', eventId: 'x' }),
  ]) {
    await index.park(one)
  }
  await index.park(event({ vendor: 'mm7' }))
  expect(await index.parkedFor('simulator', 'vendor 1')).toEqual([event(), later])
  expect(await index.parkedFor('mm7', 'vendor 1')).toEqual([event({ vendor: 'mm7' })])
  expect(await index.parkedFor('simulator', 'none')).toEqual([])
})

test('it is still there until it was used, and then it is not', async () => {
  await index.park(event())
  await index.parkedFor('simulator', 'vendor 1')
  expect(await index.parkedFor('simulator', 'vendor 1')).toHaveLength(1)
  await index.unpark('mm7', 'event 1')
  expect(await index.parkedFor('simulator', 'vendor 1')).toHaveLength(1)
  await index.unpark('simulator', 'event 1')
  await index.unpark('simulator', 'event 1')
  expect(await index.parkedFor('simulator', 'vendor 1')).toEqual([])
})

describe('the sweep', () => {
  test('turns old events into orphans that stay, are not tried again, and never come back', async () => {
    await index.park(event())
    await index.park(event({ eventId: 'young', at: 5_000 }))
    expect(await index.sweep(5_000, 90_000)).toBe(1)
    expect(await index.sweep(5_000, 90_001)).toBe(0)
    expect((await index.parkedFor('simulator', 'vendor 1')).map((one) => one.eventId)).toEqual(['young'])
    await index.unpark('simulator', 'event 1')
    await index.park(event())
    expect(
      (await db.prepare('SELECT event_id, account, orphaned_at FROM parked ORDER BY at').all()).results,
    ).toEqual([
      { event_id: 'event 1', account: ACCOUNT, orphaned_at: 90_000 },
      { event_id: 'young', account: ACCOUNT, orphaned_at: null },
    ])
  })

  test('forgets claims after a day and the time that a request may take, and no earlier', async () => {
    const claims = createClaimStore({ db })
    const kept = 24 * 3_600_000 + 60_000
    await claims.take({ account: ACCOUNT, key: 'old', bodyHash: 'h', subject: 's', now: 1_000 })
    await claims.take({ account: ACCOUNT, key: 'new', bodyHash: 'h', subject: 's', now: 2_000 })
    expect(await index.sweep(0, 1_000 + kept - 1)).toBe(0)
    expect(await index.sweep(0, 1_000 + kept)).toBe(1)
    expect((await db.prepare('SELECT key FROM claims').all()).results).toEqual([{ key: 'new' }])
  })

  test('is bounded, and the next run does the rest', async () => {
    await db
      .prepare(
        `INSERT INTO parked (vendor, event_id, body, at)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
         SELECT 'simulator', 'e' || i, '{}', i FROM n`,
      )
      .run()
    expect(await index.sweep(9_000, 9_000)).toBe(1_000)
    expect(await index.sweep(9_000, 9_000)).toBe(200)
  })
})
