import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createLive, type LiveObject, type LivePorts } from '../../src/delivery/live.ts'
import { createSubscriber, type SubscriberPorts } from '../../src/delivery/subscriber.ts'
import type { SubscriberObject, Subscribers } from '../../src/delivery/subscribers.ts'
import type { AccountEvent } from '../../src/domain/event.ts'
import type { Webhook } from '../../src/domain/webhook.ts'
import { withAlarm } from './subscriber-stage.ts'

type Namespaces = { LIVE: DurableObjectNamespace; SUBSCRIBER: DurableObjectNamespace }
const namespaces = env as unknown as Namespaces

/** One object of the play: where it lives, and when it wants to be woken. */
type Actor<T> = { readonly stub: () => DurableObjectStub; object: T | null; rings: number | null }

/** One POST that reached an endpoint. */
export type Arrived = {
  readonly url: string
  readonly id: string
  readonly sequence: number
  readonly at: number
}

/** An account's log and the queues of its endpoints, each in an object of its own, under one clock that the test moves. */
export class LiveStage {
  now = Date.UTC(2026, 0, 1)
  webhooks: Webhook[] = []
  readonly arrived: Arrived[] = []
  answer: (url: string) => number = () => 200
  /** The list of endpoints does not answer. */
  listDown = false
  /** Fails hand-overs: before they reach the queue, or after, when only the answer is lost. */
  fault: () => 'before' | 'after' | null = () => null
  readonly #live: Actor<LiveObject & { alarm(): Promise<void> }>
  readonly #queues = new Map<string, Actor<SubscriberObject & { alarm(): Promise<void> }>>()
  readonly account = `acc_${crypto.randomUUID().replaceAll('-', '').slice(0, 22)}`

  constructor() {
    const id = namespaces.LIVE.newUniqueId()
    this.#live = { stub: () => namespaces.LIVE.get(id), object: null, rings: null }
  }

  webhook(n: number, more: Partial<Webhook> = {}): Webhook {
    return {
      id: `whk_${String(n).padStart(22, '0')}`,
      account: this.account,
      url: `https://customer${n}.example/hook`,
      description: null,
      types: null,
      numbers: null,
      attachments: 'together',
      strictOrder: false,
      shards: 1,
      revision: 1,
      generation: 1,
      previousUntil: null,
      enabled: true,
      activeSince: this.now,
      disabledAt: null,
      disabledReason: null,
      failingSince: null,
      lastSuccessAt: null,
      createdAt: this.now,
      updatedAt: this.now,
      ...more,
    }
  }

  event(n: number, more: Partial<AccountEvent> = {}): AccountEvent {
    return {
      id: `evt_${String(n).padStart(22, '0')}`,
      type: 'message.accepted',
      at: this.now,
      number: '+14165550100',
      conversation: 'cnv_a',
      data: {},
      ...more,
    }
  }

  /** Asks the account's log, inside its object. */
  async live<T>(work: (live: LiveObject & { alarm(): Promise<void> }) => Promise<T>): Promise<T> {
    return await runInDurableObject(this.#live.stub(), async (_instance, state) => {
      if (this.#live.object === null) {
        const Class = createLive(() => this.#livePorts)
        this.#live.object = new Class(state, {}) as never
        Object.defineProperty(this.#live.object, 'ctx', { value: withAlarm(state, this.#live) })
      }
      const result = await work(this.#live.object as never)
      await rest()
      return result
    })
  }

  /** Ends every object with what it held in memory; what it stored, its alarm included, stays. */
  crash(): void {
    this.#live.object = null
    for (const queue of this.#queues.values()) queue.object = null
  }

  /** Appends events, and lets what that started come to rest. */
  async append(...events: AccountEvent[]): Promise<void> {
    await this.live((live) => live.append(this.account, events))
  }

  /** Moves the clock, ringing every alarm of every object on the way. */
  async later(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds
    for (let rung = 0; rung < 20_000; rung++) {
      const actors = [this.#live, ...this.#queues.values()]
      const next = actors
        .filter((one) => one.rings !== null)
        .reduce<(typeof actors)[number] | null>(
          (least, one) => (least === null || (one.rings ?? 0) < (least.rings ?? 0) ? one : least),
          null,
        )
      if (next?.rings == null || next.rings > end) break
      this.now = Math.max(this.now, next.rings)
      next.rings = null
      if (next === this.#live) await this.live((live) => live.alarm())
      else {
        const queue = [...this.#queues.values()].find((one) => one === next)
        if (queue !== undefined) await this.#ask(queue, (object) => object.alarm())
      }
    }
    this.now = end
  }

  #queue(webhook: Webhook, shard: number) {
    const name = `${webhook.id}:${shard}`
    let actor = this.#queues.get(name)
    if (actor === undefined) {
      const id = namespaces.SUBSCRIBER.newUniqueId()
      actor = { stub: () => namespaces.SUBSCRIBER.get(id), object: null, rings: null }
      this.#queues.set(name, actor)
    }
    return actor
  }

  /** Asks a queue, inside its object. */
  async queue<T>(webhook: Webhook, shard: number, work: (queue: SubscriberObject) => Promise<T>): Promise<T> {
    return await this.#ask(this.#queue(webhook, shard), work)
  }

  async #ask<T>(
    actor: Actor<SubscriberObject & { alarm(): Promise<void> }>,
    work: (queue: SubscriberObject & { alarm(): Promise<void> }) => Promise<T>,
  ): Promise<T> {
    return await runInDurableObject(actor.stub(), async (_instance, state) => {
      if (actor.object === null) {
        const Class = createSubscriber(() => this.#subscriberPorts)
        actor.object = new Class(state, {}) as never
        Object.defineProperty(actor.object, 'ctx', { value: withAlarm(state, actor) })
      }
      return await work(actor.object as never)
    })
  }

  readonly #subscriberPorts: SubscriberPorts = {
    clock: { now: () => this.now },
    random: () => 0.5,
    log: () => {},
    secret: async () => new Uint8Array(32),
    urlRules: { refusedHosts: [], local: false },
    tellHealth: async () => {},
    fetch: async (url, init) => {
      const id = new Headers(init.headers).get('webhook-id') ?? ''
      const { sequence } = JSON.parse(init.body as string)
      this.arrived.push({ url, id, sequence, at: this.now })
      return new Response(null, { status: this.answer(url) })
    },
  }

  readonly #livePorts: LivePorts = {
    clock: { now: () => this.now },
    log: () => {},
    webhooks: async () => {
      if (this.listDown) throw new Error('Network connection lost')
      return this.webhooks.filter((one) => one.enabled)
    },
    represent: (event, sequence) =>
      JSON.stringify({ type: event.type, id: event.id, sequence, data: event.data }),
    subscribers: {
      enqueue: async (webhook, shard, events, replay) => {
        const fault = this.fault()
        if (fault === 'before') throw new Error('overloaded')
        await this.queue(webhook, shard, (queue) => queue.enqueue(webhook, shard, events, replay))
        if (fault === 'after') throw new Error('Network connection lost')
      },
    } as Subscribers,
  }
}

const rest = async (): Promise<void> => {
  for (let i = 0; i < 8; i++) await new Promise((resolve) => setTimeout(resolve, 0))
}
