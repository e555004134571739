import type { Clock } from '../domain/ports.ts'
import { type Webhook, wants } from '../domain/webhook.ts'
import type { Cursor, KeptEvent, LiveLog, Replay } from './live-log.ts'
import { projectionWait } from './schedule.ts'
import type { QueuedEvent, Subscribers } from './subscribers.ts'

/** Events that one call hands on. */
const BATCH = 100
/** Endpoints told at the same time: a Worker has six connections. */
const ABREAST = 5
/** The list of endpoints is read again after this long, in milliseconds, if nobody said that it changed. */
const FRESH = 15_000

/** What the fan-out is given. */
export type FanOutPorts = {
  readonly clock: Clock
  readonly subscribers: Subscribers
  /** The endpoints of an account that get events. */
  readonly webhooks: (account: string) => Promise<readonly Webhook[]>
  readonly log: (event: string, facts: Record<string, string | number | null>) => void
}

/** Hands an account's events to the queues of its endpoints: at least once, in order, each endpoint by itself. */
export class FanOut {
  readonly #log: LiveLog
  readonly #ports: FanOutPorts
  #known: { readonly list: readonly Webhook[]; readonly at: number } | null = null
  /** Counts changes of the list, so that one that was being read meanwhile is not kept. */
  #changes = 0
  #failures = 0
  #retryAt = 0

  constructor(log: LiveLog, ports: FanOutPorts) {
    this.#log = log
    this.#ports = ports
  }

  /** The endpoints changed: they are read again. */
  forget(): void {
    this.#known = null
    this.#changes++
  }

  /** When this wants to run next; null when everybody was told everything. */
  nextDue(now: number): number | null {
    // Somebody may be new on the list that could not be read: nobody knows yet whether there is anything to tell.
    if (this.#failures > 0) return Math.max(now, this.#retryAt)
    const due = this.#log.nextDue()
    return due === null ? null : Math.max(now, due)
  }

  /** Works until everybody who answers was told. Never throws. */
  async run(): Promise<void> {
    const account = this.#log.owner()
    if (account === null || this.#ports.clock.now() < this.#retryAt) return
    let endpoints: readonly Webhook[]
    try {
      endpoints = await this.#endpoints(account)
      this.#failures = 0
      this.#retryAt = 0
    } catch (error) {
      this.#failures++
      this.#retryAt = this.#ports.clock.now() + projectionWait(this.#failures)
      this.#ports.log('endpoints_unread', { error: String(error).slice(0, 200) })
      return
    }
    this.#reconcile(endpoints)
    const byId = new Map(endpoints.map((one) => [one.id, one]))
    const waiting: (() => Promise<void>)[] = []
    for (const replay of this.#log.replays()) {
      const endpoint = byId.get(replay.endpoint)
      if (endpoint !== undefined) waiting.push(() => this.#replay(endpoint, replay))
    }
    for (const cursor of this.#log.cursors()) {
      const endpoint = byId.get(cursor.endpoint)
      if (endpoint !== undefined) waiting.push(() => this.#tell(endpoint, cursor))
    }
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next()
    }
    await Promise.all(Array.from({ length: ABREAST }, worker))
  }

  async #endpoints(account: string): Promise<readonly Webhook[]> {
    const now = this.#ports.clock.now()
    if (this.#known !== null && now - this.#known.at < FRESH) return this.#known.list
    const changes = this.#changes
    const list = await this.#ports.webhooks(account)
    if (changes === this.#changes) this.#known = { list, at: now }
    return list
  }

  /** An endpoint begins with the first event after it was switched on; one that is gone is told nothing more. */
  #reconcile(endpoints: readonly Webhook[]): void {
    const cursors = new Map(this.#log.cursors().map((one) => [one.endpoint, one]))
    for (const endpoint of endpoints) {
      if (cursors.get(endpoint.id)?.since === endpoint.activeSince) continue
      this.#log.setCursor(endpoint.id, endpoint.activeSince, this.#log.newestBefore(endpoint.activeSince))
    }
    const active = new Set(endpoints.map((one) => one.id))
    for (const id of cursors.keys()) if (!active.has(id)) this.#log.dropEndpoint(id)
    for (const { endpoint } of this.#log.replays())
      if (!active.has(endpoint)) this.#log.dropEndpoint(endpoint)
  }

  async #tell(endpoint: Webhook, cursor: Cursor): Promise<void> {
    if (cursor.dueAt > this.#ports.clock.now()) return
    for (let { sequence } = cursor; ; ) {
      const events = this.#log.after(sequence, BATCH)
      const last = events.at(-1)
      if (last === undefined) return
      try {
        await this.#hand(endpoint, events, null)
      } catch (error) {
        const failures = cursor.failures + 1
        const due = this.#ports.clock.now() + projectionWait(failures)
        this.#log.postponeCursor(endpoint.id, failures, due)
        this.#ports.log('hand_over_failed', { webhook: endpoint.id, error: String(error).slice(0, 200) })
        return
      }
      sequence = last.sequence
      this.#log.setCursor(endpoint.id, cursor.since, sequence)
    }
  }

  async #replay(endpoint: Webhook, replay: Replay): Promise<void> {
    if (replay.dueAt > this.#ports.clock.now()) return
    for (let { sequence } = replay; ; ) {
      const events = this.#log.after(sequence, BATCH, replay.last)
      const last = events.at(-1)
      if (last === undefined) return this.#log.endReplay(replay.run)
      try {
        await this.#hand(endpoint, events, replay.run)
      } catch (error) {
        this.#log.postponeReplay(replay.run, this.#ports.clock.now() + projectionWait(1))
        this.#ports.log('replay_failed', { webhook: endpoint.id, error: String(error).slice(0, 200) })
        return
      }
      sequence = last.sequence
      this.#log.advanceReplay(replay.run, sequence)
    }
  }

  async #hand(endpoint: Webhook, events: readonly KeptEvent[], replay: number | null): Promise<void> {
    const shards = new Map<number, QueuedEvent[]>()
    for (const event of events) {
      if (!wants(endpoint, event)) continue
      const shard = shardOf(event.conversation ?? event.id, endpoint.shards)
      const queue = shards.get(shard) ?? []
      queue.push(...(endpoint.attachments === 'each' ? oneEach(event) : [{ ...event, part: 0 }]))
      shards.set(shard, queue)
    }
    await Promise.all(
      [...shards].map(([shard, queue]) => this.#ports.subscribers.enqueue(endpoint, shard, queue, replay)),
    )
  }
}

/** The queue of a conversation's events: always the same one, so that they stay in order (FNV-1a). */
export function shardOf(name: string, shards: number): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0
  return hash % shards
}

/**
 * A received message with several attachments as one event for each: every one has the text, one attachment, and an id made
 * of the event's and its position, so that it is the same on every try.
 */
export function oneEach(event: KeptEvent): QueuedEvent[] {
  const whole = [{ ...event, part: 0 }]
  if (event.type !== 'message.received') return whole
  const body = JSON.parse(event.body)
  const parts: unknown[] = body.data?.message?.parts ?? []
  if (parts.length < 2) return whole
  return parts.map((one, position) => {
    const id = `${event.id}P${position + 1}`
    const data = {
      ...body.data,
      message: { ...body.data.message, parts: [one] },
      attachment: position + 1,
      attachments: parts.length,
    }
    return { ...event, id, part: position, body: JSON.stringify({ ...body, id, data }) }
  })
}
