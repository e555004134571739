import type { Failure } from './failure.ts'
import type { Page } from './ports.ts'
import type { Result } from './result.ts'

/** A key that signs URLs of the optimizer. Its secrets are derived from the root key; nothing here is one. */
export type FitKey = {
  readonly id: string
  readonly account: string
  readonly name: string
  /** Where files may be fetched from: `https://host/path/`, the host with `*.` in front for its subdomains. */
  readonly sources: readonly string[]
  /** Files made in a minute and in a day (UTC); null sets no limit. What is cached already costs nothing and is not counted. */
  readonly perMinute: number | null
  readonly perDay: number | null
  /** Which of its secrets signs; a rotation makes the next one. */
  readonly generation: number
  /** Whether the secret before it is good too. */
  readonly previous: boolean
  readonly createdAt: number
  readonly updatedAt: number
}

/** What a key made so far in the current day (UTC). */
export type FitSpent = { readonly madeToday: number }

/** The keys of the optimizer. */
export interface FitKeyStore {
  /** A key by its id, whosever it is: a signed URL names nothing else. */
  find(id: string): Promise<FitKey | null>
  /** Newest first. */
  page(
    account: string,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<FitKey & FitSpent>, Failure>>
  /** Adds a key unless the account has `most` already. */
  add(key: FitKey, most: number): Promise<boolean>
  /** Changes everything but account and id; false when it is gone or was rotated meanwhile. */
  save(key: FitKey, generationBefore: number): Promise<boolean>
  remove(account: string, id: string): Promise<boolean>
  /** Counts one file against the key's limits; false, and nothing counted, when one of them is reached. */
  spend(id: string, now: number): Promise<boolean>
}

/** What is remembered of a source and the options that it was asked with. */
export type FitEntry = {
  readonly media: string
  readonly etag: string | null
  readonly lastModified: string | null
  /** Milliseconds since 1970 until which the source need not be asked again. */
  readonly freshUntil: number
}

/** From source and options to the file that was made of them. */
export interface FitIndex {
  find(account: string, key: string, now: number): Promise<FitEntry | null>
  /** Remembers it until `keptUntil`, and drops some of what is past its time. */
  put(account: string, key: string, entry: FitEntry, keptUntil: number, now: number): Promise<void>
}

/** How somebody else's work ended: with a file, or with a failure that answers for everybody who waited. */
export type FitOutcome = { readonly failure: Failure | null }

/** What a request gets that asks for the right to do a piece of work. */
export type FitLease =
  | { readonly kind: 'held'; readonly end: (outcome: FitOutcome) => Promise<void> }
  /** Somebody else did it while we waited; null when their time ended without a word. */
  | { readonly kind: 'ended'; readonly outcome: FitOutcome | null }

/** One computation for many requests, wherever they arrive. */
export interface FitLeases {
  /** Waits while somebody else holds the work of this name. */
  take(name: string): Promise<FitLease>
}
