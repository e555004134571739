import type { Address } from '../domain/address.ts'
import { judgeConsent } from '../domain/consent.ts'
import type { Message } from '../domain/message.ts'
import type { OwnNumber } from '../domain/number.ts'
import type { Carrier, Submission, SubmitOutcome } from '../vendors/contract.ts'
import type { DeliveryPorts } from './ports.ts'

/**
 * Hands a message to its vendor. Storage is asked before the vendor is: a failure there must not look like an attempt of
 * unknown outcome.
 *
 * @param others members of its group who get it by requests of their own
 */
export async function callVendor(
  ports: DeliveryPorts,
  message: Message,
  validUntil: number,
  others: readonly Address[] = [],
): Promise<SubmitOutcome> {
  const from = message.via ?? message.from
  const carrier = ports.carrier(message.vendor)
  if (carrier === null)
    return {
      kind: 'later',
      reason: 'vendor_credentials',
      vendorCode: null,
      vendorText: `The vendor ${message.vendor} is not set up here.`,
      retryAfter: null,
    }
  try {
    const number = await ports.numbers.find(message.account, from)
    if (number === null)
      return {
        kind: 'refused',
        reason: 'sender_not_allowed',
        vendorCode: null,
        vendorText: 'The sending number was removed from the account.',
      }
    if (!(await mayStillGo(ports, message)))
      return {
        kind: 'refused',
        reason: 'opted_out',
        vendorCode: null,
        vendorText: 'The recipient opted out before it was submitted.',
      }
    return await call(ports, carrier, await submissionFrom(ports, message, validUntil, number, others))
  } catch (error) {
    ports.log('submit_storage_failed', { message: message.id, error: String(error).slice(0, 200) })
    return {
      kind: 'later',
      reason: 'vendor_unavailable',
      vendorCode: null,
      vendorText: 'Our own storage did not answer.',
      retryAfter: null,
    }
  }
}

/** A message as its carrier is handed it; null when its number was removed. Throws when storage does not answer. */
export async function submissionOf(
  ports: DeliveryPorts,
  message: Message,
  validUntil: number,
): Promise<Submission | null> {
  const number = await ports.numbers.find(message.account, message.via ?? message.from)
  return number === null ? null : await submissionFrom(ports, message, validUntil, number, [])
}

/** All its files are read before anything leaves. */
async function submissionFrom(
  ports: DeliveryPorts,
  message: Message,
  validUntil: number,
  number: Pick<OwnNumber, 'type'>,
  others: readonly Address[],
): Promise<Submission> {
  const parts = message.parts.map((part) => submissionPart(ports, message.account, part))
  const bodies = new Map<string, Uint8Array>()
  for (const part of parts) bodies.set(part.name, await part.read())
  return {
    account: message.account,
    reference: message.id,
    channel: message.channel,
    from: message.via ?? message.from,
    fromType: number.type,
    to: message.to,
    ...(others.length === 0 ? {} : { others }),
    subject: message.subject,
    text: message.text,
    parts: parts.map((part) => ({ ...part, read: async () => bodies.get(part.name) ?? part.read() })),
    createdAt: message.createdAt,
    validUntil,
  }
}

/** A carrier that throws has a bug; the request may have left all the same. */
async function call(ports: DeliveryPorts, carrier: Carrier, submission: Submission): Promise<SubmitOutcome> {
  try {
    return await carrier.submit(submission)
  } catch (error) {
    ports.log('carrier_threw', {
      message: submission.reference,
      vendor: carrier.vendor,
      error: String(error).slice(0, 200),
    })
    return { kind: 'unknown', detail: 'The adapter failed while it spoke to the vendor.' }
  }
}

function submissionPart(
  ports: DeliveryPorts,
  account: string,
  part: Message['parts'][number],
): Submission['parts'][number] {
  const { media, name, type, bytes, width, height, alt, slide } = part
  return {
    name,
    type,
    bytes,
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(alt === undefined ? {} : { alt }),
    ...(slide === undefined ? {} : { slide }),
    url: () => ports.publicUrl(media, name),
    read: async () => {
      const stored = await ports.media.find(account, media)
      const body = stored === null ? null : await ports.media.read(stored)
      if (body === null) throw new Error(`The media ${media} is gone`)
      return body
    },
  }
}

/** Looked up again for each attempt; an error is the caller's to take as "not now". The answer to an opt-out itself may go. */
async function mayStillGo(ports: DeliveryPorts, message: Message): Promise<boolean> {
  if (message.automatic === 'consent') return true
  const question = { purpose: message.purpose ?? 'conversational', programme: message.programme ?? null }
  const said = await ports.consents.of(message.account, message.to)
  return message.to.every((address) => judgeConsent(said.get(address) ?? [], question) === null)
}
