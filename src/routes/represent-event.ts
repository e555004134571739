import { type AccountEvent, forEvent } from '../domain/event.ts'
import { representMessage } from './represent.ts'

/** An event as webhooks, the stream and the list tell it. */
export function representEvent(event: AccountEvent, sequence: number) {
  const { message, part, conversation, facts } = event.data
  const cut = message === undefined ? null : forEvent(message)
  return {
    type: event.type,
    id: event.id,
    sequence,
    created_at: new Date(event.at).toISOString(),
    data: {
      number: event.number,
      conversation: event.conversation,
      ...(conversation === undefined ? {} : { members: conversation.members }),
      ...(cut === null ? {} : { message: representMessage(cut.message), truncated: cut.truncated }),
      ...(part === undefined ? {} : { part }),
      ...facts,
    },
  }
}
