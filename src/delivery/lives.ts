import type { EventSink, Forgotten } from '../domain/event.ts'
import { StorageError } from '../domain/storage-error.ts'
import type { EventPage, EventQuery, LiveObject } from './live.ts'
import type { StreamFilter } from './live-sockets.ts'

/** Who opens a socket, and on what. */
export type Connection = {
  readonly filter: StreamFilter
  /** The last event that the client has; null begins with the next one. */
  readonly after: string | null
  /** A ticket that is good once, and until when (milliseconds since 1970) it would be. */
  readonly ticket: { readonly id: string; readonly until: number } | null
}

/** The door to accounts' logs. Methods throw `StorageError` when one does not answer. */
export type Lives = EventSink & {
  /** Null when the event to go on after is not kept (any more). */
  readonly page: (account: string, query: EventQuery) => Promise<EventPage | null>
  readonly replay: (
    account: string,
    endpoint: string,
    from: string,
  ) => Promise<{ from: number; to: number } | null>
  readonly changed: (account: string) => Promise<void>
  readonly forget: (account: string, forgotten: Forgotten) => Promise<void>
  /** Answers a request to upgrade: 101; 401 for a used ticket, 410 for an event that is not kept, 429 for too many sockets. */
  readonly connect: (account: string, request: Request, connection: Connection) => Promise<Response>
}

/** A namespace of accounts' logs, as the binding gives it. */
export type LiveNamespace = { readonly getByName: (name: string) => unknown }

/** Makes the door. */
export function createLives(namespace: LiveNamespace): Lives {
  type Stub = LiveObject & { fetch(request: Request): Promise<Response> }
  const log = (account: string): Stub => namespace.getByName(account) as Stub

  async function call<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw new StorageError("An account's log did not answer", { cause: error })
    }
  }

  return {
    async append(account, events) {
      if (events.length === 0) return
      const taken = await call(() => log(account).append(account, events))
      if (!taken) throw new Error(`The log of ${account} belongs to another account`)
    },
    page: (account, query) => call(() => log(account).page(account, query)),
    replay: (account, endpoint, from) => call(() => log(account).replay(account, endpoint, from)),
    changed: (account) => call(() => log(account).changed(account)),
    forget: (account, forgotten) => call(() => log(account).forget(account, forgotten)),
    connect(account, request, { filter, after, ticket }) {
      const url = new URL('https://log/stream')
      url.searchParams.set('account', account)
      url.searchParams.set('filter', JSON.stringify(filter))
      if (after !== null) url.searchParams.set('after', after)
      if (ticket !== null) {
        url.searchParams.set('ticket', ticket.id)
        url.searchParams.set('until', String(ticket.until))
      }
      // Only what makes it an upgrade goes on; keys and cookies of the client stay here.
      const headers = { upgrade: request.headers.get('upgrade') ?? '' }
      return call(() => log(account).fetch(new Request(url, { headers })))
    },
  }
}
