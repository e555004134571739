import * as v from 'valibot'
import { AppMessage, ContactMessage } from './wire-message.ts'

/** Requests, answers, callbacks and errors of the Conversation API, both ways (@sinch/conversation 1.4; the vendor's MMS page). */

const text = v.string()
const optional = v.optional(v.nullable(text))

/** Where somebody is reached on a channel: `MMS` or `SMS` with a number, whose plus may be missing. */
export const ChannelIdentity = v.object({ channel: text, identity: text, app_id: optional })
/** Where somebody is reached on a channel. */
export type ChannelIdentity = v.InferOutput<typeof ChannelIdentity>

/** A stored contact, or the numbers themselves. */
export const Recipient = v.object({
  contact_id: optional,
  identified_by: v.optional(
    v.nullable(v.object({ channel_identities: v.pipe(v.array(ChannelIdentity), v.maxLength(20)) })),
  ),
})
/** A stored contact, or the numbers themselves. */
export type Recipient = v.InferOutput<typeof Recipient>

/** `POST messages:send`. */
export const SendMessageRequest = v.object({
  app_id: text,
  recipient: Recipient,
  message: AppMessage,
  channel_priority_order: v.optional(v.nullable(v.array(text))),
  channel_properties: v.optional(v.nullable(v.record(text, v.pipe(text, v.maxLength(1024))))),
  message_metadata: v.optional(v.nullable(v.pipe(text, v.maxLength(1024)))),
  /** At most 2,048 characters of JSON. */
  conversation_metadata: v.optional(v.nullable(v.record(text, v.unknown()))),
  conversation_metadata_update_strategy: v.optional(v.nullable(v.picklist(['REPLACE', 'MERGE_PATCH']))),
  correlation_id: v.optional(v.nullable(v.pipe(text, v.maxLength(128)))),
  callback_url: v.optional(v.nullable(v.pipe(text, v.maxLength(742)))),
  /** Seconds as `10s`. */
  ttl: v.optional(v.nullable(v.pipe(text, v.regex(/^\d{1,12}(?:\.\d{1,9})?s$/)))),
  queue: optional,
  processing_strategy: optional,
  message_content_type: v.optional(
    v.nullable(v.picklist(['CONTENT_UNKNOWN', 'CONTENT_MARKETING', 'CONTENT_NOTIFICATION'])),
  ),
})
/** `POST messages:send`. */
export type SendMessageRequest = v.InferOutput<typeof SendMessageRequest>

/** The answer to `messages:send`. */
export const SendMessageResponse = v.object({ message_id: text, accepted_time: optional })

/** The answer of `POST /oauth2/token`. */
export const TokenResponse = v.object({
  access_token: text,
  /** Seconds. */
  expires_in: v.optional(v.number()),
  scope: optional,
  token_type: optional,
})

/** Why a message failed; the vendor's page shows an empty text where there is none. */
export const Reason = v.object({ code: optional, description: optional, sub_code: optional })
/** Why a message failed. */
export type Reason = v.InferOutput<typeof Reason>

/** The words of `reason.code`. */
export const REASON_CODES = [
  'UNKNOWN',
  'INTERNAL_ERROR',
  'RATE_LIMITED',
  'RECIPIENT_INVALID_CHANNEL_IDENTITY',
  'RECIPIENT_NOT_REACHABLE',
  'RECIPIENT_NOT_OPTED_IN',
  'OUTSIDE_ALLOWED_SENDING_WINDOW',
  'CHANNEL_FAILURE',
  'CHANNEL_BAD_CONFIGURATION',
  'CHANNEL_CONFIGURATION_MISSING',
  'MEDIA_TYPE_UNSUPPORTED',
  'MEDIA_TOO_LARGE',
  'MEDIA_NOT_REACHABLE',
  'NO_CHANNELS_LEFT',
  'TEMPLATE_NOT_FOUND',
  'TEMPLATE_INSUFFICIENT_PARAMETERS',
  'TEMPLATE_NON_EXISTING_LANGUAGE_OR_VERSION',
  'DELIVERY_TIMED_OUT',
  'DELIVERY_REJECTED_DUE_TO_POLICY',
  'CONTACT_NOT_FOUND',
  'BAD_REQUEST',
  'UNKNOWN_APP',
  'NO_CHANNEL_IDENTITY_FOR_CONTACT',
  'CHANNEL_REJECT',
  'NO_PERMISSION',
  'NO_PROFILE_AVAILABLE',
  'UNSUPPORTED_OPERATION',
  'INACTIVE_CREDENTIAL',
  'MESSAGE_EXPIRED',
  'MESSAGE_SPLIT_REQUIRED',
  'DELIVERY_REPORT_TIME_OUT',
] as const
/** A word of `reason.code`. */
export type ReasonCode = (typeof REASON_CODES)[number]

/** A message that came in, as callbacks have it. `channel` is the page's older place of the channel. */
export const InboundMessage = v.object({
  id: text,
  direction: optional,
  contact_message: ContactMessage,
  channel: optional,
  channel_identity: v.optional(v.nullable(ChannelIdentity)),
  conversation_id: optional,
  contact_id: optional,
  metadata: optional,
  accept_time: optional,
  sender_id: optional,
})
/** A message that came in. */
export type InboundMessage = v.InferOutput<typeof InboundMessage>

/** What became of a message that was sent. */
export const DeliveryReport = v.object({
  message_id: text,
  conversation_id: optional,
  status: text,
  channel: optional,
  channel_identity: v.optional(v.nullable(ChannelIdentity)),
  contact_id: optional,
  reason: v.optional(v.nullable(v.union([Reason, text]))),
  metadata: optional,
})
/** What became of a message that was sent. */
export type DeliveryReport = v.InferOutput<typeof DeliveryReport>

/** That somebody wants messages, or none any more. */
const Opt = v.object({
  contact_id: optional,
  channel: optional,
  identity: optional,
  status: optional,
})

/** Every callback: what it is follows from the one member beside the envelope. Others are passed over. */
export const Callback = v.object({
  app_id: optional,
  project_id: optional,
  accepted_time: optional,
  event_time: optional,
  message_metadata: optional,
  correlation_id: optional,
  message: v.optional(InboundMessage),
  message_delivery_report: v.optional(DeliveryReport),
  opt_in_notification: v.optional(Opt),
  opt_out_notification: v.optional(Opt),
})
/** Every callback. */
export type Callback = v.InferOutput<typeof Callback>

/** What an endpoint can ask to be told of. */
export const TRIGGERS = [
  'UNSPECIFIED_TRIGGER',
  'MESSAGE_DELIVERY',
  'MESSAGE_SUBMIT',
  'MESSAGE_INBOUND',
  'EVENT_DELIVERY',
  'EVENT_INBOUND',
  'SMART_CONVERSATIONS',
  'MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION',
  'CONVERSATION_START',
  'CONVERSATION_STOP',
  'CONVERSATION_DELETE',
  'CONTACT_CREATE',
  'CONTACT_DELETE',
  'CONTACT_MERGE',
  'CONTACT_UPDATE',
  'CONTACT_IDENTITIES_DUPLICATION',
  'UNSUPPORTED',
  'OPT_IN',
  'OPT_OUT',
  'CHANNEL_EVENT',
  'CAPABILITY',
  'RECORD_NOTIFICATION',
] as const
/** What an endpoint can ask to be told of. */
export type Trigger = (typeof TRIGGERS)[number]

/** What is wrong with a request, in the words of Google's RPC codes, which this vendor uses. */
export const ErrorBody = v.object({
  error: v.object({
    code: v.number(),
    message: v.optional(text, ''),
    status: optional,
    details: v.optional(v.nullable(v.array(v.unknown()))),
  }),
})
/** What is wrong with a request. */
export type ErrorBody = v.InferOutput<typeof ErrorBody>
