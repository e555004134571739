import { unitsOf } from '../domain/credit.ts'
import type { Failure } from '../domain/failure.ts'
import type { Message, MessageWithTimeline } from '../domain/message.ts'
import type { Caller, SendRequest } from '../domain/ports.ts'
import type { Replacement, ReplaceRequest } from '../domain/replacement.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { allow, bulkPattern } from './check.ts'
import type { MessagingPorts } from './ports.ts'
import { composePieces } from './split.ts'
import { textInstead } from './text-instead.ts'

const missing = fail({ code: 'not_found', what: 'outbound message' } as const)

/**
 * Puts another content in the place of a message's: what was not handed over yet goes with it, what was submitted is replaced at
 * its carrier where that can. The message keeps its id, place, recipients, price and time; the rules are asked as for a send.
 */
export async function replace(
  ports: MessagingPorts,
  caller: Caller,
  id: string,
  asked: ReplaceRequest,
): Promise<Result<MessageWithTimeline, Failure>> {
  const message = await ports.conversations.message(caller.account, id)
  if (message === null || message.direction !== 'outbound') return missing
  const refusal = refusalOf(ports, message, asked)
  if (refusal !== null) return fail(refusal)
  const made = await contentOf(ports, caller, message, asked)
  if (!made.ok) return made
  const outcome = await ports.conversations.replace(caller.account, id, made.value)
  if (outcome === 'unknown_message') return missing
  if (outcome !== 'replaced')
    return fail({ code: 'cannot_replace', why: outcome === 'too_late' ? 'handed_over' : outcome })
  const replaced = await ports.conversations.message(caller.account, id)
  return replaced === null ? missing : ok(replaced)
}

/** What can be known before any work: the conversation decides again when it has the content. */
function refusalOf(
  ports: MessagingPorts,
  message: Message,
  { subject, media }: ReplaceRequest,
): Failure | null {
  const waits = message.state === 'accepted'
  const carries = message.state === 'submitted' && ports.carrier(message.vendor)?.replace !== undefined
  if (!waits && !carries) return { code: 'cannot_replace', why: 'handed_over' }
  if (message.pieces !== undefined) return { code: 'cannot_replace', why: 'several' }
  if (message.channel === 'sms' && (media.length > 0 || subject?.trim()))
    return {
      code: 'invalid_field',
      field: media.length > 0 ? 'media' : 'subject',
      problem: 'The message goes as SMS, which carries text only. Cancel it, and send another one.',
    }
  if (!waits && subject !== undefined && (subject.trim() || null) !== message.subject)
    return {
      code: 'invalid_field',
      field: 'subject',
      problem: 'The carrier has the message already, and replaces its text and files only. Leave it out.',
    }
  return null
}

async function contentOf(
  ports: MessagingPorts,
  caller: Caller,
  message: Message,
  asked: ReplaceRequest,
): Promise<Result<Replacement, Failure>> {
  const { id, channel, createdAt } = message
  const request: SendRequest = {
    from: message.via ?? message.from,
    to: message.to,
    subject: asked.subject ?? message.subject ?? undefined,
    text: asked.text,
    media: asked.media,
    channel,
    ...(channel === 'mms' ? { budget: message.budget } : {}),
    purpose: message.purpose,
    programme: message.programme,
    channelFallback: message.otherwise !== undefined,
    isPaid: true,
  }
  const [allowed, retention] = await Promise.all([
    allow(ports, caller, request),
    ports.accounts.retentionDays(caller.account),
  ])
  if (!allowed.ok) return allowed
  const { sender, to, subject, text, limits, budget } = allowed.value
  // It was paid for as it was.
  if (unitsOf({ ...message, text }) > unitsOf(message))
    return fail({
      code: 'invalid_field',
      field: 'text',
      problem:
        'It takes more SMS segments than the text before. Shorten it, or cancel the message and send another one.',
    })
  const lifetime = retention === null ? ports.settings.messageLifetime : retention * 86_400_000
  const composed = await composePieces(ports, caller, {
    id,
    from: sender.address,
    to,
    subject,
    text,
    media: request.media,
    budget,
    limits,
    createdAt,
    keepUntil: ports.clock.now() + lifetime,
  })
  if (!composed.ok) return composed
  const { parts, pieces, warnings } = composed.value
  if (pieces.length > 1) return fail({ code: 'cannot_replace', why: 'several' })
  const files = parts.map((part) => part.sha256)
  const bulk = await bulkPattern(ports, caller.account, allowed.value, files, true)
  const wireBytes =
    channel === 'mms' ? composed.value.wireBytes : new TextEncoder().encode(text ?? '').byteLength
  const otherwise = await textInstead(ports, request, allowed.value, parts)
  const remarks = [...allowed.value.warnings, ...(bulk === null ? [] : [bulk]), ...warnings]
  return ok({ subject, text, parts, wireBytes, warnings: remarks, otherwise })
}
