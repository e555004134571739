import { beforeAll, describe, expect, test } from 'vitest'
import { StorageError } from '../../src/domain/storage-error.ts'
import { createMediaStore } from '../../src/store/media.ts'
import { RETRY } from '../../src/store/retry.ts'
import { bindings, migrated } from './bindings.ts'
import { flakyBucket, flakyDatabase, LOST, type Script, seeded, sometimes } from './flaky.ts'
import { file } from './messages.ts'

const INTERNAL = 'put: We encountered an internal error. Please try again. (10001)'
const TOO_MANY = 'put: Reduce your concurrent request rate for the same object. (10058)'

let db: D1Database
beforeAll(async () => {
  db = await migrated()
})

const quick = { ...RETRY, sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 1)) }
const storeOn = (database: D1Database, bucket: R2Bucket) =>
  createMediaStore({ db: database, bucket, retry: quick })
const objects = async (account: string) => (await bindings.MEDIA.list({ prefix: `${account}/` })).objects
const rows = async (table: 'media' | 'blobs', account: string) =>
  (await db.prepare(`SELECT * FROM ${table} WHERE account = ?`).bind(account).all()).results
const only =
  (word: string, script: Script): Script =>
  (call) =>
    call.startsWith(word) ? script(call) : null

describe('F-7: R2 fails', () => {
  test('1 put in 3: every upload stands, once, and reads back', async () => {
    const account = 'acc_third'
    const script = only('put', sometimes(1 / 3, INTERNAL, seeded(7)))
    const media = storeOn(db, flakyBucket(bindings.MEDIA, script))
    const pieces = (i: number) => [new Uint8Array([i]), new TextEncoder().encode('file')]
    const stored = await Promise.all(
      Array.from({ length: 60 }, (_, i) => media.put(file('', { account, chunks: pieces(i) }), 1_000)),
    )
    expect(await objects(account)).toHaveLength(60)
    expect(await rows('media', account)).toHaveLength(60)
    for (const [i, one] of stored.entries()) expect((await media.read(one))?.[0]).toBe(i)
  })

  test('always: a storage error, no file that nothing holds; then it recovers by itself', async () => {
    const account = 'acc_down'
    let down = true
    const script: Script = (call) =>
      down && call.startsWith('put') ? { when: 'before', message: INTERNAL } : null
    const media = storeOn(db, flakyBucket(bindings.MEDIA, script))
    for (let i = 0; i < 5; i++) {
      await expect(media.put(file('x', { account }), 1_000 + i)).rejects.toBeInstanceOf(StorageError)
    }
    expect(await rows('media', account)).toEqual([])
    expect(await objects(account)).toEqual([])
    down = false
    const stored = await media.put(file('x', { account }), 2_000)
    expect(await media.read(stored)).toHaveLength(1)
    expect(await objects(account)).toHaveLength(1)
  })

  test('a put that was done unheard is found, not sent again', async () => {
    const account = 'acc_unheard'
    const calls: string[] = []
    const script: Script = (call) => {
      calls.push(call.split(' ')[0]!)
      return call.startsWith('put') ? { when: 'after', message: INTERNAL } : null
    }
    await storeOn(db, flakyBucket(bindings.MEDIA, script)).put(file('x', { account }), 1_000)
    expect(calls).toEqual(['put', 'head'])
    expect(await objects(account)).toHaveLength(1)
  })

  test('reads and deletes are tried again, then are storage errors', async () => {
    const account = 'acc_reads'
    let faults = 4
    const script: Script = (call) =>
      /^(get|delete)/.test(call) && faults-- > 0 ? { when: 'before', message: INTERNAL } : null
    const media = storeOn(db, flakyBucket(bindings.MEDIA, script))
    const stored = await media.put(file('x', { account }), 1_000)
    expect(await media.read(stored)).toHaveLength(1)
    faults = 5
    await expect(media.open(stored)).rejects.toBeInstanceOf(StorageError)
  })
})

test('F-8: 50 uploads of the same bytes at once, R2 taking one write of a key at a time: 50 successes, 1 object', async () => {
  const account = 'acc_crowd'
  let refused = 0
  let writing = false
  let writes = 0
  const crowded = {
    head: (key: string) => bindings.MEDIA.head(key),
    put: async (key: string, value: ReadableStream, options: R2PutOptions) => {
      if (writing) {
        refused++
        throw new Error(TOO_MANY)
      }
      writing = true
      await new Promise((resolve) => setTimeout(resolve, 20))
      const result = await bindings.MEDIA.put(key, value, options)
      if (result !== null) writes++
      writing = false
      return result
    },
  } as unknown as R2Bucket
  const media = createMediaStore({ db, bucket: crowded })
  const chunks = [new Uint8Array(50_000).fill(1), new Uint8Array(50_000).fill(2)]
  const stored = await Promise.all(
    Array.from({ length: 50 }, () => media.put(file('', { account, chunks }), 1_000)),
  )
  expect(new Set(stored.map((one) => one.id)).size).toBe(50)
  expect(refused).toBeGreaterThan(10)
  expect(writes).toBe(1)
  expect(await objects(account)).toMatchObject([{ size: 100_000 }])
  expect(await rows('media', account)).toHaveLength(50)
  expect(await rows('blobs', account)).toHaveLength(1)
})

test('F-9: D1 loses 20 % of writes: 0 files lost, 0 rows twice', async () => {
  const account = 'acc_lossy'
  let unanswered = 0
  const media = storeOn(flakyDatabase(db, sometimes(0.2, LOST, seeded(9))), bindings.MEDIA)
  const stored = await Promise.all(
    Array.from({ length: 100 }, async (_, i) => {
      try {
        return await media.put(file(`file ${i % 40}`, { account }), 1_000)
      } catch (error) {
        expect(error).toBeInstanceOf(StorageError)
        unanswered++
        return null
      }
    }),
  )
  const kept = stored.filter((one) => one !== null)
  expect(unanswered).toBeLessThanOrEqual(2)
  expect(await objects(account)).toHaveLength(40)
  expect(await rows('blobs', account)).toHaveLength(40)
  const ids = (await rows('media', account)).map((row) => row.id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const one of kept) {
    expect(ids).toContain(one.id)
    expect(await media.read(one)).not.toBeNull()
  }
  expect(ids.length).toBeLessThanOrEqual(kept.length + unanswered)
})
