import type { Address } from './address.ts'
import type { Failure } from './failure.ts'
import type { Channel, Message } from './message.ts'
import type { Caller, Page } from './ports.ts'
import type { Result } from './result.ts'

/** What a list of messages is narrowed by. Times in milliseconds since 1970, `after` included, `before` not. */
export type MessageFilter = {
  readonly conversation?: string | undefined
  /** Those in conversations with one of them. */
  readonly members?: readonly Address[] | undefined
  readonly direction?: Message['direction'] | undefined
  readonly channel?: Channel | undefined
  readonly after?: number | undefined
  readonly before?: number | undefined
}

/** A page of a list, as it is asked for. */
export type PageRequest = { readonly cursor: string | null; readonly limit: number }

/** The messages of an account over all conversations, newest first; hidden ones left out. */
export type ListMessages = (
  caller: Caller,
  filter: MessageFilter,
  page: PageRequest,
) => Promise<Result<Page<Message>, Failure>>

/** Finds their ids. Throws `StorageError` when storage does not answer. */
export interface MessageListStore {
  ids(account: string, filter: MessageFilter, page: PageRequest): Promise<Result<Page<string>, Failure>>
}
