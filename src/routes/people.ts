import { Hono } from 'hono'
import * as v from 'valibot'
import { failed } from './answer.ts'
import { readJson } from './body.ts'
import { momentOf } from './conversations.ts'
import type { ApiEnv } from './env.ts'
import { idempotencyOf } from './idempotency.ts'
import { pageOf } from './pages.ts'
import { readReplace } from './replace-request.ts'
import { representMessage, representTimeline } from './represent.ts'
import { issueFailure, sha256 } from './send-request.ts'

const Name = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, 'Give a name.'),
  v.maxLength(120, 'Use at most 120 characters.'),
  v.check((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'It holds characters that no name has.'),
)
const One = v.strictObject({ address: v.pipe(v.string(), v.maxLength(60)), name: Name })
/** The body of `POST /v1/contacts`: one, or up to 1000. */
export const ContactsBody = v.union([
  One,
  v.strictObject({
    contacts: v.pipe(v.array(One), v.minLength(1), v.maxLength(1000, 'Send at most 1000 contacts at once.')),
  }),
])

/** `/v1/contacts`: names for addresses. */
export function contactRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  routes.get('/', async (c) => {
    const page = pageOf(c)
    if (!page.ok) return failed(c, page.failure)
    const list = await c
      .get('people')
      .contacts(c.get('caller'), c.req.query('q')?.trim().slice(0, 100) ?? '', page.value)
    return list.ok
      ? c.json({
          contacts: list.value.items.map(({ address, name }) => ({ address, name })),
          next: list.value.next,
        })
      : failed(c, list.failure)
  })

  routes.post('/', async (c) => {
    const json = await readJson(c.req.raw, c.get('limits').json)
    if (!json.ok) return failed(c, json.failure)
    const parsed = v.safeParse(ContactsBody, json.value)
    if (!parsed.success) return failed(c, issueFailure(parsed.issues[0]))
    const told = 'contacts' in parsed.output ? parsed.output.contacts : [parsed.output]
    const written = await c.get('people').putContacts(c.get('caller'), told)
    return written.ok
      ? c.json({ contacts: written.value.map(({ address, name }) => ({ address, name })) })
      : failed(c, written.failure)
  })

  routes.delete('/:address', async (c) => {
    const removed = await c.get('people').removeContact(c.get('caller'), c.req.param('address'))
    return removed.ok ? c.body(null, 204) : failed(c, removed.failure)
  })

  return routes
}

/** `/v1/search?q=`: messages in which the words were said, newest first. */
export function searchRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.get('/', async (c) => {
    const page = pageOf(c)
    if (!page.ok) return failed(c, page.failure)
    const text = c.req.query('q')?.trim() ?? ''
    if (text === '' || text.length > 200)
      return failed(c, {
        code: 'invalid_field',
        field: 'q',
        problem: 'Give 1 to 200 characters to look for.',
      })
    const list = await c.get('people').search(c.get('caller'), text, page.value)
    if (!list.ok) return failed(c, list.failure)
    const results = list.value.items.map(({ message, conversation, snippet, at }) => ({
      message,
      conversation,
      snippet,
      at: new Date(at).toISOString(),
    }))
    return c.json({ results, next: list.value.next })
  })
  return routes
}

/** `/v1/overview`: counts by day and number, and why messages failed; the last 30 days unless `after` and `before` say otherwise. */
export function overviewRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.get('/', async (c) => {
    const query = c.req.query()
    const after = momentOf(query, 'after')
    if (!after.ok) return failed(c, after.failure)
    const before = momentOf(query, 'before')
    if (!before.ok) return failed(c, before.failure)
    const until = before.value ?? Date.now() + 60_000
    const from = Math.max(after.value ?? until - 30 * 86_400_000, until - 400 * 86_400_000)
    const offset = Number(query.utc_offset_minutes ?? 0)
    if (!Number.isInteger(offset) || Math.abs(offset) > 840)
      return failed(c, {
        code: 'invalid_field',
        field: 'utc_offset_minutes',
        problem: 'Give -840 to 840 minutes.',
      })
    const overview = await c.get('people').overview(c.get('caller'), from, until, offset * 60_000)
    if (!overview.ok) return failed(c, overview.failure)
    const days = overview.value.days.map(({ bytesBefore, bytesAfter, ...day }) => ({
      ...day,
      bytes_before: bytesBefore,
      bytes_after: bytesAfter,
    }))
    return c.json({ days, reasons: overview.value.reasons })
  })
  return routes
}

/** What is done to a message after it was sent; mounted at `/v1/messages`. */
export function messageActionRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  routes.delete('/:id', async (c) => {
    const hidden = await c.get('people').hide(c.get('caller'), c.req.param('id'), true)
    return hidden.ok ? c.json(representTimeline(hidden.value)) : failed(c, hidden.failure)
  })

  routes.post('/:id/restore', async (c) => {
    const shown = await c.get('people').hide(c.get('caller'), c.req.param('id'), false)
    return shown.ok ? c.json(representTimeline(shown.value)) : failed(c, shown.failure)
  })

  routes.post('/:id/cancel', async (c) => {
    const canceled = await c.get('people').cancel(c.get('caller'), c.req.param('id'))
    return canceled.ok ? c.json(representTimeline(canceled.value)) : failed(c, canceled.failure)
  })

  routes.post('/:id/replace', async (c) => {
    const read = await readReplace(c)
    if (!read.ok) return failed(c, read.failure)
    const replaced = await c.get('messaging').replace(c.get('caller'), c.req.param('id'), read.value)
    return replaced.ok ? c.json(representTimeline(replaced.value)) : failed(c, replaced.failure)
  })

  routes.post('/:id/resend', async (c) => {
    const id = c.req.param('id')
    const sent = await c
      .get('people')
      .resend(c.get('caller'), id, idempotencyOf(c, await sha256(`resend ${id}`)))
    return sent.ok
      ? c.json({ ...representMessage(sent.value.message), warnings: sent.value.warnings }, 202)
      : failed(c, sent.failure)
  })

  return routes
}
