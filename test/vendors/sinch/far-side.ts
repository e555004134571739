import type { Conversation } from '@sinch/sdk-core'

/**
 * Sinch as its own client library has it in types (@sinch/sdk-core 1.4, @sinch/conversation models/v1), and as its pages describe
 * what the types do not say (developers.sinch.com/docs/conversation, docs/mms). It imports nothing of ours.
 */

type Send = Conversation.SendMessageRequest<Conversation.Recipient>

/** Every member that the library's types have, and none that they do not. */
const SEND = [
  'app_id',
  'callback_url',
  'channel_priority_order',
  'channel_properties',
  'message_metadata',
  'conversation_metadata',
  'queue',
  'recipient',
  'ttl',
  'processing_strategy',
  'correlation_id',
  'conversation_metadata_update_strategy',
  'message_content_type',
  'message',
] as const satisfies readonly (keyof Send)[]
const CARD = [
  'choices',
  'description',
  'height',
  'media_message',
  'title',
  'message_properties',
] as const satisfies readonly (keyof Conversation.CardMessageItem)[]
const MEDIA = [
  'url',
  'thumbnail_url',
  'filename_override',
] as const satisfies readonly (keyof Conversation.MediaProperties)[]
const CHANNELS: readonly Conversation.ConversationChannel[] = ['MMS', 'SMS']

type Bag = Record<string, unknown>

function members(value: unknown, known: readonly string[], needed: readonly string[], where: string): Bag {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${where}: no object`)
  for (const name of Object.keys(value))
    if (!known.includes(name)) throw new Error(`${where}: no ${name} there`)
  for (const name of needed) if (!(name in value)) throw new Error(`${where}: ${name} is missing`)
  return value as Bag
}

const text = (value: unknown, where: string, most = 10_000): string => {
  if (typeof value !== 'string' || value.length > most)
    throw new Error(`${where}: no text of at most ${most}`)
  return value
}

function media(value: unknown, where: string): void {
  const { url } = members(value, MEDIA, ['url'], where)
  if (!/^https?:\/\//.test(text(url, where))) throw new Error(`${where}: no URL`)
}

/** Reads `messages:send` as strictly as the library's types have it. Throws where the vendor would answer 400. */
export function readSend(body: string): Send {
  const send = members(JSON.parse(body), SEND, ['app_id', 'recipient', 'message'], 'request')
  text(send.app_id, 'app_id')
  const recipient = members(send.recipient, ['identified_by'], ['identified_by'], 'recipient')
  const by = members(recipient.identified_by, ['channel_identities'], ['channel_identities'], 'identified_by')
  for (const one of by.channel_identities as unknown[]) {
    const identity = members(one, ['channel', 'identity', 'app_id'], ['channel', 'identity'], 'identity')
    if (!CHANNELS.includes(identity.channel as 'MMS')) throw new Error('channel')
    if (!/^\+?\d{5,15}$/.test(text(identity.identity, 'identity'))) throw new Error('identity')
  }
  for (const one of send.channel_priority_order as unknown[])
    if (!CHANNELS.includes(one as 'MMS')) throw new Error('channel_priority_order')
  for (const one of Object.values(send.channel_properties as Bag)) text(one, 'channel_properties', 1024)
  text(send.message_metadata ?? '', 'message_metadata', 1024)
  text(send.correlation_id ?? '', 'correlation_id', 128)
  const seconds = Number(/^(\d+)s$/.exec(text(send.ttl, 'ttl'))?.[1])
  if (!(seconds >= 3)) throw new Error('ttl')
  const kinds = ['text_message', 'media_message', 'card_message']
  const message = members(send.message, kinds, [], 'message')
  if (Object.keys(message).length !== 1) throw new Error('message: one member')
  if ('text_message' in message)
    text(members(message.text_message, ['text'], ['text'], 'text_message').text, 'text')
  if ('media_message' in message) media(message.media_message, 'media_message')
  if ('card_message' in message) {
    const card = members(message.card_message, CARD, [], 'card_message')
    text(card.title ?? '', 'title', 80)
    if ('media_message' in card) media(card.media_message, 'card media')
  }
  return send as unknown as Send
}

/** The answer to `messages:send`. */
export const sent = (id: string): Response =>
  Response.json({ message_id: id, accepted_time: '2026-04-14T16:15:23.414Z' })

/** An error, as Google's RPC codes have it. */
export const refusal = (code: number, status: string, message = 'Because.'): Response =>
  Response.json({ error: { code, message, status, details: [] } }, { status: code })

/** The headers of a signed callback. */
export async function signedHeaders(
  secret: string,
  body: string,
  seconds: number,
  nonce = '01FJA8B4A7BM43YGWSG9GBV067',
): Promise<Record<string, string>> {
  const bytes = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes.encode(secret), algorithm, false, ['sign'])
  const mac = await crypto.subtle.sign('HMAC', key, bytes.encode(`${body}.${nonce}.${seconds}`))
  return {
    'x-sinch-webhook-signature': btoa(String.fromCharCode(...new Uint8Array(mac))),
    'x-sinch-webhook-signature-nonce': nonce,
    'x-sinch-webhook-signature-timestamp': String(seconds),
    'x-sinch-webhook-signature-algorithm': 'HmacSHA256',
  }
}

/** MESSAGE_INBOUND, in the shape of the page's samples. */
export const inbound = (
  contact_message: Record<string, unknown>,
  more: Record<string, unknown> = {},
  id = '01E6NKBV63YG6K01ENEW7S1N80',
): string =>
  JSON.stringify({
    app_id: 'app1',
    accepted_time: '2026-04-14T16:15:23.414Z',
    message: {
      id,
      direction: 'TO_APP',
      contact_message,
      channel_identity: { channel: 'MMS', identity: '16135550123', app_id: '' },
      channel: 'MMS',
      conversation_id: '01E6K4A8PGZ6MV0GD3C7M901MZ',
      contact_id: '01E6K4A8N3NANZ05VM0FS80EHD',
      metadata: '',
      accept_time: '2026-04-14T16:15:23.410Z',
      sender_id: '14165550100',
      ...more,
    },
  })

/** MESSAGE_DELIVERY, in the shape of the page's sample. */
export const delivery = (
  status: string,
  reason: Record<string, unknown> | string = '',
  metadata = '',
): string =>
  JSON.stringify({
    app_id: 'app1',
    accepted_time: '2026-04-14T16:15:23.414Z',
    message_delivery_report: {
      message_id: '01E6K7CMXY3KHH0AGCTY6D04F2',
      conversation_id: '01E6JY5HMCADX31SANQ0YE0CH6',
      status,
      channel: 'MMS',
      reason,
      metadata,
    },
  })
