import { beforeAll, describe, expect, test } from 'vitest'
import type { MediaStore } from '../../src/domain/ports.ts'
import { createMediaStore } from '../../src/store/media.ts'
import { bindings, migrated } from './bindings.ts'
import { ACCOUNT, file, STRANGER } from './messages.ts'

let db: D1Database
let media: MediaStore
beforeAll(async () => {
  db = await migrated()
  media = createMediaStore({ db, bucket: bindings.MEDIA })
})

const text = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes)
const objects = async (account: string) =>
  (await bindings.MEDIA.list({ prefix: `${account}/` })).objects.map((object) => object.key)

describe('put', () => {
  test('hashes pieces as one file, and gives them back byte for byte', async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(60_000))
    const chunks = [
      bytes.subarray(0, 1),
      bytes.subarray(1, 1),
      bytes.subarray(1, 50_000),
      bytes.subarray(50_000),
    ]
    const stored = await media.put(file('', { chunks, type: 'image/jpeg', width: 40, height: 30 }), 1_000)
    const digest = await crypto.subtle.digest('SHA-256', bytes)
    expect(stored).toEqual({
      id: expect.stringMatching(/^med_[0-9A-Za-z]{22}$/),
      account: ACCOUNT,
      class: 'upload',
      sha256: [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
      type: 'image/jpeg',
      bytes: 60_000,
      width: 40,
      height: 30,
      createdAt: 1_000,
      expiresAt: 1_000_000,
      deletedAt: null,
    })
    expect(await media.read(stored)).toEqual(bytes)
    expect(await objects(ACCOUNT)).toEqual([`${ACCOUNT}/${stored.sha256}`])
    expect(await media.find(ACCOUNT, stored.id)).toEqual(stored)
    expect(await media.findById(stored.id)).toEqual(stored)
  })

  test('keeps the same bytes once an account, under a row for each', async () => {
    const account = 'acc_once'
    const first = await media.put(file('same', { account }), 1_000)
    const second = await media.put(file('same', { account, class: 'message', type: 'text/x' }), 2_000)
    const foreign = await media.put(file('same', { account: 'acc_other' }), 2_000)
    expect(second.id).not.toBe(first.id)
    expect([first.sha256, second.sha256]).toEqual([foreign.sha256, foreign.sha256])
    expect(await objects(account)).toHaveLength(1)
    expect(await objects('acc_other')).toHaveLength(1)
    expect((await media.find(account, second.id))?.type).toBe('text/x')
  })

  test('takes a file of no bytes', async () => {
    const stored = await media.put(file('', { chunks: [] }), 1_000)
    expect(stored.bytes).toBe(0)
    expect(await media.read(stored)).toEqual(new Uint8Array())
  })

  test('the same bytes sent while they exist are not sent again', async () => {
    const account = 'acc_spared'
    await media.put(file('spared', { account }), 1_000)
    const before = await bindings.MEDIA.head((await objects(account))[0]!)
    await media.put(file('spared', { account }), 2_000)
    const after = await bindings.MEDIA.head((await objects(account))[0]!)
    expect(after?.version).toBe(before?.version)
  })
})

test('a range of a file is streamed', async () => {
  const stored = await media.put(file('0123456789'), 1_000)
  const read = async (range?: { offset: number; length: number }) =>
    new Response(await media.open(stored, range)).text()
  expect(await read()).toBe('0123456789')
  expect(await read({ offset: 3, length: 4 })).toBe('3456')
})

test('another account finds and keeps nothing of it', async () => {
  const stored = await media.put(file('mine'), 1_000)
  expect(await media.find(STRANGER, stored.id)).toBeNull()
  await media.keep(STRANGER, [stored.id], 9_000_000)
  expect(await media.findById(stored.id)).toEqual(stored)
  await media.nameRendition(STRANGER, 'fit', stored)
  expect(await media.findRendition(STRANGER, 'fit', 1_000)).toBeNull()
  await media.nameRendition(ACCOUNT, 'fit', stored)
  expect(await media.findRendition(STRANGER, 'fit', 1_000)).toBeNull()
  expect(await media.findRendition(ACCOUNT, 'fit', 1_000)).toEqual(stored)
})

describe('keep', () => {
  const expiries = async (id: string) =>
    db
      .prepare(
        `SELECT media.expires_at AS row, blobs.expires_at AS blob FROM media
         JOIN blobs ON blobs.account = media.account AND blobs.sha256 = media.sha256 WHERE media.id = ?`,
      )
      .bind(id)
      .first()

  test('moves files and their blobs forward, never back', async () => {
    const stored = await media.put(file('kept'), 1_000)
    expect(await expiries(stored.id)).toEqual({ row: 1_000_000, blob: 1_000_000 })
    await media.keep(ACCOUNT, [stored.id], 5_000_000)
    expect(await expiries(stored.id)).toEqual({ row: 5_000_000, blob: 5_000_000 })
    await media.keep(ACCOUNT, [stored.id], 4_000_000)
    expect(await expiries(stored.id)).toEqual({ row: 5_000_000, blob: 5_000_000 })
  })

  test('takes more ids than D1 binds parameters, and unknown ones', async () => {
    const stored = await media.put(file('many'), 1_000)
    const unknown = Array.from({ length: 300 }, (_, i) => `med_unknown${i}`)
    await media.keep(ACCOUNT, [...unknown, stored.id], 2_000_000)
    await media.keep(ACCOUNT, [], 9_000_000)
    expect((await media.findById(stored.id))?.expiresAt).toBe(2_000_000)
  })
})

describe('a rendition', () => {
  test('is found while it has ten minutes left, and the newest of a name wins', async () => {
    const first = await media.put(file('small', { class: 'rendition', expiresAt: 1_000_000 }), 1_000)
    const second = await media.put(file('smaller', { class: 'rendition', expiresAt: 2_000_000 }), 1_000)
    await media.nameRendition(ACCOUNT, 'key', first)
    await media.nameRendition(ACCOUNT, 'key', second)
    await media.nameRendition(ACCOUNT, 'key', second)
    expect((await media.findRendition(ACCOUNT, 'key', 1_399_999))?.id).toBe(second.id)
    expect(await media.findRendition(ACCOUNT, 'key', 1_400_000)).toBeNull()
    expect(await media.findRendition(ACCOUNT, 'other', 1)).toBeNull()
  })
})

test('what is read of a deleted file is nothing, even while its bytes live on under another', async () => {
  const stored = await media.put(file('twice'), 1_000)
  const deleted = { ...stored, deletedAt: 5 }
  expect(await media.read(deleted)).toBeNull()
  expect(await media.open(deleted)).toBeNull()
  expect(text(await media.read(stored))).toBe('twice')
})

test('what R2 lost is read as nothing', async () => {
  const stored = await media.put(file('lost'), 1_000)
  await bindings.MEDIA.delete(`${ACCOUNT}/${stored.sha256}`)
  expect(await media.read(stored)).toBeNull()
  expect(await media.open(stored)).toBeNull()
})
