import type { VendorName } from '../domain/number.ts'
import type { ParkedEvent } from '../domain/ports.ts'
import type { Database } from './database.ts'

type ParkedRow = {
  vendor: VendorName
  account: string | null
  event_id: string
  vendor_id: string | null
  body: string
  at: number
}

/** Keeps an event that found no message; the same event twice is kept once. */
export async function parkEvent(db: Database, event: ParkedEvent): Promise<void> {
  await db.run(
    `INSERT INTO parked (vendor, event_id, account, vendor_id, body, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
     ON CONFLICT DO NOTHING`,
    event.vendor,
    event.eventId,
    event.account,
    event.vendorId,
    event.body,
    event.at,
  )
}

/** The events that wait for a vendor's message, in the order in which they came. They stay until they are unparked. */
export async function parkedEvents(
  db: Database,
  vendor: VendorName,
  vendorId: string,
): Promise<ParkedEvent[]> {
  const rows = await db.all<ParkedRow>(
    `SELECT vendor, account, event_id, vendor_id, body, at FROM parked
     WHERE vendor = ?1 AND vendor_id = ?2 AND orphaned_at IS NULL ORDER BY at, event_id`,
    vendor,
    vendorId,
  )
  return rows.map((row) => ({
    vendor: row.vendor,
    account: row.account,
    eventId: row.event_id,
    vendorId: row.vendor_id,
    body: row.body,
    at: row.at,
  }))
}

/** Lets an event go that found its message. An orphan stays: its owner may have seen it. */
export async function unparkEvent(db: Database, vendor: VendorName, eventId: string): Promise<void> {
  await db.run(
    'DELETE FROM parked WHERE vendor = ?1 AND event_id = ?2 AND orphaned_at IS NULL',
    vendor,
    eventId,
  )
}
