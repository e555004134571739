import * as v from 'valibot'
import { parseContentType, parseMultipart } from './mime-tree.ts'

/**
 * The protocol between the gateway and the simulated carrier, both directions, modelled on MM7: a head that says who and
 * whom, and beside it the message as the MIME entity that travels to the phone, in one multipart/related body.
 */

/** The host of the simulated carrier. It resolves nowhere (RFC 6761, clause 6.4): whoever hands out `fetch` routes it. */
export const SIMULATOR_ORIGIN = 'https://simulator.invalid'

/** The address of a path of an account's network. */
export const simulatorUrl = (account: string, path: string): string =>
  `${SIMULATOR_ORIGIN}/accounts/${encodeURIComponent(account)}${path}`

/** The account of a network's address and the path within it; null when the address is none of a network. */
export function parseSimulatorUrl(url: URL): { account: string; path: string } | null {
  const match = /^\/accounts\/([\w-]+)(\/.*)$/.exec(url.pathname)
  return match === null ? null : { account: match[1]!, path: match[2]! }
}

const address = v.pipe(v.string(), v.regex(/^(?:\+[1-9]\d{7,14}|\d{5,6})$/))
const channel = v.picklist(['sms', 'mms'])
const words = v.nullable(v.string())

/** Who, whom and how long; the text of an SMS. A picture message's subject and text are in its entity. */
export const SubmitHead = v.object({
  reference: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
  channel,
  from: address,
  to: v.pipe(v.array(address), v.minLength(1)),
  text: words,
  validUntil: v.number(),
})
/** Who, whom and how long; the text of an SMS. */
export type SubmitHead = v.InferOutput<typeof SubmitHead>

/** The answer to a message that was taken: the carrier's id, and how many times it has seen the reference. */
export const SubmitAnswer = v.object({ id: v.string(), seen: v.number() })
/** The answer to a message that was taken. */
export type SubmitAnswer = v.InferOutput<typeof SubmitAnswer>

/** The answer to everything else. A body of this shape is the carrier's own word: the message was not taken. */
export const ErrorAnswer = v.object({ error: v.object({ code: v.string(), message: v.string() }) })
/** The answer to everything else. */
export type ErrorAnswer = v.InferOutput<typeof ErrorAnswer>

/** How a message stands with one of its recipients. */
export const StatusEvent = v.object({
  type: v.literal('message.status'),
  event: v.string(),
  account: v.string(),
  at: v.number(),
  reference: v.string(),
  id: v.string(),
  recipient: address,
  state: v.picklist(['submitted', 'delivered', 'failed', 'expired']),
  certainty: v.nullable(v.picklist(['handed-off', 'carrier', 'handset'])),
  code: words,
  text: words,
  network: v.optional(v.string()),
})
/** How a message stands with one of its recipients. */
export type StatusEvent = v.InferOutput<typeof StatusEvent>

/** A message from a phone. A picture message's subject, text and files are in the entity beside it. */
export const MessageEvent = v.object({
  type: v.literal('message.received'),
  event: v.string(),
  account: v.string(),
  at: v.number(),
  channel,
  from: address,
  to: address,
  others: v.array(address),
  text: words,
  network: v.optional(v.string()),
})
/** A message from a phone. */
export type MessageEvent = v.InferOutput<typeof MessageEvent>

/** Everything that the carrier reports. */
export const HookEvent = v.variant('type', [StatusEvent, MessageEvent])
/** Everything that the carrier reports. */
export type HookEvent = v.InferOutput<typeof HookEvent>

const utf8 = new TextEncoder()

/** A head, and an entity where there is one, as one HTTP body. */
export function wrap(head: unknown, entity: Uint8Array | null): { contentType: string; body: Uint8Array } {
  const json = JSON.stringify(head)
  if (entity === null) return { contentType: 'application/json', body: utf8.encode(json) }
  const boundary = `simulator-${crypto.randomUUID()}`
  const before = utf8.encode(
    `--${boundary}\r\nContent-Type: application/json\r\nContent-ID: <head>\r\n\r\n${json}\r\n` +
      `--${boundary}\r\nContent-Type: message/rfc822\r\nContent-ID: <message>\r\nContent-Transfer-Encoding: binary\r\n\r\n`,
  )
  const after = utf8.encode(`\r\n--${boundary}--\r\n`)
  const body = new Uint8Array(before.length + entity.length + after.length)
  body.set(before)
  body.set(entity, before.length)
  body.set(after, before.length + entity.length)
  return {
    contentType: `multipart/related; boundary="${boundary}"; type="application/json"; start="<head>"`,
    body,
  }
}

/** Takes such a body apart; null when it is none. The head is not yet checked. */
export function unwrap(
  contentType: string | null,
  body: Uint8Array,
): { head: unknown; entity: Uint8Array | null } | null {
  const { type, parameters } = parseContentType(contentType ?? '')
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
    if (type === 'application/json') return { head: JSON.parse(decoder.decode(body)), entity: null }
    if (type !== 'multipart/related') return null
    const parts = parseMultipart(body, parameters.get('boundary') ?? '')
    if (!parts.ok || parts.value.length !== 2) return null
    const [head, message] = parts.value
    if (head?.type !== 'application/json' || message?.type !== 'message/rfc822') return null
    return { head: JSON.parse(decoder.decode(head.body)), entity: message.body }
  } catch {
    return null
  }
}

// ---- the signature of webhooks -----------------------------------------------------------------------------------

/** A webhook older or newer than this is not believed, whatever its signature. */
export const HOOK_TOLERANCE_MS = 5 * 60_000

function signedContent(id: string, timestamp: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = utf8.encode(`${id}.${timestamp}.`)
  const content = new Uint8Array(head.length + body.length)
  content.set(head)
  content.set(body, head.length)
  return content
}

/** Headers that prove a webhook, as the Standard Webhooks specification writes them: HMAC-SHA-256 over `id.timestamp.body`. */
export async function signHook(
  key: CryptoKey,
  hook: { id: string; at: number; body: Uint8Array },
): Promise<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const timestamp = String(Math.floor(hook.at / 1000))
  const mac = await crypto.subtle.sign('HMAC', key, signedContent(hook.id, timestamp, hook.body))
  return {
    'webhook-id': hook.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${btoa(String.fromCharCode(...new Uint8Array(mac)))}`,
  }
}

/** Whether a webhook was signed with the key, within the tolerance around `now` (milliseconds). */
export async function verifyHook(
  key: CryptoKey,
  headers: Headers,
  body: Uint8Array,
  now: number,
): Promise<boolean> {
  const id = headers.get('webhook-id')
  const timestamp = headers.get('webhook-timestamp')
  const signatures = headers.get('webhook-signature')
  if (id === null || timestamp === null || signatures === null || !/^\d{1,12}$/.test(timestamp)) return false
  if (Math.abs(now - Number(timestamp) * 1000) > HOOK_TOLERANCE_MS) return false
  const content = signedContent(id, timestamp, body)
  // Several signatures are a key being changed; a handful is plenty.
  for (const one of signatures.split(' ').slice(0, 4)) {
    const match = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(one)
    if (match === null) continue
    const mac = Uint8Array.from(atob(match[1]!), (character) => character.charCodeAt(0))
    if (await crypto.subtle.verify('HMAC', key, mac, content)) return true
  }
  return false
}
