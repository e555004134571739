import { mintMessageId } from '../domain/ids.ts'
import type { Message } from '../domain/message.ts'
import type { Replacement, ReplaceResult } from '../domain/replacement.ts'
import type { Log } from './log.ts'
import type { DeliveryPorts } from './ports.ts'
import { submissionOf } from './vendor-call.ts'

/**
 * Puts another content in the place of a message's: in the outbox before its first attempt, afterwards at its carrier where that
 * can. The message stays the one that it was, with its id, so that reports and answers find it.
 */
export async function putInstead(
  log: Log,
  ports: DeliveryPorts,
  account: string,
  id: string,
  content: Replacement,
): Promise<ReplaceResult> {
  const found = log.thread()?.account === account ? log.find(id) : null
  if (found === null || found.message.direction !== 'outbound') return 'unknown_message'
  const { message, validUntil } = found
  // Once an attempt was begun the vendor may have it, whatever the answer says.
  const waits = message.state === 'accepted' && found.attempts === 0
  const outcome = waits ? 'replaced' : await replacedAtCarrier(log, ports, message, validUntil, content)
  const { parts, ...words } = content
  if (outcome === 'replaced')
    log.change(
      id,
      {
        parts,
        content: words,
        entry: {
          event: 'replaced',
          detail: waits ? null : 'The carrier put the new content in its place.',
          attempt: null,
          vendorCode: null,
        },
      },
      ports.clock.now(),
    )
  if (outcome === 'silent')
    log.note(
      id,
      {
        event: 'replace_unknown',
        detail: 'The carrier did not say whether it took another content for it.',
        attempt: null,
        vendorCode: null,
      },
      ports.clock.now(),
    )
  return outcome
}

async function replacedAtCarrier(
  log: Log,
  ports: DeliveryPorts,
  message: Message,
  validUntil: number,
  content: Replacement,
): Promise<'replaced' | 'too_late' | 'refused' | 'silent'> {
  const carrier = ports.carrier(message.vendor)
  const pieces = log.pieces.of(message.id)
  const vendorId = pieces[0]?.vendorId ?? message.vendorId
  // Of several, some could be replaced and some not: then nobody could say what the message is.
  const isOne = pieces.length <= 1 && vendorId !== null
  if (carrier?.replace === undefined || message.state !== 'submitted' || !isOne) return 'too_late'
  try {
    const { subject, text, parts } = content
    const submission = await submissionOf(ports, { ...message, subject, text, parts }, validUntil)
    if (submission === null) return 'refused'
    // A transaction of its own: the carrier must not take it for a repetition of the submit, or of another replacement.
    const transaction = mintMessageId(message.conversation, ports.clock.now())
    const { kind } = await carrier.replace(submission, transaction, vendorId)
    return kind === 'later' ? 'silent' : kind
  } catch (error) {
    ports.log('replace_failed', { message: message.id, error: String(error).slice(0, 200) })
    return 'silent'
  }
}
