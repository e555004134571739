import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { StreamFilter } from '../delivery/live-sockets.ts'
import { parseAddress } from '../domain/address.ts'
import { EVENT_TYPES, type EventType } from '../domain/event.ts'
import type { Failure } from '../domain/failure.ts'
import { isConversationId } from '../domain/ids.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { Opener } from '../messaging/stream.ts'
import { failed } from './answer.ts'
import { readJson } from './body.ts'
import type { ApiEnv } from './env.ts'
import { pageOf } from './pages.ts'
import { requireKey } from './require-key.ts'
import { issueFailure } from './send-request.ts'

/** The protocol that a socket speaks, and what a key is named with beside it (browsers can send no header of their own). */
const PROTOCOL = 'belino.v1'
const BEARER = 'bearer.'

/** Numbers that a filter names, at most: it is kept with the socket. */
const MOST_NUMBERS = 20

const problemOfOrigin = 'Give the origin of a page, like https://app.example.com.'

/** The body of `POST /v1/stream/tickets`; it may be left out. */
export const TicketBody = v.strictObject({
  origin: v.optional(
    v.pipe(
      v.string(problemOfOrigin),
      v.maxLength(300, 'Use at most 300 characters.'),
      v.check((value) => URL.parse(value)?.origin === value && value !== 'null', problemOfOrigin),
    ),
  ),
})

/** What is asked of events: `after`, and filters as lists with commas. */
function askedOf(c: Context<ApiEnv>): Result<{ after: string | null; filter: StreamFilter }, Failure> {
  const after = c.req.query('after') ?? null
  if (after !== null && !/^evt_[0-9A-Za-z]{22,80}$/.test(after))
    return fail({ code: 'invalid_field', field: 'after', problem: 'Give the id of an event: evt_...' })
  const listed = (name: string): string[] | null => {
    const given = c.req.query(name)
    return given === undefined || given === '' ? null : given.split(',').map((one) => one.trim())
  }
  const types = listed('types')
  const unknown = types?.find((one) => !(EVENT_TYPES as readonly string[]).includes(one))
  if (unknown !== undefined)
    return fail({
      code: 'invalid_field',
      field: 'types',
      problem: `${JSON.stringify(unknown.slice(0, 40))} is no type of event.`,
    })
  const numbers: string[] = []
  for (const typed of listed('numbers') ?? []) {
    const address = parseAddress(typed)
    if (!address.ok) return fail({ code: 'invalid_number', field: 'numbers', typed })
    numbers.push(address.value)
  }
  if (numbers.length > MOST_NUMBERS)
    return fail({ code: 'invalid_field', field: 'numbers', problem: `Name at most ${MOST_NUMBERS}.` })
  const conversation = c.req.query('conversation') ?? null
  if (conversation !== null && !isConversationId(conversation))
    return fail({ code: 'invalid_field', field: 'conversation', problem: 'Give an id: cnv_...' })
  return ok({
    after,
    filter: {
      types: types as EventType[] | null,
      numbers: numbers.length === 0 ? null : numbers,
      conversation,
    },
  })
}

/** Who opens a socket: a ticket in the address, or a key in a header or among the protocols. */
async function openerOf(c: Context<ApiEnv>, protocols: readonly string[]): Promise<Result<Opener, Failure>> {
  const ticket = c.req.query('ticket')
  if (ticket !== undefined) return ok({ kind: 'ticket', ticket })
  const named = protocols.find((one) => one.startsWith(BEARER))?.slice(BEARER.length)
  const authorization = named === undefined ? (c.req.header('authorization') ?? null) : `Bearer ${named}`
  const caller = await c.get('authenticate')(authorization, new URL(c.req.url).hostname)
  return caller.ok ? ok({ kind: 'caller', caller: caller.value }) : caller
}

/** `/v1/stream`: what happens in an account, as it happens. Mounted before the routes that need a key in a header. */
export function streamRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  routes.post('/tickets', requireKey, async (c) => {
    const json = await readJson(c.req.raw, c.get('limits').json)
    if (!json.ok && json.failure.code !== 'empty_body') return failed(c, json.failure)
    const body = v.safeParse(TicketBody, json.ok ? json.value : {})
    if (!body.success) return failed(c, issueFailure(body.issues[0]))
    const made = await c.get('stream').ticket(c.get('caller'), body.output.origin ?? null)
    if (!made.ok) return failed(c, made.failure)
    const { ticket, expiresAt } = made.value
    return c.json({ ticket, expires_at: new Date(expiresAt).toISOString() }, 201)
  })

  routes.get('/', async (c) => {
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') return failed(c, { code: 'upgrade_required' })
    const protocols = (c.req.header('sec-websocket-protocol') ?? '').split(',').map((one) => one.trim())
    const opener = await openerOf(c, protocols)
    if (!opener.ok) return failed(c, opener.failure)
    const asked = askedOf(c)
    if (!asked.ok) return failed(c, asked.failure)
    const opened = await c.get('stream').open(opener.value, c.req.raw, {
      ...asked.value,
      origin: c.req.header('origin') ?? null,
      own: new URL(c.req.url).origin,
    })
    if (!opened.ok) return failed(c, opened.failure)
    // A client that names protocols wants one of them back; never the one with the key.
    const headers = new Headers()
    if (protocols.includes(PROTOCOL)) headers.set('sec-websocket-protocol', PROTOCOL)
    return new Response(null, { status: 101, webSocket: opened.value.webSocket, headers })
  })

  return routes
}

/** `/v1/events`: the same events as a list, oldest first, for whoever polls. */
export function eventRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  routes.get('/', async (c) => {
    const page = pageOf(c)
    if (!page.ok) return failed(c, page.failure)
    const asked = askedOf(c)
    if (!asked.ok) return failed(c, asked.failure)
    const events = await c.get('stream').events(c.get('caller'), { ...asked.value, limit: page.value.limit })
    if (!events.ok) return failed(c, events.failure)
    const { bodies, last, more } = events.value
    // The events are JSON already: the very texts that webhooks and sockets are sent.
    return c.body(`{"events":[${bodies.join(',')}],"next":${JSON.stringify(last)},"more":${more}}`, 200, {
      'content-type': 'application/json',
    })
  })

  return routes
}
