import type { EventPage } from '../delivery/live.ts'
import type { StreamFilter } from '../delivery/live-sockets.ts'
import type { Connection, Lives } from '../delivery/lives.ts'
import type { Failure } from '../domain/failure.ts'
import { randomText } from '../domain/ids.ts'
import type { Caller, Clock } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'

/** Milliseconds for which a ticket is good: long enough to open a socket with it. */
const TICKET_LIFETIME = 60_000

/** A short-lived permission to open one socket. */
export type Ticket = { readonly ticket: string; readonly expiresAt: number }

/** Who opens a socket: a key's caller, or the bearer of a ticket. */
export type Opener =
  | { readonly kind: 'caller'; readonly caller: Caller }
  | { readonly kind: 'ticket'; readonly ticket: string }

/** The live stream of an account, and the list behind it. Everything takes the scope `read`. */
export interface Stream {
  /** @param origin the web page that may use it; null for pages of this service, and for what is no browser */
  ticket(caller: Caller, origin: string | null): Promise<Result<Ticket, Failure>>
  /**
   * Opens a socket.
   *
   * @param origin what the browser says that the page is; null where there is none
   * @param own the origin of this service
   */
  open(
    opener: Opener,
    request: Request,
    ask: { filter: StreamFilter; after: string | null; origin: string | null; own: string },
  ): Promise<Result<Response, Failure>>
  events(
    caller: Caller,
    query: { after: string | null; limit: number; filter: StreamFilter },
  ): Promise<Result<EventPage, Failure>>
}

/** What the use cases are given. */
export type StreamPorts = {
  readonly clock: Clock
  readonly lives: Lives
  /** Signs tickets. */
  readonly ticketKey: () => Promise<CryptoKey>
}

const encoder = new TextEncoder()

const encode = (bytes: Uint8Array): string => bytes.toBase64({ alphabet: 'base64url', omitPadding: true })

function decode(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.fromBase64(text, { alphabet: 'base64url' }) as Uint8Array<ArrayBuffer>
  } catch {
    return null
  }
}

type TicketFacts = {
  readonly account: string
  readonly origin: string | null
  readonly id: string
  readonly until: number
}

/** Makes the use cases. */
export function createStream(ports: StreamPorts): Stream {
  const { clock, lives } = ports

  async function readTicket(ticket: string): Promise<TicketFacts | null> {
    const [payload, mac, more] = ticket.split('.')
    if (!payload || !mac || more !== undefined || ticket.length > 1000) return null
    const given = decode(mac)
    const content = encoder.encode(`stream-ticket\0${payload}`)
    if (given === null || !(await crypto.subtle.verify('HMAC', await ports.ticketKey(), given, content)))
      return null
    const bytes = decode(payload)
    if (bytes === null) return null
    const facts = JSON.parse(new TextDecoder().decode(bytes)) as TicketFacts
    return facts.until > clock.now() ? facts : null
  }

  const mayRead = (caller: Caller): boolean =>
    caller.scopes.includes('read') || caller.scopes.includes('admin')

  return {
    async ticket(caller, origin) {
      if (!mayRead(caller)) return fail({ code: 'insufficient_scope', scope: 'read' })
      const until = clock.now() + TICKET_LIFETIME
      const facts: TicketFacts = { account: caller.account, origin, id: randomText(22), until }
      const payload = encode(encoder.encode(JSON.stringify(facts)))
      const content = encoder.encode(`stream-ticket\0${payload}`)
      const mac = await crypto.subtle.sign('HMAC', await ports.ticketKey(), content)
      return ok({ ticket: `${payload}.${encode(new Uint8Array(mac))}`, expiresAt: until })
    },

    async open(opener, request, { filter, after, origin, own }) {
      let account: string
      let ticket: Connection['ticket'] = null
      let allowed = own
      if (opener.kind === 'caller') {
        if (!mayRead(opener.caller)) return fail({ code: 'insufficient_scope', scope: 'read' })
        account = opener.caller.account
      } else {
        const facts = await readTicket(opener.ticket)
        if (facts === null) return fail({ code: 'ticket_invalid' })
        account = facts.account
        ticket = { id: facts.id, until: facts.until }
        allowed = facts.origin ?? own
      }
      // Any page may point a browser's socket here, past the rules that hold back its requests.
      if (origin !== null && origin !== allowed) return fail({ code: 'origin_refused' })
      const response = await lives.connect(account, request, { filter, after, ticket })
      switch (response.status) {
        case 101:
          return ok(response)
        case 401:
          return fail({ code: 'ticket_invalid' })
        case 410:
          return fail({ code: 'event_gone' })
        case 429:
          return fail({ code: 'too_many_streams' })
        default:
          throw new Error(`An account's log answered ${response.status} to an upgrade`)
      }
    },

    async events(caller, query) {
      if (!mayRead(caller)) return fail({ code: 'insufficient_scope', scope: 'read' })
      const page = await lives.page(caller.account, query)
      return page === null ? fail({ code: 'event_gone' }) : ok(page)
    },
  }
}
