import type { Address } from './address.ts'
import type { EventType } from './event.ts'
import type { Failure } from './failure.ts'
import type { Page } from './ports.ts'
import type { Result } from './result.ts'

/** Why an endpoint gets nothing: its owner's wish, its own 410, or five days without a success. */
export type SwitchedOff = 'by_owner' | 'gone' | 'failing'

/** What of an account's events somebody wants; null wants all. */
export type EventFilter = {
  readonly types: readonly EventType[] | null
  readonly numbers: readonly Address[] | null
}

/** An endpoint of a customer. Times in milliseconds since 1970. */
export type Webhook = EventFilter & {
  readonly id: string
  readonly account: string
  readonly url: string
  readonly description: string | null
  /** A message with several attachments is told once, or once for each of them. */
  readonly attachments: 'together' | 'each'
  /** A delivery that retries holds the ones behind it. */
  readonly strictOrder: boolean
  /** Queues that work side by side, 1 to 8. The events of one conversation are always in the same one. */
  readonly shards: number
  /** Goes up with every change of what its queues must know. */
  readonly revision: number
  /** Which secret signs, from 1. */
  readonly generation: number
  /** Until when the secret before it signs too; null when it does not. */
  readonly previousUntil: number | null
  readonly enabled: boolean
  /** Events from here on are for it. */
  readonly activeSince: number
  readonly disabledAt: number | null
  readonly disabledReason: SwitchedOff | null
  /** The first failure since the last success; null while it answers. */
  readonly failingSince: number | null
  readonly lastSuccessAt: number | null
  readonly createdAt: number
  readonly updatedAt: number
}

/** How an endpoint does, as its queues see it. */
export type WebhookHealth = {
  readonly failingSince: number | null
  readonly lastSuccessAt: number | null
  readonly switchedOff: { readonly reason: SwitchedOff; readonly at: number } | null
}

/** The endpoints of accounts. Each method throws `StorageError` when storage does not answer. */
export interface WebhookStore {
  /** Adds an endpoint unless the account has `most` already; false then. */
  insert(webhook: Webhook, most: number): Promise<boolean>
  find(account: string, id: string): Promise<Webhook | null>
  /** Newest first. */
  list(
    account: string,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<Webhook>, Failure>>
  /** Those that get events. */
  active(account: string): Promise<Webhook[]>
  /** Replaces an endpoint whose stored revision is one less; false when somebody else was faster. */
  replace(webhook: Webhook): Promise<boolean>
  remove(account: string, id: string): Promise<void>
  /** Notes how it does. A switch-off counts only for the revision that was tried: a new URL deserves its own judgement. */
  health(account: string, id: string, revision: number, health: WebhookHealth): Promise<void>
}

/** Whether an event is among those wanted. What concerns no number is for everybody. */
export const wants = (
  filter: EventFilter,
  event: { readonly type: string; readonly number: string | null },
): boolean =>
  (filter.types === null || (filter.types as readonly string[]).includes(event.type)) &&
  (filter.numbers === null || event.number === null || filter.numbers.includes(event.number))
