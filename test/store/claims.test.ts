import { beforeAll, describe, expect, test } from 'vitest'
import type { ClaimStore } from '../../src/domain/ports.ts'
import { StorageError } from '../../src/domain/storage-error.ts'
import { createClaimStore } from '../../src/store/claims.ts'
import { RETRY } from '../../src/store/retry.ts'
import { migrated } from './bindings.ts'
import { flakyDatabase, LOST } from './flaky.ts'
import { ACCOUNT, STRANGER } from './messages.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

let db: D1Database
let claims: ClaimStore
beforeAll(async () => {
  db = await migrated()
  claims = createClaimStore({ db })
})

let keys = 0
/** A claim on a key of its own. */
const claim = (change: object = {}) => ({
  account: ACCOUNT,
  key: `key ${keys++}`,
  bodyHash: 'body',
  subject: 'msg_1',
  now: 1_000,
  ...change,
})

test('of 100 takers at once one wins, and the others are told to wait', async () => {
  const one = claim()
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, (_, i) => claims.take({ ...one, subject: `msg_${i}` })),
  )
  const winners = outcomes.filter((outcome) => outcome.kind === 'taken')
  expect(winners).toHaveLength(1)
  expect(winners[0]).toMatchObject({ resumed: false })
  expect(outcomes.filter((outcome) => outcome.kind === 'in_progress')).toHaveLength(99)
})

test('of 100 takers at once after a lease ended one resumes, with the first subject', async () => {
  const one = claim()
  await claims.take(one)
  const later = { ...one, now: one.now + MINUTE }
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, (_, i) => claims.take({ ...later, subject: `other_${i}` })),
  )
  expect(outcomes.filter((outcome) => outcome.kind === 'taken')).toEqual([
    { kind: 'taken', subject: 'msg_1', resumed: true },
  ])
})

describe('a key that is held', () => {
  test('waits for 60 s exactly', async () => {
    const one = claim()
    await claims.take(one)
    expect(await claims.take({ ...one, now: one.now + MINUTE - 1 })).toEqual({ kind: 'in_progress' })
    expect((await claims.take({ ...one, now: one.now + MINUTE })).kind).toBe('taken')
  })

  test('refuses another body, held, left or answered', async () => {
    const one = claim()
    const other = { ...one, bodyHash: 'other' }
    await claims.take(one)
    expect(await claims.take(other)).toEqual({ kind: 'mismatch' })
    expect(await claims.take({ ...other, now: one.now + MINUTE })).toEqual({ kind: 'mismatch' })
    await claims.answer(one.account, one.key, 'done', one.now)
    expect(await claims.take(other)).toEqual({ kind: 'mismatch' })
  })

  test('is not held for another account', async () => {
    const one = claim()
    await claims.take(one)
    expect((await claims.take({ ...one, account: STRANGER })).kind).toBe('taken')
  })
})

describe('an answer', () => {
  test('is given again for 24 h, then the key is new', async () => {
    const one = claim()
    await claims.take(one)
    await claims.answer(one.account, one.key, '{"id":1}', one.now)
    expect(await claims.take({ ...one, now: one.now + DAY - 1 })).toEqual({
      kind: 'answered',
      body: '{"id":1}',
    })
    expect(
      await claims.take({ ...one, subject: 'msg_2', bodyHash: 'new', now: one.now + DAY + MINUTE }),
    ).toEqual({
      kind: 'taken',
      subject: 'msg_2',
      resumed: false,
    })
  })

  test('is the first one', async () => {
    const one = claim()
    await claims.take(one)
    await claims.answer(one.account, one.key, 'first', one.now)
    await claims.answer(one.account, one.key, 'second', one.now)
    expect(await claims.take(one)).toEqual({ kind: 'answered', body: 'first' })
  })
})

describe('a release', () => {
  test('frees the key for a corrected request', async () => {
    const one = claim()
    await claims.take(one)
    await claims.release(one.account, one.key)
    expect(await claims.take({ ...one, bodyHash: 'corrected', subject: 'msg_2' })).toEqual({
      kind: 'taken',
      subject: 'msg_2',
      resumed: false,
    })
  })

  test('forgets no answer', async () => {
    const one = claim()
    await claims.take(one)
    await claims.answer(one.account, one.key, 'done', one.now)
    await claims.release(one.account, one.key)
    expect(await claims.take(one)).toEqual({ kind: 'answered', body: 'done' })
  })

  test('keeps the subject once somebody took over: the first holder may have committed under it', async () => {
    const one = claim()
    await claims.take(one)
    const second = { ...one, subject: 'msg_2', now: one.now + MINUTE }
    await claims.take(second)
    await claims.release(one.account, one.key)
    expect(await claims.take({ ...second, subject: 'msg_3' })).toEqual({
      kind: 'taken',
      subject: 'msg_1',
      resumed: true,
    })
  })

  test('of a key that nobody holds is nothing', async () => {
    await claims.release(ACCOUNT, 'never')
  })
})

describe('F-9: an answer of D1 that was lost', () => {
  /** Claims whose first call of a kind is done, and never heard of. */
  const unheard = (word: string) => {
    let left = 1
    return createClaimStore({
      db: flakyDatabase(db, (call) =>
        call.includes(word) && left-- > 0 ? { when: 'after', message: LOST } : null,
      ),
      retry: { ...RETRY, sleep: async () => undefined },
    })
  }

  test('the taker that won finds that it won, and that nobody held the key before', async () => {
    expect(await unheard('INSERT INTO claims').take(claim())).toEqual({
      kind: 'taken',
      subject: 'msg_1',
      resumed: false,
    })
  })

  test('a release made again spares the claim of whoever came in between', async () => {
    const one = claim()
    await claims.take(one)
    let left = 1
    const interrupted = createClaimStore({
      db: flakyDatabase(db, async (call) => {
        if (!call.includes('DELETE FROM claims') || left-- === 0) return null
        await db.prepare('DELETE FROM claims WHERE key = ?').bind(one.key).run()
        await claims.take({ ...one, subject: 'msg_2' })
        return { when: 'before', message: LOST }
      }),
      retry: { ...RETRY, sleep: async () => undefined },
    })
    await interrupted.release(one.account, one.key)
    expect(await claims.take(one)).toEqual({ kind: 'in_progress' })
  })
})

test('a key that is released each time it is asked for ends as a storage error, not as a loop', async () => {
  const one = claim()
  await claims.take(one)
  const restless = createClaimStore({
    db: flakyDatabase(db, async (call) => {
      const holds = call.includes('INSERT INTO claims')
      if (holds) await claims.take(one)
      else await claims.release(one.account, one.key)
      return null
    }),
  })
  await expect(restless.take(one)).rejects.toBeInstanceOf(StorageError)
})
