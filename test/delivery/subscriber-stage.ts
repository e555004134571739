import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createSubscriber, type SubscriberPorts } from '../../src/delivery/subscriber.ts'
import type { QueuedEvent, SubscriberObject } from '../../src/delivery/subscribers.ts'
import type { Webhook, WebhookHealth } from '../../src/domain/webhook.ts'

/** One request that an endpoint got. */
export type Got = {
  readonly url: string
  readonly id: string
  readonly at: number
  readonly headers: Headers
  readonly body: string
  readonly redirect: string | undefined
}

/** A queue's object on real storage, with a clock, an endpoint and an account's list that the test plays. */
export class SubscriberStage {
  now = Date.UTC(2026, 0, 1)
  readonly got: Got[] = []
  readonly health: WebhookHealth[] = []
  listDown = false
  /** What the endpoint answers; 200 unless the test says otherwise. */
  answer: (got: Got, nth: number) => Response | Promise<Response> = () => new Response(null, { status: 200 })
  object!: SubscriberObject & { alarm(): Promise<void> }
  /** When the alarm that the object set would ring; null when none is set. */
  rings: number | null = null
  webhook: Webhook = {
    id: 'whk_0000000000000000000000',
    account: 'acc_stage',
    url: 'https://customer.example/hook',
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
    activeSince: 0,
    disabledAt: null,
    disabledReason: null,
    failingSince: null,
    lastSuccessAt: null,
    createdAt: 0,
    updatedAt: 0,
  }

  readonly ports: SubscriberPorts = {
    clock: { now: () => this.now },
    random: () => 0.5,
    log: () => {},
    secret: async (_webhook, generation) => new Uint8Array(32).fill(generation),
    urlRules: { refusedHosts: ['gateway.example'], local: false },
    tellHealth: async (_account, _webhook, _revision, health) => {
      if (this.listDown) throw new Error('Network connection lost')
      this.health.push(health)
    },
    fetch: async (url, init) => {
      const headers = new Headers(init.headers)
      const id = headers.get('webhook-id') ?? ''
      const got = { url, id, at: this.now, headers, body: init.body as string, redirect: init.redirect }
      this.got.push(got)
      return await this.answer(got, this.got.filter((one) => one.id === id).length)
    },
  }

  event(sequence: number, more: Partial<QueuedEvent> = {}): QueuedEvent {
    const id = `evt_${String(sequence).padStart(22, '0')}`
    const body = JSON.stringify({ type: 'message.accepted', id, sequence, data: {} })
    return { id, sequence, part: 0, type: 'message.accepted', conversation: 'cnv_a', body, ...more }
  }

  /** Puts events with these sequence numbers into the queue, and lets what that started come to rest. */
  async enqueue(...sequences: number[]): Promise<void> {
    const events = sequences.map((one) => this.event(one))
    await this.object.enqueue(this.webhook, 0, events, null)
    await this.rest()
  }

  /** Moves the clock, ringing every alarm on the way as the platform would. */
  async later(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds
    for (let rung = 0; this.rings !== null && this.rings <= end && rung < 5_000; rung++) {
      this.now = Math.max(this.now, this.rings)
      this.rings = null
      await this.object.alarm()
      await this.rest()
    }
    this.now = end
  }

  async rest(): Promise<void> {
    for (let i = 0; i < 8; i++) await new Promise((resolve) => setTimeout(resolve, 0))
  }

  /** When each attempt of an event was made, from the first one on, in seconds. */
  attempts(sequence: number): number[] {
    const of = this.got.filter((one) => one.id === this.event(sequence).id)
    return of.map((one) => Math.round((one.at - (of[0]?.at ?? 0)) / 1000))
  }

  async deliveries(limit = 100) {
    return await this.object.deliveries(this.webhook.account, null, limit)
  }
}

/** The storage of an object with its alarm in the hands of a test: the platform's would reach the Worker's own object. */
export function withAlarm(state: DurableObjectState, alarm: { rings: number | null }): DurableObjectState {
  const storage = new Proxy(state.storage, {
    get(target, name) {
      if (name === 'setAlarm')
        return async (at: number) => {
          alarm.rings = at
        }
      if (name === 'deleteAlarm')
        return async () => {
          alarm.rings = null
        }
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return new Proxy(state, {
    get(target, name) {
      if (name === 'storage') return storage
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** Runs a scene inside a real Durable Object, whose storage the stage's object uses. */
export async function onSubscriber(
  scene: (stage: SubscriberStage, restart: () => void) => Promise<void>,
): Promise<void> {
  const namespace = (env as unknown as { SUBSCRIBER: DurableObjectNamespace }).SUBSCRIBER
  await runInDurableObject(namespace.get(namespace.newUniqueId()), async (_instance, state) => {
    const stage = new SubscriberStage()
    const Class = createSubscriber(() => stage.ports)
    const restart = (): void => {
      stage.object = new Class(state, {}) as never
      Object.defineProperty(stage.object, 'ctx', { value: withAlarm(state, stage) })
    }
    restart()
    await scene(stage, restart)
  })
}
