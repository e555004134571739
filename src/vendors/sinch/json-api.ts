import * as v from 'valibot'
import { parseAddress } from '../../domain/address.ts'
import type { Submission, SubmissionPart, SubmitOutcome, VendorEvent } from '../contract.ts'
import type { SinchAccount } from './account.ts'
import { postedBackOf, REASON_OF_MMS_CODE } from './status.ts'
import { type Answered, blank, readJson, saying } from './submit.ts'

/** The older MMS JSON API: `sendmms`, its answers, and its postbacks, which nobody signs. */

type Account = Extract<SinchAccount, { transport: 'mms' }>

const digits = (address: string): string => address.replace(/^\+/, '')

/** Which member of a slide a type goes into. */
function memberOf(type: string): string {
  if (type === 'text/x-vCard') return 'contact'
  if (type === 'text/calendar') return 'calendar'
  if (type === 'application/pdf') return 'pdf'
  const [kind = ''] = type.split('/')
  return kind === 'video' || kind === 'audio' ? kind : 'image'
}

const slideOf = async (part: SubmissionPart, text: string | null): Promise<Record<string, unknown>> => ({
  [memberOf(part.type)]: { url: await part.url() },
  ...(text === null ? {} : { 'message-text': text }),
})

/** `sendmms`: a slide a file, the text with the first. Throws when storage does not answer. */
export async function sendMms(account: Account, submission: Submission): Promise<Record<string, unknown>> {
  const { to, from, subject, text, parts, reference, validUntil } = submission
  const slides: Record<string, unknown>[] = []
  for (const [n, part] of parts.entries()) slides.push(await slideOf(part, n === 0 ? text : null))
  return {
    action: 'sendmms',
    'service-id': account.service,
    to: digits(to[0] ?? ''),
    from: digits(from),
    // It takes no message without a subject.
    'message-subject': subject ?? text?.slice(0, 40) ?? 'MMS',
    'disable-fallback-sms': true,
    'mms-expiry-timestamp': new Date(validUntil).toISOString(),
    'client-reference': reference,
    slide: slides.length === 0 ? [{ 'message-text': text ?? '' }] : slides,
  }
}

const SendAnswer = v.object({
  status: v.string(),
  'tracking-id': v.optional(v.nullable(v.string())),
  'error-code': v.optional(v.nullable(v.string())),
  'error-info': v.optional(v.nullable(v.string())),
})

/** What the answer to `sendmms` means. */
export function outcomeOfMms(account: Account, { status, text, retryAfter }: Answered): SubmitOutcome {
  const answer = readJson(SendAnswer, text)
  if (answer === null) {
    if (status === 401 || status === 403) return saying('vendor_credentials', `HTTP ${status}`, null, null)
    if (status === 429) return saying('rate_limited', 'HTTP 429', null, retryAfter)
    if (status === 413) return saying('too_large', 'HTTP 413', null, null)
    return { kind: 'unknown', detail: `status ${status} without an answer of the API` }
  }
  if (answer.status.toLowerCase() === 'success') {
    const id = answer['tracking-id'] ?? ''
    return id === ''
      ? { kind: 'unknown', detail: 'the answer carries no tracking-id' }
      : { kind: 'accepted', vendorId: id }
  }
  const code = answer['error-code'] ?? `HTTP ${status}`
  const words = blank(account, answer['error-info'] ?? null)
  return saying(REASON_OF_MMS_CODE[code] ?? 'carrier_rejected', code, words, retryAfter)
}

const optional = v.optional(v.nullable(v.union([v.string(), v.number()])))
const Postback = v.object({
  origin: v.string(),
  code: v.string(),
  status: v.optional(v.nullable(v.string())),
  from: optional,
  to: optional,
  'copy-to': v.optional(v.nullable(v.array(v.object({ number: v.union([v.string(), v.number()]) })))),
  'tracking-id': v.optional(v.nullable(v.string())),
  'client-reference': v.optional(v.nullable(v.string())),
  'operator-id': optional,
  timestamp: v.optional(v.nullable(v.string())),
  'message-subject': v.optional(v.nullable(v.string())),
  'status-details': v.optional(v.nullable(v.string())),
  content: v.optional(v.nullable(v.array(v.object({ file: v.string() })))),
})
/** A postback, as it comes. */
export type Postback = v.InferOutput<typeof Postback>

/** A postback of the MMS JSON API; null for every other text. */
export const readPostback = (text: string): Postback | null => readJson(Postback, text)

const addressOf = (value: string | number | null | undefined): string | null => {
  const parsed = value == null ? null : parseAddress(String(value))
  return parsed?.ok ? parsed.value : null
}

const time = (text: string | null | undefined, now: number): number => {
  const at = text == null ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? now : at
}

/** What a postback means; nothing for those that are about no message. */
export function eventsOfPostback(account: Account, one: Postback, now: number): VendorEvent[] {
  const id = one['tracking-id'] ?? ''
  const at = time(one.timestamp, now)
  const network = one['operator-id'] == null ? null : String(one['operator-id'])
  if (one.code === 'N401') {
    const from = addressOf(one.from)
    const to = addressOf(one.to) ?? account.defaultSender
    if (from === null || to === null || id === '') return []
    const others = (one['copy-to'] ?? []).flatMap(({ number }) => addressOf(number) ?? [])
    return [
      {
        kind: 'message',
        eventId: `${account.id}:${id}`,
        channel: 'mms',
        from,
        to,
        others: others.filter((other) => other !== from && other !== to),
        subject: one['message-subject'] || null,
        text: null,
        parts: (one.content ?? []).map(({ file }) => ({
          kind: 'url',
          url: file,
          typeHint: null,
          nameHint: null,
        })),
        at,
        network,
      },
    ]
  }
  const reported = postedBackOf(one.code, one.status ?? '')
  if (reported === null || id === '') return []
  return [
    {
      kind: 'receipt',
      eventId: `${account.id}:${id}:${one.code}`,
      reference: one['client-reference'] ?? null,
      vendorId: id,
      recipient: addressOf(one.to),
      ...reported,
      vendorCode: one.code,
      vendorText: blank(account, one['status-details'] ?? one.status ?? null),
      at,
      network,
    },
  ]
}
