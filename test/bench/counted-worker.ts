import { type Bindings, createBelino } from '../../src/gateway.ts'

/**
 * The Worker with every operation that Cloudflare's price list names counted, for test/bench/cost.mjs. `GET /counts` gives them
 * and starts anew. Counts are of this process: local workerd runs the Worker and all of its objects in one isolate.
 */
type Counts = Record<string, number>

let counts: Counts = {}
let statements: Counts = {}

function count(name: string, by = 1): void {
  counts[name] = (counts[name] ?? 0) + by
}

const rows = (one: D1Result, sql: string): void => {
  count('D1 rows read', one.meta.rows_read ?? 0)
  count('D1 rows written', one.meta.rows_written ?? 0)
  const name = sql.replace(/\s+/g, ' ').trim().slice(0, 90)
  statements[name] = (statements[name] ?? 0) + 1
  statements[`${name} [read]`] = (statements[`${name} [read]`] ?? 0) + (one.meta.rows_read ?? 0)
  statements[`${name} [written]`] = (statements[`${name} [written]`] ?? 0) + (one.meta.rows_written ?? 0)
}

function countedD1(db: D1Database): D1Database {
  const texts = new WeakMap<object, string>()
  return {
    prepare: (sql: string) => ({
      bind(...values: unknown[]) {
        const bound = db.prepare(sql).bind(...values)
        texts.set(bound, sql)
        const run = async (): Promise<D1Result> => {
          count('D1 calls')
          count('D1 statements')
          const result = await bound.run()
          rows(result, sql)
          return result
        }
        const counted = { all: run, run }
        texts.set(counted, sql)
        bounds.set(counted, bound)
        return counted
      },
    }),
    async batch(list: object[]) {
      count('D1 calls')
      count('D1 statements', list.length)
      const results = await db.batch(list.map((one) => bounds.get(one) as D1PreparedStatement))
      for (const [n, result] of results.entries()) rows(result, texts.get(list[n] as object) ?? '')
      return results
    },
  } as unknown as D1Database
}
const bounds = new WeakMap<object, D1PreparedStatement>()

/** R2 has two classes: what changes or lists is A, what reads is B, and deleting is free. */
const R2_CLASS: Record<string, string> = { put: 'R2 class A', get: 'R2 class B', head: 'R2 class B' }

function countedR2(bucket: R2Bucket): R2Bucket {
  return new Proxy(bucket, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const kind = R2_CLASS[String(name)]
        if (kind !== undefined) count(kind)
        return value.apply(target, args)
      }
    },
  })
}

function countedNamespace(namespace: DurableObjectNamespace, name: string): DurableObjectNamespace {
  return {
    getByName(object: string) {
      const stub = namespace.getByName(object)
      return new Proxy(stub, {
        get(target, property) {
          const value = Reflect.get(target, property)
          if (typeof value !== 'function') return value
          return (...args: unknown[]) => {
            count('DO requests')
            count(`DO requests ${name}.${String(property)}`)
            return Reflect.apply(value, target, args)
          }
        },
      })
    },
  } as unknown as DurableObjectNamespace
}

const known = new WeakMap<object, Bindings>()

function counted(env: Bindings): Bindings {
  const before = known.get(env)
  if (before !== undefined) return before
  const made: Bindings = {
    ...env,
    DB: countedD1(env.DB),
    MEDIA: countedR2(env.MEDIA),
    CONVERSATION: countedNamespace(env.CONVERSATION, 'Conversation'),
    SIMULATOR: countedNamespace(env.SIMULATOR, 'Simulator'),
    NUMBER: countedNamespace(env.NUMBER, 'Number'),
    SUBSCRIBER: countedNamespace(env.SUBSCRIBER, 'Subscriber'),
    LIVE: countedNamespace(env.LIVE, 'Live'),
    FIT_LEASE: countedNamespace(env.FIT_LEASE, 'FitLease'),
  }
  known.set(env, made)
  return made
}

/** Counts the rows of an object's own database, and what it sets alarms for. */
function countStorage(ctx: DurableObjectState, name: string): void {
  const { sql } = ctx.storage
  const exec = sql.exec.bind(sql)
  const cursors = new Set<SqlStorageCursor<Record<string, SqlStorageValue>>>()
  Object.defineProperty(sql, 'exec', {
    value: (query: string, ...bindings: unknown[]) => {
      const cursor = exec(query, ...bindings)
      cursors.add(cursor)
      queueMicrotask(() => {
        if (!cursors.delete(cursor)) return
        count(`DO rows read ${name}`, cursor.rowsRead)
        count(`DO rows written ${name}`, cursor.rowsWritten)
        if (cursor.rowsWritten > 0) {
          const text = `${name}: ${query.replace(/\s+/g, ' ').trim().slice(0, 90)}`
          statements[text] = (statements[text] ?? 0) + 1
          statements[`${text} [written]`] = (statements[`${text} [written]`] ?? 0) + cursor.rowsWritten
        }
      })
      return cursor
    },
  })
  const { storage } = ctx
  for (const method of ['setAlarm', 'deleteAlarm'] as const) {
    const before = storage[method].bind(storage)
    Object.defineProperty(storage, method, {
      value: (...args: unknown[]) => {
        if (method === 'setAlarm') count(`DO rows written ${name} (alarms)`)
        return (before as (...all: unknown[]) => Promise<void>)(...args)
      },
    })
  }
}

const belino = createBelino()

type Made<T> = new (ctx: DurableObjectState, env: Bindings) => T
// biome-ignore lint/suspicious/noExplicitAny: the classes are mixed in here, whatever they are
function countedClass<C extends Made<any>>(Base: C, name: string): C {
  // @ts-expect-error -- a mixin takes (ctx, env), as workerd gives them
  return class extends Base {
    constructor(ctx: DurableObjectState, env: Bindings) {
      countStorage(ctx, name)
      super(ctx, counted(env))
    }
    alarm(...args: unknown[]): unknown {
      count('DO requests')
      count(`DO requests ${name}.alarm`)
      return super.alarm?.(...args)
    }
  }
}

export const Conversation = countedClass(belino.Conversation, 'Conversation')
export const FitLease = countedClass(belino.FitLease, 'FitLease')
export const Live = countedClass(belino.Live, 'Live')
export const Subscriber = countedClass(belino.Subscriber, 'Subscriber')
export const SimulatorNetwork = countedClass(belino.SimulatorNetwork, 'Simulator')
const NumberLine = countedClass(belino.Number, 'Number')

export { NumberLine as Number }

// biome-ignore lint/style/noDefaultExport: workerd takes the handlers from there
export default {
  fetch(request: Request, env: Bindings, ctx: ExecutionContext) {
    if (new URL(request.url).pathname === '/counts') {
      const answer = Response.json({ counts, statements })
      counts = {}
      statements = {}
      return answer
    }
    count('Worker requests')
    return belino.fetch(request, counted(env), ctx)
  },
  scheduled: (controller: ScheduledController, env: Bindings, ctx: ExecutionContext) =>
    belino.scheduled(controller, counted(env), ctx),
}
