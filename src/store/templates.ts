import { fail, ok } from '../domain/result.ts'
import type { Template, TemplateStore } from '../domain/template.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { createDatabase } from './database.ts'
import type { Retry } from './retry.ts'

type Row = {
  readonly id: string
  readonly name: string
  readonly body: string
  readonly created_at: number
  readonly updated_at: number
}

const COLUMNS = 'id, name, body, created_at, updated_at'

const templateOf = (row: Row): Template => ({
  id: row.id,
  name: row.name,
  ...(JSON.parse(row.body) as Pick<Template, 'content' | 'defaults'>),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

/** Templates of messages, in D1. */
export function createTemplateStore(options: { db: D1Database; retry?: Retry }): TemplateStore {
  const db = createDatabase(options.db, options.retry)
  return {
    async find(account, id) {
      const row = await db.first<Row>(
        `SELECT ${COLUMNS} FROM templates WHERE id = ?2 AND account = ?1`,
        account,
        id,
      )
      return row === null ? null : templateOf(row)
    },

    async page(account, page) {
      const list = `templates ${account}`
      const after = page.cursor === null ? null : await readCursor(list, page.cursor)
      if (page.cursor !== null && after === null) return fail({ code: 'invalid_cursor' })
      const rows = await db.all<Row>(
        `SELECT ${COLUMNS} FROM templates
         WHERE account = ?1 AND (?2 IS NULL OR (created_at, id) < (?2, ?3))
         ORDER BY created_at DESC, id DESC LIMIT ?4`,
        account,
        after?.[0] ?? null,
        after?.[1] ?? null,
        page.limit + 1,
      )
      const items = rows.slice(0, page.limit)
      const last = items.at(-1)
      const more = rows.length > page.limit && last !== undefined
      return ok({
        items: items.map(templateOf),
        next: more ? await writeCursor(list, [last.created_at, last.id]) : null,
      })
    },

    async put(account, { id, name, content, defaults, createdAt, updatedAt }, most) {
      const written = await db.run(
        `INSERT INTO templates (id, account, name, body, created_at, updated_at)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE (SELECT count(*) FROM templates WHERE account = ?2 AND id <> ?1) < ?7
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, body = excluded.body, updated_at = excluded.updated_at
         WHERE account = excluded.account`,
        id,
        account,
        name,
        JSON.stringify({ content, defaults }),
        createdAt,
        updatedAt,
        most,
      )
      return written > 0
    },

    async remove(account, id) {
      return (await db.run('DELETE FROM templates WHERE id = ?2 AND account = ?1', account, id)) > 0
    },
  }
}
