import { draftOf, setDraft } from './draft.ts'
import { openConversation } from './navigate.ts'
import type { Message, Part } from './wire.ts'

/** Begins a new message with a picture of another. */
export function forward(message: Message, part: Part): void {
  if (part.media === null) return
  const own = message.direction === 'outbound' ? message.from : ''
  setDraft('new', {
    ...draftOf('new', own),
    files: [
      {
        key: crypto.randomUUID(),
        name: part.name,
        type: part.type,
        size: part.bytes,
        state: 'fitting',
        progress: 1,
        media: part.media,
        local: null,
        outcome: null,
        problem: null,
        alt: part.alt ?? '',
      },
    ],
  })
  openConversation('new')
}
