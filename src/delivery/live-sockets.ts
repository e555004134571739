import type { EventFilter } from '../domain/webhook.ts'
import { wants } from '../domain/webhook.ts'
import type { KeptEvent, LiveLog } from './live-log.ts'

/** What a stream shows: events by type, number and conversation; null shows all. */
export type StreamFilter = EventFilter & { readonly conversation: string | null }

/** Whether a stream shows an event. */
export const streams = (filter: StreamFilter, event: KeptEvent): boolean =>
  wants(filter, event) && (filter.conversation === null || filter.conversation === event.conversation)

/** Numbers that sockets keep to. */
export const SOCKET_LIMITS = {
  /** Sockets an account may have open. */
  open: 200,
  /** Events that a socket is sent at once when it resumes; it comes back for more. */
  resumed: 500,
  /** Events sent to a socket from which nothing was heard meanwhile: it does not read, and its events would pile up here. */
  unheard: 1_000,
  /** Characters of what a client says. */
  said: 1_024,
} as const

/** Close codes of ours. After either the client opens a new socket with `after` = the last event that it has. */
export const CLOSE = { more: 4001, slow: 4002 } as const

/** The open sockets of an account. They survive the object's sleep; what is counted here does not, and starts anew. */
export class LiveSockets {
  readonly #ctx: DurableObjectState
  readonly #sent = new WeakMap<WebSocket, { events: number; heardAt: number }>()

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx
    // Answered by the platform, without waking the object.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
  }

  /** Opens a socket, and sends it what it missed since `start`. */
  accept(filter: StreamFilter, log: LiveLog, start: number): Response {
    if (this.#ctx.getWebSockets().length >= SOCKET_LIMITS.open) return new Response(null, { status: 429 })
    const { 0: client, 1: server } = new WebSocketPair()
    this.#ctx.acceptWebSocket(server)
    server.serializeAttachment(filter)
    let sequence = start
    let sent = 0
    let more = false
    for (;;) {
      const events = log.after(sequence, SOCKET_LIMITS.resumed)
      for (const event of events) {
        if (!streams(filter, event)) continue
        if (sent === SOCKET_LIMITS.resumed) {
          more = true
          break
        }
        server.send(event.body)
        sent++
      }
      const last = events.at(-1)
      if (more || last === undefined) break
      sequence = last.sequence
    }
    if (more) server.close(CLOSE.more, 'more')
    return new Response(null, { status: 101, webSocket: client })
  }

  /** Sends events to every socket that wants them. One that broke is the platform's to close. */
  tell(events: readonly KeptEvent[]): void {
    for (const socket of this.#ctx.getWebSockets()) {
      const filter = socket.deserializeAttachment() as StreamFilter
      const wanted = events.filter((event) => streams(filter, event))
      if (wanted.length === 0) continue
      try {
        if (this.#isSlow(socket, wanted.length)) socket.close(CLOSE.slow, 'slow')
        else for (const event of wanted) socket.send(event.body)
      } catch {
        // It closed between two looks.
      }
    }
  }

  /** The client said something: it is there and reads. What it says means nothing else. */
  heard(socket: WebSocket, message: string | ArrayBuffer): void {
    const length = typeof message === 'string' ? message.length : message.byteLength
    if (length > SOCKET_LIMITS.said) socket.close(1009, 'too long')
    else this.#sent.delete(socket)
  }

  #isSlow(socket: WebSocket, more: number): boolean {
    const pinged = this.#ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0
    const before = this.#sent.get(socket)
    const events = (before === undefined || pinged > before.heardAt ? 0 : before.events) + more
    this.#sent.set(socket, { events, heardAt: pinged })
    return events > SOCKET_LIMITS.unheard
  }
}
