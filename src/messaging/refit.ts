import type { Part } from '../domain/message.ts'
import type { Caller } from '../domain/ports.ts'
import type { Refit, RefitRequest } from '../domain/refit.ts'
import { compose } from './compose.ts'
import type { MessagingPorts } from './ports.ts'

/** Failures that may be gone in a moment. */
const PASSING = new Set(['busy', 'storage_unavailable'])

/**
 * Makes the parts of a message fit a smaller budget than they were sent with, from the files that they were made of where those
 * are still kept. Throws `StorageError` when storage does not answer.
 */
export async function refit(ports: MessagingPorts, request: RefitRequest): Promise<Refit> {
  const { message, budget } = request
  const { account } = message
  const number = await ports.numbers.find(account, message.via ?? message.from)
  const carrier = ports.carrier(message.vendor)
  if (number === null || carrier === null) return { kind: 'cannot', why: 'The sending number is gone.' }
  const days = await ports.accounts.retentionDays(account)
  const lifetime = days === null ? ports.settings.messageLifetime : days * 86_400_000
  const caller: Caller = { account, key: '', scopes: ['send'], test: false }
  const pieces: { parts: readonly Part[]; wireBytes: number }[] = []
  for (const { reference, from, to } of request.pieces) {
    const parts = message.parts.slice(from, to)
    const composed = await compose(ports, caller, {
      id: reference,
      from: number.address,
      to: message.to,
      subject: from === 0 ? message.subject : null,
      text: from === 0 ? message.text : null,
      media: await Promise.all(parts.map(async (part) => ({ id: await sourceOf(ports, account, part) }))),
      budget,
      limits: carrier.limits(number.type),
      createdAt: message.createdAt,
      keepUntil: message.createdAt + lifetime,
    })
    if (composed.ok) {
      const { parts: fitted, wireBytes } = composed.value
      pieces.push({ parts: fitted.map((part, i) => whole(part, parts[i])), wireBytes })
      continue
    }
    const { failure } = composed
    if (PASSING.has(failure.code)) return { kind: 'later' }
    const why = 'reason' in failure ? String(failure.reason) : failure.code
    return { kind: 'cannot', why: `It could not be made to fit ${budget} bytes: ${why}` }
  }
  return { kind: 'fitted', pieces }
}

/** The file that a part was made of, or the part itself once that is gone. */
async function sourceOf(ports: MessagingPorts, account: string, part: Part): Promise<string> {
  const source = part.source === undefined ? null : await ports.media.find(account, part.source.media)
  const isKept = source !== null && source.deletedAt === null && source.expiresAt > ports.clock.now()
  return isKept ? source.id : part.media
}

/** A part made anew still tells what it was before it was first made to fit. */
const whole = (part: Part, before: Part | undefined): Part =>
  before?.source === undefined || part.source?.media === before.source.media
    ? part
    : { ...part, source: before.source }
