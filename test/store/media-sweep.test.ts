import { beforeEach, describe, expect, test } from 'vitest'
import { StorageError } from '../../src/domain/storage-error.ts'
import { createMediaStore } from '../../src/store/media.ts'
import { RETRY } from '../../src/store/retry.ts'
import { bindings, migrated } from './bindings.ts'
import { flakyBucket, flakyDatabase, seeded } from './flaky.ts'
import { ACCOUNT, file } from './messages.ts'

const HOUR = 3_600_000

let db: D1Database
beforeEach(async () => {
  db = await migrated()
  await db.batch(['media', 'blobs', 'renditions'].map((table) => db.prepare(`DELETE FROM ${table}`)))
  const { objects } = await bindings.MEDIA.list()
  await bindings.MEDIA.delete(objects.map((object) => object.key))
})

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))
const quick = { ...RETRY, sleep: () => pause(10) }
const storeOn = (bucket: R2Bucket = bindings.MEDIA, database: D1Database = db) =>
  createMediaStore({ db: database, bucket, retry: quick })
const keys = async () => (await bindings.MEDIA.list()).objects.map((object) => object.key)

describe('the two steps', () => {
  test('a file past its expiry is 410 at once; its bytes go an hour later', async () => {
    const media = storeOn()
    const stored = await media.put(file('a', { expiresAt: 10_000 }), 1_000)
    expect(await media.sweep(9_999, 10)).toBe(0)
    expect((await media.find(ACCOUNT, stored.id))?.deletedAt).toBeNull()
    expect(await media.sweep(10_000, 10)).toBe(0)
    expect(await media.find(ACCOUNT, stored.id)).toEqual({ ...stored, deletedAt: 10_000 })
    expect(await media.sweep(10_000 + HOUR - 1, 10)).toBe(0)
    expect(await keys()).toHaveLength(1)
    expect(await media.sweep(10_000 + HOUR, 10)).toBe(1)
    expect(await keys()).toEqual([])
    expect(await media.sweep(10_000 + 9 * HOUR, 10)).toBe(0)
    expect((await media.find(ACCOUNT, stored.id))?.deletedAt).toBe(10_000)
  })

  test('the row of a file goes a month after it, and that of its bytes a month after them', async () => {
    const media = storeOn()
    const stored = await media.put(file('a', { expiresAt: 10_000 }), 1_000)
    const blobs = async () => (await db.prepare('SELECT gone_at FROM blobs').all()).results
    await media.sweep(10_000, 10)
    await media.sweep(10_000 + HOUR, 10)
    const month = 30 * 24 * HOUR
    await media.sweep(10_000 + month - 1, 10)
    expect((await media.find(ACCOUNT, stored.id))?.deletedAt).toBe(10_000)
    await media.sweep(10_000 + month, 10)
    expect(await media.find(ACCOUNT, stored.id)).toBeNull()
    expect(await blobs()).toEqual([{ gone_at: 10_000 + HOUR }])
    await media.sweep(10_000 + HOUR + month, 10)
    expect(await blobs()).toEqual([])
    expect(await media.read(await media.put(file('a', { expiresAt: 9 * month }), 2 * month))).not.toBeNull()
  })

  test('bytes live as long as their last file', async () => {
    const media = storeOn()
    await media.put(file('a', { expiresAt: 10_000 }), 1_000)
    const longer = await media.put(file('a', { expiresAt: 50 * HOUR }), 1_000)
    for (let now = 10_000; now < 50 * HOUR; now += HOUR) expect(await media.sweep(now, 10)).toBe(0)
    expect(await media.read(longer)).not.toBeNull()
    await media.sweep(50 * HOUR, 10)
    expect(await media.sweep(51 * HOUR, 10)).toBe(1)
  })

  test('bytes that came back in the hour stay: by a new file', async () => {
    const media = storeOn()
    await media.put(file('a', { expiresAt: 10_000 }), 1_000)
    await media.sweep(10_000, 10)
    const again = await media.put(file('a', { expiresAt: 5 * HOUR }), 20_000)
    expect(await media.sweep(10_000 + HOUR, 10)).toBe(0)
    expect(await media.read(again)).not.toBeNull()
  })

  test('a file kept before the sweep saw it expired stays, with its bytes', async () => {
    const media = storeOn()
    const stored = await media.put(file('a', { expiresAt: 10_000 }), 1_000)
    await media.keep(ACCOUNT, [stored.id], 5 * HOUR)
    for (const now of [10_000, 10_000 + HOUR, 10_000 + 2 * HOUR]) expect(await media.sweep(now, 10)).toBe(0)
    expect(await media.read(stored)).not.toBeNull()
  })

  test('the same file can be stored again once it is gone', async () => {
    const media = storeOn()
    await media.put(file('a', { expiresAt: 10_000 }), 1_000)
    await media.sweep(10_000, 10)
    await media.sweep(10_000 + HOUR, 10)
    const again = await media.put(file('a', { expiresAt: 9 * HOUR }), 2 * HOUR)
    expect(await media.read(again)).not.toBeNull()
  })

  test('a name of a rendition goes with its file', async () => {
    const media = storeOn()
    const stored = await media.put(file('a', { expiresAt: 10_000 }), 1_000)
    await media.nameRendition(ACCOUNT, 'fit', stored)
    await media.sweep(10_000, 10)
    expect((await db.prepare('SELECT * FROM renditions').all()).results).toEqual([])
  })
})

test('a run does at most its limit, and the next ones do the rest', async () => {
  const media = storeOn()
  for (let i = 0; i < 7; i++) await media.put(file(`file ${i}`, { expiresAt: 10_000 }), 1_000)
  const live = async () =>
    (await db.prepare('SELECT count(*) AS n FROM media WHERE deleted_at IS NULL').first<number>('n')) ?? -1
  const left: number[] = []
  for (let run = 0; run < 4; run++) {
    await media.sweep(10_000 + run, 2)
    left.push(await live())
  }
  expect(left).toEqual([5, 3, 1, 0])
  const gone: number[] = []
  for (let run = 0; run < 5; run++) gone.push(await media.sweep(20_000 + HOUR + run, 2))
  expect(gone).toEqual([2, 2, 2, 1, 0])
  expect(await keys()).toEqual([])
})

test('F-6: bytes whose upload died before its row are gone within 24 h, however long they were meant to live', async () => {
  let dies = true
  const dying = flakyDatabase(db, (call) =>
    dies && call.includes('INSERT INTO media') ? { when: 'before', message: 'D1_ERROR: gone' } : null,
  )
  const media = storeOn(bindings.MEDIA, dying)
  const forever = file('a', { expiresAt: 9000 * HOUR })
  await expect(media.put(forever, 1_000)).rejects.toBeInstanceOf(StorageError)
  expect(await keys()).toHaveLength(1)
  for (let hour = 1; hour <= 24; hour++) await media.sweep(1_000 + hour * HOUR, 10)
  expect(await keys()).toEqual([])

  dies = false
  const again = await media.put(forever, 25 * HOUR)
  for (let hour = 26; hour <= 60; hour++) await media.sweep(hour * HOUR, 10)
  expect(await media.read(again)).not.toBeNull()
})

describe('an upload of the bytes that the sweep is deleting', () => {
  /** A store whose deletes wait until they are let go. */
  function held() {
    let letGo = () => {}
    const waiting = new Promise<void>((resolve) => {
      letGo = resolve
    })
    let reached = () => {}
    const deleting = new Promise<void>((resolve) => {
      reached = resolve
    })
    const bucket = flakyBucket(bindings.MEDIA, async (call) => {
      if (!call.startsWith('delete')) return null
      reached()
      await waiting
      return null
    })
    return { media: storeOn(bucket), deleting, letGo }
  }

  test('waits for the delete, and then stands', async () => {
    const { media, deleting, letGo } = held()
    await media.put(file('a', { expiresAt: 10_000 }), 1_000)
    await media.sweep(10_000, 10)
    const sweep = media.sweep(10_000 + HOUR, 10)
    await deleting
    let done = false
    const upload = media.put(file('a', { expiresAt: 9 * HOUR }), 10_001 + HOUR).then((stored) => {
      done = true
      return stored
    })
    await pause(15)
    expect(done).toBe(false)
    letGo()
    expect(await sweep).toBe(1)
    expect(await media.read(await upload)).not.toBeNull()
  })

  test('ends as a storage error when the delete does not end', async () => {
    const { media, deleting, letGo } = held()
    await media.put(file('a', { expiresAt: 10_000 }), 1_000)
    await media.sweep(10_000, 10)
    const sweep = media.sweep(10_000 + HOUR, 10)
    await deleting
    const upload = media.put(file('a', { expiresAt: 9 * HOUR }), 10_001 + HOUR)
    await expect(upload).rejects.toBeInstanceOf(StorageError)
    letGo()
    await sweep
  })

  test('overtakes a sweep that died', async () => {
    const bucket = flakyBucket(bindings.MEDIA, (call) =>
      call.startsWith('delete') ? { when: 'before', message: 'delete: broken (10001)' } : null,
    )
    const media = storeOn(bucket)
    await media.put(file('a', { expiresAt: 10_000 }), 1_000)
    await media.sweep(10_000, 10)
    await expect(media.sweep(10_000 + HOUR, 10)).rejects.toBeInstanceOf(StorageError)
    const stored = await media.put(file('a', { expiresAt: 9 * HOUR }), 10_000 + HOUR + 120_000)
    expect(await media.sweep(10_000 + 2 * HOUR, 10)).toBe(0)
    expect(await media.read(stored)).not.toBeNull()
  })
})

test('a sweep that died is taken up by a later one, whether or not its delete was done', async () => {
  for (const when of ['before', 'after'] as const) {
    let dies = true
    const bucket = flakyBucket(bindings.MEDIA, (call) =>
      dies && call.startsWith('delete') ? { when, message: 'delete: broken (10001)' } : null,
    )
    const media = storeOn(bucket)
    await media.put(file(when, { expiresAt: 10_000 }), 1_000)
    await media.sweep(10_000, 10)
    await expect(media.sweep(10_000 + HOUR, 10)).rejects.toBeInstanceOf(StorageError)
    dies = false
    expect(await media.sweep(10_000 + HOUR + 119_999, 10)).toBe(0)
    expect(await media.sweep(10_000 + HOUR + 120_000, 10)).toBe(1)
    expect(await keys()).toEqual([])
  }
})

test('the sweep spares bytes that an upload has found and not yet named', async () => {
  let found = () => {}
  const finding = new Promise<void>((resolve) => {
    found = resolve
  })
  let letGo = () => {}
  const waiting = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const slow = flakyDatabase(db, async (call) => {
    if (!call.includes('INSERT INTO media')) return null
    found()
    await waiting
    return null
  })
  const media = storeOn()
  await media.put(file('a', { expiresAt: 10_000 }), 1_000)
  await media.sweep(10_000, 10)
  const upload = storeOn(bindings.MEDIA, slow).put(file('a', { expiresAt: 9 * HOUR }), 10_001)
  await finding
  for (const now of [10_001, 10_000 + HOUR, 10_000 + 2 * HOUR]) expect(await media.sweep(now, 10)).toBe(0)
  letGo()
  expect(await media.read(await upload)).not.toBeNull()
})

test('uploads and sweeps in any interleaving leave every living file its bytes', async () => {
  const random = seeded(11)
  const delays = seeded(12)
  const slowly = async () => {
    await pause(Math.floor(delays() * 6))
    return null
  }
  const media = storeOn(flakyBucket(bindings.MEDIA, slowly), flakyDatabase(db, slowly))
  let now = 1_000
  let deleted = 0
  let returned = 0
  for (let round = 0; round < 30; round++) {
    now += Math.floor(random() * HOUR)
    // What this very run of the sweep may delete while it is uploaded again.
    const due = await db
      .prepare('SELECT sha256 FROM blobs WHERE marked_at <= ? AND gone_at IS NULL')
      .bind(now - HOUR)
      .all<{ sha256: string }>()
    const doomed = new Set(due.results.map((blob) => blob.sha256))
    const uploads = Array.from({ length: 16 }, (_, name) => name)
      .filter(() => random() < 0.25)
      .map((name) => media.put(file(`file ${name}`, { expiresAt: now + Math.floor(random() * HOUR) }), now))
    const sweeps = [media.sweep(now, 20), media.sweep(now + 1, 20)]
    for (const stored of await Promise.all(uploads)) {
      if (doomed.has(stored.sha256)) returned++
      expect(await bindings.MEDIA.head(`${ACCOUNT}/${stored.sha256}`)).not.toBeNull()
    }
    for (const gone of await Promise.all(sweeps)) deleted += gone
    const living = await db
      .prepare('SELECT DISTINCT sha256 FROM media WHERE deleted_at IS NULL')
      .all<{ sha256: string }>()
    for (const { sha256 } of living.results) {
      expect(await bindings.MEDIA.head(`${ACCOUNT}/${sha256}`)).not.toBeNull()
    }
  }
  // Were these few, nothing would have been tested.
  expect(deleted).toBeGreaterThan(20)
  expect(returned).toBeGreaterThan(10)
})
