import type { VendorName } from '../domain/number.ts'
import type { Orphan, OrphanStore } from '../domain/orphan.ts'
import { fail, ok } from '../domain/result.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { createDatabase } from './database.ts'
import type { Retry } from './retry.ts'

type OrphanRow = {
  vendor: VendorName
  event_id: string
  account: string | null
  vendor_id: string | null
  body: string
  at: number
}

const orphanOf = (row: OrphanRow): Orphan => ({
  vendor: row.vendor,
  event: row.event_id,
  account: row.account,
  vendorId: row.vendor_id,
  said: JSON.parse(row.body),
  at: row.at,
})

/** Events that found no message, in D1. */
export function createOrphanStore(options: { db: D1Database; retry?: Retry }): OrphanStore {
  const db = createDatabase(options.db, options.retry)
  return {
    async orphans(account, page) {
      const list = `orphans ${account ?? ''}`
      const from =
        page.cursor === null ? ([Number.MAX_SAFE_INTEGER, '0'] as const) : await readCursor(list, page.cursor)
      if (from === null) return fail({ code: 'invalid_cursor' })
      // Ids of vendors may be anything, so a cursor counts how many of its moment were shown instead of naming the last.
      const shown = Number(from[1])
      const mine = account === null ? '' : 'account = ?4 AND '
      const rows = await db.all<OrphanRow>(
        `SELECT vendor, event_id, account, vendor_id, body, at FROM parked
         WHERE ${mine}orphaned_at IS NOT NULL AND at <= ?1 ORDER BY at DESC, vendor, event_id LIMIT ?2 OFFSET ?3`,
        from[0],
        page.limit + 1,
        shown,
        ...(account === null ? [] : [account]),
      )
      const items = rows.slice(0, page.limit)
      const last = items.at(-1)
      if (rows.length <= page.limit || last === undefined)
        return ok({ items: items.map(orphanOf), next: null })
      const ofMoment = items.filter(({ at }) => at === last.at).length + (last.at === from[0] ? shown : 0)
      return ok({ items: items.map(orphanOf), next: await writeCursor(list, [last.at, String(ofMoment)]) })
    },
  }
}
