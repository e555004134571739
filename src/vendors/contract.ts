import type { Address } from '../domain/address.ts'
import type { Consent } from '../domain/consent.ts'
import type { DialectRecords } from '../domain/dialect-records.ts'
import type { Failure } from '../domain/failure.ts'
import type { Channel, MessageWithTimeline } from '../domain/message.ts'
import type { ListMessages } from '../domain/message-list.ts'
import type { NumberType, VendorName } from '../domain/number.ts'
import type { InboxRow, PeopleChange } from '../domain/people.ts'
import type { VendorLimits } from '../domain/policy.ts'
import type { Caller, Clock, Messaging, Page, StoredMedia } from '../domain/ports.ts'
import type { DeliveryReason } from '../domain/reason.ts'
import type { RecipientFacts } from '../domain/recipient.ts'
import type { Result } from '../domain/result.ts'
import type { SlidePlace } from '../domain/smil.ts'
import type { Certainty } from '../domain/state.ts'

/** A part as a carrier is handed it. */
export type SubmissionPart = {
  readonly name: string
  readonly type: string
  readonly bytes: number
  readonly width?: number
  readonly height?: number
  /** What the presentation says of it: words for those who cannot see it, and its slide where the sender chose one. */
  readonly alt?: string
  readonly slide?: SlidePlace
  /** Reads the stored bytes; throws when storage does not answer. */
  readonly read: () => Promise<Uint8Array>
  /** A public URL that expires, for vendors that fetch. */
  readonly url: () => Promise<string>
}

/** One message on its way to a vendor. The same message has the same reference on every attempt. */
export type Submission = {
  readonly account: string
  /** Our message id, which the vendor is given so that receipts find their message. */
  readonly reference: string
  readonly channel: Channel
  readonly from: Address
  readonly fromType: NumberType
  /** Whom this request delivers to. */
  readonly to: readonly Address[]
  /** Members of the group who get a request of their own, for carriers that show them. */
  readonly others?: readonly Address[]
  readonly subject: string | null
  readonly text: string | null
  readonly parts: readonly SubmissionPart[]
  readonly createdAt: number
  readonly validUntil: number
}

/** What became of an attempt. `unknown` is the honest answer when the request may have arrived and no answer did. */
export type SubmitOutcome =
  | { readonly kind: 'accepted'; readonly vendorId: string }
  | {
      readonly kind: 'refused'
      readonly reason: DeliveryReason
      readonly vendorCode: string | null
      readonly vendorText: string | null
    }
  | {
      readonly kind: 'later'
      readonly reason: DeliveryReason
      readonly vendorCode: string | null
      readonly vendorText: string | null
      /** Milliseconds that the vendor asked to wait. */
      readonly retryAfter: number | null
    }
  | { readonly kind: 'unknown'; readonly detail: string }

/** What a vendor says to taking a message back: only `canceled` says that nobody will get it. */
export type CancelOutcome =
  | { readonly kind: 'canceled' }
  | { readonly kind: 'too_late' }
  | { readonly kind: 'later' }

/** What a vendor says to another content for a message. Of `later` nobody knows whether it was taken. */
export type ReplaceOutcome =
  | { readonly kind: 'replaced' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'later' }

/** What a vendor says of an attempt whose outcome is unknown. */
export type QueryOutcome =
  | { readonly kind: 'found'; readonly vendorId: string }
  | { readonly kind: 'absent' }
  /** The vendor did not answer; ask again. */
  | { readonly kind: 'later' }
  /** The vendor has no way to be asked. */
  | { readonly kind: 'unsupported' }

/** A webhook as it came in, body read and bounded by the ingress. */
export type HookRequest = {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: Uint8Array
  readonly now: number
}

/** Media of an inbound message: where it lies, or the bytes themselves. */
export type InboundPart =
  | {
      readonly kind: 'url'
      readonly url: string
      readonly typeHint: string | null
      readonly nameHint: string | null
    }
  | {
      readonly kind: 'bytes'
      readonly bytes: Uint8Array
      readonly typeHint: string | null
      readonly nameHint: string | null
    }

/** What a vendor's webhook means. */
export type VendorEvent =
  | {
      readonly kind: 'message'
      /** Unique at the vendor; the same on every repetition. */
      readonly eventId: string
      readonly channel: Channel
      readonly from: Address
      /** Our number. */
      readonly to: Address
      /** The other members of a group, ourselves and the sender left out. */
      readonly others: readonly Address[]
      readonly subject: string | null
      readonly text: string | null
      readonly parts: readonly InboundPart[]
      readonly at: number
      /**
       * Set by vendors that tell of each file by itself: events of one conversation with the same key that were all accepted
       * within so many milliseconds are one message.
       */
      readonly join?: { readonly key: string; readonly within: number }
      /** The phone's network in the vendor's own words, where it says. */
      readonly network?: string | null
    }
  | {
      readonly kind: 'receipt'
      readonly eventId: string
      /** Our message id, where the vendor carries it. */
      readonly reference: string | null
      readonly vendorId: string | null
      readonly recipient: Address | null
      readonly state: 'submitted' | 'delivered' | 'failed' | 'expired' | 'unconfirmed'
      readonly certainty: Certainty | null
      readonly reason: DeliveryReason | null
      readonly vendorCode: string | null
      readonly vendorText: string | null
      readonly at: number
      /** The phone's network in the vendor's own words, where it says. */
      readonly network?: string | null
    }
  | {
      /** Somebody told the vendor that they want messages, or none any more. */
      readonly kind: 'consent'
      readonly eventId: string
      readonly address: Address
      readonly state: 'in' | 'out'
      readonly at: number
    }

/** The account that a webhook belongs to and its events, or one refusal for every reason. */
export type HookOutcome =
  | {
      readonly ok: true
      readonly account: string | null
      readonly events: readonly VendorEvent[]
      readonly answer?: { readonly contentType: string; readonly body: string }
    }
  | { readonly ok: false }

/**
 * A carrier adapter. It is given `fetch` and a clock and keeps nothing: state belongs to the conversation that submits.
 * None of its methods throws for anything that the far side does.
 */
export type Carrier = {
  readonly vendor: VendorName
  readonly limits: (type: NumberType) => VendorLimits
  readonly submit: (submission: Submission) => Promise<SubmitOutcome>
  readonly query: (
    submission: Pick<Submission, 'account' | 'reference' | 'to' | 'createdAt'>,
  ) => Promise<QueryOutcome>
  /** Whether a group's message goes as one request a member; without it, as one. Throws when storage does not answer. */
  readonly submitsByMember?: (account: string) => Promise<boolean>
  /** Takes back what was submitted and not delivered yet; without it, nothing can be. */
  readonly cancel?: (submission: {
    readonly account: string
    readonly reference: string
    readonly vendorId: string
  }) => Promise<CancelOutcome>
  /**
   * Puts another content in the place of what was submitted and not delivered yet; without it, nothing can be.
   *
   * @param transaction names this request, and no other
   */
  readonly replace?: (
    submission: Submission,
    transaction: string,
    vendorId: string,
  ) => Promise<ReplaceOutcome>
  /** Verifies first, parses then. */
  readonly receive: (request: HookRequest) => Promise<HookOutcome>
}

/** Who an account of ours is at a vendor. The only place where its credentials are in the clear: never logged, never answered. */
export type VendorAccount = {
  readonly id: string
  readonly account: string
  readonly credentials: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, unknown>>
  /** The last segment of its webhook address, `/hooks/<vendor>/<id>/<secret>`: 22 characters of 131 bits. */
  readonly hookSecret: string
}

/** The accounts at one vendor; null where there is none. Both throw when storage does not answer. */
export type VendorAccounts = {
  readonly of: (account: string) => Promise<VendorAccount | null>
  readonly byId: (id: string) => Promise<VendorAccount | null>
}

/** What a carrier is made from. */
export type CarrierOptions = {
  /** Reaches the public internet and nothing else. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly clock: Clock
  readonly accounts: VendorAccounts
}

/** A vendor as the registry has it: its carrier, and what an account there consists of. */
export type VendorKind = {
  readonly createCarrier: (options: CarrierOptions) => Carrier
  /** Checks secrets and settings of an account there, with defaults; the first problem in words, by field. */
  readonly check: (
    credentials: unknown,
    settings: unknown,
  ) =>
    | {
        readonly ok: true
        readonly credentials: Record<string, string>
        readonly settings: Record<string, unknown>
      }
    | { readonly ok: false; readonly field: string; readonly problem: string }
}

/** What a dialect works with: a part of every request's context. It can do nothing that the native API cannot. */
export type DialectServices = {
  readonly messaging: Messaging
  /** Finds out whose API key it is, given as `Bearer <key>`. */
  readonly authenticate: (authorization: string | null, host: string) => Promise<Result<Caller, Failure>>
  readonly people: {
    readonly cancel: (caller: Caller, id: string) => Promise<Result<MessageWithTimeline, Failure>>
    readonly hide: (
      caller: Caller,
      id: string,
      hidden: boolean,
    ) => Promise<Result<MessageWithTimeline, Failure>>
    readonly conversation: (caller: Caller, id: string) => Promise<Result<InboxRow, Failure>>
    readonly change: (caller: Caller, id: string, change: PeopleChange) => Promise<Result<InboxRow, Failure>>
    readonly putContacts: (
      caller: Caller,
      contacts: readonly { address: string; name: string }[],
    ) => Promise<Result<unknown, Failure>>
  }
  readonly listMessages: ListMessages
  /** What is kept for the dialects, of every account: a dialect asks for the caller's alone. */
  readonly records: DialectRecords
  readonly tokens: {
    readonly issue: (apiKey: string) => Promise<{ token: string; expiresIn: number }>
    readonly open: (token: string) => Promise<{ apiKey: string } | 'expired' | null>
  }
  readonly webhooks: {
    readonly create: (
      caller: Caller,
      input: DialectEndpoint,
    ) => Promise<Result<{ webhook: { readonly id: string } }, Failure>>
    readonly update: (caller: Caller, id: string, input: DialectEndpoint) => Promise<Result<unknown, Failure>>
    readonly remove: (caller: Caller, id: string) => Promise<Result<void, Failure>>
    /** Tells one endpoint alone, by its queue. */
    readonly tell: (account: string, id: string, event: { type: string; data: unknown }) => Promise<void>
  }
  readonly consents: {
    readonly list: (
      caller: Caller,
      page: { cursor: string | null; limit: number },
    ) => Promise<Result<Page<Consent>, Failure>>
  }
  readonly recipients: {
    readonly get: (caller: Caller, typed: string) => Promise<Result<RecipientFacts, Failure>>
  }
  readonly publicMedia: { readonly find: (token: string) => Promise<Result<StoredMedia, Failure>> }
  /** The id of the thread of a number with others, whether it exists or not. */
  readonly threadId: (caller: Caller, own: Address, members: readonly Address[]) => Promise<string>
  /** Bytes of a request, and milliseconds that a file which came with it is kept. */
  readonly limits: { readonly hook: number; readonly attachedLifetime: number }
}

/** An endpoint whose URL starts with a dialect and a plus; what is left out stays. */
export type DialectEndpoint = {
  readonly url?: string
  readonly attachments?: 'together' | 'each'
  readonly enabled?: boolean
}

/**
 * Tells an endpoint of an event in the words of a dialect. `body` is the event as native webhooks have it. A status of 2xx
 * says that it was taken or concerns nobody there; anything else is tried again.
 */
export type DialectPoster = (
  target: { readonly account: string; readonly url: string; readonly webhook: string },
  body: string,
  signal: AbortSignal,
) => Promise<number>
