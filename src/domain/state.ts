import type { DeliveryReason } from './reason.ts'

/** The states of an outbound message, in the order in which they can follow each other. */
export const STATES = [
  'accepted',
  'preparing',
  'ready',
  'submitting',
  'submitted',
  'unconfirmed',
  'delivered',
  'failed',
  'expired',
  'canceled',
] as const

/** A state of an outbound message; an inbound one is always `received`. */
export type OutboundState = (typeof STATES)[number]
/** A state of any message. */
export type MessageState = OutboundState | 'received'

/** How sure a delivery report is: the vendor's word, the network's, the phone's. */
export const CERTAINTIES = ['handed-off', 'carrier', 'handset'] as const
/** How sure a delivery report is. */
export type Certainty = (typeof CERTAINTIES)[number]

/** A status with what is known about it. */
export type Standing = {
  readonly state: MessageState
  readonly certainty?: Certainty | undefined
  readonly reason?: DeliveryReason | undefined
}

/**
 * How far along a standing is; a later report wins only with a higher rank. Delivery by the phone itself outranks a
 * failure (a carrier that gave up too early is corrected by the phone), a failure outranks the vaguer deliveries.
 */
export function rank(standing: Standing): number {
  switch (standing.state) {
    case 'accepted':
    case 'preparing':
      return 0
    case 'ready':
      return 1
    case 'submitting':
      return 2
    case 'submitted':
      return 3
    case 'unconfirmed':
      return 4
    case 'delivered':
      return standing.certainty === 'handset' ? 9 : standing.certainty === 'carrier' ? 6 : 5
    case 'expired':
    case 'canceled':
      return 7
    case 'failed':
      return 8
    case 'received':
      return 10
  }
}

/** The standing after a report: it moves forward only, whatever the order in which reports arrive. */
export function advance(current: Standing, reported: Standing): Standing {
  return rank(reported) > rank(current) ? reported : current
}

/** Whether nothing more is expected of the message by itself. */
export const isFinal = (state: MessageState): boolean =>
  state === 'delivered' ||
  state === 'failed' ||
  state === 'expired' ||
  state === 'canceled' ||
  state === 'received'

/** The standing of a message with several recipients: the least advanced of those still open, else the best of the rest. */
export function combine(recipients: readonly Standing[]): Standing {
  const open = recipients.filter((one) => !isFinal(one.state))
  const pool = open.length > 0 ? open : recipients
  const delivered = pool.filter((one) => one.state === 'delivered')
  const chosen = open.length > 0 ? pool : delivered.length > 0 ? delivered : pool
  return chosen.reduce((least, next) => (rank(next) < rank(least) ? next : least))
}
