import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { parseAddress } from '../domain/address.ts'
import type { Failure } from '../domain/failure.ts'
import { isConversationId } from '../domain/ids.ts'
import type { MessageFilter } from '../domain/message-list.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { failed } from './answer.ts'
import type { ApiEnv } from './env.ts'
import { time } from './fields.ts'
import { pageOf } from './pages.ts'
import { representMessage } from './represent.ts'

/** What a list is narrowed by, from the query. */
function filterOf(c: Context<ApiEnv>): Result<MessageFilter, Failure> {
  const { conversation, member, direction, channel } = c.req.query()
  const wrong = (field: string, problem: string): Result<never, Failure> =>
    fail({ code: 'invalid_field', field, problem })
  if (conversation !== undefined && !isConversationId(conversation))
    return fail({ code: 'not_found', what: 'conversation' })
  const address = member === undefined ? null : parseAddress(member)
  if (address !== null && !address.ok)
    return fail({ code: 'invalid_number', field: 'member', typed: address.failure.typed })
  if (direction !== undefined && direction !== 'inbound' && direction !== 'outbound')
    return wrong('direction', 'Choose inbound or outbound.')
  if (channel !== undefined && channel !== 'sms' && channel !== 'mms')
    return wrong('channel', 'Choose sms or mms.')
  const times: { after?: number; before?: number } = {}
  for (const name of ['after', 'before'] as const) {
    const said = c.req.query(name)
    if (said === undefined) continue
    const at = v.safeParse(time, said)
    if (!at.success) return wrong(name, at.issues[0].message)
    times[name] = at.output
  }
  const members = address === null ? undefined : [address.value]
  return ok({ conversation, members, direction, channel, ...times })
}

/** `GET /v1/messages`: those of every conversation, newest first. */
export function messageListRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.get('/', async (c) => {
    const page = pageOf(c)
    if (!page.ok) return failed(c, page.failure)
    const filter = filterOf(c)
    if (!filter.ok) return failed(c, filter.failure)
    const list = await c.get('listMessages')(c.get('caller'), filter.value, page.value)
    return list.ok
      ? c.json({ messages: list.value.items.map(representMessage), next: list.value.next })
      : failed(c, list.failure)
  })
  return routes
}
