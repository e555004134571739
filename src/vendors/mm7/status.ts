import type { DeliveryReason } from '../../domain/reason.ts'
import type { Certainty } from '../../domain/state.ts'

/** The words of MM7 for what went wrong, and what they mean here. What follows from a reason is in `domain/reason.ts`. */

/** Which relay is at the far side: the two disagree on a few codes. */
export type Flavour = 'standard' | 'sinch'

/** Taken by all recipients, and by some of them. */
export const SUCCESS: ReadonlySet<number> = new Set([1000, 1100])

/** 3GPP TS 23.140 Release 6, clause 8.7.8.3: StatusCode, in words and as a reason. */
export const STANDARD_CODES: Readonly<Record<number, readonly [words: string, reason: DeliveryReason]>> = {
  2000: ['Client error', 'carrier_rejected'],
  2001: ['Operation restricted', 'sender_not_allowed'],
  2002: ['Address error', 'invalid_recipient'],
  2003: ['Address not found', 'invalid_recipient'],
  2004: ['Multimedia content refused', 'content_refused'],
  2005: ['Message ID not found', 'carrier_rejected'],
  2006: ['LinkedID not found', 'carrier_rejected'],
  2007: ['Message format corrupt', 'content_refused'],
  2008: ['Application ID not found', 'sender_not_allowed'],
  2009: ['Reply application ID not found', 'sender_not_allowed'],
  3000: ['Server error', 'vendor_unavailable'],
  3001: ['Not possible', 'carrier_rejected'],
  3002: ['Message rejected', 'carrier_rejected'],
  3003: ['Multiple addresses not supported', 'carrier_rejected'],
  3004: ['Application addressing not supported', 'content_refused'],
  4000: ['General service error', 'vendor_unavailable'],
  4001: ['Improper identification', 'vendor_credentials'],
  4002: ['Unsupported version', 'vendor_credentials'],
  4003: ['Unsupported operation', 'sender_not_allowed'],
  4004: ['Validation error', 'content_refused'],
  4005: ['Service error', 'vendor_unavailable'],
  4006: ['Service unavailable', 'vendor_unavailable'],
  4007: ['Service denied', 'sender_not_allowed'],
  4008: ['Application denied', 'sender_not_allowed'],
}

/** Sinch's own codes, and those of the standard that it uses for something else (developers.sinch.com/docs/mms, MM7 status codes). */
export const SINCH_CODES: Readonly<Record<number, readonly [words: string, reason: DeliveryReason]>> = {
  2500: ['Bad Content-Length or Content-Type', 'content_refused'],
  2502: ['No destination', 'invalid_recipient'],
  2503: ['Multiple destinations', 'invalid_recipient'],
  2504: ['No source', 'sender_not_allowed'],
  2505: ['Bad version', 'vendor_credentials'],
  2506: ['No content', 'content_refused'],
  2507: ['Bad namespace', 'vendor_credentials'],
  2510: ['Bad SOAP header', 'content_refused'],
  2511: ['Bad SOAP body', 'content_refused'],
  2512: ['Operation not taken', 'sender_not_allowed'],
  2513: ['Bad attachment', 'unsupported_media'],
  2514: ['Bad attachment', 'unsupported_media'],
  2515: ['Bad attachment', 'unsupported_media'],
  2550: ['Account not found', 'vendor_credentials'],
  2551: ['Account inactive', 'vendor_credentials'],
  2560: ['Message too large', 'too_large'],
  2561: ['Bad VASPID', 'vendor_credentials'],
  2562: ['Bad VASID', 'vendor_credentials'],
  2563: ['Bad identification', 'vendor_credentials'],
  2564: ['Bad identification', 'vendor_credentials'],
  2566: ['Operator not found', 'invalid_recipient'],
  2567: ['Operator not supported', 'invalid_recipient'],
  2568: ['Authentication failed', 'vendor_credentials'],
  2571: ['No recipient to deliver to', 'content_refused'],
  2572: ['More than one recipient to deliver to', 'content_refused'],
  3001: ['Recipient on the block list', 'opted_out'],
  3003: ['Media could not be downloaded', 'media_unreachable'],
  3500: ['Operator timed out', 'carrier_unavailable'],
  3510: ['Throughput exceeded', 'rate_limited'],
  3520: ['Not provisioned', 'sender_not_allowed'],
}

/** The reason of a status code. A code without a row goes by its class: 2xxx is the client's fault, the rest the server's. */
export function reasonOf(code: number, flavour: Flavour): DeliveryReason {
  const row =
    (flavour === 'sinch' ? SINCH_CODES[code] : undefined) ?? STANDARD_CODES[code] ?? SINCH_CODES[code]
  return row?.[1] ?? (code >= 3000 && code < 5000 ? 'vendor_unavailable' : 'carrier_rejected')
}

/** What a report says of a recipient. */
export type Reported = {
  readonly state: 'submitted' | 'delivered' | 'failed' | 'expired' | 'unconfirmed'
  readonly certainty: Certainty | null
  readonly reason: DeliveryReason | null
}

const failed = (reason: DeliveryReason): Reported => ({ state: 'failed', certainty: null, reason })

/** MMStatus of delivery reports: TS 23.140, clause 8.7.4, and the spellings that are in use. */
const MM_STATUS: Readonly<Record<string, Reported>> = {
  retrieved: { state: 'delivered', certainty: 'handset', reason: null },
  read: { state: 'delivered', certainty: 'handset', reason: null },
  deleted: { state: 'delivered', certainty: 'handset', reason: null },
  'deleted without being read': { state: 'delivered', certainty: 'handset', reason: null },
  forwarded: { state: 'delivered', certainty: 'carrier', reason: null },
  deferred: { state: 'submitted', certainty: null, reason: null },
  indeterminate: { state: 'unconfirmed', certainty: null, reason: null },
  expired: { state: 'expired', certainty: null, reason: 'unreachable' },
  rejected: failed('carrier_rejected'),
  unreachable: failed('unreachable'),
  unrecognised: failed('unsupported_media'),
  unrecognized: failed('unsupported_media'),
  notsupported: failed('no_mms'),
  'not supported': failed('no_mms'),
}

/** What an MMStatus says; one without a row leaves it open. */
export const reportedOf = (status: string): Reported =>
  MM_STATUS[status.trim().toLowerCase()] ?? { state: 'unconfirmed', certainty: null, reason: null }
