import type { Address } from './address.ts'
import type { ChoiceResponse, Offer } from './choice.ts'
import type { Automatic, Purpose } from './consent.ts'
import type { VendorName } from './number.ts'
import type { DeliveryReason } from './reason.ts'
import type { Metadata } from './send-options.ts'
import type { SlidePlace } from './smil.ts'
import type { Piece } from './split.ts'
import type { Certainty, MessageState, Standing } from './state.ts'

/** SMS or MMS. */
export type Channel = 'sms' | 'mms'

/** A remark that does not stop a message: what may disappoint, where, and what to do. */
export type Warning = { readonly code: string; readonly message: string; readonly field?: string }

/** What a part was before it was fitted. */
export type PartSource = {
  readonly media: string
  readonly type: string
  readonly bytes: number
  readonly width?: number
  readonly height?: number
}

/** One attachment of a message, in order. */
export type Part = {
  /** The media id of the bytes that travel. */
  readonly media: string
  /** A plain name without anything of the device's own: image1.jpg. */
  readonly name: string
  readonly type: string
  readonly bytes: number
  readonly sha256: string
  readonly width?: number
  readonly height?: number
  /** What somebody is told who cannot see or hear it, in its sender's words. */
  readonly alt?: string
  /** Where its sender put it, in a presentation of their own. */
  readonly slide?: SlidePlace
  /** 0 to 100, for a picture that we fitted: how near it looks to its source on a phone. */
  readonly score?: number
  /** Set on what we fitted. */
  readonly source?: PartSource
  /** One sentence: why it became what it became. */
  readonly reason?: string
  /**
   * `pending` and `unavailable` exist on inbound parts only, while and after their media was copied; `blocked` is stored, and
   * neither shown nor passed on, by the content profile of its time.
   */
  readonly state: 'stored' | 'pending' | 'unavailable' | 'blocked'
}

/** A message as its conversation's object keeps it: the one truth. */
export type Message = {
  readonly id: string
  readonly account: string
  readonly conversation: string
  /** Position in the conversation, from 1; the order of submission. */
  readonly sequence: number
  readonly direction: 'outbound' | 'inbound'
  readonly channel: Channel
  readonly vendor: VendorName
  readonly from: Address
  /** The number that it went from in place of `from`, which could not send it. */
  readonly via?: Address
  readonly to: readonly Address[]
  readonly subject: string | null
  readonly text: string | null
  readonly parts: readonly Part[]
  /** Bytes that the whole message may take on the wire, and takes. */
  readonly budget: number
  readonly wireBytes: number
  readonly warnings: readonly Warning[]
  /** Why it is sent, for consent; absent on inbound messages. */
  readonly purpose?: Purpose
  readonly programme?: string
  /** The key that sent it; absent on inbound messages. */
  readonly sentBy?: string
  /** No person wrote it. */
  readonly automatic?: Automatic
  /** The messages that it goes as, where its vendor carries fewer parts than it has. */
  readonly pieces?: readonly Piece[]
  readonly metadata?: Metadata
  /** The text that goes in its place where no MMS can, if its sender said so. */
  readonly otherwise?: string
  /** Names what went to several people at once, a message each. */
  readonly batch?: string
  /** The message of such a batch that an inbound message most likely answers. */
  readonly answers?: string
  /** Answers that it offered, as they are numbered in its text. */
  readonly offers?: readonly Offer[]
  /** The answer that an inbound message chose, and of which message. */
  readonly choice?: ChoiceResponse
  readonly state: MessageState
  readonly certainty: Certainty | null
  readonly reason: DeliveryReason | null
  /** The vendor's own code and words, where it gave any. */
  readonly vendorCode: string | null
  readonly vendorText: string | null
  readonly vendorId: string | null
  /** The outcome of an attempt was never learned before the next one: the phone may have got it twice. */
  readonly maybeDuplicate: boolean
  readonly recipients: readonly Recipient[]
  readonly createdAt: number
  readonly updatedAt: number
  /** When it was deleted for the people who read the thread; absent while it is shown. */
  readonly deletedAt?: number
}

/** How the message stands with one of its recipients. */
export type Recipient = { readonly address: Address } & Standing

/** One line of a message's history. */
export type TimelineEntry = {
  readonly at: number
  readonly event: string
  readonly detail: string | null
  readonly attempt: number | null
  readonly vendorCode: string | null
}

/** A message with its history. */
export type MessageWithTimeline = Message & { readonly timeline: readonly TimelineEntry[] }

/** What is handed to a conversation for sending: everything but what the conversation itself decides. */
export type Envelope = Omit<
  Message,
  | 'sequence'
  | 'state'
  | 'certainty'
  | 'reason'
  | 'vendorCode'
  | 'vendorText'
  | 'vendorId'
  | 'maybeDuplicate'
  | 'recipients'
  | 'updatedAt'
  | 'direction'
> & {
  /** Milliseconds since 1970 after which it must not be submitted any more. */
  readonly validUntil: number
  /** Milliseconds since 1970 before which it is not submitted; at once without it. */
  readonly sendAt?: number
}
