import { beforeAll, describe, expect, test } from 'vitest'
import { StorageError } from '../../src/domain/storage-error.ts'
import { createDatabase, statement } from '../../src/store/database.ts'
import { RETRY, type Retry } from '../../src/store/retry.ts'
import { migrated } from './bindings.ts'
import { flakyDatabase, LOST, type Script } from './flaky.ts'

let real: D1Database
beforeAll(async () => {
  real = await migrated()
})

/** A database whose first calls fail as told, with what it waited for. */
function failing(faults: readonly { when: 'before' | 'after'; message: string }[]) {
  const left = [...faults]
  const waits: number[] = []
  let calls = 0
  const script: Script = () => {
    calls++
    return left.shift() ?? null
  }
  const retry: Retry = {
    ...RETRY,
    sleep: async (milliseconds) => void waits.push(milliseconds),
    random: () => 0.5,
  }
  return { db: createDatabase(flakyDatabase(real, script), retry), waits, calls: () => calls }
}

const add = (id: string) =>
  statement('INSERT INTO accounts (id, name, created_at) VALUES (?1, ?1, 1) ON CONFLICT DO NOTHING', id)
const count = async (id: string) =>
  (await real.prepare('SELECT count(*) AS n FROM accounts WHERE id = ?').bind(id).first<number>('n')) ?? 0

describe('transient errors', () => {
  test.each([
    'D1_ERROR: Network connection lost.',
    'D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset: storage caused object to be reset',
    'D1_ERROR: D1 DB reset because its code was updated.',
  ])('%s: tried again with growing, jittered pauses', async (message) => {
    const { db, waits, calls } = failing([
      { when: 'before', message },
      { when: 'after', message },
      { when: 'before', message },
    ])
    const id = `acc_${message}`
    await db.batch([add(id)])
    expect(calls()).toBe(4)
    expect(waits).toEqual([25, 50, 100])
    expect(await count(id)).toBe(1)
  })

  test('the fifth failure is final', async () => {
    const { db, calls } = failing(Array(9).fill({ when: 'before', message: LOST }))
    await expect(db.batch([add('acc_never')])).rejects.toBeInstanceOf(StorageError)
    expect(calls()).toBe(5)
    expect(await count('acc_never')).toBe(0)
  })

  test('reads are tried again too', async () => {
    const { db, calls } = failing([{ when: 'after', message: LOST }])
    expect(await db.first<{ n: number }>('SELECT 1 AS n')).toEqual({ n: 1 })
    expect(calls()).toBe(2)
  })
})

test.each(['D1_ERROR: D1 DB is overloaded. Requests queued for too long.', 'D1_ERROR: no such table: x'])(
  '%s: not tried again',
  async (message) => {
    const { db, calls } = failing([{ when: 'before', message }])
    const failure = db.run('DELETE FROM accounts WHERE id = ?1', 'x')
    await expect(failure).rejects.toThrow(`D1: ${message}`)
    await expect(failure).rejects.toBeInstanceOf(StorageError)
    expect(calls()).toBe(1)
  },
)

test('a batch is one transaction', async () => {
  const { db } = failing([])
  const broken = statement('INSERT INTO accounts (id, name, created_at) VALUES (?1, NULL, 1)', 'acc_half')
  await expect(db.batch([add('acc_whole'), broken])).rejects.toBeInstanceOf(StorageError)
  expect(await count('acc_whole')).toBe(0)
})

describe('the bounds that a local database does not enforce', () => {
  test('100 parameters', async () => {
    const { db, calls } = failing([])
    const sql = (n: number) =>
      `SELECT ${Array.from({ length: n }, (_, i) => `?${i + 1} AS c${i}`)
        .slice(0, 90)
        .join(', ')}`
    await db.all(sql(90), ...Array(90).fill(1))
    await expect(db.all(sql(101), ...Array(101).fill(1))).rejects.toBeInstanceOf(RangeError)
    expect(calls()).toBe(1)
  })

  test('1 MB a row, counted in UTF-8', async () => {
    const { db, calls } = failing([])
    const sql = 'SELECT length(?1) AS n'
    expect(await db.all(sql, 'x'.repeat(1_000_000))).toEqual([{ n: 1_000_000 }])
    await expect(db.all(sql, 'x'.repeat(1_000_001))).rejects.toBeInstanceOf(RangeError)
    await expect(db.all(sql, 'é'.repeat(500_001))).rejects.toBeInstanceOf(RangeError)
    expect(calls()).toBe(1)
  })
})

describe('questions of one moment', () => {
  test('travel together, each to its own answer; what is written goes by itself', async () => {
    const { db, calls } = failing([])
    const [one, two, three] = await Promise.all([
      db.first<{ n: number }>('SELECT ?1 AS n', 1),
      db.all<{ n: number }>('SELECT 2 AS n UNION ALL SELECT 3'),
      db.all('SELECT 1 WHERE 0'),
      db.run("UPDATE accounts SET name = 'x' WHERE id = 'nobody'"),
    ])
    expect([one, two, three]).toEqual([{ n: 1 }, [{ n: 2 }, { n: 3 }], []])
    expect(calls()).toBe(2)
    await db.first('SELECT 1')
    await db.first('SELECT 1')
    expect(calls()).toBe(4)
  })

  test('a wrong one fails alone', async () => {
    const { db } = failing([])
    const answers = await Promise.allSettled([
      db.first<{ n: number }>('SELECT 1 AS n'),
      db.first('SELECT n FROM no_such_table'),
      ...Array.from({ length: 50 }, (_, n) => db.first<{ n: number }>('SELECT ?1 AS n', n)),
    ])
    expect(answers.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      ...Array<string>(50).fill('fulfilled'),
    ])
    expect(answers.slice(2).map((one) => (one.status === 'fulfilled' ? one.value?.n : null))).toEqual(
      Array.from({ length: 50 }, (_, n) => n),
    )
  })

  test('a lost connection is tried again for each', async () => {
    const { db } = failing([
      { when: 'before', message: LOST },
      { when: 'before', message: LOST },
    ])
    expect(
      await Promise.all([db.first<{ n: number }>('SELECT 1 AS n'), db.first<{ n: number }>('SELECT 2 AS n')]),
    ).toEqual([{ n: 1 }, { n: 2 }])
  })
})
