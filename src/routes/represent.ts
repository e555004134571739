import type { Message, MessageWithTimeline, Part } from '../domain/message.ts'
import type { OwnNumber } from '../domain/number.ts'
import type { ConversationRow, StoredMedia } from '../domain/ports.ts'
import { REASONS } from '../domain/reason.ts'
import type { Standing } from '../domain/state.ts'
import type { OwnNumber as NumberAnswer } from './answers/account.ts'
import type { Told } from './answers/common.ts'
import type * as Answer from './answers/message.ts'

/** How things look on the wire of the native API: JSON with snake_case names, times in ISO 8601. */

const iso = (at: number): string => new Date(at).toISOString()

const reason = (standing: Pick<Standing, 'reason'> | { reason: Message['reason'] }) =>
  standing.reason == null ? null : { code: standing.reason, message: REASONS[standing.reason].meaning }

/** A part of a message. */
export const representPart = (one: Part): Told<typeof Answer.Part> => ({
  media: one.media === '' || one.state === 'blocked' ? null : one.media,
  name: one.name,
  type: one.type,
  bytes: one.bytes,
  width: one.width ?? null,
  height: one.height ?? null,
  sha256: one.sha256 === '' || one.state === 'blocked' ? null : one.sha256,
  state: one.state,
  alt: one.alt ?? null,
  reason: one.reason ?? null,
  score: one.score ?? null,
  source:
    one.source === undefined
      ? null
      : {
          media: one.source.media,
          type: one.source.type,
          bytes: one.source.bytes,
          width: one.source.width ?? null,
          height: one.source.height ?? null,
        },
})

/** A message. */
export const representMessage = (message: Message): Told<typeof Answer.Message> => ({
  id: message.id,
  conversation: message.conversation,
  sequence: message.sequence,
  direction: message.direction,
  channel: message.channel,
  vendor: message.vendor,
  from: message.from,
  sent_from: message.via ?? message.from,
  to: message.to,
  subject: message.subject,
  text: message.text,
  state: message.state,
  certainty: message.certainty,
  reason: reason(message),
  vendor_code: message.vendorCode,
  vendor_text: message.vendorText,
  maybe_duplicate: message.maybeDuplicate,
  budget: message.budget,
  wire_bytes: message.wireBytes,
  parts: message.parts.map(representPart),
  recipients: message.recipients.map((one) => ({
    address: one.address,
    state: one.state,
    certainty: one.certainty ?? null,
    reason: reason(one),
  })),
  warnings: message.warnings,
  pieces: message.pieces?.length ?? 1,
  metadata: message.metadata ?? {},
  batch: message.batch ?? null,
  answers: message.answers ?? null,
  choices: message.offers ?? [],
  choice_response: message.choice ?? null,
  sent_by: message.sentBy ?? null,
  created_at: iso(message.createdAt),
  updated_at: iso(message.updatedAt),
})

/** A message with its history. */
export const representTimeline = (message: MessageWithTimeline): Told<typeof Answer.MessageWithTimeline> => ({
  ...representMessage(message),
  timeline: message.timeline.map((entry) => ({
    at: iso(entry.at),
    event: entry.event,
    detail: entry.detail,
    attempt: entry.attempt,
    vendor_code: entry.vendorCode,
  })),
})

/** A conversation in a list. */
export const representConversation = (row: ConversationRow) => ({
  id: row.id,
  number: row.own,
  members: row.members,
  group: row.members.length > 1,
  messages: row.messages,
  last_message: row.lastMessage,
  created_at: iso(row.createdAt),
  updated_at: iso(row.updatedAt),
})

/** A stored file; with a public URL where one was made. */
export const representMedia = (media: StoredMedia, url?: string): Told<typeof Answer.Media> => ({
  id: media.id,
  type: media.type,
  bytes: media.bytes,
  width: media.width,
  height: media.height,
  sha256: media.sha256,
  ...(url === undefined ? {} : { url }),
  created_at: iso(media.createdAt),
  expires_at: iso(media.expiresAt),
})

/** A number of the account. */
export const representNumber = (number: OwnNumber): Told<typeof NumberAnswer> => ({
  number: number.address,
  type: number.type,
  country: number.country,
  vendor: number.vendor,
  sms: number.sms,
  mms: number.mms,
  capabilities: number.capabilities,
  ported_at: number.portedAt === null ? null : iso(number.portedAt),
  budget: number.budget,
  default: number.isDefault,
  label: number.label,
  prices: {
    sms_out: number.prices.smsOut,
    sms_in: number.prices.smsIn,
    mms_out: number.prices.mmsOut,
    mms_in: number.prices.mmsIn,
  },
  prefer_jpeg: number.preferJpeg,
  failover: number.failover,
  sms_max_segments: number.smsMaxSegments,
  registration:
    number.registration === null
      ? null
      : {
          kind: number.registration.kind,
          state: number.registration.state,
          id: number.registration.id,
          caps: {
            per_second: number.registration.caps.perSecond,
            per_minute: number.registration.caps.perMinute,
            per_day: number.registration.caps.perDay,
          },
        },
})
