import type { Address } from '../domain/address.ts'
import type { Failure } from '../domain/failure.ts'
import { mintId } from '../domain/ids.ts'
import type { MediaReference } from '../domain/media-reference.ts'
import type { Caller, Idempotency, SendRequest, Sent } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { allow } from './check.ts'
import { idempotent } from './idempotent.ts'
import type { MessagingPorts } from './ports.ts'
import { plainRequest } from './rich.ts'
import { forbidden, lacks } from './scopes.ts'
import { send } from './send.ts'
import { upload } from './upload.ts'

/** What became of a message to each of several people. */
export type Separately = {
  /** Names what was sent together; each message carries it. */
  readonly batch: string
  readonly messages: readonly Sent[]
  /** Those whose message could not go although nothing spoke against it before: credit that ran out meanwhile, a busy gateway. */
  readonly failures: readonly { readonly address: Address; readonly failure: Failure }[]
}

/** Sends the same to each recipient as a message of their own. */
export type SendSeparately = (
  caller: Caller,
  request: SendRequest,
  idempotency: Idempotency | null,
) => Promise<Result<Separately, Failure>>

/** Makes that use case. What speaks against any of the recipients refuses all: nobody is left out silently. */
export const createSendSeparately =
  (ports: MessagingPorts): SendSeparately =>
  async (caller, request, idempotency) => {
    if (lacks(caller, 'send')) return forbidden('send')
    const plain = await plainRequest(ports, caller, request, false)
    if (!plain.ok) return plain
    const allowed = await allow(ports, caller, plain.value.request)
    if (!allowed.ok) return allowed
    const { to } = allowed.value
    const started = mintId('bat', ports.clock.now())
    return await idempotent<Separately>(ports, caller, idempotency, started, async (batch) => {
      const media = await storedOnce(ports, caller, request.media)
      if (!media.ok) return media
      const messages: Sent[] = []
      const failures: { address: Address; failure: Failure }[] = []
      for (const address of to) {
        const one = { ...request, to: [address], group: undefined, media: media.value, batch }
        // A crash halfway is taken up under the same batch, and finds the messages that went.
        const key = idempotency && { key: `${batch}:${address}`, bodyHash: idempotency.bodyHash }
        const sent = await send(ports, caller, one, key)
        if (sent.ok) messages.push(sent.value)
        else failures.push({ address, failure: sent.failure })
      }
      const [first] = failures
      return messages.length === 0 && first !== undefined
        ? fail(first.failure)
        : ok({ batch, messages, failures })
    })
  }

/** What lies behind URLs is fetched once, not once a recipient. */
async function storedOnce(
  ports: MessagingPorts,
  caller: Caller,
  media: readonly MediaReference[],
): Promise<Result<readonly MediaReference[], Failure>> {
  const stored: MediaReference[] = []
  for (const reference of media) {
    if ('id' in reference) {
      stored.push(reference)
      continue
    }
    const fetched = await ports.fetcher.fetchMedia(reference.url, {
      account: caller.account,
      limit: ports.settings.fileLimit,
    })
    if (!fetched.ok) return fetched
    if (fetched.value.bytes === 0) return fail({ code: 'media_unreachable', retryable: false })
    const kept = await upload(ports, caller, fetched.value.chunks, null)
    if (!kept.ok) return kept
    const { url: _, ...shown } = reference
    stored.push({ ...shown, id: kept.value.id })
  }
  return ok(stored)
}
