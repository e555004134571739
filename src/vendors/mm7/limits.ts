import type { NumberType } from '../../domain/number.ts'
import type { VendorLimits } from '../../domain/policy.ts'

/** Types of media that OMA's content classes up to Content Rich name, and contacts (OMA-TS-MMS-CONF-V1_3, clause 7). */
const TYPES = [
  'image/jpeg',
  'image/png',
  'image/gif',
  'video/mp4',
  'video/3gpp',
  'audio/amr',
  'audio/mp4',
  'audio/mpeg',
  'audio/midi',
  'text/x-vCard',
  'text/calendar',
  'text/plain',
] as const

const limits = (messageBytes: number): VendorLimits => ({
  messageBytes,
  // Binary is as lawful in MIME; base64 is what every relay has been seen to take.
  encoding: 'base64',
  parts: 10,
  recipients: 10,
  textLength: 2048,
  subjectLength: 80,
  maxSide: 2592,
  types: TYPES,
  international: true,
})

/**
 * What a relay in the US takes from each kind of number: the smallest cell of AT&T, T-Mobile and Verizon as Twilio and Telnyx
 * publish them (support.twilio.com, article 360018832773), in decimal bytes. A relay that takes less says so by code.
 */
const BY_TYPE: { readonly [T in NumberType]: VendorLimits } = {
  'long-code': limits(1_000_000),
  'toll-free': limits(600_000),
  'short-code': limits(600_000),
}

/** The limits of a kind of number. */
export const mm7Limits = (type: NumberType): VendorLimits => BY_TYPE[type]
