import * as v from 'valibot'
import { type DeliveryReason, REASONS } from '../../domain/reason.ts'
import type { Submission, SubmitOutcome } from '../contract.ts'
import type { SinchAccount } from './account.ts'
import { REASON_OF_STATUS } from './status.ts'
import { ErrorBody, type SendMessageRequest, SendMessageResponse } from './wire.ts'
import type { AppMessage } from './wire-message.ts'

/** `messages:send` as we ask it, and what the vendor's answers mean. */

/** An answer over HTTP, its body read. */
export type Answered = { readonly status: number; readonly text: string; readonly retryAfter: number | null }

const digits = (address: string): string => address.replace(/^\+/, '')

/** Seconds that the vendor may try, within what it takes (3 s at least). */
const ttl = (submission: Submission, now: number): string =>
  `${Math.max(3, Math.floor((submission.validUntil - now) / 1000))}s`

async function appMessage({ subject, text, parts }: Submission): Promise<AppMessage> {
  const [part] = parts
  const media = part === undefined ? null : { url: await part.url(), filename_override: part.name }
  if (media === null && subject === null) return { text_message: { text: text ?? '' } }
  if (media !== null && subject === null && text === null) return { media_message: media }
  return {
    card_message: {
      ...(subject === null ? {} : { title: subject }),
      ...(text === null ? {} : { description: text }),
      ...(media === null ? {} : { media_message: media }),
    },
  }
}

/**
 * The body of `messages:send`. Our reference travels as metadata, which reports repeat. Throws when storage does not answer.
 *
 * @param app the id of the app that sends
 */
export async function sendRequest(
  app: string,
  submission: Submission,
  now: number,
): Promise<SendMessageRequest> {
  const { channel, from, to, reference } = submission
  const [recipient = ''] = to
  const name = channel === 'mms' ? 'MMS' : 'SMS'
  return {
    app_id: app,
    recipient: { identified_by: { channel_identities: [{ channel: name, identity: recipient }] } },
    message: await appMessage(submission),
    channel_priority_order: [name],
    channel_properties: { [`${name}_SENDER`]: digits(from) },
    message_metadata: reference,
    ttl: ttl(submission, now),
  }
}

/** Takes credentials out of words that somebody repeats. */
export const blank = (account: SinchAccount, words: string | null): string | null =>
  words === null || words === ''
    ? null
    : account.secrets.reduce((text, secret) => text.replaceAll(secret, '***'), words).slice(0, 500)

const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** What an answer reads as, by a schema; null for everything else. */
export function readJson<S extends v.GenericSchema>(schema: S, text: string): v.InferOutput<S> | null {
  const parsed = v.safeParse(schema, json(text))
  return parsed.success ? parsed.output : null
}

/** A refusal, for good or for now, as the reason has it. */
export function saying(
  reason: DeliveryReason,
  vendorCode: string,
  vendorText: string | null,
  retryAfter: number | null,
): SubmitOutcome {
  return REASONS[reason].retryable
    ? { kind: 'later', reason, vendorCode, vendorText, retryAfter }
    : { kind: 'refused', reason, vendorCode, vendorText }
}

/** What the answer to `messages:send` means. A server error leaves open whether the message was taken, unless it says so. */
export function outcomeOf(account: SinchAccount, answered: Answered): SubmitOutcome {
  const { status, text, retryAfter } = answered
  if (status >= 200 && status < 300) {
    const id = readJson(SendMessageResponse, text)?.message_id ?? ''
    return id === ''
      ? { kind: 'unknown', detail: `status ${status} without an id` }
      : { kind: 'accepted', vendorId: id }
  }
  const error = readJson(ErrorBody, text)?.error ?? null
  const code = error?.status ?? `HTTP ${status}`
  const words = blank(account, error?.message ?? null)
  if (status === 413) return saying('too_large', code, words, null)
  if (status === 429) return saying('rate_limited', code, words, retryAfter)
  if (status === 401) return saying('vendor_credentials', code, words, null)
  const reason = error === null ? undefined : REASON_OF_STATUS[error.status ?? '']
  if (reason !== undefined) return saying(reason, code, words, retryAfter)
  if (status >= 500) return { kind: 'unknown', detail: `status ${status}: ${words ?? ''}`.slice(0, 200) }
  if (status === 403) return saying('sender_not_allowed', code, words, null)
  if (status === 404 || status < 400) return saying('vendor_credentials', code, words, null)
  return saying('content_refused', code, words, null)
}
