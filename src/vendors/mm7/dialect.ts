import { type Context, Hono } from 'hono'
import { joinBytes } from '../../domain/bytes.ts'
import { describe, type Failure } from '../../domain/failure.ts'
import type { Caller } from '../../domain/ports.ts'
import { ok, type Result } from '../../domain/result.ts'
import type { DialectServices } from '../contract.ts'
import { readContent } from './content.ts'
import { STANDARD_CODES } from './status.ts'
import {
  ANSWER_TYPE,
  addressesOf,
  answer,
  DEFAULT_NAMESPACE,
  fault,
  type Mm7Message,
  readMessage,
  versionOf,
} from './wire.ts'
import { childOf, element, escapeXml, textOf } from './xml.ts'

/** The relay's side of MM7: any provider of services that speaks it sends through Belino as through an MMSC. */

type DialectEnv = { Variables: DialectServices }

/** The status code that says best what is wrong with a request. */
function codeOf(failure: Failure): number {
  switch (failure.code) {
    case 'invalid_number':
    case 'recipient_is_own_number':
    case 'recipient_outside_area':
    case 'recipient_without_mms':
    case 'emergency_number':
    case 'no_recipients':
    case 'too_many_recipients':
      return 2002
    case 'no_default_number':
    case 'sender_unknown':
    case 'test_key_live_number':
      return 4001
    case 'insufficient_scope':
    case 'sender_without_mms':
    case 'sender_without_sms':
    case 'sender_not_registered':
    case 'recipients_opted_out':
    case 'opt_in_missing':
    case 'trial_account':
    case 'credit_exhausted':
      return 4007
    case 'cannot_fit':
    case 'media_failure':
    case 'nothing_to_send':
    case 'text_too_long':
    case 'subject_too_long':
    case 'too_many_parts':
    case 'file_too_large':
    case 'strict_refused':
      return 2004
    case 'not_found':
      return 2005
    case 'too_late_to_cancel':
    case 'cannot_replace':
      return 3001
    case 'key_limit_reached':
    case 'idempotency_in_progress':
    case 'busy':
    case 'storage_unavailable':
      return 4006
    case 'internal':
      return 3000
    default:
      return 4004
  }
}

const xml = (body: string): Response => new Response(body, { headers: { 'content-type': ANSWER_TYPE } })

const refused = (
  head: Pick<Mm7Message, 'namespace' | 'transaction' | 'version'>,
  code: number,
  details: string,
): Response =>
  xml(fault('RSErrorRsp', head, { code, text: STANDARD_CODES[code]?.[0] ?? 'Client error', details }))

/** The API key of Basic authentication: the password, or the name where there is no password (RFC 7617). */
function keyOf(header: string | undefined): string | null {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return null
  try {
    const text = new TextDecoder().decode(Uint8Array.fromBase64(encoded))
    const colon = text.indexOf(':')
    return (colon === -1 ? text : text.slice(colon + 1) || text.slice(0, colon)) || null
  } catch {
    return null
  }
}

async function readBody(request: Request, limit: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = request.body?.getReader()
  for (;;) {
    const next = await reader?.read()
    if (next === undefined || next.done) return joinBytes(chunks)
    size += next.value.byteLength
    if (size > limit) {
      await reader?.cancel().catch(() => {})
      return null
    }
    chunks.push(next.value)
  }
}

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/

/** A time, or a length of it from now (clause 8.7.1.1: relativeOrAbsoluteDateType), as milliseconds since 1970. */
function timeOf(text: string | null, now: number): number | undefined {
  if (text === null) return undefined
  const match = DURATION.exec(text)
  if (match === null) {
    const at = Date.parse(text)
    return Number.isNaN(at) ? undefined : at
  }
  const [days, hours, minutes, seconds] = match.slice(1).map((one) => Number(one ?? 0)) as [
    number,
    number,
    number,
    number,
  ]
  return now + (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000
}

/** The text of a message, and its files as they are stored for it. */
async function storedContent(
  c: Context<DialectEnv>,
  caller: Caller,
  message: Mm7Message,
): Promise<Result<{ text: string | undefined; media: { id: string }[] }, Failure>> {
  const { text, parts } = readContent(message.content)
  const media: { id: string }[] = []
  for (const part of parts) {
    if (part.kind !== 'bytes') continue
    const stored = await c
      .get('messaging')
      .upload(caller, [part.bytes], null, c.get('limits').attachedLifetime)
    if (!stored.ok) return stored
    media.push({ id: stored.value.id })
  }
  return ok({ text: text ?? undefined, media })
}

async function submit(
  c: Context<DialectEnv>,
  caller: Caller,
  message: Mm7Message,
  bytes: Uint8Array,
): Promise<Response> {
  const { body } = message
  const now = Date.now()
  const lists = (childOf(body, 'Recipients')?.children ?? []).flatMap((list) => addressesOf(list))
  // Members who are only shown get requests of their own.
  const to = lists.filter((one) => !one.shown)
  if (to.some((one) => one.address === null)) return refused(message, 2002, 'A recipient is no number.')
  const sender = childOf(childOf(body, 'SenderIdentification'), 'SenderAddress')
  const from = addressesOf(sender)[0]
  if (from !== undefined && from.address === null) return refused(message, 2002, 'The sender is no number.')
  const content = await storedContent(c, caller, message)
  if (!content.ok) return refused(message, codeOf(content.failure), describe(content.failure).message)
  const sendAt = timeOf(textOf(body, 'EarliestDeliveryTime'), now)
  const expiry = timeOf(textOf(body, 'ExpiryDate'), now)
  const later = sendAt !== undefined && sendAt > now ? sendAt : undefined
  // The same bytes in the same transaction are a repetition; some senders number all their transactions alike.
  const bodyHash = new Uint8Array(
    await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>),
  ).toHex()
  const sent = await c.get('messaging').send(
    caller,
    {
      from: from?.address ?? undefined,
      to: to.map((one) => one.address as string),
      subject: textOf(body, 'Subject') ?? undefined,
      ...content.value,
      sendAt: later,
      validity: expiry === undefined ? undefined : Math.max(60_000, expiry - (later ?? now)),
    },
    { key: `mm7-${bodyHash}`, bodyHash },
  )
  if (!sent.ok) return refused(message, codeOf(sent.failure), describe(sent.failure).message)
  return xml(
    answer(message, { code: 1000, text: 'Success' }, element('MessageID', escapeXml(sent.value.message.id))),
  )
}

async function cancel(c: Context<DialectEnv>, caller: Caller, message: Mm7Message): Promise<Response> {
  const canceled = await c.get('people').cancel(caller, textOf(message.body, 'MessageID') ?? '')
  return canceled.ok
    ? xml(answer(message, { code: 1000, text: 'Success' }))
    : refused(message, codeOf(canceled.failure), describe(canceled.failure).message)
}

/** ReplaceReq (clause 8.7.2): the content alone is replaced, and the message keeps its MessageID. */
async function replace(c: Context<DialectEnv>, caller: Caller, message: Mm7Message): Promise<Response> {
  if (textOf(message.body, 'EarliestDeliveryTime') !== null)
    return refused(
      message,
      3001,
      'The time of a message cannot be changed. Cancel it, and submit another one.',
    )
  if (message.content === null) return refused(message, 4004, 'There is no content to put in its place.')
  const content = await storedContent(c, caller, message)
  const replaced = content.ok
    ? await c.get('messaging').replace(caller, textOf(message.body, 'MessageID') ?? '', content.value)
    : content
  return replaced.ok
    ? xml(answer(message, { code: 1000, text: 'Success' }))
    : refused(message, codeOf(replaced.failure), describe(replaced.failure).message)
}

/** The relay's door: POST of SubmitReq, CancelReq and ReplaceReq, with Basic authentication whose password is an API key. */
export function createMm7Dialect(): Hono<DialectEnv> {
  const dialect = new Hono<DialectEnv>()
  dialect.post('/', async (c) => {
    const key = keyOf(c.req.header('authorization'))
    const caller = await c.get('authenticate')(
      key === null ? null : `Bearer ${key}`,
      new URL(c.req.url).hostname,
    )
    const nobody = { namespace: DEFAULT_NAMESPACE, transaction: null, version: versionOf(DEFAULT_NAMESPACE) }
    if (!caller.ok) {
      const said = fault('RSErrorRsp', nobody, { code: 4001, text: 'Improper identification' })
      const headers = { 'content-type': ANSWER_TYPE, 'www-authenticate': 'Basic realm="Belino"' }
      return new Response(said, { status: 401, headers })
    }
    const bytes = await readBody(c.req.raw, c.get('limits').hook)
    if (bytes === null) return refused(nobody, 2004, 'The message is too large.')
    const read = readMessage(c.req.header('content-type') ?? null, bytes)
    if (!read.ok) return refused(nobody, read.failure.code, read.failure.detail)
    const message = read.value
    switch (message.operation) {
      case 'SubmitReq':
        return submit(c, caller.value, message, bytes)
      case 'CancelReq':
        return cancel(c, caller.value, message)
      case 'ReplaceReq':
        return replace(c, caller.value, message)
      default:
        return refused(message, 4003, message.operation.slice(0, 60))
    }
  })
  return dialect
}
