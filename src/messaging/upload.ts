import { joinBytes } from '../domain/bytes.ts'
import type { Failure } from '../domain/failure.ts'
import { mintId } from '../domain/ids.ts'
import type { Caller, Idempotency, StoredMedia } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { inspect } from '../media/index.ts'
import { idempotent } from './idempotent.ts'
import { asFailure } from './media-failure.ts'
import type { MessagingPorts } from './ports.ts'

/** Stores a file as it came, once its first bytes say that it is of a type which may be sent at all. */
export async function upload(
  ports: MessagingPorts,
  caller: Caller,
  chunks: readonly Uint8Array[],
  idempotency: Idempotency | null,
  lifetime?: number,
): Promise<Result<StoredMedia, Failure>> {
  const now = ports.clock.now()
  return await idempotent(ports, caller, idempotency, mintId('med', now), async () => {
    const facts = inspect(joinBytes(chunks))
    if (!facts.ok) return fail(asFailure(facts.failure, null))
    const { type, width, height } = facts.value
    const stored = await ports.media.put(
      {
        account: caller.account,
        class: 'upload',
        chunks,
        type,
        width: width ?? null,
        height: height ?? null,
        expiresAt: now + (lifetime ?? ports.settings.uploadLifetime),
      },
      now,
    )
    return ok(stored)
  })
}
