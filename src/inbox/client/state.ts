import { batch, computed, signal } from '@preact/signals'
import type { Contact, Conversation, Message, OwnNumber } from './wire.ts'

/** What the page knows. Everything is a signal: who reads one is drawn again when it changes, and nobody else. */

/** What narrows the list of conversations. */
export type Filter = {
  readonly text: string
  readonly number: string
  readonly unread: boolean
  readonly failed: boolean
  /** Days as `YYYY-MM-DD` in the viewer's time zone, or empty. */
  readonly from: string
  readonly to: string
}

/** A filter that lets everything pass. */
export const EVERYTHING: Filter = { text: '', number: '', unread: false, failed: false, from: '', to: '' }

/** A list that comes in pages. */
export type Listing<T> = {
  readonly items: ReadonlyMap<string, T>
  /** The cursor of what comes after, null at the end, undefined before the first page. */
  readonly next: string | null | undefined
  readonly loading: boolean
  readonly problem: string | null
}

/** A list of which nothing is known yet. */
export const unknownListing = <T>(): Listing<T> => ({
  items: new Map(),
  next: undefined,
  loading: false,
  problem: null,
})

export const numbers = signal<readonly OwnNumber[]>([])
export const contacts = signal<ReadonlyMap<string, Contact>>(new Map())
export const filter = signal<Filter>(EVERYTHING)
export const conversations = signal<Listing<Conversation>>(unknownListing())
export const threads = signal<ReadonlyMap<string, Listing<Message>>>(new Map())
/** The conversation that is open, `new` while one is begun, null for none. */
export const selected = signal<string | null>(null)
/** Recipients of a message whose conversation does not exist yet. */
export const recipients = signal<readonly string[]>([])
/** The message whose history is shown. */
export const inspected = signal<string | null>(null)
export const showDetails = signal(false)
export const connection = signal<'connecting' | 'live' | 'polling' | 'offline'>('connecting')
/** The message that was sent from this page last. */
export const sentHere = signal<string | null>(null)
/** What screen readers are told. */
export const announcement = signal('')
/** Conversations last read up to a message's sequence number, where the gateway does not keep that. */
export const readUpTo = signal<ReadonlyMap<string, number>>(new Map())
/** Hidden until the gateway has forgotten them, or they were taken back. */
export const hidden = signal<ReadonlySet<string>>(new Set())

/** Conversations from the newest on. */
export const listed = computed(() =>
  [...conversations.value.items.values()]
    .filter((one) => !hidden.value.has(one.id))
    .sort((a, b) => (a.updated_at < b.updated_at ? 1 : a.updated_at > b.updated_at ? -1 : 0)),
)

/** The conversation that is open, if it exists. */
export const open = computed(() => {
  const id = selected.value
  return id === null || id === 'new'
    ? null
    : (conversations.value.items.get(id) ?? opened.value.get(id) ?? null)
})

/** Conversations that were opened though the list does not hold them (filtered away, or far down). */
export const opened = signal<ReadonlyMap<string, Conversation>>(new Map())

/** The thread of a conversation, oldest message first. */
export function messagesOf(conversation: string): Message[] {
  const thread = threads.value.get(conversation)
  if (thread === undefined) return []
  return [...thread.items.values()]
    .filter((one) => !hidden.value.has(one.id) && one.deleted_at == null)
    .sort((a, b) => a.sequence - b.sequence)
}

/** Puts messages into a thread. A message that is there already gives way to one that was changed later. */
export function putMessages(
  conversation: string,
  messages: readonly Message[],
  more: Partial<Listing<Message>> = {},
): void {
  const before = threads.value.get(conversation) ?? unknownListing<Message>()
  const items = new Map(before.items)
  for (const message of messages) {
    const known = items.get(message.id)
    if (known === undefined || known.updated_at <= message.updated_at) items.set(message.id, message)
  }
  threads.value = new Map(threads.value).set(conversation, { ...before, items, ...more })
}

/** Puts conversations into the list. */
export function putConversations(
  rows: readonly Conversation[],
  more: Partial<Listing<Conversation>> = {},
): void {
  const items = new Map(conversations.value.items)
  for (const row of rows) items.set(row.id, row)
  conversations.value = { ...conversations.value, items, ...more }
}

/** The name of an address in the phonebook. */
export const nameOf = (address: string): string | null => contacts.value.get(address)?.name ?? null

/** Hides things, or shows them again. */
export function hide(ids: readonly string[], away: boolean): void {
  const next = new Set(hidden.value)
  for (const id of ids) away ? next.add(id) : next.delete(id)
  batch(() => {
    hidden.value = next
  })
}
