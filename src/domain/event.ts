import type { Address } from './address.ts'
import { mintId } from './ids.ts'
import type { Message } from './message.ts'
import type { MessageState } from './state.ts'

/** What can happen that an account is told of. */
export const EVENT_TYPES = [
  'conversation.created',
  'message.accepted',
  'message.submitted',
  'message.delivered',
  'message.failed',
  'message.expired',
  'message.unconfirmed',
  'message.canceled',
  'message.received',
  'media.stored',
  'media.unavailable',
  'consent.changed',
  'keyword.matched',
  'webhook.disabled',
] as const

/** The type of an event. */
export type EventType = (typeof EVENT_TYPES)[number] | 'webhook.test'

/** What an event tells; plain JSON, names as on the wire where a use case gives its own facts. */
export type EventData = {
  /** The message as it stood when it happened. */
  readonly message?: Message
  /** Position of the part that the event is about, from 0. */
  readonly part?: number
  /** The thread, where it is what is new. */
  readonly conversation?: { readonly own: Address; readonly members: readonly Address[] }
  /** What other use cases tell: small, flat, snake_case. */
  readonly facts?: { readonly [name: string]: string | number | boolean | null }
}

/** Something that happened in an account, before the account's log gave it a sequence number. */
export type AccountEvent = {
  /** `evt_...`: the same however often it is handed on. */
  readonly id: string
  readonly type: EventType
  /** Milliseconds since 1970. */
  readonly at: number
  /** Our number that it concerns; null where it concerns none. */
  readonly number: Address | null
  readonly conversation: string | null
  readonly data: EventData
}

/** What is to be forgotten of events: whole conversations, and everything that names one of the addresses. */
export type Forgotten = {
  readonly conversations: readonly string[]
  readonly addresses: readonly Address[]
}

/** Where events go: the log of an account, which tells its sockets and webhooks. */
export interface EventSink {
  /** Appends events in their order; one that is there already is left alone. Throws `StorageError`. */
  append(account: string, events: readonly AccountEvent[]): Promise<void>
}

/** A new event with an id of its own. */
export const newEvent = (event: Omit<AccountEvent, 'id'>): AccountEvent => ({
  id: mintId('evt', event.at),
  ...event,
})

/** The event of a message that reached a state; null for states between, which nobody outside waits for. */
export function eventOfState(state: MessageState): EventType | null {
  switch (state) {
    case 'preparing':
    case 'ready':
    case 'submitting':
      return null
    case 'accepted':
    case 'submitted':
    case 'unconfirmed':
    case 'delivered':
    case 'failed':
    case 'expired':
    case 'canceled':
    case 'received':
      return `message.${state}`
  }
}

/** Characters of text and parts that an event carries: a webhook's body is best below 20 kB. The whole is one request away. */
const TEXT = 8_000
const PARTS = 20

/** The message cut to what an event carries, and whether anything was cut. */
export function forEvent(message: Message): { readonly message: Message; readonly truncated: boolean } {
  const { text, parts } = message
  const long = text !== null && text.length > TEXT
  const many = parts.length > PARTS
  if (!long && !many) return { message, truncated: false }
  return {
    message: {
      ...message,
      text: long ? text.slice(0, TEXT).toWellFormed() : text,
      parts: many ? parts.slice(0, PARTS) : parts,
    },
    truncated: true,
  }
}
