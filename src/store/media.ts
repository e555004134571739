import { mintId } from '../domain/ids.ts'
import type { MediaClass, MediaStore, StoredMedia } from '../domain/ports.ts'
import { StorageError } from '../domain/storage-error.ts'
import { blobKey, createBucket, type Pieces } from './bucket.ts'
import { createDatabase, statement } from './database.ts'
import { hex } from './hex.ts'
import { sweepMedia } from './media-sweep.ts'
import { RETRY, type Retry } from './retry.ts'

/**
 * Until its row exists, a blob is kept for half a day at most: when the upload dies between the two, nothing names it,
 * and it is gone within the day.
 */
const UNNAMED = 12 * 3_600_000

/**
 * A rendition with less than this left is made anew, in milliseconds: whoever finds one keeps it longer a moment later,
 * and the sweep must not come in between.
 */
const LEAST_LEFT = 600_000

/** How often, and with what pause in milliseconds, an upload waits while the sweep deletes the same bytes. */
const PURGE_LOOKS = 20
const PURGE_PAUSE = 250

type MediaRow = {
  id: string
  account: string
  class: MediaClass
  sha256: string
  type: string
  bytes: number
  width: number | null
  height: number | null
  created_at: number
  expires_at: number
  deleted_at: number | null
}

const COLUMNS = 'id, account, class, sha256, type, bytes, width, height, created_at, expires_at, deleted_at'

const storedMedia = (row: MediaRow): StoredMedia => ({
  id: row.id,
  account: row.account,
  class: row.class,
  sha256: row.sha256,
  type: row.type,
  bytes: row.bytes,
  width: row.width,
  height: row.height,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  deletedAt: row.deleted_at,
})

async function hashed(chunks: readonly Uint8Array[]): Promise<Pieces> {
  const digest = new crypto.DigestStream('SHA-256')
  const writer = digest.getWriter()
  let bytes = 0
  for (const chunk of chunks) {
    bytes += chunk.byteLength
    await writer.write(chunk)
  }
  await writer.close()
  return { chunks, bytes, sha256: hex(await digest.digest) }
}

/** Files: bytes in R2, once an account, and the rows that name them in D1. */
export function createMediaStore(options: { db: D1Database; bucket: R2Bucket; retry?: Retry }): MediaStore {
  const retry = options.retry ?? RETRY
  const db = createDatabase(options.db, retry)
  const bucket = createBucket(options.bucket, retry)

  /**
   * Moves the blob's expiry forward before its bytes are written or relied on, so that no sweep that starts later takes
   * them. A sweep that already holds the blob is waited for: its delete may be under way, and would take bytes that we
   * had just found or put. Says whether the blob was known before.
   */
  async function reserve(account: string, pieces: Pieces, expiresAt: number, now: number): Promise<boolean> {
    for (let look = 0; look < PURGE_LOOKS; look++) {
      const row = await db.first<{ created_at: number }>(
        `INSERT INTO blobs (account, sha256, bytes, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (account, sha256) DO UPDATE SET
           expires_at = max(expires_at, excluded.expires_at), marked_at = NULL, gone_at = NULL,
           purging_until = NULL, purger = NULL
         WHERE purging_until IS NULL OR purging_until <= ?6
         RETURNING created_at`,
        account,
        pieces.sha256,
        pieces.bytes,
        now,
        expiresAt,
        now + look * PURGE_PAUSE,
      )
      if (row !== null) return row.created_at < now
      await retry.sleep(PURGE_PAUSE)
    }
    throw new StorageError('the same bytes were being deleted for too long')
  }

  return {
    async put(media, now) {
      const pieces = await hashed(media.chunks)
      const { account, expiresAt } = media
      const known = await reserve(account, pieces, Math.min(expiresAt, now + UNNAMED), now)
      await bucket.putIfAbsent(blobKey(account, pieces.sha256), pieces, known)
      const stored: StoredMedia = {
        id: mintId('med', now),
        account,
        class: media.class,
        sha256: pieces.sha256,
        type: media.type,
        bytes: pieces.bytes,
        width: media.width,
        height: media.height,
        createdAt: now,
        expiresAt,
        deletedAt: null,
      }
      await db.batch([
        statement(
          `INSERT INTO media (${COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, NULL)
           ON CONFLICT (id) DO NOTHING`,
          stored.id,
          account,
          stored.class,
          stored.sha256,
          stored.type,
          stored.bytes,
          stored.width,
          stored.height,
          stored.createdAt,
          stored.expiresAt,
        ),
        statement(
          'UPDATE blobs SET expires_at = ?3 WHERE account = ?1 AND sha256 = ?2 AND expires_at < ?3',
          account,
          stored.sha256,
          expiresAt,
        ),
      ])
      return stored
    },

    async find(account, id) {
      const row = await db.first<MediaRow>(
        `SELECT ${COLUMNS} FROM media WHERE id = ?2 AND account = ?1`,
        account,
        id,
      )
      return row && storedMedia(row)
    },

    async findById(id) {
      const row = await db.first<MediaRow>(`SELECT ${COLUMNS} FROM media WHERE id = ?1`, id)
      return row && storedMedia(row)
    },

    async read(media) {
      if (media.deletedAt !== null) return null
      const object = await bucket.get(blobKey(media.account, media.sha256))
      return object && new Uint8Array(await object.arrayBuffer())
    },

    async open(media, range) {
      if (media.deletedAt !== null) return null
      const object = await bucket.get(blobKey(media.account, media.sha256), range)
      return object?.body ?? null
    },

    async keep(account, ids, until) {
      if (ids.length === 0) return
      const named = JSON.stringify(ids)
      await db.batch([
        statement(
          `UPDATE media SET expires_at = ?3
           WHERE id IN (SELECT value FROM json_each(?2)) AND account = ?1 AND deleted_at IS NULL AND expires_at < ?3`,
          account,
          named,
          until,
        ),
        statement(
          `UPDATE blobs SET expires_at = max(expires_at, ?3), marked_at = NULL
           WHERE (account, sha256) IN (
             SELECT account, sha256 FROM media
             WHERE id IN (SELECT value FROM json_each(?2)) AND account = ?1 AND deleted_at IS NULL
           ) AND (expires_at < ?3 OR marked_at IS NOT NULL)`,
          account,
          named,
          until,
        ),
      ])
    },

    async findRendition(account, key, now) {
      const row = await db.first<MediaRow & { readonly score: number | null }>(
        `SELECT renditions.score, ${COLUMNS.split(', ')
          .map((column) => `media.${column}`)
          .join(', ')}
         FROM renditions CROSS JOIN media ON media.id = renditions.media AND media.account = renditions.account
         WHERE renditions.account = ?1 AND renditions.key = ?2 AND media.deleted_at IS NULL AND media.expires_at > ?3`,
        account,
        key,
        now + LEAST_LEFT,
      )
      return row && { ...storedMedia(row), ...(row.score === null ? {} : { score: row.score }) }
    },

    async nameRendition(account, key, media, score) {
      // Only a file of the same account can be a rendition of it, whatever the caller holds.
      if (media.account !== account) return
      await db.run(
        `INSERT INTO renditions (account, key, media, score) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (account, key) DO UPDATE SET media = excluded.media, score = excluded.score`,
        account,
        key,
        media.id,
        score ?? null,
      )
    },

    sweep: (now, limit) => sweepMedia({ db, bucket }, now, limit),
  }
}
