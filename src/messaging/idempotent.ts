import { describe, type Failure } from '../domain/failure.ts'
import type { Caller, Idempotency } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { MessagingPorts } from './ports.ts'

/** Stripe's limit, and what fits an index: 1 to 255 printable ASCII characters. */
const KEY = /^[\x20-\x7e]{1,255}$/

/**
 * Runs work under an idempotency key: the first answer is kept for 24 hours and given again for the same body. A
 * failure lets the key go, so that a corrected request may use it; the holder of a lease that ended is followed by
 * one that gets the same subject and so lands on the same message.
 *
 * @param subject the id that the work would make
 */
export async function idempotent<T>(
  ports: Pick<MessagingPorts, 'claims' | 'clock'>,
  caller: Caller,
  idempotency: Idempotency | null,
  subject: string,
  work: (subject: string, resumed: boolean) => Promise<Result<T, Failure>>,
): Promise<Result<T, Failure>> {
  if (idempotency === null) return await work(subject, false)
  if (!KEY.test(idempotency.key)) return fail({ code: 'invalid_idempotency_key' })
  const { account } = caller
  const claim = await ports.claims.take({
    account,
    key: idempotency.key,
    bodyHash: idempotency.bodyHash,
    subject,
    now: ports.clock.now(),
  })
  switch (claim.kind) {
    case 'answered':
      return ok(JSON.parse(claim.body) as T)
    case 'in_progress':
      return fail({ code: 'idempotency_in_progress' })
    case 'mismatch':
      return fail({ code: 'idempotency_mismatch' })
    case 'taken': {
      // Work that throws may have committed: only the lease's end lets somebody else look, and finds what there is.
      const result = await work(claim.subject, claim.resumed)
      if (result.ok)
        await ports.claims
          .answer(account, idempotency.key, JSON.stringify(result.value), ports.clock.now())
          .catch(() => {})
      else if (mayRelease(result.failure))
        await ports.claims.release(account, idempotency.key).catch(() => {})
      return result
    }
  }
}

/** Only a failure that is certain to have written nothing frees the key at once. */
const mayRelease = (failure: Failure): boolean => describe(failure).status !== 500
