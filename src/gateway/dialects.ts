import type { Conversations, MediaStore } from '../domain/ports.ts'
import type { DialectPoster } from '../vendors/contract.ts'
import { createMm7Poster } from '../vendors/mm7/poster.ts'

/** How endpoints are told in the words of a dialect: by the word before the plus of `mm7+https://...`. */
export function createPosters(ports: {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly media: MediaStore
  readonly conversations: Pick<Conversations, 'message'>
}): Readonly<Record<string, DialectPoster>> {
  const media = async (account: string, id: string): Promise<Uint8Array | null> => {
    const stored = await ports.media.find(account, id)
    return stored === null ? null : await ports.media.read(stored)
  }
  return { mm7: createMm7Poster({ fetch: ports.fetch, media, message: ports.conversations.message }) }
}
