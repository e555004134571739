import type { IndexStore } from '../domain/ports.ts'
import {
  findConversation,
  listConversations,
  openConversation,
  settleConversation,
  staleConversations,
} from './conversations.ts'
import { createDatabase } from './database.ts'
import { parkEvent, parkedEvents, unparkEvent } from './parked.ts'
import { projectMessages } from './projection.ts'
import type { Retry } from './retry.ts'

/** Rows that one run of the sweep touches in each table, at most: the next run takes the rest. */
const MOST_SWEPT = 1_000

/** How long an opening of a conversation stands for the ones after it, in milliseconds. */
const FRESH = 1_000

/** What crosses conversations, in D1. */
export function createIndexStore(options: {
  db: D1Database
  retry?: Retry
  /** Milliseconds for which `open` is not written again and `settle` does not close; 1,000 without one. */
  fresh?: number
}): IndexStore {
  const db = createDatabase(options.db, options.retry)
  const fresh = options.fresh ?? FRESH

  return {
    open: (conversation, thread, now) => openConversation(db, fresh, conversation, thread, now),
    async settle(conversation, seenAt) {
      await db.batch([settleConversation(fresh, conversation, seenAt)])
    },
    stale: (before, now, limit) => staleConversations(db, before, now, limit),
    project: (projections, rest = null) =>
      projectMessages(
        db,
        projections,
        rest === null ? [] : [settleConversation(fresh, rest.conversation, rest.seenAt)],
      ),
    conversations: (account, page) => listConversations(db, account, page),
    conversation: (account, id) => findConversation(db, account, id),

    async messageByVendorId(vendor, vendorId) {
      return db.first<{ account: string; conversation: string; message: string }>(
        `SELECT * FROM (
           SELECT account, conversation, id AS message FROM messages
           WHERE vendor = ?1 AND vendor_id = ?2 ORDER BY created_at DESC LIMIT 1)
         UNION ALL SELECT account, conversation, message FROM vendor_ids WHERE vendor = ?1 AND vendor_id = ?2
         LIMIT 1`,
        vendor,
        vendorId,
      )
    },

    park: (event) => parkEvent(db, event),
    parkedFor: (vendor, vendorId) => parkedEvents(db, vendor, vendorId),
    unpark: (vendor, eventId) => unparkEvent(db, vendor, eventId),

    async sweep(before, now) {
      const changes = await db.batch([
        {
          sql: `UPDATE parked SET orphaned_at = ?2 WHERE (vendor, event_id) IN (
                  SELECT vendor, event_id FROM parked WHERE orphaned_at IS NULL AND at < ?1 ORDER BY at LIMIT ${MOST_SWEPT}
                )`,
          values: [before, now],
        },
        {
          sql: `DELETE FROM claims WHERE (account, key) IN (
                  SELECT account, key FROM claims WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ${MOST_SWEPT}
                )`,
          values: [now],
        },
      ])
      return changes.reduce((sum, rows) => sum + rows, 0)
    },
  }
}
