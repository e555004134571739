import type { Address } from './address.ts'

/** The thread of one of our numbers with a set of other addresses. */
export type Thread = {
  readonly account: string
  readonly own: Address
  /** The other members, sorted, each once, none of them a number of the same account. */
  readonly members: readonly Address[]
}

/**
 * The members of a thread: every other address once, sorted; numbers of the account itself are never members (a phone
 * that answers a group lists us too).
 */
export function threadMembers(others: Iterable<Address>, ownNumbers: ReadonlySet<Address>): Address[] {
  return [...new Set(others)].filter((address) => !ownNumbers.has(address)).sort()
}

/** The text under which a thread is one and the same for ever. */
export const threadKey = (thread: Thread): string => `${thread.own} ${[...thread.members].sort().join(',')}`

/** Whether more than one other phone takes part. */
export const isGroup = (thread: Pick<Thread, 'members'>): boolean => thread.members.length > 1
