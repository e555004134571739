import type { FitKey, FitKeyStore } from '../domain/fit-ports.ts'
import { fail, ok } from '../domain/result.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { createDatabase } from './database.ts'
import type { Retry } from './retry.ts'

type Row = {
  readonly id: string
  readonly account: string
  readonly name: string
  readonly sources: string
  readonly per_minute: number | null
  readonly per_day: number | null
  readonly generation: number
  readonly previous: number
  readonly made_in_day: number
  readonly day: number
  readonly created_at: number
  readonly updated_at: number
}

const COLUMNS =
  'id, account, name, sources, per_minute, per_day, generation, previous, made_in_day, day, created_at, updated_at'
const MINUTE = 60_000
const DAY = 86_400_000

const keyOf = (row: Row): FitKey => ({
  id: row.id,
  account: row.account,
  name: row.name,
  sources: JSON.parse(row.sources) as string[],
  perMinute: row.per_minute,
  perDay: row.per_day,
  generation: row.generation,
  previous: row.previous === 1,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

/** Keys of the optimizer, in D1. */
export function createFitKeyStore(options: {
  db: D1Database
  clock: { readonly now: () => number }
  retry?: Retry
}): FitKeyStore {
  const db = createDatabase(options.db, options.retry)
  return {
    async find(id) {
      const row = await db.first<Row>(`SELECT ${COLUMNS} FROM fit_keys WHERE id = ?1`, id)
      return row && keyOf(row)
    },

    async page(account, page) {
      const list = `fit-keys ${account}`
      const after = page.cursor === null ? null : await readCursor(list, page.cursor)
      if (page.cursor !== null && after === null) return fail({ code: 'invalid_cursor' })
      const rows = await db.all<Row>(
        `SELECT ${COLUMNS} FROM fit_keys
         WHERE account = ?1 AND (?2 IS NULL OR (created_at, id) < (?2, ?3))
         ORDER BY created_at DESC, id DESC LIMIT ?4`,
        account,
        after?.[0] ?? null,
        after?.[1] ?? null,
        page.limit + 1,
      )
      const today = Math.floor(options.clock.now() / DAY)
      const items = rows.slice(0, page.limit)
      const last = items.at(-1)
      const more = rows.length > page.limit && last !== undefined
      return ok({
        items: items.map((row) => ({ ...keyOf(row), madeToday: row.day === today ? row.made_in_day : 0 })),
        next: more ? await writeCursor(list, [last.created_at, last.id]) : null,
      })
    },

    async add(key, most) {
      await db.run(
        `INSERT INTO fit_keys (id, account, name, sources, per_minute, per_day, generation, previous,
           minute, made_in_minute, day, made_in_day, created_at, updated_at)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, 0, 0, ?9, ?10
         WHERE (SELECT count(*) FROM fit_keys WHERE account = ?2) < ?11
         ON CONFLICT (id) DO NOTHING`,
        key.id,
        key.account,
        key.name,
        JSON.stringify(key.sources),
        key.perMinute,
        key.perDay,
        key.generation,
        key.previous ? 1 : 0,
        key.createdAt,
        key.updatedAt,
        most,
      )
      // Asked afterwards: of an attempt that was made twice, the second changes nothing.
      return (await db.first('SELECT 1 AS one FROM fit_keys WHERE id = ?1', key.id)) !== null
    },

    async save(key, generationBefore) {
      const changed = await db.run(
        `UPDATE fit_keys SET name = ?3, sources = ?4, per_minute = ?5, per_day = ?6, generation = ?7, previous = ?8,
           updated_at = ?9
         WHERE id = ?1 AND account = ?2 AND (generation = ?10 OR (generation = ?7 AND updated_at = ?9))`,
        key.id,
        key.account,
        key.name,
        JSON.stringify(key.sources),
        key.perMinute,
        key.perDay,
        key.generation,
        key.previous ? 1 : 0,
        key.updatedAt,
        generationBefore,
      )
      return changed > 0
    },

    async remove(account, id) {
      return (await db.run('DELETE FROM fit_keys WHERE id = ?2 AND account = ?1', account, id)) > 0
    },

    async spend(id, now) {
      // In one statement, so that requests side by side cannot pass a limit together. An attempt whose answer was lost
      // counts twice: a limit may bite one file early, never late.
      const minute = Math.floor(now / MINUTE)
      const day = Math.floor(now / DAY)
      const changed = await db.run(
        `UPDATE fit_keys SET
           made_in_minute = CASE WHEN minute = ?2 THEN made_in_minute ELSE 0 END + 1,
           made_in_day = CASE WHEN day = ?3 THEN made_in_day ELSE 0 END + 1,
           minute = ?2, day = ?3
         WHERE id = ?1
           AND (per_minute IS NULL OR minute <> ?2 OR made_in_minute < per_minute)
           AND (per_day IS NULL OR day <> ?3 OR made_in_day < per_day)`,
        id,
        minute,
        day,
      )
      return changed > 0
    },
  }
}
