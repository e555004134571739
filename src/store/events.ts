import type { MessageState } from '../domain/state.ts'

/** Two characters a state, which never change: they are part of ids that customers were given. */
const CODES: { readonly [S in MessageState]: string } = {
  accepted: '01',
  preparing: '02',
  ready: '03',
  submitting: '04',
  submitted: '05',
  unconfirmed: '06',
  delivered: '07',
  failed: '08',
  expired: '09',
  canceled: '0A',
  received: '0B',
}

/**
 * The id of the event that a message reached a state. It is made of the two, so that the same change has the same id
 * however often it is projected, and whoever was told of it can tell that it was.
 */
export const eventId = (message: string, state: MessageState): string =>
  `evt_${message.slice(4)}${CODES[state]}`
