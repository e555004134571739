import { matchChoice } from '../domain/choice.ts'
import type { Message } from '../domain/message.ts'
import type { Log } from './log.ts'

/** What an inbound message answers: an offered choice, and of messages that went to many at once the last. */
export function repliedTo(log: Log, text: string | null, since: number): Pick<Message, 'choice' | 'answers'> {
  const choice = matchChoice(text ?? '', log.offerings(since))
  const last = log.lastSent(since)
  return {
    ...(choice === null ? {} : { choice }),
    ...(last?.batch === undefined ? {} : { answers: last.id }),
  }
}
