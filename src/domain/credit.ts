import type { Channel, Message } from './message.ts'
import type { Prices } from './number.ts'
import { segmentsOf } from './segments.ts'

/** How an account pays: not at all and sends nothing, ahead, or never asked. */
export const PLANS = ['trial', 'prepaid', 'unlimited'] as const
/** How an account pays. */
export type Plan = (typeof PLANS)[number]

/** An account's money; amounts in integer micro-units (millionths) of the currency. */
export type Credit = {
  readonly plan: Plan
  /** ISO 4217. */
  readonly currency: string
  /** What may still be spent: what is held for messages on their way is taken off. */
  readonly available: number
  readonly held: number
}

/** What one message costs, held under its id until it is known whether it left. */
export type Charge = {
  readonly message: string
  readonly account: string
  readonly number: string
  readonly kind: Channel
  readonly units: number
  readonly amount: number
  readonly at: number
}

/** What a key may send; null bounds nothing. */
export type KeyLimits = {
  readonly messagesPerMinute: number | null
  /** Messages and micro-units a day (UTC). */
  readonly messagesPerDay: number | null
  readonly spendPerDay: number | null
}

/** A move of a balance; positive adds. */
export type LedgerEntry = {
  readonly id: string
  readonly at: number
  readonly kind: 'top_up' | 'hold' | 'release' | 'inbound'
  readonly amount: number
  readonly message: string | null
  readonly note: string | null
}

/** What went or came through one number on one day (UTC). */
export type UsageRow = {
  /** `2026-11-22`. */
  readonly day: string
  readonly number: string
  readonly kind: Channel
  readonly direction: 'outbound' | 'inbound'
  readonly messages: number
  readonly units: number
  readonly amount: number
}

/** What is counted: a message out once a recipient and piece, or segment of an SMS, a message in once. */
export function unitsOf(
  message: Pick<Message, 'direction' | 'to' | 'pieces' | 'text'> & { readonly channel: Channel },
): number {
  if (message.direction === 'inbound') return 1
  const each =
    message.channel === 'sms'
      ? Math.max(1, segmentsOf(message.text ?? '').count)
      : (message.pieces?.length ?? 1)
  return Math.max(1, message.to.length) * each
}

/** The price of one unit in micro-units; nothing where nobody set one. */
export const priceOf = (prices: Prices, kind: Channel, direction: 'outbound' | 'inbound'): number =>
  (direction === 'outbound'
    ? kind === 'mms'
      ? prices.mmsOut
      : prices.smsOut
    : kind === 'mms'
      ? prices.mmsIn
      : prices.smsIn) ?? 0

/**
 * What a message's state means for its charge. A vendor's id proves that the vendor took it; an outcome that was never
 * learned is paid for too, as the vendor may have taken it.
 */
export function settlementOf(
  message: Pick<Message, 'direction' | 'state' | 'reason' | 'vendorId'>,
): 'open' | 'settled' | 'released' {
  if (message.direction === 'inbound') return 'settled'
  switch (message.state) {
    case 'accepted':
    case 'preparing':
    case 'ready':
    case 'submitting':
      return 'open'
    case 'submitted':
    case 'unconfirmed':
    case 'delivered':
    case 'received':
      return 'settled'
    case 'failed':
    case 'expired':
    case 'canceled':
      return message.vendorId !== null || message.reason === 'outcome_unknown' ? 'settled' : 'released'
  }
}
