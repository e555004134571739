import { StorageError } from '../domain/storage-error.ts'
import { RETRY, type Retry, retrying } from './retry.ts'

/** What D1 binds. */
export type Value = string | number | null

/** One SQL statement with its parameters `?1`, `?2` ... */
export type Statement = { readonly sql: string; readonly values: readonly Value[] }

/** A row as D1 gives it. */
export type Row = Record<string, Value>

/**
 * D1 as this folder uses it. Every statement is idempotent: an attempt whose answer was lost is made again, so a second
 * run must leave what the first one left. Throws `StorageError` when D1 does not answer in the tries given, and
 * `RangeError` on a statement that D1 would not take, which is a bug of the caller.
 */
export type Database = {
  /** The rows of a query, or those that a write returns. */
  readonly all: <T extends Row>(sql: string, ...values: Value[]) => Promise<T[]>
  /** The first row, or null. */
  readonly first: <T extends Row>(sql: string, ...values: Value[]) => Promise<T | null>
  /** Rows changed by the attempt that was answered; none when an earlier attempt had done it unseen. */
  readonly run: (sql: string, ...values: Value[]) => Promise<number>
  /** Several statements as one transaction; rows changed by each. */
  readonly batch: (statements: readonly Statement[]) => Promise<number[]>
  /** The same; the rows that the last one gives. */
  readonly batchAll: <T extends Row>(statements: readonly Statement[]) => Promise<T[]>
}

/** The bounds of D1 for one statement, which a local database does not enforce. */
const MOST_PARAMETERS = 100
const MOST_BYTES = 1_000_000

/** What D1 says when the attempt may be made again: its documented transient errors. */
const TRANSIENT = [
  'Network connection lost',
  'storage caused object to be reset',
  'reset because its code was updated',
]

const isTransient = (error: unknown): boolean => {
  const said = String(error)
  return TRANSIENT.some((words) => said.includes(words))
}

/** Bytes of a value in UTF-8; short text is counted by its length, which costs nothing and errs by little. */
function size(value: Value): number {
  if (typeof value !== 'string') return 8
  return value.length < 1000 ? value.length : new TextEncoder().encode(value).length
}

function check(statement: Statement): void {
  if (statement.values.length > MOST_PARAMETERS) {
    throw new RangeError(`D1 binds ${MOST_PARAMETERS} parameters a statement, not ${statement.values.length}`)
  }
  let bytes = 0
  for (const value of statement.values) bytes += size(value)
  if (bytes > MOST_BYTES) throw new RangeError(`D1 keeps ${MOST_BYTES} bytes a row, not ${bytes}`)
}

/** Makes a statement for a batch. */
export const statement = (sql: string, ...values: Value[]): Statement => ({ sql, values })

/** A question that waits for the others of its moment. */
type Asked = {
  readonly prepared: D1PreparedStatement
  readonly answer: (answer: D1Result | Promise<D1Result>) => void
}

/** Questions of this moment, by database: stores of one database travel together. */
const waiting = new WeakMap<D1Database, Asked[]>()

/** D1 takes more; nobody asks so much at once. */
const MOST_TOGETHER = 20

/**
 * Asks together what is asked in the same moment: a request that looks up five things makes one call and not five, which each
 * would take one of its six connections. A moment ends with the microtasks that are due, so requests never mix: another one's
 * code does not run before.
 */
function askTogether(db: D1Database, prepared: D1PreparedStatement): Promise<D1Result> {
  return new Promise((resolve) => {
    const list = waiting.get(db)
    if (list !== undefined && list.length < MOST_TOGETHER) {
      list.push({ prepared, answer: resolve })
      return
    }
    const asked: Asked[] = [{ prepared, answer: resolve }]
    waiting.set(db, asked)
    queueMicrotask(() => {
      if (waiting.get(db) === asked) waiting.delete(db)
      const alone = (): void => {
        for (const one of asked) one.answer(one.prepared.all())
      }
      if (asked.length === 1) return alone()
      // One that fails must not fail the others.
      db.batch(asked.map((one) => one.prepared)).then(
        (results) =>
          asked.forEach((one, n) => {
            one.answer(results[n] as D1Result)
          }),
        alone,
      )
    })
  })
}

/** What changes nothing, and may be asked beside others. */
const isQuestion = (sql: string): boolean => /^\s*SELECT\b/i.test(sql)

/** Wraps a D1 binding. */
export function createDatabase(db: D1Database, retry: Retry = RETRY): Database {
  const prepare = (one: Statement): D1PreparedStatement => {
    check(one)
    return db.prepare(one.sql).bind(...one.values)
  }

  async function ask<T>(attempt: () => Promise<T>): Promise<T> {
    try {
      return await retrying(retry, isTransient, attempt)
    } catch (error) {
      if (error instanceof RangeError) throw error
      throw new StorageError(`D1: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      })
    }
  }

  const all = async <T extends Row>(sql: string, ...values: Value[]): Promise<T[]> =>
    (
      await ask(() => {
        const prepared = prepare({ sql, values })
        return isQuestion(sql) ? (askTogether(db, prepared) as Promise<D1Result<T>>) : prepared.all<T>()
      })
    ).results

  return {
    all,
    first: async <T extends Row>(sql: string, ...values: Value[]) =>
      (await all<T>(sql, ...values))[0] ?? null,
    run: async (sql, ...values) => (await ask(() => prepare({ sql, values }).run())).meta.changes,
    batch: async (statements) =>
      (await ask(() => db.batch(statements.map(prepare)))).map((result) => result.meta.changes),
    batchAll: async <T extends Row>(statements: readonly Statement[]) =>
      ((await ask(() => db.batch<T>(statements.map(prepare)))).at(-1)?.results ?? []) as T[],
  }
}
