import { type Bucket, blobKey } from './bucket.ts'
import { type Database, statement } from './database.ts'

/** How long a blob that nothing names stays marked before it is deleted, in milliseconds. */
const GRACE = 3_600_000

/**
 * How long a run of the sweep may hold a blob while R2 deletes it, in milliseconds: far longer than R2 lets a call live.
 * A run that died is overtaken by a later one, or by an upload of the same bytes.
 */
const LEASE = 120_000

/** R2 deletes at most so many objects a call. */
const MOST_DELETES = 1_000

/**
 * How long the row of a file stays after its expiry, so that it answers 410 and not 404, and that of a blob after its bytes
 * went; in milliseconds.
 */
const REMEMBERED = 30 * 86_400_000

/** True of a blob that no live file names. */
const UNNAMED = `NOT EXISTS (
  SELECT 1 FROM media
  WHERE media.account = blobs.account AND media.sha256 = blobs.sha256 AND media.deleted_at IS NULL
)`

/** The files whose time has come. Both statements that use it run in one transaction, so they see the same files. */
const EXPIRED = `SELECT id FROM media WHERE deleted_at IS NULL AND expires_at <= ?1 ORDER BY expires_at LIMIT ?2`

/**
 * One run of the sweep: files past their expiry become 410, blobs past theirs that nothing names are marked, and blobs
 * marked for an hour that are still expired and unnamed are deleted. At most `limit` rows a step; what is left waits
 * for the next run, and what a broken run held is taken up again when its lease has ended. Rows of what is long gone go too.
 * Returns the blobs deleted.
 */
export async function sweepMedia(
  { db, bucket }: { db: Database; bucket: Bucket },
  now: number,
  limit: number,
): Promise<number> {
  await db.batch([
    statement(`DELETE FROM renditions WHERE media IN (${EXPIRED})`, now, limit),
    statement(`UPDATE media SET deleted_at = ?1 WHERE id IN (${EXPIRED})`, now, limit),
    statement(
      `UPDATE blobs SET marked_at = ?1 WHERE (account, sha256) IN (
         SELECT account, sha256 FROM blobs
         WHERE marked_at IS NULL AND gone_at IS NULL AND expires_at <= ?1 AND ${UNNAMED}
         ORDER BY expires_at LIMIT ?2
       )`,
      now,
      limit,
    ),
    statement(
      'DELETE FROM media WHERE id IN (SELECT id FROM media WHERE deleted_at <= ?1 ORDER BY deleted_at LIMIT ?2)',
      now - REMEMBERED,
      limit,
    ),
    statement(
      `DELETE FROM blobs WHERE (account, sha256) IN (
         SELECT account, sha256 FROM blobs WHERE gone_at <= ?1 ORDER BY gone_at LIMIT ?2
       )`,
      now - REMEMBERED,
      limit,
    ),
  ])

  // From here until gone_at is written an upload of the same bytes waits: deciding and deleting cannot be one
  // transaction across D1 and R2, so the decision is made exclusive instead.
  const run = crypto.randomUUID()
  const held = await db.all<{ account: string; sha256: string }>(
    `UPDATE blobs SET purging_until = ?1 + ${LEASE}, purger = ?3 WHERE (account, sha256) IN (
       SELECT account, sha256 FROM blobs
       WHERE marked_at <= ?1 - ${GRACE} AND gone_at IS NULL AND expires_at <= ?1 AND ${UNNAMED}
         AND (purging_until IS NULL OR purging_until <= ?1 OR purger = ?3)
       ORDER BY marked_at LIMIT ?2
     ) RETURNING account, sha256`,
    now,
    Math.min(limit, MOST_DELETES),
    run,
  )
  if (held.length === 0) return 0
  await bucket.remove(held.map((blob) => blobKey(blob.account, blob.sha256)))
  await db.run(
    `UPDATE blobs SET gone_at = ?1, purging_until = NULL, purger = NULL
     WHERE purger = ?2 AND (account, sha256) IN (
       SELECT value ->> 'account', value ->> 'sha256' FROM json_each(?3)
     )`,
    now,
    run,
    JSON.stringify(held),
  )
  return held.length
}
