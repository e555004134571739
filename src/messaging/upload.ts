import type { Failure } from '../domain/failure.ts'
import { mintId } from '../domain/ids.ts'
import type { Caller, Idempotency, StoredMedia } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { inspect } from '../media/index.ts'
import { idempotent } from './idempotent.ts'
import { asFailure } from './media-failure.ts'
import type { MessagingPorts } from './ports.ts'

/** Joins pieces of a file; a single piece is handed through. */
export function join(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1 && chunks[0] !== undefined) return chunks[0]
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole
}

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
    const facts = inspect(join(chunks))
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
