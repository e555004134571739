import type { DialectRecordStore, SealedRecord } from '../domain/dialect-records.ts'
import { createDatabase } from './database.ts'
import type { Retry } from './retry.ts'

type Row = {
  readonly account: string
  readonly kind: string
  readonly id: string
  readonly parent: string
  readonly subject: string | null
  readonly body: string
  readonly sealed: string | null
  readonly created_at: number
  readonly updated_at: number
}

const COLUMNS = 'account, kind, id, parent, subject, body, sealed, created_at, updated_at'

const recordOf = ({ created_at, updated_at, ...row }: Row): SealedRecord => ({
  ...row,
  createdAt: created_at,
  updatedAt: updated_at,
})

const INSERT = `INSERT INTO dialect_records (${COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
  ON CONFLICT (account, kind, id)`

const valuesOf = (one: SealedRecord) =>
  [
    one.account,
    one.kind,
    one.id,
    one.parent,
    one.subject,
    one.body,
    one.sealed,
    one.createdAt,
    one.updatedAt,
  ] as const

/** Records of dialects, in D1. */
export function createDialectRecordStore(options: { db: D1Database; retry?: Retry }): DialectRecordStore {
  const db = createDatabase(options.db, options.retry)
  return {
    async several(account, kind, ids) {
      const rows = await db.all<Row>(
        `SELECT ${COLUMNS} FROM dialect_records
         WHERE account = ?1 AND kind = ?2 AND id IN (SELECT value FROM json_each(?3))`,
        account,
        kind,
        JSON.stringify(ids),
      )
      return rows.map(recordOf)
    },

    async page(account, kind, { parent, before, limit }) {
      const behind = before ?? '~'
      const rows =
        parent === undefined
          ? await db.all<Row>(
              `SELECT ${COLUMNS} FROM dialect_records WHERE account = ?1 AND kind = ?2 AND id < ?3
               ORDER BY id DESC LIMIT ?4`,
              account,
              kind,
              behind,
              limit,
            )
          : await db.all<Row>(
              `SELECT ${COLUMNS} FROM dialect_records WHERE account = ?1 AND kind = ?2 AND parent = ?5 AND id < ?3
               ORDER BY id DESC LIMIT ?4`,
              account,
              kind,
              behind,
              limit,
              parent,
            )
      return rows.map(recordOf)
    },

    async add(record) {
      // An attempt that was made twice must say the same: what is there is ours when it was written at the same moment.
      const [row] = await db.all<{ body: string; created_at: number }>(
        `${INSERT} DO UPDATE SET kind = excluded.kind RETURNING body, created_at`,
        ...valuesOf(record),
      )
      return row?.created_at === record.createdAt && row.body === record.body
    },

    async put(record) {
      await db.run(
        `${INSERT} DO UPDATE SET parent = excluded.parent, subject = excluded.subject, body = excluded.body,
           sealed = excluded.sealed, updated_at = excluded.updated_at`,
        ...valuesOf(record),
      )
    },

    async remove(account, kind, id) {
      await db.run(
        'DELETE FROM dialect_records WHERE account = ?1 AND kind = ?2 AND id = ?3',
        account,
        kind,
        id,
      )
    },
  }
}
