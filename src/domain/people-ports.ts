import type { Address } from './address.ts'
import type { Failure } from './failure.ts'
import type { KeywordRule } from './keyword.ts'
import type { Contact, DayRow, Found, InboxFilter, InboxRow, Note, PeopleChange } from './people.ts'
import type { DeliveryReason } from './reason.ts'
import type { Result } from './result.ts'
import type { Page } from './rows.ts'

/** The doors to what people add: to conversations, addresses and inbound messages. */

/** What people add to conversations: read marks, assignees, labels, drafts, notes, deletion. */
export interface PeopleStore {
  /** Newest message first. */
  inbox(
    account: string,
    filter: InboxFilter,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<InboxRow>, Failure>>
  conversation(account: string, id: string): Promise<InboxRow | null>
  change(account: string, conversation: string, change: PeopleChange): Promise<void>
  addNote(account: string, conversation: string, note: Note): Promise<void>
  notes(account: string, conversation: string): Promise<Note[]>
  /** Keeps a deleted message out of searches; null brings it back. */
  messageDeleted(account: string, message: string, at: number | null): Promise<void>
  /** Counts by day and number; `offsetMs` moves the days to a time zone. */
  days(account: string, after: number, before: number, offsetMs: number): Promise<DayRow[]>
  reasons(
    account: string,
    after: number,
    before: number,
  ): Promise<{ reason: DeliveryReason; count: number }[]>
}

/** Text search over messages, newest first. */
export interface SearchStore {
  /** `before` is the position of the last one of the page before. */
  messages(
    account: string,
    text: string,
    before: number | null,
    limit: number,
  ): Promise<(Found & { position?: number })[]>
}

/** Names for addresses. */
export interface ContactStore {
  /** By name; `after` is the last name and address of the page before. */
  list(
    account: string,
    query: string,
    after: readonly [string, Address] | null,
    limit: number,
  ): Promise<Contact[]>
  find(account: string, address: Address): Promise<Contact | null>
  put(account: string, contacts: readonly Pick<Contact, 'address' | 'name'>[], now: number): Promise<void>
  remove(account: string, address: Address): Promise<boolean>
}

/** Rules of keywords and forwards. */
export interface KeywordStore {
  list(account: string): Promise<KeywordRule[]>
  /** Adds or replaces a rule; false when the account has `most` others already. */
  put(account: string, rule: KeywordRule, now: number, most: number): Promise<boolean>
  remove(account: string, id: string): Promise<boolean>
}
