import type { EventSink } from '../domain/event.ts'
import type { KeywordRule } from '../domain/keyword.ts'
import type { Received } from './received.ts'

/**
 * Tells an account that one of its rules matched, by webhook, stream and list. The id is made of message and rule, so that a
 * webhook of the vendor that comes again is the same event.
 */
export async function tellKeyword(events: EventSink, received: Received, rule: KeywordRule): Promise<void> {
  const said = new TextEncoder().encode(JSON.stringify(['keyword', received.id, rule.id]))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', said))
  await events.append(received.number.account, [
    {
      id: `evt_${digest.slice(0, 20).toHex()}`,
      type: 'keyword.matched',
      at: received.at,
      number: received.number.address,
      conversation: received.conversation,
      data: {
        facts: {
          keyword: rule.id,
          word: rule.word,
          message_id: received.id,
          from: received.from,
          text: received.text?.slice(0, 1000) ?? null,
        },
      },
    },
  ])
}
