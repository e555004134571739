import type { Address } from './address.ts'

/** Forgetting a number: everything that was kept of it, taken out on purpose. */

/** What a thread's object named when it stood still. */
export type Halted = {
  /** Ids of every file in its messages, what they were fitted from included. */
  readonly media: readonly string[]
  /** Changes with every change of the thread, so that nothing that came meanwhile is wiped unseen. */
  readonly mark: string
}

/** The threads' objects, as forgetting needs them. */
export interface ForgetfulConversations {
  /**
   * Takes everything back that the thread still wanted to do. Null when something of it is under way and does not end in a few
   * seconds: a vendor is being talked to, for example.
   */
  halt(account: string, conversation: string): Promise<Halted | null>
  /** Empties the thread's object, unless it changed since the mark. Says whether it did. */
  wipe(account: string, conversation: string, mark: string): Promise<boolean>
}

/** Files that are to go, and who still names them. */
export type DoomedMedia = {
  readonly ids: readonly string[]
  /** A file that a message of any other conversation carries stays. */
  readonly conversations: readonly string[]
  /** The name under which the cleaned copy of a file with this hash is kept. */
  readonly cleanedKey: (sha256: string) => Promise<string>
}

/** Rows and blobs, as forgetting needs them. Every method may be repeated. */
export interface ForgetStore {
  /** The account's conversations with a number in them: those that are listed, and those of the given ids that exist. */
  conversationsWith(account: string, address: Address, guesses: readonly string[]): Promise<string[]>
  /** Files named by drafts of the conversations. */
  draftMedia(account: string, conversations: readonly string[]): Promise<string[]>
  /** Takes files out at once; their bytes go with the next runs of the sweep. Returns how many files went. */
  media(account: string, doomed: DoomedMedia, now: number): Promise<number>
  /** Takes out the pages that were made for a number, and their files as above. Returns how many files went. */
  pages(account: string, address: Address, doomed: Omit<DoomedMedia, 'ids'>, now: number): Promise<number>
  /** Takes a conversation out of every table. Returns how many messages were listed of it. */
  conversation(account: string, conversation: string): Promise<number>
  /**
   * Takes the number itself out of every table. An opt-out stays, by its keyed hash alone; says whether there is one. Consent
   * to be written to goes.
   */
  address(account: string, address: Address): Promise<{ optedOut: boolean }>
}
