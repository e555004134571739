import { readAddress } from './address.ts'
import { get } from './api.ts'
import {
  contacts,
  conversations,
  filter,
  numbers,
  opened,
  putConversations,
  putMessages,
  readUpTo,
  threads,
  unknownListing,
} from './state.ts'
import type { Contact, Conversation, Message, OwnNumber } from './wire.ts'

/** Rows and messages that one request brings. */
const ROWS = 100
const MESSAGES = 60

const READ_MARKS = 'belino.read'

/** What the page needs before it can show anything but frames. */
export async function loadBasics(): Promise<void> {
  try {
    readUpTo.value = new Map(JSON.parse(localStorage.getItem(READ_MARKS) ?? '[]'))
  } catch {
    readUpTo.value = new Map()
  }
  const [own, book] = await Promise.all([
    get<{ numbers: OwnNumber[] }>('/v1/numbers'),
    get<{ contacts: Contact[]; next: string | null }>('/v1/contacts', { limit: 200 }),
  ])
  if (own.ok) numbers.value = own.value.numbers
  if (!book.ok) return
  const found = new Map<string, Contact>()
  let page = book
  for (;;) {
    for (const one of page.value.contacts) found.set(one.address, one)
    contacts.value = new Map(found)
    if (page.value.next === null || page.value.next === undefined) return
    const more = await get<{ contacts: Contact[]; next: string | null }>('/v1/contacts', {
      limit: 200,
      cursor: page.value.next,
    })
    if (!more.ok) return
    page = more
  }
}

/** Whose days the filter means. */
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

/** The filter as the API takes it. */
function asked() {
  const { text, number, unread, failed, from, to } = filter.value
  const dated = from !== '' || to !== ''
  const digits = text.replace(/[\s().-]/g, '')
  const { address, problem } = readAddress(digits)
  const isNumber = digits !== '' && problem === null
  return {
    number,
    q: isNumber ? '' : text.trim(),
    member: isNumber ? address : '',
    unread: unread ? 'true' : '',
    failed: failed ? 'true' : '',
    after: from,
    before: to,
    timezone: dated ? zone : '',
  }
}

let run = 0

/** Loads the first page of conversations for the filter. What is shown stays until the answer is there. */
export async function loadConversations(): Promise<void> {
  const mine = ++run
  conversations.value = { ...conversations.value, loading: true, problem: null }
  const page = await get<{ conversations: Conversation[]; next: string | null }>('/v1/conversations', {
    ...asked(),
    limit: ROWS,
  })
  if (mine !== run) return
  conversations.value = page.ok
    ? {
        items: new Map(page.value.conversations.map((one) => [one.id, one])),
        next: page.value.next,
        loading: false,
        problem: null,
      }
    : { ...conversations.value, loading: false, problem: page.problem.message }
}

/** Loads the page after those that are there. */
export async function loadMoreConversations(): Promise<void> {
  const { next, loading } = conversations.value
  if (loading || next === null || next === undefined) return
  const mine = run
  conversations.value = { ...conversations.value, loading: true }
  const page = await get<{ conversations: Conversation[]; next: string | null }>('/v1/conversations', {
    ...asked(),
    limit: 200,
    cursor: next,
  })
  if (mine !== run) return
  if (page.ok) putConversations(page.value.conversations, { next: page.value.next, loading: false })
  else conversations.value = { ...conversations.value, loading: false, problem: page.problem.message }
}

/** Looks at the newest rows again, keeping the rest: for a list that others have changed. */
export async function refreshConversations(): Promise<void> {
  if (conversations.value.next === undefined) return loadConversations()
  const mine = run
  const page = await get<{ conversations: Conversation[]; next: string | null }>('/v1/conversations', {
    ...asked(),
    limit: ROWS,
  })
  if (mine === run && page.ok) putConversations(page.value.conversations, { problem: null })
}

/** Makes sure that one conversation is known, wherever in the list it is. */
export async function loadConversation(id: string): Promise<void> {
  if (conversations.value.items.has(id) || opened.value.has(id)) return
  const one = await get<Conversation>(`/v1/conversations/${id}`)
  if (one.ok) {
    opened.value = new Map(opened.value).set(id, one.value)
    return
  }
  // Gateways without that route: the members are told by a message.
  const page = await get<{ messages: Message[] }>(`/v1/conversations/${id}/messages`, { limit: 1 })
  const message = page.ok ? page.value.messages[0] : undefined
  if (message === undefined) return
  const inbound = message.direction === 'inbound'
  const own = inbound
    ? (message.to.find((to) => numbers.value.some((n) => n.number === to)) ?? '')
    : message.from
  opened.value = new Map(opened.value).set(id, {
    id,
    number: own,
    members: [...message.to, message.from].filter((address) => address !== own).sort(),
    messages: message.sequence,
    last_message: null,
    updated_at: message.updated_at,
  })
}

/** Threads that are to be read once more when the reading under way has ended: it may have begun too early. */
const again = new Set<string>()

/** Loads the newest messages of a thread, or those before the ones that are there. */
export async function loadMessages(conversation: string, older = false): Promise<void> {
  const thread = threads.value.get(conversation) ?? unknownListing<Message>()
  if (thread.loading) {
    if (!older) again.add(conversation)
    return
  }
  if (older && (thread.next === null || thread.next === undefined)) return
  putMessages(conversation, [], { loading: true, problem: null })
  const page = await get<{ messages: Message[]; next: string | null }>(
    `/v1/conversations/${conversation}/messages`,
    { limit: older ? 200 : MESSAGES, cursor: older ? thread.next : null },
  )
  // The first page again leaves the place where older ones go on as it was.
  const next = page.ok && (older || thread.next === undefined) ? page.value.next : thread.next
  if (page.ok) putMessages(conversation, page.value.messages, { next, loading: false })
  else putMessages(conversation, [], { loading: false, problem: page.problem.message })
  if (again.delete(conversation)) await loadMessages(conversation)
}

/** Reads one message again, with its history. */
export async function loadMessage(message: { id: string; conversation: string }): Promise<void> {
  const fresh = await get<Message>(`/v1/messages/${message.id}`)
  if (fresh.ok) putMessages(message.conversation, [fresh.value])
}

/** Remembers here that a conversation was read to its end. */
export function keepReadMark(conversation: string, sequence: number): void {
  if ((readUpTo.value.get(conversation) ?? 0) >= sequence) return
  readUpTo.value = new Map(readUpTo.value).set(conversation, sequence)
  localStorage.setItem(READ_MARKS, JSON.stringify([...readUpTo.value].slice(-5000)))
}
