import type { Address } from './address.ts'

/** A page with the media of a message, for a phone that takes no MMS. It has nothing of the message but its files. */
export type LinkPage = {
  /** 22 random characters, 131 bits: whoever has the link may look. */
  readonly id: string
  readonly account: string
  /** Ids of cleaned files, in order. */
  readonly media: readonly string[]
  /** For whom it was made. */
  readonly recipients: readonly Address[]
  readonly expiresAt: number
}

/** Pages of accounts. */
export interface LinkPageStore {
  /** Writes a page, and takes away some that have expired. */
  put(page: LinkPage, now: number): Promise<void>
  find(id: string): Promise<Omit<LinkPage, 'recipients'> | null>
}

/** The form of a page's id. */
export const PAGE_ID = /^[0-9A-Za-z]{22}$/
