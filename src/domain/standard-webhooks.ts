/**
 * What Standard Webhooks asks of a sender: the signature, the secret's text, and when a delivery is tried again. Pure:
 * the time and chance are given.
 */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Waits between one attempt and the next, in milliseconds: ten attempts within 75 hours and 35 minutes. */
export const WEBHOOK_WAITS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const

/** The numbers that deliveries keep to; times in milliseconds. */
export const WEBHOOK_LIMITS = {
  attempts: WEBHOOK_WAITS.length + 1,
  /** An endpoint has this long to answer. */
  timeout: 15 * SECOND,
  /** After this long without a success an endpoint is switched off at its next failure. */
  switchOff: 120 * HOUR,
  /** The longest pause that an endpoint's Retry-After is granted. */
  longestRetryAfter: 24 * HOUR,
  /** The old secret signs beside the new one for this long, unless said otherwise. */
  overlap: 24 * HOUR,
  longestOverlap: 7 * 24 * HOUR,
} as const

/** Share of a wait by which it may come earlier or later, so that the deliveries of one outage do not return at once. */
const JITTER = 0.1

/**
 * Milliseconds until the attempt after `attempts` (1 or more) have failed; null when that was the last. Never sooner
 * than the endpoint asked for.
 *
 * @param retryAfter milliseconds that the endpoint asked for, or null
 * @param random a number from 0 to 1
 */
export function nextWebhookWait(attempts: number, retryAfter: number | null, random: number): number | null {
  const wait = WEBHOOK_WAITS[attempts - 1]
  if (wait === undefined) return null
  return Math.max(Math.round(wait * (1 + JITTER * (2 * random - 1))), retryAfter ?? 0)
}

/**
 * Milliseconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or a date); null without a usable one.
 * At most a day.
 */
export function retryAfterOf(header: string | null, now: number): number | null {
  if (header === null) return null
  const text = header.trim()
  // Date.parse takes much more than the dates of HTTP, "-5" among it.
  const date = / GMT$/.test(text) ? Date.parse(text) : Number.NaN
  const asked = /^\d{1,9}$/.test(text) ? Number(text) * SECOND : date - now
  if (!Number.isFinite(asked)) return null
  return Math.min(Math.max(0, asked), WEBHOOK_LIMITS.longestRetryAfter)
}

const encoder = new TextEncoder()

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

/** A secret as its owner is given it: `whsec_` and base64. Standard Webhooks wants 24 to 64 bytes. */
export const secretText = (secret: Uint8Array): string => `whsec_${base64(secret)}`

/**
 * The headers that identify and sign one attempt. Every secret signs, newest first, so that a receiver may verify with
 * either while a secret is changed.
 *
 * @param id the same on every attempt: what a receiver remembers to take an event once
 * @param at milliseconds since 1970 of this attempt
 */
export async function signedHeaders(
  secrets: readonly Uint8Array[],
  id: string,
  at: number,
  body: string,
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(at / SECOND))
  const content = encoder.encode(`${id}.${timestamp}.${body}`)
  const signatures: string[] = []
  for (const secret of secrets) {
    const key = await crypto.subtle.importKey(
      'raw',
      secret as Uint8Array<ArrayBuffer>,
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    )
    signatures.push(`v1,${base64(new Uint8Array(await crypto.subtle.sign('HMAC', key, content)))}`)
  }
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  }
}
