import type { NumberType, OwnNumber, VendorName } from '../domain/number.ts'
import type { NumberStore } from '../domain/ports.ts'
import { createDatabase } from './database.ts'
import type { Retry } from './retry.ts'

type NumberRow = {
  account: string
  address: string
  type: NumberType
  country: 'US' | 'CA'
  sms: number
  mms: number
  vendor: VendorName
  budget: number | null
  is_default: number
  label: string | null
}

const COLUMNS = 'account, address, type, country, sms, mms, vendor, budget, is_default, label'

const ownNumber = (row: NumberRow): OwnNumber => ({
  account: row.account,
  address: row.address,
  type: row.type,
  country: row.country,
  sms: row.sms === 1,
  mms: row.mms === 1,
  vendor: row.vendor,
  budget: row.budget,
  isDefault: row.is_default === 1,
  label: row.label,
})

/** The numbers of accounts, in D1. A number belongs to one account a vendor, and an account has one default number. */
export function createNumberStore(options: { db: D1Database; retry?: Retry }): NumberStore {
  const db = createDatabase(options.db, options.retry)

  return {
    async list(account) {
      const rows = await db.all<NumberRow>(
        `SELECT ${COLUMNS} FROM numbers WHERE account = ?1 ORDER BY is_default DESC, address`,
        account,
      )
      return rows.map(ownNumber)
    },

    async find(account, address) {
      const row = await db.first<NumberRow>(
        `SELECT ${COLUMNS} FROM numbers WHERE account = ?1 AND address = ?2`,
        account,
        address,
      )
      return row && ownNumber(row)
    },

    async ownerOf(vendor, address) {
      const row = await db.first<NumberRow>(
        `SELECT ${COLUMNS} FROM numbers WHERE vendor = ?1 AND address = ?2`,
        vendor,
        address,
      )
      return row && ownNumber(row)
    },

    async provision(number, now) {
      // A second default is added as an ordinary number: which one is the default is not changed by adding another.
      await db.run(
        `INSERT INTO numbers (${COLUMNS}, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,
           ?9 AND NOT EXISTS (SELECT 1 FROM numbers WHERE account = ?1 AND is_default = 1), ?10, ?11)
         ON CONFLICT DO NOTHING`,
        number.account,
        number.address,
        number.type,
        number.country,
        number.sms ? 1 : 0,
        number.mms ? 1 : 0,
        number.vendor,
        number.budget,
        number.isDefault ? 1 : 0,
        number.label,
        now,
      )
    },
  }
}
