import type { Message, Recipient } from '../domain/message.ts'
import { advance, type Standing } from '../domain/state.ts'

/** Every recipient's standing moved forward with the message's own. */
export const advanceAll = (recipients: readonly Recipient[], standing: Standing): Recipient[] =>
  recipients.map((one) => ({ address: one.address, ...advance(one, standing) }))

/** The standing of a message as a value. */
export const standingOf = (message: Pick<Message, 'state' | 'certainty' | 'reason'>): Standing => ({
  state: message.state,
  ...(message.certainty === null ? {} : { certainty: message.certainty }),
  ...(message.reason === null ? {} : { reason: message.reason }),
})
