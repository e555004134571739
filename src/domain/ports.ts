import type { Address } from './address.ts'
import type { ChannelChoice } from './channel.ts'
import type { Automatic, Consent, Purpose } from './consent.ts'
import type { Thread } from './conversation.ts'
import type { KeyLimits } from './credit.ts'
import type { Failure } from './failure.ts'
import type { FitRequest, Fitted } from './fit.ts'
import type { MediaReference } from './media-reference.ts'
import type { Channel, Envelope, Message, MessageWithTimeline, Part, Warning } from './message.ts'
import type { OwnNumber, VendorName } from './number.ts'
import type { DeliveryReason } from './reason.ts'
import type { Replacement, ReplaceRequest, ReplaceResult } from './replacement.ts'
import type { Result } from './result.ts'
import type { RichContent } from './rich.ts'
import type { ConversationRow, Page } from './rows.ts'
import type { SendOptions } from './send-options.ts'
import type { Certainty } from './state.ts'

/** The doors between floors: what each floor asks of the one that holds its data, without knowing how it is kept. */

export type { ConversationRow, MediaReference, Page }

/** The time, in milliseconds since 1970. */
export type Clock = { readonly now: () => number }

// ---- accounts, keys, numbers -------------------------------------------------------------------------------------

/** What a key may do. */
export type Scope = 'read' | 'send' | 'admin'

/** Who is asking: the account and key behind a request. */
export type Caller = {
  readonly account: string
  readonly key: string
  readonly scopes: readonly Scope[]
  /** A test key reaches the simulator only. */
  readonly test: boolean
  /** What the key may send; without it, or with null, everything. */
  readonly limits?: KeyLimits | null
}

/** An API key as it is stored: never the key itself. */
export type StoredKey = Caller & { readonly name: string; readonly localOnly: boolean }

/** Accounts and their keys. */
export interface AccountStore {
  /** The key whose SHA-256 (hex) is given, unless it was revoked. */
  keyByHash(hash: string): Promise<StoredKey | null>
  /** Makes an account and a key where they do not exist; never changes what is there. */
  provision(
    account: { id: string; name: string },
    key: Omit<StoredKey, 'account'> & { hash: string },
    now: number,
  ): Promise<void>
  /** Days for which message media is kept; null keeps the default. */
  retentionDays(account: string): Promise<number | null>
  setRetention(account: string, days: number | null): Promise<void>
  find(account: string): Promise<{ id: string; name: string; retentionDays: number | null } | null>
  /** Oldest first, revoked ones too. */
  keys(account: string): Promise<KeyRow[]>
  revokeKey(account: string, id: string, now: number): Promise<boolean>
}

/** A key as its account sees it: everything but the key. */
export type KeyRow = {
  readonly id: string
  readonly account: string
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly test: boolean
  readonly createdAt: number
  readonly revokedAt: number | null
}

/** The numbers of accounts. */
export interface NumberStore {
  list(account: string): Promise<OwnNumber[]>
  find(account: string, address: Address): Promise<OwnNumber | null>
  /** The number that a vendor delivers to, whosever it is. */
  ownerOf(vendor: VendorName, address: Address): Promise<OwnNumber | null>
  /** By address, ascending. */
  page(
    account: string,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<OwnNumber>, Failure>>
  /** Adds a number where it does not exist. */
  provision(number: OwnNumber, now: number): Promise<void>
  /** Adds a number, as the default where it says so; false when it exists, at this account or for its vendor. */
  add(number: OwnNumber, now: number): Promise<boolean>
  /** Changes everything but address and type; false when it is not there, or its vendor has it for another account. */
  save(number: OwnNumber): Promise<boolean>
  remove(account: string, address: Address): Promise<void>
}

// ---- consent ---------------------------------------------------------------------------------------------------

/** What recipients said about being written to. */
export interface ConsentStore {
  /** By recipient; those who never said anything are missing. */
  of(account: string, addresses: readonly Address[]): Promise<Map<Address, Consent[]>>
  /** Writes them down; a later word wins over an earlier one, whatever the order in which they are written. */
  set(account: string, consents: readonly (Consent & { readonly address: Address })[]): Promise<void>
  /** Newest first. */
  list(
    account: string,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<Consent>, Failure>>
  /**
   * Whether an automatic answer may go out: none went to this sender, number and word after `since`. Asked again for the
   * same inbound message it says the same.
   */
  mayReply(
    reply: { account: string; number: Address; sender: Address; word: string; message: string; at: number },
    since: number,
  ): Promise<boolean>
}

// ---- claims ------------------------------------------------------------------------------------------------------

/** What happened when a request claimed its idempotency key. */
export type ClaimOutcome =
  /** The key is ours for 60 s. `resumed` is set when an earlier holder's lease ended without an answer: its subject is kept. */
  | { readonly kind: 'taken'; readonly subject: string; readonly resumed: boolean }
  | { readonly kind: 'answered'; readonly body: string }
  | { readonly kind: 'in_progress' }
  | { readonly kind: 'mismatch' }

/** Idempotency keys: one row an account and key, inserted before any work. */
export interface ClaimStore {
  /** `subject` is the id that the work will make; a later holder gets the first one. Kept 24 h, leased 60 s. */
  take(claim: {
    account: string
    key: string
    bodyHash: string
    subject: string
    now: number
  }): Promise<ClaimOutcome>
  answer(account: string, key: string, body: string, now: number): Promise<void>
  /** Lets the key go after a failure, so that a corrected request may use it. */
  release(account: string, key: string): Promise<void>
}

// ---- media -------------------------------------------------------------------------------------------------------

/** Why media is kept, which sets for how long. */
export type MediaClass = 'upload' | 'message' | 'rendition' | 'inbound'

/** A stored file. */
export type StoredMedia = {
  readonly id: string
  readonly account: string
  readonly class: MediaClass
  /** Lower-case hex. */
  readonly sha256: string
  readonly type: string
  readonly bytes: number
  readonly width: number | null
  readonly height: number | null
  readonly createdAt: number
  readonly expiresAt: number
  /** Set once its bytes are gone. */
  readonly deletedAt: number | null
}

/** A file to store. Its bytes come as pieces so that they need not be joined in memory. */
export type NewMedia = Pick<StoredMedia, 'account' | 'class' | 'type' | 'width' | 'height' | 'expiresAt'> & {
  readonly chunks: readonly Uint8Array[]
}

/** A part of a file, as HTTP ranges give it. */
export type ByteRange = { readonly offset: number; readonly length: number }

/** Blobs by account and hash, and the rows that name them. */
export interface MediaStore {
  /** Hashes, keeps the bytes once an account, and gives the file a row of its own. Throws `StorageError` when storage does not answer. */
  put(media: NewMedia, now: number): Promise<StoredMedia>
  find(account: string, id: string): Promise<StoredMedia | null>
  /** For public URLs, whose signature already named the file. */
  findById(id: string): Promise<StoredMedia | null>
  /** The bytes; null once they are gone. */
  read(media: StoredMedia): Promise<Uint8Array | null>
  open(media: StoredMedia, range?: ByteRange): Promise<ReadableStream<Uint8Array> | null>
  /** Moves expiry forward (never back) for files that a message now names. */
  keep(account: string, ids: readonly string[], until: number): Promise<void>
  /** A stored result of the same fit, if one is still there. */
  findRendition(
    account: string,
    key: string,
    now: number,
  ): Promise<(StoredMedia & { readonly score?: number }) | null>
  /** @param score 0 to 100, of a picture */
  nameRendition(account: string, key: string, media: StoredMedia, score?: number): Promise<void>
  /** Marks and deletes what has expired; returns how many blobs went. */
  sweep(now: number, limit: number): Promise<number>
}

// ---- the index ---------------------------------------------------------------------------------------------------

/** What a conversation's object writes into the index about one message; a higher revision replaces a lower. */
export type Projection = {
  readonly message: Message
  readonly revision: number
  /** What the vendor calls it, where it went as several. */
  readonly vendorIds?: readonly string[]
  /** The index took it before, in an earlier revision: what is written once with a message is left out. */
  readonly known?: boolean
}

/** A vendor's event that found no message yet. */
export type ParkedEvent = {
  readonly vendor: VendorName
  readonly account: string | null
  readonly eventId: string
  readonly vendorId: string | null
  readonly body: string
  readonly at: number
}

/** What crosses conversations: a projection that can be rebuilt, and the list of conversations with work. */
export interface IndexStore {
  /** Says that a conversation has work, before anything is committed in it. */
  open(conversation: string, thread: Thread, now: number): Promise<void>
  /** Clears that, unless it was opened again since `seenAt`. */
  settle(conversation: string, seenAt: number): Promise<void>
  /** Open conversations untouched since `before`, oldest first; each is touched so that the next run takes others. */
  stale(before: number, now: number, limit: number): Promise<string[]>
  /** With `rest` it settles that conversation in the same transaction. */
  project(
    projections: readonly Projection[],
    rest?: { readonly conversation: string; readonly seenAt: number } | null,
  ): Promise<void>
  conversations(
    account: string,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<ConversationRow>, Failure>>
  conversation(account: string, id: string): Promise<ConversationRow | null>
  messageByVendorId(
    vendor: VendorName,
    vendorId: string,
  ): Promise<{ account: string; conversation: string; message: string } | null>
  park(event: ParkedEvent): Promise<void>
  /** Takes the parked events of a vendor's message, to be tried again. */
  parkedFor(vendor: VendorName, vendorId: string): Promise<ParkedEvent[]>
  unpark(vendor: VendorName, eventId: string): Promise<void>
  /** Turns parked events older than `before` into orphans, deletes claims past `now`; returns how many rows it touched. */
  sweep(before: number, now: number): Promise<number>
}

// ---- conversations -----------------------------------------------------------------------------------------------

/** A message that came in, its conversation known. */
export type Inbound = {
  readonly claim: string
  readonly vendor: VendorName
  readonly channel: Channel
  readonly from: Address
  readonly to: readonly Address[]
  readonly subject: string | null
  readonly text: string | null
  readonly parts: readonly {
    readonly source: { readonly url: string } | { readonly media: string }
    readonly part: Part
  }[]
  readonly at: number
  /** Messages with the same key that were all accepted within so many milliseconds are one, whose parts come one by one. */
  readonly join?: { readonly key: string; readonly within: number }
}

/** A vendor's report on a message, its conversation known. */
export type Report = {
  readonly claim: string
  readonly message: string
  readonly recipient: Address | null
  readonly state: 'submitted' | 'delivered' | 'failed' | 'expired' | 'unconfirmed'
  readonly certainty: Certainty | null
  readonly reason: DeliveryReason | null
  readonly vendorCode: string | null
  readonly vendorText: string | null
  readonly vendorId: string | null
  readonly at: number
}

/** The objects that hold the truth, one a conversation. */
export interface Conversations {
  /** Commits a message: with the answer it is accepted, and nothing loses it. The same id twice is one message. */
  accept(
    conversation: string,
    thread: Thread,
    envelope: Envelope,
  ): Promise<{ message: Message; duplicate: boolean }>
  receive(
    conversation: string,
    thread: Thread,
    inbound: Inbound,
  ): Promise<{ message: string; duplicate: boolean }>
  report(
    conversation: string,
    account: string,
    report: Report,
  ): Promise<'applied' | 'repeated' | 'unknown_message'>
  message(account: string, id: string): Promise<MessageWithTimeline | null>
  thread(
    account: string,
    conversation: string,
    page: { before: number | null; limit: number },
  ): Promise<{ messages: Message[]; more: boolean } | null>
  cancel(account: string, id: string): Promise<'canceled' | 'too_late' | 'unknown_message'>
  replace(account: string, id: string, content: Replacement): Promise<ReplaceResult>
  hide(account: string, id: string, hidden: boolean): Promise<MessageWithTimeline | null>
  wake(conversation: string): Promise<void>
}

// ---- what can be asked of Belino ---------------------------------------------------------------------------------

/** A request to send, before anything in it was checked. */
export type SendRequest = SendOptions & {
  readonly from?: string | undefined
  readonly to: readonly string[]
  readonly subject?: string | undefined
  readonly text?: string | undefined
  readonly media: readonly MediaReference[]
  readonly budget?: string | number | undefined
  /** 0 to 100: a picture that would look worse than this is refused. */
  readonly minimumQuality?: number | undefined
  /** A presentation of the sender's own, which orders the files and says which of them share a slide. */
  readonly smil?: string | undefined
  /** A rich message in place of subject, text and media. */
  readonly content?: RichContent | undefined
  /** A stored message to be filled in, in place of them. */
  readonly template?:
    | { readonly id: string; readonly variables: Readonly<Record<string, string>> }
    | undefined
  /** How it is to travel; `auto` without a word. */
  readonly channel?: ChannelChoice | undefined
  /** What may go where no MMS can: nothing, or a text with a link to a page that shows the media. */
  readonly fallback?: 'link' | undefined
  /** Whether more attachments than the vendor carries may go as several messages; false refuses them. */
  readonly split?: boolean | undefined
  /** Refuses what would otherwise be changed to fit (`strictRefusals`). */
  readonly strict?: boolean | undefined
  /** Why it is sent; conversational without a word. */
  readonly purpose?: Purpose | undefined
  /** The programme that it belongs to, for consent that is narrower than the account. */
  readonly programme?: string | undefined
  /** Milliseconds since 1970 at which it is to go; at once without it. */
  readonly sendAt?: number | undefined
  /** Milliseconds for which it is tried. */
  readonly validity?: number | undefined
  /** Several recipients as one thread, or each with a message of their own; one thread without a word. */
  readonly group?: 'thread' | 'separate' | undefined
  /** Set by Belino itself: what it is sent together with. */
  readonly batch?: string | undefined
  /** Set by Belino itself: the subject is a title, which the text takes up where no MMS can go. */
  readonly isTitled?: boolean | undefined
  /** Set by Belino itself, never by a request. */
  readonly automatic?: Automatic | undefined
}

/** The answer to a send. */
export type Sent = { readonly message: Message; readonly warnings: readonly Warning[] }

/** An idempotency key with the hash of the request that carried it. */
export type Idempotency = { readonly key: string; readonly bodyHash: string }

/** Belino as its API and its dialects see it. Neither can do what the other cannot. */
export interface Messaging {
  send(caller: Caller, request: SendRequest, idempotency: Idempotency | null): Promise<Result<Sent, Failure>>
  /** Puts another content in the place of a message's that nobody has got yet. It keeps its id, place and recipients. */
  replace(caller: Caller, id: string, request: ReplaceRequest): Promise<Result<MessageWithTimeline, Failure>>
  message(caller: Caller, id: string): Promise<Result<MessageWithTimeline, Failure>>
  conversations(
    caller: Caller,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<ConversationRow>, Failure>>
  messages(
    caller: Caller,
    conversation: string,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<Message>, Failure>>
  numbers(caller: Caller): Promise<OwnNumber[]>
  /** Stores a file as it is. `lifetime` is in milliseconds; without one it is that of an upload. */
  upload(
    caller: Caller,
    chunks: readonly Uint8Array[],
    idempotency: Idempotency | null,
    lifetime?: number,
  ): Promise<Result<StoredMedia, Failure>>
  /** A stored file and a URL of it. What came in is shown cleaned; `original` asks for it as it came, and is logged. */
  media(
    caller: Caller,
    id: string,
    options?: { readonly original?: boolean },
  ): Promise<Result<{ media: StoredMedia; url: string }, Failure>>
  fit(caller: Caller, source: Uint8Array, request: FitRequest): Promise<Result<Fitted, Failure>>
}
