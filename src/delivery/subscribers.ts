import type { Forgotten } from '../domain/event.ts'
import { StorageError } from '../domain/storage-error.ts'
import type { Webhook } from '../domain/webhook.ts'

/** An event in the queue of an endpoint. */
export type QueuedEvent = {
  readonly id: string
  readonly sequence: number
  /** Which attachment of it, where an endpoint is told of each; else 0. */
  readonly part: number
  readonly type: string
  readonly conversation: string | null
  /** The JSON that is posted, the same on every attempt. */
  readonly body: string
}

/** Where a delivery stands. `dropped` was waiting when its endpoint was switched off. */
export type DeliveryState = 'pending' | 'delivered' | 'given_up' | 'dropped'

/** What is shown of a delivery: its head, never its body. Times in milliseconds since 1970. */
export type DeliveryHead = {
  readonly event: string
  readonly type: string
  readonly sequence: number
  readonly part: number
  readonly state: DeliveryState
  readonly attempts: number
  readonly queuedAt: number
  readonly lastAt: number | null
  /** HTTP status of the last answer; null when there was none. */
  readonly status: number | null
  /** Why the last attempt failed, in a word; null when it did not. */
  readonly error: string | null
  readonly milliseconds: number | null
  readonly nextAt: number | null
}

/** Where a page of deliveries ended: when the last one was queued, and its event. */
export type DeliveryPosition = { readonly at: number; readonly event: string }

/** What came of an attempt to reach an endpoint. */
export type Attempted = {
  readonly delivered: boolean
  readonly status: number | null
  readonly error: string | null
  readonly milliseconds: number
}

/** One queue of an endpoint; the stub has the same methods. */
export interface SubscriberObject {
  configure(webhook: Webhook, shard: number): Promise<void>
  enqueue(
    webhook: Webhook,
    shard: number,
    events: readonly QueuedEvent[],
    replay: number | null,
  ): Promise<void>
  /** One attempt at once, outside the queue: never repeated, and no verdict on the endpoint. */
  probe(webhook: Webhook, event: QueuedEvent): Promise<Attempted>
  deliveries(account: string, before: DeliveryPosition | null, limit: number): Promise<DeliveryHead[]>
  forget(account: string, forgotten: Forgotten): Promise<void>
  close(account: string): Promise<void>
}

/** The door to the queues of endpoints. Every method throws `StorageError` when one does not answer. */
export type Subscribers = {
  /** Puts events into a queue; those that are there already are left alone, unless `replay` is a later run than theirs. */
  readonly enqueue: (
    webhook: Webhook,
    shard: number,
    events: readonly QueuedEvent[],
    replay: number | null,
  ) => Promise<void>
  /** Tells every queue how the endpoint is set. */
  readonly configure: (webhook: Webhook) => Promise<void>
  readonly probe: (webhook: Webhook, event: QueuedEvent) => Promise<Attempted>
  /** Newest first, over all queues. */
  readonly deliveries: (
    webhook: Webhook,
    before: DeliveryPosition | null,
    limit: number,
  ) => Promise<DeliveryHead[]>
  /** Forgets what was told, and what waits to be. */
  readonly forget: (webhook: Webhook, forgotten: Forgotten) => Promise<void>
  /** Empties every queue for good. */
  readonly close: (webhook: Webhook) => Promise<void>
}

/** A namespace of queues, as the binding gives it. */
export type SubscriberNamespace = { readonly getByName: (name: string) => unknown }

/** Makes the door. */
export function createSubscribers(namespace: SubscriberNamespace): Subscribers {
  const queue = (webhook: Webhook, shard: number): SubscriberObject =>
    namespace.getByName(`${webhook.id}:${shard}`) as SubscriberObject
  /** An endpoint may get more queues and never fewer, so these are all that it ever had. */
  const each = <T>(
    webhook: Webhook,
    work: (one: SubscriberObject, shard: number) => Promise<T>,
  ): Promise<T[]> =>
    call(() =>
      Promise.all(Array.from({ length: webhook.shards }, (_, shard) => work(queue(webhook, shard), shard))),
    )

  async function call<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw new StorageError('A queue of webhooks did not answer', { cause: error })
    }
  }

  return {
    enqueue: (webhook, shard, events, replay) =>
      call(() => queue(webhook, shard).enqueue(webhook, shard, events, replay)),
    async configure(webhook) {
      await each(webhook, (one, shard) => one.configure(webhook, shard))
    },
    probe: (webhook, event) => call(() => queue(webhook, 0).probe(webhook, event)),
    async deliveries(webhook, before, limit) {
      const pages = await each(webhook, (one) => one.deliveries(webhook.account, before, limit))
      return pages
        .flat()
        .sort((a, b) => b.queuedAt - a.queuedAt || (b.event < a.event ? -1 : 1))
        .slice(0, limit)
    },
    async forget(webhook, forgotten) {
      await each(webhook, (one) => one.forget(webhook.account, forgotten))
    },
    async close(webhook) {
      await each(webhook, (one) => one.close(webhook.account))
    },
  }
}
