import type { AccountEvent } from '../domain/event.ts'
import type { Clock } from '../domain/ports.ts'
import type { WebhookStore } from '../domain/webhook.ts'
import type { DialectPoster } from '../vendors/contract.ts'
import type { WebhookUrlRules } from './guard/webhook-url.ts'
import type { LivePorts } from './live.ts'
import { createLives, type LiveNamespace, type Lives } from './lives.ts'
import type { SubscriberPorts } from './subscriber.ts'
import { createSubscribers, type SubscriberNamespace, type Subscribers } from './subscribers.ts'

/** Everything that tells an account what happened. */
export type EventsOut = {
  readonly lives: Lives
  readonly subscribers: Subscribers
  readonly live: LivePorts
  readonly subscriber: SubscriberPorts
  /** The signing secret of an endpoint's generation: 32 bytes, never stored. */
  readonly secret: (webhook: string, generation: number) => Promise<Uint8Array>
  readonly urlRules: WebhookUrlRules
}

/** What it is made of. */
export type EventsOutOptions = {
  readonly liveNamespace: LiveNamespace
  readonly subscriberNamespace: SubscriberNamespace
  readonly webhooks: WebhookStore
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly clock: Clock
  readonly random: () => number
  /** The key from which the endpoints' secrets are derived. */
  readonly secretKey: () => Promise<CryptoKey>
  readonly urlRules: WebhookUrlRules
  readonly dialects?: Readonly<Record<string, DialectPoster>>
  readonly represent: (event: AccountEvent, sequence: number) => object
  readonly log: (event: string, facts: Record<string, string | number | null>) => void
}

/** Puts the logs of accounts and the queues of their endpoints together. */
export function createEventsOut(options: EventsOutOptions): EventsOut {
  const { clock, random, log, urlRules } = options
  const lives = createLives(options.liveNamespace)
  const subscribers = createSubscribers(options.subscriberNamespace)
  const secret = async (webhook: string, generation: number): Promise<Uint8Array> => {
    const purpose = new TextEncoder().encode(`${webhook}\0${generation}`)
    return new Uint8Array(await crypto.subtle.sign('HMAC', await options.secretKey(), purpose))
  }
  return {
    lives,
    subscribers,
    secret,
    urlRules,
    live: {
      clock,
      log,
      subscribers,
      webhooks: (account) => options.webhooks.active(account),
      represent: (event, sequence) => JSON.stringify(options.represent(event, sequence)),
    },
    subscriber: {
      clock,
      random,
      log,
      fetch: options.fetch,
      secret,
      urlRules,
      ...(options.dialects === undefined ? {} : { dialects: options.dialects }),
      async tellHealth(account, webhook, revision, health) {
        await options.webhooks.health(account, webhook, revision, health)
        if (health.switchedOff === null) return
        const { reason, at } = health.switchedOff
        await lives.changed(account)
        // The id is made of what was switched off: every queue of the endpoint tells it, and again after a crash.
        const id = `evt_${webhook.slice(4)}R${revision.toString(36)}`
        const data = { facts: { webhook, reason } }
        await lives.append(account, [
          { id, type: 'webhook.disabled', at, number: null, conversation: null, data },
        ])
      },
    },
  }
}
