import type { Message, Part } from '../../domain/message.ts'
import type { DeliveryReason } from '../../domain/reason.ts'
import { identityOf } from './state.ts'
import type { ReasonCode } from './wire.ts'
import type { ContactMessage } from './wire-message.ts'

/** Messages as the Conversation API shows them. */

/** Names under which a message keeps what the vendor gives back with it. */
export const TAG = {
  app: 'sinch_app_id',
  contact: 'sinch_contact_id',
  metadata: 'sinch_message_metadata',
  correlation: 'sinch_correlation_id',
  callback: 'sinch_callback_url',
} as const

/** The vendor's word for why a message failed. */
export function reasonCodeOf(reason: DeliveryReason): ReasonCode {
  switch (reason) {
    case 'invalid_recipient':
      return 'RECIPIENT_INVALID_CHANNEL_IDENTITY'
    case 'unreachable':
    case 'no_mms':
      return 'RECIPIENT_NOT_REACHABLE'
    case 'opted_out':
      return 'RECIPIENT_NOT_OPTED_IN'
    case 'carrier_rejected':
      return 'CHANNEL_REJECT'
    case 'spam_filtered':
    case 'content_refused':
      return 'DELIVERY_REJECTED_DUE_TO_POLICY'
    case 'unsupported_media':
      return 'MEDIA_TYPE_UNSUPPORTED'
    case 'too_large':
      return 'MEDIA_TOO_LARGE'
    case 'media_unreachable':
      return 'MEDIA_NOT_REACHABLE'
    case 'sender_not_allowed':
      return 'NO_PERMISSION'
    case 'rate_limited':
      return 'RATE_LIMITED'
    case 'insufficient_funds':
    case 'vendor_unavailable':
    case 'carrier_unavailable':
      return 'CHANNEL_FAILURE'
    case 'vendor_credentials':
      return 'CHANNEL_BAD_CONFIGURATION'
    case 'expired':
      return 'MESSAGE_EXPIRED'
    case 'outcome_unknown':
      return 'UNKNOWN'
  }
}

/** The vendor's word for where a message stands (`message_status.status`). */
export function statusOf(message: Pick<Message, 'state'>): string {
  switch (message.state) {
    case 'received':
      return 'RECEIVED'
    case 'delivered':
      return 'DELIVERED'
    case 'failed':
    case 'expired':
    case 'canceled':
      return 'FAILED'
    case 'submitted':
    case 'unconfirmed':
      return 'QUEUED_ON_CHANNEL'
    default:
      return 'QUEUED'
  }
}

/** What a message that came in is told as: as many as it has attachments, each with its words. */
export type Piece = { readonly id: string; readonly part: Part | null }

/** The pieces of a message that came in. The first has its id. */
export const piecesOf = (message: Pick<Message, 'id' | 'parts'>): Piece[] =>
  message.parts.length === 0
    ? [{ id: message.id, part: null }]
    : message.parts.map((part, n) => ({ id: n === 0 ? message.id : `${message.id}P${n + 1}`, part }))

/** The message of a piece's id. */
export const messageIdOf = (id: string): string => id.replace(/P\d{1,3}$/, '')

/** A piece as a contact message. `url` is where its attachment lies; null when it cannot be had. */
export function contactMessageOf(
  message: Pick<Message, 'subject' | 'text' | 'choice'>,
  part: Part | null,
  url: string | null,
): ContactMessage {
  const text = [message.subject, message.text].filter(Boolean).join('\n')
  if (part !== null && url === null)
    return {
      fallback_message: {
        raw_message: text,
        reason: {
          code: part.state === 'blocked' ? 'MEDIA_TYPE_UNSUPPORTED' : 'MEDIA_NOT_REACHABLE',
          description: 'An attachment came that cannot be handed on.',
          sub_code: 'ATTACHMENT_REJECTED',
        },
      },
    }
  if (part !== null && url !== null)
    return text === '' ? { media_message: { url } } : { media_card_message: { url, caption: text } }
  if (message.choice !== undefined) {
    const { message: message_id, postback, title } = message.choice
    return { choice_response_message: { message_id, postback_data: postback ?? title } }
  }
  return { text_message: { text } }
}

/** What was sent, for messages of which nothing else was kept: those that another API sent. */
export function appMessageOf(message: Pick<Message, 'subject' | 'text' | 'parts'>, urls: readonly string[]) {
  const [url] = urls
  if (message.subject !== null || (url !== undefined && message.text !== null))
    return {
      card_message: {
        title: message.subject ?? '',
        description: message.text ?? '',
        ...(url === undefined ? {} : { media_message: { url } }),
      },
    }
  return url === undefined ? { text_message: { text: message.text ?? '' } } : { media_message: { url } }
}

/** Where a message's other end is reached. */
export const channelIdentityOf = (message: Pick<Message, 'channel' | 'direction' | 'from' | 'to'>) => ({
  channel: message.channel.toUpperCase(),
  identity: identityOf((message.direction === 'inbound' ? message.from : message.to[0]) ?? ''),
  app_id: '',
})
