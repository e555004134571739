import * as v from 'valibot'
import type { DialectRecords } from '../../domain/dialect-records.ts'
import type { Message } from '../../domain/message.ts'
import type { Clock } from '../../domain/ports.ts'
import { REASONS } from '../../domain/reason.ts'
import type { DialectPoster } from '../contract.ts'
import { channelIdentityOf, contactMessageOf, piecesOf, reasonCodeOf, TAG } from './represent.ts'
import { signCallback } from './sign-callback.ts'
import {
  ensureContact,
  hears,
  identityOf,
  type KnownContact,
  placeOf,
  representContact,
  type SinchMessage,
  type SinchWebhook,
} from './state.ts'
import type { Trigger } from './wire.ts'

/** The dialect's other half: tells an app's endpoints what came in and what became of what the app sent. */

/** What of an event is told; the rest of it is read where it is true. */
const Told = v.object({
  type: v.string(),
  id: v.string(),
  created_at: v.string(),
  data: v.looseObject({
    number: v.optional(v.nullable(v.string())),
    conversation: v.optional(v.nullable(v.string())),
    members: v.optional(v.array(v.string())),
    message: v.optional(v.object({ id: v.string(), metadata: v.optional(v.record(v.string(), v.string())) })),
    /** Position of the attachment that it is about, from 1. */
    attachment: v.optional(v.number()),
    address: v.optional(v.nullable(v.string())),
    programme: v.optional(v.nullable(v.string())),
    state: v.optional(v.nullable(v.string())),
    trigger: v.optional(v.string()),
    body: v.optional(v.record(v.string(), v.unknown())),
  }),
})
type Told = v.InferOutput<typeof Told>

/** What a poster needs of the gateway. */
export type PosterPorts = {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly clock: Clock
  readonly records: DialectRecords
  /** A message as it stands now. */
  readonly message: (account: string, id: string) => Promise<Message | null>
  /** A public URL of a file, as it came. */
  readonly publicUrl: (id: string, name: string) => Promise<string>
}

/** A callback about to be posted. */
type Callback = {
  readonly trigger: Trigger
  readonly body: Readonly<Record<string, unknown>>
  /** Where it goes in place of the endpoint's own URL: the same place, with a query of the message's own. */
  readonly url?: string
}

/** Whom an event is told to. */
type Listener = { readonly account: string; readonly app: string; readonly webhook: SinchWebhook }

const iso = (at: number): string => new Date(at).toISOString()

/** What came in: one attachment of it, or its words. Null while its attachment is still being copied. */
async function inbound(ports: PosterPorts, to: Listener, event: Told): Promise<Callback[] | null> {
  const { account, app } = to
  const message = await ports.message(account, event.data.message?.id ?? '')
  if (message === null || !(await hears(ports.records, account, app, event.data.number ?? null))) return []
  const pieces = piecesOf(message)
  const piece = pieces[(event.data.attachment ?? 1) - 1]
  if (piece === undefined) return []
  const { id, part } = piece
  if (part?.state === 'pending') return null
  // The public address of our own that hands on what may be shown of it.
  const url =
    part?.state === 'stored'
      ? (await ports.publicUrl(part.media, part.name)).replace('/m/', '/dialects/sinch/media/')
      : null
  const contact = await ensureContact(ports.records, account, message.from, event.id, ports.clock.now())
  return [
    {
      trigger: 'MESSAGE_INBOUND',
      body: {
        message: {
          id,
          direction: 'TO_APP',
          contact_message: contactMessageOf(message, part, url),
          channel: message.channel.toUpperCase(),
          channel_identity: channelIdentityOf(message),
          conversation_id: message.conversation,
          contact_id: contact.id,
          metadata: '',
          accept_time: iso(message.createdAt),
          sender_id: identityOf(message.to[0] ?? ''),
          processing_mode: 'CONVERSATION',
          injected: false,
        },
      },
    },
  ]
}

/** What became of a message that the app sent. Of MMS the vendor knows two ends, and so does this. */
async function outbound(ports: PosterPorts, to: Listener, event: Told): Promise<Callback[]> {
  const tags = event.data.message?.metadata ?? {}
  if (tags[TAG.app] !== to.app) return []
  const wanted = tags[TAG.callback] ?? null
  // A message with a URL of its own is told there and nowhere else.
  const place = wanted === null ? null : placeOf(wanted)
  if (to.webhook.override === true ? place !== to.webhook.target : wanted !== null) return []
  const own = wanted === null ? {} : { url: wanted }
  const message = await ports.message(to.account, event.data.message?.id ?? '')
  if (message === null) return []
  const common = {
    message_id: message.id,
    conversation_id: message.conversation,
    channel_identity: channelIdentityOf(message),
    contact_id: tags[TAG.contact] ?? '',
    metadata: tags[TAG.metadata] ?? '',
    processing_mode: 'CONVERSATION',
  }
  const envelope = { message_metadata: tags[TAG.metadata] ?? '', correlation_id: tags[TAG.correlation] ?? '' }
  if (event.type === 'message.submitted') {
    const note = await ports.records.find(to.account, 'sinch_message', message.id)
    const submitted = (note?.body as SinchMessage | undefined)?.app_message
    const submitted_message = submitted ?? { text_message: { text: message.text ?? '' } }
    return [
      {
        ...own,
        trigger: 'MESSAGE_SUBMIT',
        body: { ...envelope, message_submit_notification: { ...common, submitted_message } },
      },
    ]
  }
  const delivered = event.type === 'message.delivered'
  const why = message.reason ?? (event.type === 'message.expired' ? 'expired' : 'carrier_rejected')
  const reason = {
    code: reasonCodeOf(why),
    description: message.vendorText ?? REASONS[why].meaning,
    sub_code: 'UNSPECIFIED_SUB_CODE',
  }
  return [
    {
      ...own,
      trigger: 'MESSAGE_DELIVERY',
      body: {
        ...envelope,
        message_delivery_report: {
          ...common,
          status: delivered ? 'DELIVERED' : 'FAILED',
          channel: message.channel.toUpperCase(),
          ...(delivered ? {} : { reason }),
        },
      },
    },
  ]
}

/** A first message between two: the conversation, and who was not known before. */
async function started(ports: PosterPorts, to: Listener, event: Told): Promise<Callback[]> {
  const { account, app } = to
  const { number = null, conversation, members } = event.data
  const [other] = members ?? []
  if (other === undefined || members?.length !== 1) return []
  if (!(await hears(ports.records, account, app, number))) return []
  const now = ports.clock.now()
  const contact: KnownContact = await ensureContact(ports.records, account, other, event.id, now)
  const shown = {
    id: conversation,
    app_id: app,
    contact_id: contact.id,
    active: true,
    active_channel: 'MMS',
    last_received: event.created_at,
    metadata: '',
    metadata_json: {},
    correlation_id: '',
  }
  const start: Callback = {
    trigger: 'CONVERSATION_START',
    body: { conversation_start_notification: { conversation: shown } },
  }
  // Every endpoint finds the same event in the contact, so that each is told, and told again when it did not answer.
  return contact.contact.origin !== event.id
    ? [start]
    : [
        {
          trigger: 'CONTACT_CREATE',
          body: { contact_create_notification: { contact: representContact(contact) } },
        },
        start,
      ]
}

async function consent(ports: PosterPorts, to: Listener, event: Told): Promise<Callback[]> {
  const { address, state } = event.data
  if (address == null) return []
  const name = state === 'out' ? 'OUT' : 'IN'
  const contact = await ensureContact(ports.records, to.account, address, event.id, ports.clock.now())
  return [
    {
      trigger: `OPT_${name}`,
      body: {
        [`opt_${name.toLowerCase()}_notification`]: {
          request_id: event.id,
          contact_id: contact.id,
          channel: 'MMS',
          identity: identityOf(address),
          status: `OPT_${name}_SUCCEEDED`,
          processing_mode: 'CONVERSATION',
        },
      },
    },
  ]
}

/** The callbacks of an event; null when it is too early for them. */
async function callbacksOf(ports: PosterPorts, to: Listener, event: Told): Promise<Callback[] | null> {
  switch (event.type) {
    case 'message.submitted':
    case 'message.delivered':
    case 'message.failed':
    case 'message.expired':
      return await outbound(ports, to, event)
    case 'sinch.callback':
      return [{ trigger: event.data.trigger as Trigger, body: event.data.body ?? {} }]
  }
  if (to.webhook.override === true) return []
  switch (event.type) {
    case 'message.received':
      return await inbound(ports, to, event)
    case 'conversation.created':
      return await started(ports, to, event)
    case 'consent.changed':
      return await consent(ports, to, event)
    default:
      return []
  }
}

/** Makes the poster of the Conversation API. */
export function createSinchPoster(ports: PosterPorts): DialectPoster {
  return async ({ account, url, webhook: id }, body, signal) => {
    const parsed = v.safeParse(Told, JSON.parse(body))
    if (!parsed.success) return 204
    const event = parsed.output
    const record = await ports.records.find(account, 'sinch_webhook', id)
    if (record === null) return 204
    const webhook = record.body as SinchWebhook
    const app = record.parent
    const callbacks = await callbacksOf(ports, { account, app, webhook }, event)
    if (callbacks === null) return 503
    const wanted = callbacks.filter(
      ({ trigger }) => webhook.triggers.length === 0 || webhook.triggers.includes(trigger),
    )
    if (wanted.length === 0) return 204
    const secret =
      webhook.override === true
        ? (await ports.records.find(account, 'sinch_app', app))?.secrets?.override
        : record.secrets?.secret
    for (const callback of wanted) {
      const envelope = {
        app_id: app,
        accepted_time: event.created_at,
        event_time: event.created_at,
        project_id: account,
        message_metadata: '',
        correlation_id: '',
      }
      const sent = JSON.stringify({ ...envelope, ...callback.body })
      const response = await ports.fetch(callback.url ?? url, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'content-type': 'application/json',
          ...(secret ? await signCallback(secret, sent, ports.clock.now()) : {}),
        },
        body: sent,
        signal,
      })
      response.body?.cancel().catch(() => {})
      if (!response.ok) return response.status
    }
    return 204
  }
}
