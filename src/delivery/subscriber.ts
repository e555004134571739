import { DurableObject } from 'cloudflare:workers'
import type { Forgotten } from '../domain/event.ts'
import { nextWebhookWait, WEBHOOK_LIMITS } from '../domain/standard-webhooks.ts'
import type { SwitchedOff, Webhook, WebhookHealth } from '../domain/webhook.ts'
import { type Posted, type PostPorts, postWebhook } from './post-webhook.ts'
import { PATIENCE, projectionWait } from './schedule.ts'
import { QUEUE_LIMITS, SubscriberQueue, type Waiting } from './subscriber-queue.ts'
import type {
  Attempted,
  DeliveryHead,
  DeliveryPosition,
  QueuedEvent,
  SubscriberObject,
} from './subscribers.ts'

/** Retries that run side by side, beside the one first attempt. */
const RETRIES_ABREAST = 4
/** Milliseconds after which a run makes room for the next: an alarm may not last for ever. */
const RUN = 5 * 60_000
/** Milliseconds after which the alarm looks whether a run that was started still lives. */
const SAFETY = 3_000
const PRUNE_EVERY = 60_000
/** An endpoint that goes on answering is written down again after this long, in milliseconds. */
const TELL_SUCCESS = 5 * 60_000

/** What the object of a queue is given. */
export type SubscriberPorts = PostPorts & {
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number
  /** Writes into the account's list how an endpoint does. */
  readonly tellHealth: (
    account: string,
    webhook: string,
    revision: number,
    health: WebhookHealth,
  ) => Promise<void>
  readonly log: (event: string, facts: Record<string, string | number | null>) => void
}

/** The class of a queue's object, built around its ports. */
export type SubscriberClass<Env> = new (
  ctx: DurableObjectState,
  env: Env,
) => DurableObject<Env> & SubscriberObject

type Lane = 'first' | 'retry' | 'health'

/**
 * Makes the Durable Object class of customers' endpoints. An object is one endpoint, or one share of its events: it tries
 * events for the first time one by one in their order, tries failed ones again beside that, and switches off an endpoint
 * that is gone.
 *
 * @param portsOf builds the ports from the environment; called once an object
 */
export function createSubscriber<Env>(portsOf: (env: Env) => SubscriberPorts): SubscriberClass<Env> {
  return class Subscriber extends DurableObject<Env> implements SubscriberObject {
    readonly #ports: SubscriberPorts
    readonly #queue: SubscriberQueue
    readonly #running = new Set<Lane>()
    /** Events that are being posted now. In memory only: after a crash they are due again. */
    readonly #posting = new Set<string>()
    #prunedAt = 0
    #full = false
    #healthFailures = 0
    #healthDue = 0

    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, env)
      this.#ports = portsOf(env)
      this.#queue = new SubscriberQueue(ctx.storage.sql)
    }

    async configure(webhook: Webhook): Promise<void> {
      this.ctx.storage.transactionSync(() => this.#configure(webhook))
      this.#arm()
      void this.#kick()
    }

    async enqueue(
      webhook: Webhook,
      _shard: number,
      events: readonly QueuedEvent[],
      replay: number | null,
    ): Promise<void> {
      const now = this.#ports.clock.now()
      this.ctx.storage.transactionSync(() => {
        this.#configure(webhook)
        const standing = this.#queue.standing()
        if (standing === null || standing.webhook.account !== webhook.account) return
        this.#prune(now)
        const isOff = standing.off !== null || !standing.webhook.enabled
        const dropped = isOff ? 'switched_off' : this.#full ? 'queue_full' : null
        for (const event of events) this.#queue.add(event, replay, dropped, now)
      })
      // In the same implicit transaction as the rows above: no await stands between.
      this.#arm()
      void this.#kick()
    }

    async probe(webhook: Webhook, event: QueuedEvent): Promise<Attempted> {
      this.#configure(webhook)
      const posted = await postWebhook(this.#ports, webhook, event.id, event.body)
      const { delivered, status, error, milliseconds } = posted
      const attempted = { delivered, status, error, milliseconds }
      this.#queue.addProbe(event, attempted, this.#ports.clock.now())
      return attempted
    }

    async deliveries(
      account: string,
      before: DeliveryPosition | null,
      limit: number,
    ): Promise<DeliveryHead[]> {
      return this.#queue.standing()?.webhook.account === account ? this.#queue.page(before, limit) : []
    }

    async forget(account: string, forgotten: Forgotten): Promise<void> {
      if (this.#queue.standing()?.webhook.account === account) this.#queue.forget(forgotten)
    }

    async close(account: string): Promise<void> {
      if (this.#queue.standing()?.webhook.account !== account) return
      await this.ctx.storage.deleteAlarm()
      this.#queue.close()
    }

    override async alarm(): Promise<void> {
      // An alarm that throws is given up by the platform after six tries, so nothing here may.
      try {
        await this.ctx.storage.setAlarm(this.#ports.clock.now() + PATIENCE.watchdog)
        this.#prune(this.#ports.clock.now())
        await this.#kick()
      } catch (error) {
        this.#ports.log('alarm_failed', { error: String(error).slice(0, 200) })
      } finally {
        await this.#rearm().catch(() =>
          this.ctx.storage.setAlarm(Date.now() + PATIENCE.watchdog).catch(() => {}),
        )
      }
    }

    #configure(webhook: Webhook): void {
      if (this.#queue.configure(webhook) && !webhook.enabled) this.#queue.dropAll()
    }

    #prune(now: number): void {
      if (now - this.#prunedAt < PRUNE_EVERY) return
      this.#prunedAt = now
      this.#queue.prune(now)
      this.#full = this.#queue.waiting() >= QUEUE_LIMITS.waiting
    }

    /** Starts every lane that is not running; resolves when the ones it started are done. */
    #kick(): Promise<unknown> {
      return Promise.all([
        this.#start('first', () => this.#runFirst()),
        this.#start('retry', () => this.#runRetries()),
        this.#start('health', () => this.#tellHealth()),
      ])
    }

    async #start(lane: Lane, run: () => Promise<void>): Promise<void> {
      if (this.#running.has(lane)) return
      this.#running.add(lane)
      try {
        await run()
      } catch (error) {
        this.#ports.log('lane_failed', { lane, error: String(error).slice(0, 200) })
      } finally {
        this.#running.delete(lane)
      }
      await this.#rearm()
    }

    /** The endpoint, where it may be tried now. */
    #ready(): Webhook | null {
      const standing = this.#queue.standing()
      if (standing === null || standing.off !== null || !standing.webhook.enabled) return null
      return standing.pausedUntil > this.#ports.clock.now() ? null : standing.webhook
    }

    /** First attempts, one after the other; with strict order the retries too. */
    async #runFirst(): Promise<void> {
      const until = this.#ports.clock.now() + RUN
      for (;;) {
        const webhook = this.#ready()
        const now = this.#ports.clock.now()
        if (webhook === null || now > until) return
        const next = webhook.strictOrder ? this.#queue.head() : this.#queue.nextFresh()
        if (next === null || (next.attempts > 0 && next.dueAt > now) || this.#posting.has(next.id)) return
        await this.#attempt(webhook, next)
      }
    }

    async #runRetries(): Promise<void> {
      const until = this.#ports.clock.now() + RUN
      const worker = async (): Promise<void> => {
        for (;;) {
          const webhook = this.#ready()
          const now = this.#ports.clock.now()
          if (webhook === null || webhook.strictOrder || now > until) return
          const due = this.#queue.dueRetries(now, RETRIES_ABREAST + 2)
          const next = due.find((one) => !this.#posting.has(one.id))
          if (next === undefined) return
          await this.#attempt(webhook, next)
        }
      }
      await Promise.all(Array.from({ length: RETRIES_ABREAST }, worker))
    }

    async #attempt(webhook: Webhook, waiting: Waiting): Promise<void> {
      const { id } = waiting
      const started = this.#ports.clock.now()
      if (waiting.attempts >= WEBHOOK_LIMITS.attempts) {
        // The last attempt was cut before its outcome was known.
        const cut = { delivered: false, status: null, error: 'cut', milliseconds: 0 }
        return this.#queue.end(id, 'given_up', cut, started)
      }
      const attempts = waiting.attempts + 1
      this.#posting.add(id)
      try {
        // Written before the request leaves: a crash meanwhile counts as a failed attempt.
        const due = nextWebhookWait(attempts, null, 0.5) ?? 0
        this.#queue.begin(id, attempts, started + Math.max(due, 2 * WEBHOOK_LIMITS.timeout))
        const posted = await postWebhook(this.#ports, webhook, id, waiting.body)
        this.#settle(webhook, id, attempts, posted, started)
      } finally {
        this.#posting.delete(id)
      }
    }

    #settle(webhook: Webhook, id: string, attempts: number, posted: Posted, started: number): void {
      const now = this.#ports.clock.now()
      const standing = this.#queue.standing()
      if (standing === null) return
      // An answer of the URL before says nothing about the one that is set now.
      const current = standing.webhook.revision === webhook.revision && standing.off === null
      if (posted.delivered) {
        this.#queue.end(id, 'delivered', posted, now)
        const tell = standing.failingSince !== null || now - standing.toldSuccessAt >= TELL_SUCCESS
        if (current) this.#queue.succeeded(now, tell)
        return
      }
      if (this.#queue.isPending(id)) {
        const wait = nextWebhookWait(attempts, posted.retryAfter, this.#ports.random())
        if (wait === null) this.#queue.end(id, 'given_up', posted, now)
        else this.#queue.postpone(id, posted, now, now + wait)
      }
      if (!current) return
      if (posted.retryAfter !== null) this.#queue.pauseUntil(now + posted.retryAfter)
      this.#queue.failed(started)
      const failingSince = standing.failingSince ?? started
      if (posted.status === 410) this.#switchOff('gone', now)
      else if (now - failingSince >= WEBHOOK_LIMITS.switchOff) this.#switchOff('failing', now)
    }

    #switchOff(reason: SwitchedOff, now: number): void {
      this.#queue.switchOff(reason, now)
      this.#queue.dropAll()
      this.#ports.log('webhook_switched_off', { reason })
    }

    /** Tells the account's list how the endpoint does, until it took. */
    async #tellHealth(): Promise<void> {
      const standing = this.#queue.standing()
      if (standing === null || !standing.untold || this.#ports.clock.now() < this.#healthDue) return
      const { webhook, failingSince, lastSuccessAt, off } = standing
      try {
        await this.#ports.tellHealth(webhook.account, webhook.id, webhook.revision, {
          failingSince,
          lastSuccessAt,
          switchedOff: off,
        })
        this.#healthFailures = 0
        this.#healthDue = 0
        const now = this.#queue.standing()
        // What changed meanwhile is told by the next run.
        if (now?.failingSince === failingSince && now.off?.reason === off?.reason)
          this.#queue.told(lastSuccessAt)
      } catch (error) {
        this.#healthFailures++
        this.#healthDue = this.#ports.clock.now() + projectionWait(this.#healthFailures)
        this.#ports.log('health_untold', { error: String(error).slice(0, 200) })
      }
    }

    #nextDue(now: number): number | null {
      const standing = this.#queue.standing()
      if (standing === null) return null
      const dues: number[] = []
      if (standing.untold) dues.push(Math.max(now, this.#healthDue))
      if (standing.off === null && standing.webhook.enabled) {
        const soonest = standing.webhook.strictOrder ? this.#headDue() : this.#queueDue()
        if (soonest !== null) dues.push(Math.max(now, soonest, standing.pausedUntil))
      }
      return dues.length === 0 ? null : Math.min(...dues)
    }

    #headDue(): number | null {
      const head = this.#queue.head()
      return head === null ? null : head.attempts === 0 ? 0 : head.dueAt
    }

    #queueDue(): number | null {
      return this.#queue.nextFresh() === null ? this.#queue.nextRetry() : 0
    }

    /** Sets the alarm that a crash would leave behind; lanes that end normally set it anew. */
    #arm(): void {
      void this.ctx.storage.setAlarm(this.#ports.clock.now() + SAFETY)
    }

    async #rearm(): Promise<void> {
      const now = this.#ports.clock.now()
      const due = this.#nextDue(now)
      // A running lane takes up what becomes due meanwhile, and arms again when it ends.
      if (this.#running.size > 0) await this.ctx.storage.setAlarm(Math.max(due ?? 0, now + SAFETY))
      else if (due === null) await this.ctx.storage.deleteAlarm()
      else await this.ctx.storage.setAlarm(due)
    }
  }
}
