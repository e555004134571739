import type { Address } from './address.ts'

/** Which media types of inbound messages are shown and passed on. Patterns are `image/jpeg`, `image/*` or `*` for all. */
export type ContentProfile = { readonly allow: readonly string[]; readonly block: readonly string[] }

/** Without a profile everything that comes in is shown. */
export const EVERYTHING: ContentProfile = { allow: ['*'], block: [] }

/** The profile of a number; null stands for every number without one of its own. */
export type NumberProfile = ContentProfile & { readonly number: Address | null }

/** Profiles of accounts. */
export interface ProfileStore {
  /** The number's own, else the account's, else everything. */
  of(account: string, number: Address): Promise<ContentProfile>
  /** The account's own first, then by number. An account has one for each of its numbers at most. */
  list(account: string): Promise<NumberProfile[]>
  put(account: string, profile: NumberProfile): Promise<void>
  remove(account: string, number: Address | null): Promise<boolean>
}

/** The form of a pattern. */
export const TYPE_PATTERN = /^(?:\*|[a-z0-9][a-z0-9.+-]{0,60}\/(?:\*|[a-z0-9][a-z0-9.+-]{0,100}))$/i

const matches = (pattern: string, type: string): boolean => {
  const [wanted, got] = [pattern.toLowerCase(), type.toLowerCase()]
  if (wanted === '*' || wanted === got) return true
  return wanted.endsWith('/*') && got.startsWith(wanted.slice(0, -1))
}

/** Whether media of a type is kept from people: blocked by name, or not among what is allowed. */
export const isBlocked = (profile: ContentProfile, type: string): boolean =>
  profile.block.some((pattern) => matches(pattern, type)) ||
  !profile.allow.some((pattern) => matches(pattern, type))
