import type { ClaimOutcome, ClaimStore } from '../domain/ports.ts'
import { StorageError } from '../domain/storage-error.ts'
import { createDatabase } from './database.ts'
import type { Retry } from './retry.ts'

/** How long a holder may work before another may take over, and how long a key is remembered; in milliseconds. */
const LEASE = 60_000
/** Counted from the taking, with what the work may take: the answer then writes the row and no index. */
const KEPT = 24 * 3_600_000 + LEASE

/** A release between our write and our read makes the key free again; nobody meets that three times by chance. */
const ROUNDS = 3

type ClaimRow = { body_hash: string; answer: string | null }

/**
 * Takes a key that is new, forgotten, or left by a holder with the same body; one statement, so that of any number of
 * takers one gets a row back. The holder's own token lets an attempt whose answer was lost find that it had won.
 */
const TAKE = `
  INSERT INTO claims (account, key, body_hash, subject, holder, takes, leased_until, expires_at, answer)
  VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6 + ${LEASE}, ?6 + ${KEPT}, NULL)
  ON CONFLICT (account, key) DO UPDATE SET
    body_hash = excluded.body_hash,
    subject = CASE WHEN expires_at <= ?6 THEN excluded.subject ELSE subject END,
    takes = CASE WHEN expires_at <= ?6 THEN 1 WHEN holder = excluded.holder THEN takes ELSE takes + 1 END,
    answer = NULL,
    holder = excluded.holder,
    leased_until = excluded.leased_until,
    expires_at = excluded.expires_at
  WHERE expires_at <= ?6
    OR (answer IS NULL AND body_hash = excluded.body_hash AND (leased_until <= ?6 OR holder = excluded.holder))
  RETURNING subject, takes`

/** Idempotency keys, in D1. */
export function createClaimStore(options: { db: D1Database; retry?: Retry }): ClaimStore {
  const db = createDatabase(options.db, options.retry)

  return {
    async take({ account, key, bodyHash, subject, now }): Promise<ClaimOutcome> {
      const holder = crypto.randomUUID()
      for (let round = 0; round < ROUNDS; round++) {
        const taken = await db.first<{ subject: string; takes: number }>(
          TAKE,
          account,
          key,
          bodyHash,
          subject,
          holder,
          now,
        )
        if (taken !== null) return { kind: 'taken', subject: taken.subject, resumed: taken.takes > 1 }
        const held = await db.first<ClaimRow>(
          'SELECT body_hash, answer FROM claims WHERE account = ?1 AND key = ?2',
          account,
          key,
        )
        if (held === null) continue
        if (held.body_hash !== bodyHash) return { kind: 'mismatch' }
        return held.answer === null ? { kind: 'in_progress' } : { kind: 'answered', body: held.answer }
      }
      throw new StorageError('a claim was taken and released three times while it was asked for')
    },

    async answer(account, key, body, now) {
      // The first answer stands: a holder that was overtaken made the same subject and has nothing new to say.
      await db.run(
        'UPDATE claims SET answer = ?3 WHERE account = ?1 AND key = ?2 AND answer IS NULL AND expires_at > ?4',
        account,
        key,
        body,
        now,
      )
    },

    async release(account, key) {
      const held = await db.first<{ holder: string }>(
        'SELECT holder FROM claims WHERE account = ?1 AND key = ?2 AND answer IS NULL',
        account,
        key,
      )
      if (held === null) return
      // Once a second holder came, the first may have committed something under this subject: the row stays, so that
      // every later try lands on the same subject, and only its lease ends. The holder's token keeps an attempt that is
      // made again from touching a claim that somebody took in between.
      await db.batch([
        {
          sql: 'UPDATE claims SET leased_until = 0 WHERE account = ?1 AND key = ?2 AND holder = ?3 AND takes > 1',
          values: [account, key, held.holder],
        },
        {
          sql: `DELETE FROM claims
                WHERE account = ?1 AND key = ?2 AND holder = ?3 AND takes = 1 AND answer IS NULL`,
          values: [account, key, held.holder],
        },
      ])
    },
  }
}
