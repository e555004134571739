import type { Failure } from '../domain/failure.ts'
import {
  type CapabilityState,
  type NumberType,
  numberOf,
  type OwnNumber,
  type Registration,
  type VendorName,
} from '../domain/number.ts'
import type { NumberStore, Page } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { createDatabase, type Database, statement, type Value } from './database.ts'
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
  ported_at: number | null
  sms_price_out: number | null
  sms_price_in: number | null
  mms_price_out: number | null
  mms_price_in: number | null
  prefer_jpeg: number
  sms_max_segments: number
  registration: string | null
  failover: number
}

const COLUMNS = `account, address, type, country, sms, mms, vendor, budget, is_default, label, ported_at, sms_price_out,
  sms_price_in, mms_price_out, mms_price_in, prefer_jpeg, sms_max_segments, registration, failover`

/** What the columns sms and mms hold, by their value. 1 is active, as it was when they were flags. */
const CODES: readonly CapabilityState[] = ['off', 'active', 'requested', 'pending']

const ownNumber = (row: NumberRow): OwnNumber =>
  numberOf({
    account: row.account,
    address: row.address,
    type: row.type,
    country: row.country,
    capabilities: { sms: CODES[row.sms] ?? 'off', mms: CODES[row.mms] ?? 'off' },
    portedAt: row.ported_at,
    vendor: row.vendor,
    budget: row.budget,
    isDefault: row.is_default === 1,
    label: row.label,
    prices: {
      smsOut: row.sms_price_out,
      smsIn: row.sms_price_in,
      mmsOut: row.mms_price_out,
      mmsIn: row.mms_price_in,
    },
    preferJpeg: row.prefer_jpeg === 1,
    smsMaxSegments: row.sms_max_segments,
    registration: row.registration === null ? null : (JSON.parse(row.registration) as Registration),
    failover: row.failover === 1,
  })

/** The values of a number in the order of `COLUMNS`; as the default only where it is asked for. */
const valuesOf = (number: OwnNumber): Value[] => [
  number.account,
  number.address,
  number.type,
  number.country,
  CODES.indexOf(number.capabilities.sms),
  CODES.indexOf(number.capabilities.mms),
  number.vendor,
  number.budget,
  number.isDefault ? 1 : 0,
  number.label,
  number.portedAt,
  number.prices.smsOut,
  number.prices.smsIn,
  number.prices.mmsOut,
  number.prices.mmsIn,
  number.preferJpeg ? 1 : 0,
  number.smsMaxSegments,
  number.registration === null ? null : JSON.stringify(number.registration),
  number.failover ? 1 : 0,
]

const INSERT = `INSERT INTO numbers (${COLUMNS}, created_at) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,
    ?9 AND NOT EXISTS (SELECT 1 FROM numbers WHERE account = ?1 AND is_default = 1), ?10, ?11, ?12, ?13, ?14, ?15, ?16,
    ?17, ?18, ?19, ?20 WHERE true
  ON CONFLICT DO NOTHING`

/** A partial index admits one default: the one before gives way in the same transaction. */
const YIELD = `UPDATE numbers SET is_default = 0 WHERE account = ?1 AND is_default = 1 AND address <> ?2
  AND EXISTS (SELECT 1 FROM numbers WHERE account = ?1 AND address = ?2)
  AND NOT EXISTS (SELECT 1 FROM numbers WHERE vendor = ?3 AND address = ?2 AND account <> ?1)`

const UPDATE = `UPDATE numbers SET sms = ?5, mms = ?6, vendor = ?7, budget = ?8, is_default = ?9, label = ?10,
    ported_at = ?11, sms_price_out = ?12, sms_price_in = ?13, mms_price_out = ?14, mms_price_in = ?15, prefer_jpeg = ?16,
    sms_max_segments = ?17, registration = ?18, failover = ?19, country = ?4
  WHERE account = ?1 AND address = ?2 AND type = ?3
    AND NOT EXISTS (SELECT 1 FROM numbers WHERE vendor = ?7 AND address = ?2 AND account <> ?1)`

/** The numbers of accounts, in D1. A number belongs to one account a vendor, and an account has one default number. */
export function createNumberStore(options: { db: D1Database; retry?: Retry }): NumberStore {
  const db = createDatabase(options.db, options.retry)

  const find = async (account: string, address: string): Promise<OwnNumber | null> => {
    const row = await db.first<NumberRow>(
      `SELECT ${COLUMNS} FROM numbers WHERE account = ?1 AND address = ?2`,
      account,
      address,
    )
    return row && ownNumber(row)
  }

  return {
    async list(account) {
      const rows = await db.all<NumberRow>(
        `SELECT ${COLUMNS} FROM numbers WHERE account = ?1 ORDER BY is_default DESC, address`,
        account,
      )
      return rows.map(ownNumber)
    },

    find,
    page: (account, page) => pageOfNumbers(db, account, page),

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
      await db.run(INSERT, ...valuesOf(number), now)
    },

    async add(number, now) {
      const before = await find(number.account, number.address)
      if (before !== null) return false
      await db.run(INSERT, ...valuesOf({ ...number, isDefault: false }), now)
      const added = await find(number.account, number.address)
      if (added === null) return false
      if (number.isDefault) await save(db, number)
      return true
    },

    save: (number) => save(db, number),

    async remove(account, address) {
      await db.run('DELETE FROM numbers WHERE account = ?1 AND address = ?2', account, address)
    },
  }
}

async function save(db: Database, number: OwnNumber): Promise<boolean> {
  const update = statement(UPDATE, ...valuesOf(number))
  const changes = await db.batch(
    number.isDefault ? [statement(YIELD, number.account, number.address, number.vendor), update] : [update],
  )
  return (changes.at(-1) ?? 0) > 0
}

async function pageOfNumbers(
  db: Database,
  account: string,
  page: { cursor: string | null; limit: number },
): Promise<Result<Page<OwnNumber>, Failure>> {
  const list = `numbers ${account}`
  const from = page.cursor === null ? (['', ''] as const) : await readCursor(list, page.cursor)
  if (from === null) return fail({ code: 'invalid_cursor' })
  const rows = await db.all<NumberRow>(
    `SELECT ${COLUMNS} FROM numbers WHERE account = ?1 AND address > ?2 ORDER BY address LIMIT ?3`,
    account,
    // A cursor holds letters and digits only, so the plus sign travels as a letter.
    from[1].replace(/^p/, '+'),
    page.limit + 1,
  )
  const items = rows.slice(0, page.limit).map(ownNumber)
  const last = items.at(-1)
  const next =
    rows.length > page.limit && last ? await writeCursor(list, [0, last.address.replace('+', 'p')]) : null
  return ok({ items, next })
}
