import { api, get, href } from './api.ts'
import { readable } from './format.ts'
import { loadMessages, refreshConversations } from './load.ts'
import { t } from './page.ts'
import {
  announcement,
  connection,
  conversations,
  nameOf,
  open,
  putConversations,
  putMessages,
  selected,
  threads,
} from './state.ts'
import type { Conversation, LiveEvent, Message } from './wire.ts'

/** Milliseconds between looks while no socket can be had, and before a socket is tried again (doubling). */
const POLL = 2_000
const RETRY = 500
const LONGEST = 15_000
/** A socket is pinged so often, and given up after so long without an answer. The gateway takes pings for attention. */
const PING = 10_000
const SILENCE = 35_000
/** So many events without a ping would look to the gateway like a page that has stopped reading. */
const EVENTS_A_PING = 100

/** The last event that was taken in: a new socket goes on after it, so that none is missed or told twice. */
let last: string | null = null
let retry = RETRY
let socket: WebSocket | null = null
const seen = new Set<string>()

/** What happened, as the page takes it in. */
function take(event: LiveEvent): void {
  last = event.id
  if (seen.has(event.id)) return
  seen.add(event.id)
  if (seen.size > 2_000) for (const id of [...seen].slice(0, 1_000)) seen.delete(id)
  const { message, conversation, truncated } = event.data
  if (conversation === null) return
  if (message !== undefined) {
    if (threads.value.has(conversation)) {
      if (truncated) void loadMessages(conversation)
      else putMessages(conversation, [message])
    }
    noteInList(conversation, message, event)
    if (event.type === 'message.received') tellOf(message)
  } else if (threads.value.has(conversation)) void loadMessages(conversation)
}

function noteInList(id: string, message: Message, event: LiveEvent): void {
  const row = conversations.value.items.get(id)
  if (row === undefined) {
    scheduleRefresh()
    return
  }
  const newest = row.messages <= message.sequence
  const next: Conversation = {
    ...row,
    messages: Math.max(row.messages, message.sequence),
    updated_at: [message.updated_at, row.updated_at].sort()[1] ?? row.updated_at,
    ...(newest
      ? {
          last_message: {
            id: message.id,
            text: message.text ?? message.subject,
            direction: message.direction,
            state: message.state,
            parts: message.parts.length,
          },
        }
      : {}),
    ...(event.type === 'message.received' && row.unread !== undefined && selected.value !== id
      ? { unread: row.unread + 1 }
      : {}),
  }
  putConversations([next])
}

function tellOf(message: Message): void {
  const who = nameOf(message.from) ?? readable(message.from)
  const text = message.text ?? (message.parts.length > 0 ? t('aPicture') : '')
  announcement.value = t('newFrom', { who, text })
  if (!document.hidden && message.conversation === open.value?.id) return
  document.title = `● ${who} · Belino`
}

let refreshing = false
/** The list is read again at most once in a while, however much happens. */
function scheduleRefresh(): void {
  if (refreshing) return
  refreshing = true
  setTimeout(() => {
    refreshing = false
    void refreshConversations()
  }, 250)
}

/** Reads what happened since the last event; false when that is not known any more. */
async function catchUp(): Promise<boolean> {
  for (;;) {
    const page = await get<{ events: LiveEvent[]; next: string | null; more: boolean }>('/v1/events', {
      after: last,
      limit: 200,
    })
    if (!page.ok) return page.problem.code === 'offline'
    for (const event of page.value.events) take(event)
    last = page.value.next ?? last
    if (!page.value.more) return true
  }
}

/** Reads everything that is shown again: what happened while nobody listened is in it. */
async function startAfresh(): Promise<void> {
  last = null
  await refreshConversations()
  for (const id of threads.value.keys()) void loadMessages(id)
}

async function connect(): Promise<void> {
  const ticket = await api<{ ticket: string }>('/v1/stream/tickets', { json: {} })
  if (!ticket.ok) return pollOnce()
  const url = new URL(href('/v1/stream'), location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  url.searchParams.set('ticket', ticket.value.ticket)
  if (last !== null) url.searchParams.set('after', last)
  let opening: WebSocket
  try {
    opening = new WebSocket(url)
  } catch {
    // Some browsers are told to open none.
    return pollOnce()
  }
  socket = opening
  let alive = Date.now()
  let greeted = false
  let unanswered = 0
  const watch = window.setInterval(() => {
    if (Date.now() - alive > SILENCE) opening.close()
    else if (opening.readyState === WebSocket.OPEN) opening.send('ping')
  }, PING)
  opening.onopen = () => {
    greeted = true
    retry = RETRY
    connection.value = 'live'
    // Without a last event the socket begins now: what came between the first look and now is read again.
    if (last === null) void startAfresh()
  }
  opening.onmessage = ({ data }) => {
    alive = Date.now()
    unanswered = data === 'pong' ? 0 : unanswered + 1
    if (unanswered % EVENTS_A_PING === 0 && data !== 'pong') opening.send('ping')
    if (typeof data !== 'string' || !data.startsWith('{')) return
    const event = JSON.parse(data) as LiveEvent
    if (event.data !== undefined) take(event)
  }
  opening.onclose = () => {
    clearInterval(watch)
    if (socket !== opening) return
    socket = null
    if (greeted) window.setTimeout(() => void reconnect(), retry)
    else void pollOnce()
  }
}

async function reconnect(): Promise<void> {
  retry = Math.min(LONGEST, retry * 2)
  if (last !== null && !(await catchUp())) await startAfresh()
  await connect()
}

/** Looks once, and again soon; a socket is tried in between, ever more rarely. */
async function pollOnce(): Promise<void> {
  retry = Math.min(LONGEST, retry * 1.5)
  const until = Date.now() + retry
  do {
    await look()
    await new Promise((resolve) => setTimeout(resolve, document.hidden ? LONGEST : POLL))
  } while (Date.now() < until)
  await connect()
}

async function look(): Promise<void> {
  const known = last !== null && (await catchUp())
  if (!known) {
    last = null
    // No list of events either: the lists themselves are looked at again.
    await refreshConversations()
    const id = open.value?.id
    if (id !== undefined) await loadMessages(id)
  }
  connection.value = navigator.onLine && conversations.value.problem === null ? 'polling' : 'offline'
}

/** Begins to listen, and never stops: over a socket where there is one, by asking where there is none. */
export async function goLive(): Promise<void> {
  void connect()
  addEventListener('online', () => {
    retry = RETRY
    if (socket === null) void reconnect()
  })
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) document.title = 'Belino'
  })
}
