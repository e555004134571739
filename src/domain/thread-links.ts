import type { Address } from './address.ts'
import type { Thread } from './conversation.ts'

/** The threads before and after one, where its group changed. */
export type Neighbours = { readonly previous: string | null; readonly next: string | null }

/** A thread that may be the same group with other members. */
export type Related = { readonly id: string; readonly members: readonly Address[] }

/** How threads of changed groups follow each other. */
export interface ThreadLinkStore {
  /** Group threads of the same number with any of the members, the newest first, at most 100. */
  related(thread: Thread, except: string): Promise<Related[]>
  /** Writes a link once; a thread keeps its first. */
  link(account: string, conversation: string, previous: string): Promise<void>
  of(account: string, conversation: string): Promise<Neighbours>
}

/**
 * The thread that a new one follows: the newest that has the same people and more, or fewer. Groups that only share some
 * people are different groups.
 */
export function followed(members: readonly Address[], others: readonly Related[]): string | null {
  const mine = new Set(members)
  const found = others.find((other) => {
    const shared = other.members.filter((one) => mine.has(one)).length
    const smaller = Math.min(mine.size, other.members.length)
    return smaller > 1 && shared === smaller && mine.size !== other.members.length
  })
  return found?.id ?? null
}
