/** What happens to one call: it never arrives, or it is done and its answer is lost. */
export type Fault = { readonly when: 'before' | 'after'; readonly message: string }

/** Decides on each call, by a word for what it does. */
export type Script = (call: string) => Fault | null | Promise<Fault | null>

/** D1's words for a lost connection. */
export const LOST = 'D1_ERROR: Network connection lost.'

/** Random numbers from 0 up to 1 that are the same on every run (mulberry32's shape: add, mix, shift). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}

/** Fails a share of calls, half of them before and half after they were done. */
export const sometimes =
  (share: number, message: string, random: () => number): Script =>
  () =>
    random() < share ? { when: random() < 0.5 ? 'before' : 'after', message } : null

async function call<T>(script: Script, name: string, act: () => Promise<T>): Promise<T> {
  const fault = await script(name)
  if (fault?.when === 'before') throw new Error(fault.message)
  const result = await act()
  if (fault?.when === 'after') throw new Error(fault.message)
  return result
}

type Wrapped = { readonly real: D1PreparedStatement; readonly sql: string }

/** A D1 whose calls meet the script; the word of a call is its SQL. */
export function flakyDatabase(db: D1Database, script: Script): D1Database {
  const wrap = (real: D1PreparedStatement, sql: string): object => ({
    real,
    sql,
    bind: (...values: unknown[]) => wrap(real.bind(...values), sql),
    all: () => call(script, sql, () => real.all()),
    run: () => call(script, sql, () => real.run()),
  })
  return {
    prepare: (sql: string) => wrap(db.prepare(sql), sql),
    batch: (statements: Wrapped[]) =>
      call(script, statements.map((one) => one.sql).join(';\n'), () =>
        db.batch(statements.map((one) => one.real)),
      ),
  } as unknown as D1Database
}

/** An R2 whose calls meet the script; the word of a call is the operation and the key. */
export function flakyBucket(bucket: R2Bucket, script: Script): R2Bucket {
  return {
    head: (key: string) => call(script, `head ${key}`, () => bucket.head(key)),
    get: (key: string, options?: R2GetOptions) => call(script, `get ${key}`, () => bucket.get(key, options)),
    put: (key: string, value: ReadableStream, options?: R2PutOptions) =>
      call(script, `put ${key}`, () => bucket.put(key, value, options)),
    delete: (keys: string[]) => call(script, `delete ${keys.join(' ')}`, () => bucket.delete(keys)),
  } as unknown as R2Bucket
}
