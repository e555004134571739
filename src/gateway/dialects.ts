import type { DialectRecords } from '../domain/dialect-records.ts'
import type { ListMessages } from '../domain/message-list.ts'
import type { Clock, Conversations, MediaStore } from '../domain/ports.ts'
import { createDialectRecords } from '../messaging/dialect-records.ts'
import { createDialectTokens, type DialectTokens } from '../messaging/dialect-tokens.ts'
import { createListMessages } from '../messaging/list-messages.ts'
import type { Vault } from '../messaging/vault.ts'
import { createDialectRecordStore } from '../store/dialect-records.ts'
import { createMessageListStore } from '../store/message-list.ts'
import type { DialectPoster } from '../vendors/contract.ts'
import { createMm7Poster } from '../vendors/mm7/poster.ts'
import { createSinchPoster } from '../vendors/sinch/poster.ts'

/** What dialects have beside what the native API has. */
export type DialectParts = {
  readonly records: DialectRecords
  readonly tokens: DialectTokens
  readonly listMessages: ListMessages
}

/** Makes it. */
export function createDialectParts(ports: {
  readonly db: D1Database
  readonly vault: Vault
  readonly clock: Clock
  readonly conversations: Pick<Conversations, 'message'>
}): DialectParts {
  const { db, vault, clock, conversations } = ports
  return {
    records: createDialectRecords({ store: createDialectRecordStore({ db }), vault }),
    tokens: createDialectTokens({ vault, clock }),
    listMessages: createListMessages({ list: createMessageListStore({ db }), conversations }),
  }
}

/** How endpoints are told in the words of a dialect: by the word before the plus of `mm7+https://...`. */
export function createPosters(ports: {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly media: MediaStore
  readonly conversations: Pick<Conversations, 'message'>
  readonly records: DialectRecords
  readonly clock: Clock
  /** A public URL of a file, as it came. */
  readonly publicUrl: (id: string, name: string) => Promise<string>
}): Readonly<Record<string, DialectPoster>> {
  const media = async (account: string, id: string): Promise<Uint8Array | null> => {
    const stored = await ports.media.find(account, id)
    return stored === null ? null : await ports.media.read(stored)
  }
  const { fetch, records, clock, publicUrl } = ports
  const { message } = ports.conversations
  return {
    mm7: createMm7Poster({ fetch, media, message }),
    sinch: createSinchPoster({ fetch, message, records, clock, publicUrl }),
  }
}
