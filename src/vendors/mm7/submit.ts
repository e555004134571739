import type { Address } from '../../domain/address.ts'
import { REASONS } from '../../domain/reason.ts'
import type { Submission, SubmitOutcome } from '../contract.ts'
import type { Mm7Account } from './account.ts'
import { CONTENT_ID, withContent } from './content.ts'
import { reasonOf, SUCCESS } from './status.ts'
import { addressElement, envelope, readMessage, statusOf } from './wire.ts'
import { element, escapeXml, textOf } from './xml.ts'

/** The requests of a provider of services to a relay, and what the relay's answers mean. */

/** A request as HTTP carries it. */
export type Mm7Request = { readonly contentType: string; readonly body: Uint8Array | string }

const time = (at: number): string => new Date(at).toISOString()

const identification = (account: Mm7Account, from: Address | null): string =>
  element(
    'SenderIdentification',
    element('VASPID', account.vaspId && escapeXml(account.vaspId)) +
      element('VASID', account.vasId && escapeXml(account.vasId)) +
      element('SenderAddress', from && addressElement(from)),
  )

/** The content as an element that names the part beside the envelope. */
const contentElement = (account: Mm7Account): string =>
  element('Content', '', { allowAdaptations: String(account.allowAdaptations), href: `cid:${CONTENT_ID}` })

async function multipart(xml: string, id: string, submission: Submission): Promise<Mm7Request> {
  const bodies: Uint8Array[] = []
  for (const part of submission.parts) bodies.push(await part.read())
  const { from, to, subject, text, parts, createdAt } = submission
  return withContent(
    xml,
    {
      id,
      from,
      to,
      subject,
      text,
      parts: parts.map(({ name, type, alt, slide }, i) => ({
        name,
        type,
        alt,
        slide,
        bytes: bodies[i]?.length ?? 0,
      })),
      date: createdAt,
      encoding: 'base64',
    },
    bodies,
  )
}

/**
 * SubmitReq (TS 23.140, clause 8.7.1). The same submission gives the same bytes. Throws when storage does not answer. Where each
 * member of a group gets a request, the others are in it for display.
 */
export function submitRequest(account: Mm7Account, submission: Submission): Promise<Mm7Request> {
  const { reference: transaction, from, to, others = [], subject, createdAt, validUntil } = submission
  const shown = (displayOnly: boolean) => (others.length === 0 ? {} : { displayOnly: String(displayOnly) })
  const numbers = [
    ...to.map((one) => addressElement(one, shown(false))),
    ...others.map((one) => addressElement(one, shown(true))),
  ]
  const xml = envelope(
    { namespace: account.namespace, transaction },
    'SubmitReq',
    element('MM7Version', account.version) +
      identification(account, from) +
      element('Recipients', element('To', numbers.join(''))) +
      element('ServiceCode', account.serviceCode && escapeXml(account.serviceCode)) +
      element('TimeStamp', time(createdAt)) +
      element('ExpiryDate', time(validUntil)) +
      element('DeliveryReport', 'true') +
      element('Subject', subject && escapeXml(subject)) +
      contentElement(account),
  )
  return multipart(xml, transaction, submission)
}

/** CancelReq (clause 8.7.2): takes back a message that is not delivered yet. */
export function cancelRequest(account: Mm7Account, transaction: string, vendorId: string): Mm7Request {
  const xml = envelope(
    { namespace: account.namespace, transaction },
    'CancelReq',
    element('MM7Version', account.version) +
      identification(account, null) +
      element('MessageID', escapeXml(vendorId)),
  )
  return { contentType: 'text/xml; charset=utf-8', body: xml }
}

/** ReplaceReq (clause 8.7.2): puts another content in the place of one that is not delivered yet. */
export function replaceRequest(
  account: Mm7Account,
  transaction: string,
  vendorId: string,
  submission: Submission,
): Promise<Mm7Request> {
  const xml = envelope(
    { namespace: account.namespace, transaction },
    'ReplaceReq',
    element('MM7Version', account.version) +
      identification(account, null) +
      element('MessageID', escapeXml(vendorId)) +
      element('ServiceCode', account.serviceCode && escapeXml(account.serviceCode)) +
      element('TimeStamp', time(submission.createdAt)) +
      contentElement(account),
  )
  return multipart(xml, transaction, submission)
}

const refused = (code: string, text: string, reason: 'vendor_credentials' | 'too_large'): SubmitOutcome => ({
  kind: 'refused',
  reason,
  vendorCode: code,
  vendorText: text,
})

/** What an answer means that is none of MM7: somebody on the way spoke, or the relay broke off. */
function outcomeOfStatus(status: number, retryAfter: number | null): SubmitOutcome {
  const code = `HTTP ${status}`
  if (status === 413) return refused(code, 'The relay takes no request of this size.', 'too_large')
  if (status === 429)
    return { kind: 'later', reason: 'rate_limited', vendorCode: code, vendorText: null, retryAfter }
  if ([401, 403, 404, 405].includes(status) || (status >= 300 && status < 400))
    return refused(code, 'The relay refuses its address or the credentials.', 'vendor_credentials')
  return { kind: 'unknown', detail: `status ${status} without an answer of MM7` }
}

/** What the answer to a request means. `unknown` where nobody said whether the message was taken. */
export function outcomeOf(
  account: Mm7Account,
  answered: { status: number; contentType: string | null; body: Uint8Array; retryAfter: number | null },
  transaction: string,
): SubmitOutcome {
  const read = readMessage(answered.contentType, answered.body)
  const status = read.ok ? statusOf(read.value.body) : null
  if (!read.ok || status === null) return outcomeOfStatus(answered.status, answered.retryAfter)
  const { body, transaction: theirs } = read.value
  if (SUCCESS.has(status.code)) {
    // An answer to something else says nothing about this.
    if (theirs !== null && theirs !== transaction)
      return { kind: 'unknown', detail: 'the answer carries another TransactionID' }
    const vendorId = textOf(body, 'MessageID')
    return vendorId === null
      ? { kind: 'unknown', detail: 'the answer carries no MessageID' }
      : { kind: 'accepted', vendorId }
  }
  const reason = reasonOf(status.code, account.flavour)
  const words = account.secrets.reduce(
    (text, secret) => text.replaceAll(secret, '***'),
    [status.text, status.details].filter((one) => one !== null).join(': '),
  )
  const said = {
    reason,
    vendorCode: String(status.code),
    vendorText: words === '' ? null : words.slice(0, 500),
  }
  return REASONS[reason].retryable
    ? { kind: 'later', ...said, retryAfter: answered.retryAfter }
    : { kind: 'refused', ...said }
}
