import { DurableObject } from 'cloudflare:workers'
import type { AccountEvent, Forgotten } from '../domain/event.ts'
import { Alarm } from './alarm.ts'
import { FanOut, type FanOutPorts } from './fan-out.ts'
import { type KeptEvent, LiveLog } from './live-log.ts'
import { LiveSockets, type StreamFilter, streams } from './live-sockets.ts'
import { PATIENCE } from './schedule.ts'

/** Events that one page looks at, at most: a narrow filter must not read the whole log. */
const LOOKED_AT = 2_000
/** Milliseconds after which the alarm looks whether a hand-over that was started still lives. */
const SAFETY = 3_000
/** Milliseconds between two prunings. */
const PRUNE_EVERY = 60_000

/** A page of the log as JSON texts. `last` is the event to go on after; null when nothing was looked at. */
export type EventPage = {
  readonly bodies: readonly string[]
  readonly last: string | null
  readonly more: boolean
}

/** What is asked of a page: from which event on (null: the oldest kept), and which ones. */
export type EventQuery = {
  readonly after: string | null
  readonly limit: number
  readonly filter: StreamFilter
}

/** What an account's object answers; the stub has the same methods. */
export interface LiveObject {
  append(account: string, events: readonly AccountEvent[]): Promise<boolean>
  /** Null when the event is not kept (any more). */
  page(account: string, query: EventQuery): Promise<EventPage | null>
  /** Tells an endpoint everything from an event on once more; null when the event is not kept (any more). */
  replay(account: string, endpoint: string, from: string): Promise<{ from: number; to: number } | null>
  /** The endpoints of the account changed. */
  changed(account: string): Promise<void>
  forget(account: string, forgotten: Forgotten): Promise<void>
}

/** What the object of an account is given. */
export type LivePorts = FanOutPorts & {
  /** An event as the JSON that everybody is told. */
  readonly represent: (event: AccountEvent, sequence: number) => string
}

/** The class of an account's object, built around its ports. */
export type LiveClass<Env> = new (ctx: DurableObjectState, env: Env) => DurableObject<Env> & LiveObject

/**
 * Makes the Durable Object class of accounts' logs. An object is one account: it gives events their order, keeps the
 * recent ones, tells open sockets, and hands events to the queues of the account's endpoints.
 *
 * @param portsOf builds the ports from the environment; called once an object
 */
export function createLive<Env>(portsOf: (env: Env) => LivePorts): LiveClass<Env> {
  return class Live extends DurableObject<Env> implements LiveObject {
    readonly #ports: LivePorts
    readonly #log: LiveLog
    readonly #sockets: LiveSockets
    readonly #fanOut: FanOut
    readonly #alarm: Alarm
    #running = false
    #again = false
    #prunedAt = 0

    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, env)
      this.#ports = portsOf(env)
      this.#log = new LiveLog(ctx.storage.sql)
      this.#sockets = new LiveSockets(ctx)
      this.#fanOut = new FanOut(this.#log, this.#ports)
      this.#alarm = new Alarm(() => this.ctx.storage)
    }

    async append(account: string, events: readonly AccountEvent[]): Promise<boolean> {
      if (!this.#log.belongsTo(account)) return false
      const now = this.#ports.clock.now()
      const fresh = this.ctx.storage.transactionSync(() =>
        events
          .map((event) => this.#log.add(event, this.#ports.represent, now))
          .filter((one): one is KeptEvent => one !== null),
      )
      if (now - this.#prunedAt >= PRUNE_EVERY) {
        this.#prunedAt = now
        this.#log.prune(now)
      }
      if (fresh.length === 0) return true
      this.#sockets.tell(fresh)
      this.#arm()
      void this.#kick()
      return true
    }

    async page(account: string, query: EventQuery): Promise<EventPage | null> {
      if (!this.#log.belongsTo(account)) return null
      const start = query.after === null ? 0 : this.#log.sequenceOf(query.after)
      if (start === null) return null
      const bodies: string[] = []
      let last: KeptEvent | undefined
      const seen = this.#log.after(start, LOOKED_AT)
      for (const event of seen) {
        if (bodies.length === query.limit) break
        last = event
        if (streams(query.filter, event)) bodies.push(event.body)
      }
      const more = last !== undefined && this.#log.newest() > last.sequence
      return { bodies, last: last?.id ?? query.after, more }
    }

    async replay(
      account: string,
      endpoint: string,
      from: string,
    ): Promise<{ from: number; to: number } | null> {
      if (!this.#log.belongsTo(account)) return null
      // An endpoint that is told of each attachment names events by their parts.
      const first = this.#log.sequenceOf(from.replace(/P\d+$/, '')) ?? this.#log.sequenceOf(from)
      if (first === null) return null
      const last = this.#log.newest()
      this.#log.addReplay(endpoint, first, last)
      this.#fanOut.forget()
      this.#arm()
      void this.#kick()
      return { from: first, to: last }
    }

    async changed(account: string): Promise<void> {
      if (!this.#log.belongsTo(account)) return
      this.#fanOut.forget()
      this.#arm()
      void this.#kick()
    }

    async forget(account: string, forgotten: Forgotten): Promise<void> {
      if (this.#log.owner() === account) this.#log.forget(forgotten)
    }

    /** A socket. Who may open one was decided before: only our own Worker reaches this object. */
    override async fetch(request: Request): Promise<Response> {
      const ask = new URL(request.url).searchParams
      if (!this.#log.belongsTo(ask.get('account') ?? '')) return new Response(null, { status: 404 })
      const ticket = ask.get('ticket')
      const until = Number(ask.get('until'))
      if (ticket !== null && !this.#log.useTicket(ticket, until, this.#ports.clock.now()))
        return new Response(null, { status: 401 })
      const after = ask.get('after')
      const start = after === null ? this.#log.newest() : this.#log.sequenceOf(after)
      if (start === null) return new Response(null, { status: 410 })
      const filter = JSON.parse(ask.get('filter') ?? '{}') as StreamFilter
      return this.#sockets.accept(filter, this.#log, start)
    }

    override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
      this.#sockets.heard(socket, message)
    }

    override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
      // Codes that never travel (no code, abnormal, TLS) cannot be answered with.
      socket.close(code === 1005 || code === 1006 || code === 1015 ? 1000 : code)
    }

    override async alarm(): Promise<void> {
      // An alarm that throws is given up by the platform after six tries, so nothing here may.
      try {
        this.#alarm.wentOff()
        await this.#alarm.set(this.#ports.clock.now() + PATIENCE.watchdog)
        await this.#kick()
      } catch (error) {
        this.#ports.log('alarm_failed', { error: String(error).slice(0, 200) })
      } finally {
        await this.#rearm().catch(() => this.#alarm.set(Date.now() + PATIENCE.watchdog).catch(() => {}))
      }
    }

    /** One hand-over at a time; what comes up meanwhile has another one follow. */
    async #kick(): Promise<void> {
      if (this.#running) {
        this.#again = true
        return
      }
      this.#running = true
      try {
        do {
          this.#again = false
          await this.#fanOut.run()
        } while (this.#again)
      } catch (error) {
        this.#ports.log('lane_failed', { lane: 'fan_out', error: String(error).slice(0, 200) })
      } finally {
        this.#running = false
      }
      await this.#rearm()
    }

    /** Sets the alarm that a crash would leave behind; a hand-over that ends normally sets it anew. */
    #arm(): void {
      const now = this.#ports.clock.now()
      void this.#alarm.by(now + SAFETY, now)
    }

    async #rearm(): Promise<void> {
      const now = this.#ports.clock.now()
      const due = this.#fanOut.nextDue(now)
      if (this.#running) await this.#alarm.by(Math.max(due ?? 0, now + SAFETY), now)
      else await this.#alarm.set(due)
    }
  }
}
