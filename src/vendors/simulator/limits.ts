import type { NumberType } from '../../domain/number.ts'
import type { VendorLimits } from '../../domain/policy.ts'

/**
 * What the simulated carrier takes: the ceiling of real gateways ("under 5 MB", ten attachments) and every type that has a
 * way out of the gateway, so that a message is bounded by its recipient's network and phone, not by the simulator.
 */
export const SIMULATOR_LIMITS: VendorLimits = {
  messageBytes: 4_999_999,
  encoding: 'binary',
  parts: 10,
  recipients: 10,
  textLength: 2048,
  subjectLength: 80,
  maxSide: 2592,
  types: [
    'image/jpeg',
    'image/png',
    'image/gif',
    'video/mp4',
    'video/3gpp',
    'audio/mpeg',
    'audio/wav',
    'audio/midi',
    'audio/amr',
    'audio/mp4',
    'text/x-vCard',
    'text/calendar',
    'text/plain',
    'application/pdf',
  ],
  international: false,
}

/** The limits of a number at the simulator: the same for every kind of number. */
export const simulatorLimits = (_type: NumberType): VendorLimits => SIMULATOR_LIMITS

/** Bytes that a phone may send in one message. Phones fit their own pictures; this only bounds what a tester uploads. */
export const REPLY_BYTES = 10_000_000
