import * as v from 'valibot'
import { joinBytes } from '../../domain/bytes.ts'
import type { Message } from '../../domain/message.ts'
import type { DialectPoster } from '../contract.ts'
import { withContent } from './content.ts'
import { addressElement, DEFAULT_NAMESPACE, envelope, readMessage, statusOf, versionOf } from './wire.ts'
import { element, escapeXml } from './xml.ts'

/** The relay's other half: tells a provider of services what came in and what became of what it sent. */

const text = v.nullable(v.string())

/** What of an event is told in MM7; the rest of it is passed over. */
const Told = v.object({
  type: v.string(),
  id: v.string(),
  created_at: v.string(),
  data: v.object({
    number: text,
    message: v.object({
      id: v.string(),
      from: v.string(),
      recipients: v.array(v.object({ address: v.string(), state: v.string(), certainty: v.optional(text) })),
      vendor_text: v.optional(text, null),
    }),
  }),
})
type Told = v.InferOutput<typeof Told>

/** MMStatus of a state (clause 8.7.4); null for states that no report is about. */
const STATUS: Readonly<Record<string, string>> = {
  delivered: 'Retrieved',
  failed: 'Rejected',
  expired: 'Expired',
  unconfirmed: 'Indeterminate',
}

/** What a poster needs of the gateway. */
export type PosterPorts = {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** A message as it stands now: an event carries less of it, and its media may have come later. */
  readonly message: (account: string, id: string) => Promise<Message | null>
  /** The bytes of a file of an account; null when they are gone. */
  readonly media: (account: string, id: string) => Promise<Uint8Array | null>
}

type Told7 = {
  readonly transaction: string
  readonly contentType: string
  readonly body: Uint8Array | string
}

const head = { namespace: DEFAULT_NAMESPACE }
const version = element('MM7Version', versionOf(DEFAULT_NAMESPACE))

/** DeliveryReportReq, one for each recipient: it has room for one. */
function reports(event: Told): Told7[] {
  const { message } = event.data
  return message.recipients.flatMap((one, i) => {
    const status = STATUS[one.state]
    if (status === undefined) return []
    const transaction = `${event.id}.${i}`
    const body = envelope(
      { ...head, transaction },
      'DeliveryReportReq',
      version +
        element('MessageID', escapeXml(message.id)) +
        element('Recipient', addressElement(one.address)) +
        element('Sender', addressElement(message.from)) +
        element('Date', event.created_at) +
        element('MMStatus', status) +
        element('StatusText', escapeXml(message.vendor_text ?? one.state)),
    )
    return [{ transaction, contentType: 'text/xml; charset=utf-8', body }]
  })
}

/** DeliverReq with everything that came, byte for byte. */
async function delivery(ports: PosterPorts, event: Told, message: Message): Promise<Told7> {
  const bodies: Uint8Array[] = []
  const parts: { name: string; type: string; bytes: number }[] = []
  for (const part of message.parts) {
    const bytes = part.state === 'stored' ? await ports.media(message.account, part.media) : null
    if (bytes === null) continue
    bodies.push(bytes)
    parts.push({ name: part.name, type: part.type, bytes: bytes.length })
  }
  const own = event.data.number ?? message.to[0] ?? ''
  const group = message.to.length > 1
  const numbers = message.to.map((one) =>
    addressElement(one, group ? { displayOnly: String(one !== own) } : {}),
  )
  const xml = envelope(
    { ...head, transaction: event.id },
    'DeliverReq',
    version +
      element('LinkedID', escapeXml(message.id)) +
      element('Sender', addressElement(message.from)) +
      element('Recipients', element('To', numbers.join(''))) +
      element('TimeStamp', new Date(message.createdAt).toISOString()) +
      element('Priority', 'Normal') +
      element('Subject', message.subject === null ? null : escapeXml(message.subject)) +
      element('Content', '', { href: 'cid:generic', allowAdaptations: 'true' }),
  )
  const made = withContent(
    xml,
    {
      id: event.id,
      from: message.from,
      to: message.to,
      subject: message.subject,
      text: message.text,
      parts,
      date: message.createdAt,
      encoding: 'base64',
    },
    bodies,
  )
  return { transaction: event.id, ...made }
}

/** Whether an endpoint took a request: status 1000 in an answer to this transaction (clause 8.7.2). */
async function taken(response: Response, transaction: string): Promise<boolean> {
  if (!response.ok) return false
  const bytes = joinBytes([new Uint8Array(await response.arrayBuffer())])
  const read = readMessage(response.headers.get('content-type'), bytes.subarray(0, 100_000))
  if (!read.ok || (read.value.transaction ?? transaction) !== transaction) return false
  return statusOf(read.value.body)?.code === 1000
}

/** Makes the poster of MM7: DeliverReq for what came in, DeliveryReportReq for what ended. */
export function createMm7Poster(ports: PosterPorts): DialectPoster {
  return async ({ account, url }, body, signal) => {
    const event = v.safeParse(Told, JSON.parse(body))
    if (!event.success) return 204
    const { type, data } = event.output
    const received = type === 'message.received' ? await ports.message(account, data.message.id) : null
    // What is still being copied from where a vendor offers it is waited for.
    if (received?.parts.some((part) => part.state === 'pending')) return 503
    const requests =
      received !== null
        ? [await delivery(ports, event.output, received)]
        : /^message\.(?:delivered|failed|expired|unconfirmed)$/.test(type)
          ? reports(event.output)
          : []
    for (const { transaction, contentType, body: sent } of requests) {
      const response = await ports.fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': contentType, soapaction: '""' },
        body: sent,
        signal,
      })
      if (!(await taken(response, transaction))) return response.ok ? 502 : response.status
    }
    return 204
  }
}
