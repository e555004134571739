import * as v from 'valibot'
import { assemble, TEXT_NAME } from '../../domain/mime.ts'
import type { Clock } from '../../domain/ports.ts'
import { type DeliveryReason, REASONS } from '../../domain/reason.ts'
import type {
  Carrier,
  HookOutcome,
  HookRequest,
  InboundPart,
  QueryOutcome,
  Submission,
  SubmitOutcome,
  VendorEvent,
} from '../contract.ts'
import { simulatorLimits } from './limits.ts'
import { TEXT_ID } from './message-facts.ts'
import { decodeWords, headerOf, type MimeTree, parseEntity } from './mime-tree.ts'
import { withPatience } from './patience.ts'
import {
  ErrorAnswer,
  HookEvent,
  SubmitAnswer,
  type SubmitHead,
  simulatorUrl,
  unwrap,
  verifyHook,
  wrap,
} from './wire.ts'

/** What the simulator's carrier adapter needs. */
export type SimulatorCarrierOptions = {
  /** Reaches the network of the account that the URL names (`parseSimulatorUrl`). */
  readonly fetch: (request: Request) => Promise<Response>
  readonly clock: Clock
  /** The key of webhook signatures: HMAC with SHA-256, usable to verify. The network holds the same. */
  readonly secret: () => Promise<CryptoKey>
  /** Milliseconds to wait for an answer; 10,000 unless a test is in a hurry. */
  readonly patience?: number
}

const PATIENCE_MS = 10_000

/** What a status means that came with a code we do not know, but in the carrier's own words. */
const BY_STATUS: { readonly [status: number]: DeliveryReason } = {
  401: 'vendor_credentials',
  402: 'insufficient_funds',
  403: 'sender_not_allowed',
  413: 'too_large',
  415: 'unsupported_media',
  429: 'rate_limited',
}

const reasonOf = (code: string | null): DeliveryReason | null =>
  code !== null && Object.hasOwn(REASONS, code) ? (code as DeliveryReason) : null

/** Milliseconds of a Retry-After header, which is seconds or a date (RFC 9110, clause 10.2.3). */
function retryAfter(headers: Headers, now: number): number | null {
  const value = headers.get('retry-after')
  if (value === null) return null
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

const parseJson = <S extends v.GenericSchema>(schema: S, text: string): v.InferOutput<S> | null => {
  try {
    const parsed = v.safeParse(schema, JSON.parse(text))
    return parsed.success ? parsed.output : null
  } catch {
    return null
  }
}

/** What an answer to a submit means. Without the carrier's own words a server error leaves it open whether it took the message. */
function outcomeOf(response: Response, text: string, now: number): SubmitOutcome {
  const { status } = response
  if (response.ok) {
    const answer = parseJson(SubmitAnswer, text)
    return answer === null
      ? { kind: 'unknown', detail: `status ${status} without an id` }
      : { kind: 'accepted', vendorId: answer.id }
  }
  const error = parseJson(ErrorAnswer, text)?.error ?? null
  if (error === null && status >= 500) return { kind: 'unknown', detail: `status ${status}` }
  const said = { vendorCode: error?.code ?? String(status), vendorText: error?.message ?? null }
  const known = reasonOf(error?.code ?? null) ?? BY_STATUS[status]
  if (status === 429 || status >= 500)
    return {
      kind: 'later',
      reason: known ?? 'vendor_unavailable',
      ...said,
      retryAfter: retryAfter(response.headers, now),
    }
  return { kind: 'refused', reason: known ?? 'carrier_rejected', ...said }
}

/** The message as it travels; throws when storage does not answer. */
async function entityOf(submission: Submission): Promise<Uint8Array> {
  const bodies: Uint8Array[] = []
  for (const part of submission.parts) bodies.push(await part.read())
  return assemble(
    {
      id: submission.reference,
      from: submission.from,
      to: submission.to,
      subject: submission.subject,
      text: submission.text,
      parts: submission.parts.map(({ name, type, alt, slide }, index) => ({
        name,
        type,
        alt,
        slide,
        bytes: bodies[index]!.length,
      })),
      date: submission.createdAt,
      encoding: 'binary',
    },
    bodies,
  )
}

/** The parts of a phone's message, its presentation and own text left out. */
function inboundParts(tree: MimeTree): { text: string | null; parts: InboundPart[] } {
  let text: string | null = null
  const parts: InboundPart[] = []
  tree.parts.forEach((part, index) => {
    if (index === tree.start) return
    if (
      text === null &&
      part.type === 'text/plain' &&
      part.contentId === TEXT_ID &&
      part.location === TEXT_NAME
    )
      text = new TextDecoder().decode(part.body)
    else
      parts.push({
        kind: 'bytes',
        bytes: part.body,
        typeHint: part.type,
        nameHint: part.name ?? part.location,
      })
  })
  return { text, parts }
}

function eventOf(event: HookEvent, entity: Uint8Array | null): VendorEvent | null {
  if (event.type === 'message.status') {
    const failed = event.state === 'failed' || event.state === 'expired'
    return {
      kind: 'receipt',
      eventId: event.event,
      reference: event.reference,
      vendorId: event.id,
      recipient: event.recipient,
      state: event.state,
      certainty: event.certainty,
      reason: failed ? (reasonOf(event.code) ?? 'carrier_rejected') : null,
      vendorCode: event.code,
      vendorText: event.text,
      at: event.at,
      network: event.network ?? null,
    }
  }
  const common = {
    kind: 'message',
    eventId: event.event,
    channel: event.channel,
    from: event.from,
    to: event.to,
    others: event.others,
    at: event.at,
    network: event.network ?? null,
  } as const
  if (event.channel === 'sms') return { ...common, subject: null, text: event.text, parts: [] }
  const tree = entity === null ? null : parseEntity(entity)
  if (!tree?.ok) return null
  const subject = headerOf(tree.value.headers, 'subject')
  return { ...common, subject: subject === null ? null : decodeWords(subject), ...inboundParts(tree.value) }
}

/** Belino's side of the simulated carrier. */
export function createSimulatorCarrier(options: SimulatorCarrierOptions): Carrier {
  const patience = options.patience ?? PATIENCE_MS

  const call = (
    account: string,
    path: string,
    init: RequestInit,
  ): Promise<{ response: Response; text: string }> =>
    withPatience(patience, async (signal) => {
      const response = await options.fetch(new Request(simulatorUrl(account, path), { ...init, signal }))
      return { response, text: await response.text() }
    })

  async function submit(submission: Submission): Promise<SubmitOutcome> {
    const { account, reference, channel, from, to, text, validUntil } = submission
    const head: SubmitHead = {
      reference,
      channel,
      from,
      to: [...to],
      text: channel === 'sms' ? text : null,
      validUntil,
    }
    let wrapped: { contentType: string; body: Uint8Array }
    try {
      wrapped = wrap(head, channel === 'sms' ? null : await entityOf(submission))
    } catch (error) {
      // Nothing has left yet, so that another attempt is safe.
      return {
        kind: 'later',
        reason: 'media_unreachable',
        vendorCode: null,
        vendorText: `The stored media could not be read: ${String(error)}`,
        retryAfter: null,
      }
    }
    try {
      const { response, text: answer } = await call(account, '/submit', {
        method: 'POST',
        headers: { 'content-type': wrapped.contentType },
        body: wrapped.body,
      })
      return outcomeOf(response, answer, options.clock.now())
    } catch (error) {
      return { kind: 'unknown', detail: String(error) }
    }
  }

  async function query(submission: Pick<Submission, 'account' | 'reference'>): Promise<QueryOutcome> {
    try {
      const path = `/messages/${encodeURIComponent(submission.reference)}`
      const { response, text } = await call(submission.account, path, { method: 'GET' })
      const answer = response.ok ? parseJson(SubmitAnswer, text) : null
      if (answer !== null) return { kind: 'found', vendorId: answer.id }
      // A 404 of anybody else on the way says nothing about the message.
      const absent = response.status === 404 && parseJson(ErrorAnswer, text)?.error.code === 'not_found'
      return { kind: absent ? 'absent' : 'later' }
    } catch {
      return { kind: 'later' }
    }
  }

  async function receive(request: HookRequest): Promise<HookOutcome> {
    const account = /\/hooks\/simulator\/([\w-]+)$/.exec(request.url.pathname)?.[1]
    if (request.method !== 'POST' || account === undefined) return { ok: false }
    const secret = await options.secret()
    if (!(await verifyHook(secret, request.headers, request.body, request.now))) return { ok: false }
    const wrapped = unwrap(request.headers.get('content-type'), request.body)
    const head = v.safeParse(HookEvent, wrapped?.head)
    // The signature covers the account in the head, so that one account's webhook is nothing at another's address.
    if (wrapped === null || !head.success || head.output.account !== account) return { ok: false }
    const event = eventOf(head.output, wrapped.entity)
    return event === null ? { ok: false } : { ok: true, account: head.output.account, events: [event] }
  }

  return { vendor: 'simulator', limits: simulatorLimits, submit, query, receive }
}
