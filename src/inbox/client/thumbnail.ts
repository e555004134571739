import { type Signal, signal } from '@preact/signals'
import { get } from './api.ts'
import { kindOf } from './media.ts'
import type { Conversation, Message } from './wire.ts'

/** The first picture of conversations' last messages, by message; asked for once each. */
const known = new Map<string, Signal<string | null>>()

/** The media id of the picture that a conversation's row shows; null while unknown, and where there is none. */
export function mediaOfLast(row: Conversation): Signal<string | null> {
  const id = row.last_message?.id ?? ''
  const before = known.get(id)
  if (before !== undefined) return before
  const media = signal<string | null>(null)
  known.set(id, media)
  // What strangers send is not shown before somebody wants to see it.
  if (id === '' || row.last_message?.direction === 'inbound') return media
  void get<Message>(`/v1/messages/${id}`).then((answer) => {
    if (!answer.ok) return
    const part = answer.value.parts.find((one) => kindOf(one.type) === 'picture' && one.media !== null)
    media.value = part?.media ?? null
  })
  return media
}
