import type { NumberType } from '../../domain/number.ts'
import type { VendorLimits } from '../../domain/policy.ts'

/** What the vendor's page on MMS names: pictures, video, contacts and PDF (developers.sinch.com, Conversation API, MMS). */
const TYPES = [
  'image/jpeg',
  'image/png',
  'image/gif',
  'video/mp4',
  'text/x-vCard',
  'application/pdf',
] as const

const limits = (messageBytes: number): VendorLimits => ({
  messageBytes,
  // It fetches files by URL and hands them on in MM7, where they are base64.
  encoding: 'base64',
  // A message object has one file; more go as several messages.
  parts: 1,
  recipients: 10,
  textLength: 1600,
  subjectLength: 80,
  maxSide: 2592,
  types: TYPES,
  international: true,
})

/** "Under 1 MB", the vendor's own advice; 600,000 where the networks take no more from a toll-free number. */
const BY_TYPE: { readonly [T in NumberType]: VendorLimits } = {
  'long-code': limits(999_999),
  'toll-free': limits(600_000),
  'short-code': limits(999_999),
}

/** The limits of a kind of number. */
export const sinchLimits = (type: NumberType): VendorLimits => BY_TYPE[type]
