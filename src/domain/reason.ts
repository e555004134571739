/** Why a message failed at or beyond the vendor. The tables of every vendor map onto these and nothing else. */
export type DeliveryReason =
  | 'invalid_recipient'
  | 'unreachable'
  | 'no_mms'
  | 'opted_out'
  | 'carrier_rejected'
  | 'spam_filtered'
  | 'content_refused'
  | 'unsupported_media'
  | 'too_large'
  | 'media_unreachable'
  | 'sender_not_allowed'
  | 'rate_limited'
  | 'insufficient_funds'
  | 'vendor_unavailable'
  | 'vendor_credentials'
  | 'carrier_unavailable'
  | 'expired'
  | 'outcome_unknown'

/** What a reason means for what happens next. */
export type ReasonFacts = {
  /** One sentence for people: what happened and what to do. */
  readonly meaning: string
  /** Whether the same message may succeed later. */
  readonly retryable: boolean
  /** Whether a smaller rendition may succeed. */
  readonly refit?: true
  /** Whether it says that the recipient takes no MMS. */
  readonly noMms?: true
  /** Whether it says that the recipient opted out. */
  readonly optOut?: true
}

/** Every reason with its consequences. */
export const REASONS: { readonly [R in DeliveryReason]: ReasonFacts } = {
  invalid_recipient: {
    meaning: 'The number does not exist or cannot receive messages. Check it.',
    retryable: false,
  },
  unreachable: {
    meaning: 'The phone could not be reached in time. It may be off or out of coverage; send again later.',
    retryable: false,
  },
  no_mms: {
    meaning: "The recipient's phone or plan takes no picture messages. Send text, or a link.",
    retryable: false,
    noMms: true,
  },
  opted_out: {
    meaning: 'The recipient has opted out. Do not send again unless they opt in.',
    retryable: false,
    optOut: true,
  },
  carrier_rejected: {
    meaning: 'The carrier rejected the message and gave no reason that is more exact.',
    retryable: false,
  },
  spam_filtered: {
    meaning: 'The carrier filtered the message as unwanted. Check its text, links and registration.',
    retryable: false,
  },
  content_refused: { meaning: 'The carrier refused the content of the message.', retryable: false },
  unsupported_media: {
    meaning: 'The carrier or phone does not take a type of media in the message. Send another type.',
    retryable: false,
  },
  too_large: {
    meaning: 'The message was larger than the carrier takes. Send it again with a smaller budget.',
    retryable: false,
    refit: true,
  },
  media_unreachable: { meaning: 'The carrier could not fetch the media.', retryable: true },
  sender_not_allowed: {
    meaning: 'This number may not send that to this recipient. Check its registration and capabilities.',
    retryable: false,
  },
  rate_limited: {
    meaning: 'The vendor asked for a pause. The message is tried again by itself.',
    retryable: true,
  },
  insufficient_funds: { meaning: 'The account at the vendor has no credit left.', retryable: false },
  vendor_unavailable: {
    meaning: 'The vendor could not take the message. It is tried again by itself.',
    retryable: true,
  },
  vendor_credentials: {
    meaning: 'The vendor refused the credentials. Check them in its settings.',
    retryable: false,
  },
  carrier_unavailable: {
    meaning: "The recipient's carrier is down. The message is tried again by itself.",
    retryable: true,
  },
  expired: { meaning: 'The validity of the message ended before it could be handed over.', retryable: false },
  outcome_unknown: {
    meaning: 'The vendor never said whether it took the message, and cannot be asked.',
    retryable: false,
  },
}

/** The names of all reasons, in the order of the table. */
export const REASON_NAMES = Object.keys(REASONS) as DeliveryReason[]
