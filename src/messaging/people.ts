import { parseAddress } from '../domain/address.ts'
import type { Failure } from '../domain/failure.ts'
import { mintId } from '../domain/ids.ts'
import type { MessageWithTimeline } from '../domain/message.ts'
import type { Contact, DayRow, Found, InboxFilter, InboxRow, Note, PeopleChange } from '../domain/people.ts'
import type { ContactStore, PeopleStore, SearchStore } from '../domain/people-ports.ts'
import type { Caller, Idempotency, Messaging, Page, Sent } from '../domain/ports.ts'
import type { DeliveryReason } from '../domain/reason.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { MessagingPorts } from './ports.ts'
import { forbidden, lacks } from './scopes.ts'

/** What the owner looks at: counts by day and number, and why messages failed. */
export type Overview = {
  readonly days: readonly DayRow[]
  readonly reasons: readonly { readonly reason: DeliveryReason; readonly count: number }[]
}

/** Conversations as people work with them. */
export type People = {
  inbox(
    caller: Caller,
    filter: InboxFilter,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<InboxRow>, Failure>>
  conversation(caller: Caller, id: string): Promise<Result<InboxRow & { notes: readonly Note[] }, Failure>>
  change(caller: Caller, id: string, change: PeopleChange): Promise<Result<InboxRow, Failure>>
  addNote(caller: Caller, id: string, text: string): Promise<Result<Note, Failure>>
  /** Deletes a message for its readers, or brings it back. */
  hide(caller: Caller, id: string, hidden: boolean): Promise<Result<MessageWithTimeline, Failure>>
  cancel(caller: Caller, id: string): Promise<Result<MessageWithTimeline, Failure>>
  /** Sends a message again as a new one, its media included. */
  resend(caller: Caller, id: string, idempotency: Idempotency | null): Promise<Result<Sent, Failure>>
  search(
    caller: Caller,
    text: string,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<Found>, Failure>>
  overview(
    caller: Caller,
    after: number,
    before: number,
    offsetMs: number,
  ): Promise<Result<Overview, Failure>>
  contacts(
    caller: Caller,
    query: string,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<Contact>, Failure>>
  putContacts(
    caller: Caller,
    contacts: readonly { address: string; name: string }[],
  ): Promise<Result<Contact[], Failure>>
  removeContact(caller: Caller, address: string): Promise<Result<void, Failure>>
}

/** What they are built from. */
export type PeoplePorts = Pick<MessagingPorts, 'clock' | 'conversations'> & {
  readonly people: PeopleStore
  readonly searches: SearchStore
  readonly contacts: ContactStore
  readonly messaging: Messaging
}

const missing = (what: string): Result<never, Failure> => fail({ code: 'not_found', what })

/** Builds the people's side of conversations. Reading takes the scope `read`, everything that changes something `send`. */
export function createPeople(ports: PeoplePorts): People {
  const found = async (caller: Caller, id: string): Promise<Result<InboxRow, Failure>> => {
    const row = await ports.people.conversation(caller.account, id)
    return row === null ? missing('conversation') : ok(row)
  }
  return {
    async inbox(caller, filter, page) {
      return lacks(caller, 'read')
        ? forbidden('read')
        : await ports.people.inbox(caller.account, filter, page)
    },
    async conversation(caller, id) {
      if (lacks(caller, 'read')) return forbidden('read')
      const row = await found(caller, id)
      return row.ok ? ok({ ...row.value, notes: await ports.people.notes(caller.account, id) }) : row
    },
    async change(caller, id, change) {
      if (lacks(caller, 'send')) return forbidden('send')
      await ports.people.change(caller.account, id, change)
      return await found(caller, id)
    },
    async addNote(caller, id, text) {
      if (lacks(caller, 'send')) return forbidden('send')
      const row = await found(caller, id)
      if (!row.ok) return row
      const at = ports.clock.now()
      const note: Note = { id: mintId('evt', at), author: caller.key, text, at }
      await ports.people.addNote(caller.account, id, note)
      return ok(note)
    },
    async hide(caller, id, hidden) {
      if (lacks(caller, 'send')) return forbidden('send')
      const message = await ports.conversations.hide(caller.account, id, hidden)
      if (message === null) return missing('message')
      await ports.people.messageDeleted(caller.account, id, hidden ? ports.clock.now() : null)
      return ok(message)
    },
    async cancel(caller, id) {
      if (lacks(caller, 'send')) return forbidden('send')
      const outcome = await ports.conversations.cancel(caller.account, id)
      if (outcome === 'too_late') return fail({ code: 'too_late_to_cancel' })
      const message = outcome === 'canceled' ? await ports.conversations.message(caller.account, id) : null
      return message === null ? missing('message') : ok(message)
    },
    async resend(caller, id, idempotency) {
      const before = await ports.messaging.message(caller, id)
      if (!before.ok) return before
      const message = before.value
      if (message.direction !== 'outbound') return missing('outbound message')
      return await ports.messaging.send(
        caller,
        {
          from: message.from,
          to: message.to,
          subject: message.subject ?? undefined,
          text: message.text ?? undefined,
          media: message.parts.map(({ media, alt, slide }) => ({ id: media, alt, slide })),
          budget: message.budget,
          split: message.pieces === undefined ? undefined : true,
          purpose: message.purpose,
          programme: message.programme,
        },
        idempotency,
      )
    },
    async search(caller, text, page) {
      if (lacks(caller, 'read')) return forbidden('read')
      if (page.cursor !== null && !/^[1-9]\d{0,14}$/.test(page.cursor))
        return fail({ code: 'invalid_cursor' })
      const rows = await ports.searches.messages(
        caller.account,
        text,
        page.cursor === null ? null : Number(page.cursor),
        page.limit + 1,
      )
      const items = rows.slice(0, page.limit)
      const last = items.at(-1)?.position
      return ok({ items, next: rows.length > page.limit && last !== undefined ? String(last) : null })
    },
    async overview(caller, after, before, offsetMs) {
      if (lacks(caller, 'read')) return forbidden('read')
      const [days, reasons] = await Promise.all([
        ports.people.days(caller.account, after, before, offsetMs),
        ports.people.reasons(caller.account, after, before),
      ])
      return ok({ days, reasons })
    },
    async contacts(caller, query, page) {
      if (lacks(caller, 'read')) return forbidden('read')
      const after = page.cursor === null ? null : contactCursor(page.cursor)
      if (page.cursor !== null && after === null) return fail({ code: 'invalid_cursor' })
      const rows = await ports.contacts.list(caller.account, query, after, page.limit + 1)
      const items = rows.slice(0, page.limit)
      const last = items.at(-1)
      const next =
        rows.length > page.limit && last !== undefined
          ? `${last.address}~${encodeURIComponent(last.name)}`
          : null
      return ok({ items, next })
    },
    async putContacts(caller, told) {
      if (lacks(caller, 'send')) return forbidden('send')
      const now = ports.clock.now()
      const good: Contact[] = []
      for (const { address, name } of told) {
        const parsed = parseAddress(address)
        if (!parsed.ok) return fail({ code: 'invalid_number', field: 'address', typed: address })
        good.push({ address: parsed.value, name, updatedAt: now })
      }
      await ports.contacts.put(caller.account, good, now)
      return ok(good)
    },
    async removeContact(caller, typed) {
      if (lacks(caller, 'send')) return forbidden('send')
      const address = parseAddress(typed)
      if (!address.ok) return fail({ code: 'invalid_number', field: 'address', typed })
      return (await ports.contacts.remove(caller.account, address.value)) ? ok(undefined) : missing('contact')
    },
  }
}

function contactCursor(cursor: string): readonly [string, string] | null {
  const match = /^(\+?\d{5,15})~(.{0,400})$/.exec(cursor)
  if (match === null) return null
  try {
    return [decodeURIComponent(match[2] ?? ''), match[1] ?? '']
  } catch {
    return null
  }
}
