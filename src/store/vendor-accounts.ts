import type { VendorName } from '../domain/number.ts'
import { fail, ok } from '../domain/result.ts'
import type { StoredVendorAccount, VendorAccountStore } from '../domain/vendor-account.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { createDatabase, type Row } from './database.ts'
import type { Retry } from './retry.ts'

const COLUMNS = 'id, account, vendor, name, sealed, settings, revision, created_at, updated_at'
/** After every position: the first page starts here. */
const START = [Number.MAX_SAFE_INTEGER, '~'] as const

const accountOf = (row: Row): StoredVendorAccount => ({
  id: row.id as string,
  account: row.account as string,
  vendor: row.vendor as VendorName,
  name: row.name as string,
  sealed: row.sealed as string,
  settings: JSON.parse(row.settings as string) as StoredVendorAccount['settings'],
  revision: row.revision as number,
  createdAt: row.created_at as number,
  updatedAt: row.updated_at as number,
})

/** Accounts at vendors, in D1. */
export function createVendorAccountStore(options: { db: D1Database; retry?: Retry }): VendorAccountStore {
  const db = createDatabase(options.db, options.retry)
  const one = async (where: string, ...values: string[]): Promise<StoredVendorAccount | null> => {
    const row = await db.first<Row>(`SELECT ${COLUMNS} FROM vendor_accounts WHERE ${where}`, ...values)
    return row === null ? null : accountOf(row)
  }
  return {
    async insert({ id, account, vendor, name, sealed, settings, revision, createdAt, updatedAt }) {
      await db.run(
        `INSERT INTO vendor_accounts (${COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT DO NOTHING`,
        ...[id, account, vendor, name, sealed, JSON.stringify(settings), revision, createdAt, updatedAt],
      )
      // Read back: the answer to the insert may be that of a second run.
      return (await one('account = ?1 AND vendor = ?2', account, vendor))?.id === id
    },

    find: (account, id) => one('id = ?2 AND account = ?1', account, id),
    findById: (vendor, id) => one('id = ?2 AND vendor = ?1', vendor, id),
    of: (account, vendor) => one('account = ?1 AND vendor = ?2', account, vendor),

    async list(account, page) {
      const name = `vendor_accounts\0${account}`
      const position = page.cursor === null ? START : await readCursor(name, page.cursor)
      if (position === null) return fail({ code: 'invalid_cursor' })
      const rows = await db.all<Row>(
        `SELECT ${COLUMNS} FROM vendor_accounts WHERE account = ?1 AND (created_at, id) < (?2, ?3)
         ORDER BY created_at DESC, id DESC LIMIT ?4`,
        account,
        position[0],
        position[1],
        page.limit + 1,
      )
      const items = rows.slice(0, page.limit).map(accountOf)
      const last = items.at(-1)
      const more = rows.length > page.limit && last !== undefined
      return ok({ items, next: more ? await writeCursor(name, [last.createdAt, last.id]) : null })
    },

    async replace({ id, account, name, sealed, settings, revision, updatedAt }) {
      await db.run(
        `UPDATE vendor_accounts SET name = ?3, sealed = ?4, settings = ?5, revision = ?6, updated_at = ?7
         WHERE id = ?2 AND account = ?1 AND revision = ?6 - 1`,
        ...[account, id, name, sealed, JSON.stringify(settings), revision, updatedAt],
      )
      // Seals differ with every making: this one being there says that it was us.
      return (await one('id = ?2 AND account = ?1', account, id))?.sealed === sealed
    },

    async remove(account, id) {
      await db.run('DELETE FROM vendor_accounts WHERE id = ?2 AND account = ?1', account, id)
    },
  }
}
