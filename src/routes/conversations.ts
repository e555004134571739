import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { parseAddress } from '../domain/address.ts'
import type { Failure } from '../domain/failure.ts'
import { type InboxFilter, type InboxRow, startOfDay } from '../domain/people.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { failed } from './answer.ts'
import { readJson } from './body.ts'
import type { ApiEnv } from './env.ts'
import { line } from './fields.ts'
import { pageOf } from './pages.ts'
import { representConversation, representMessage } from './represent.ts'
import { issueFailure } from './send-request.ts'

/** Something, in whole characters, on as many lines as it takes. */
const words = (most: number) =>
  v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1),
    v.maxLength(most, `Use at most ${most} characters.`),
    v.check((text) => text.isWellFormed(), 'It holds half a character.'),
  )
const name = (most: number) => v.pipe(line(most), v.trim(), v.minLength(1))

/** The body of `PATCH /v1/conversations/:id`: what is left out stays. */
export const ConversationBody = v.strictObject({
  read_through: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  assignee: v.optional(v.nullable(name(120))),
  labels: v.optional(v.pipe(v.array(name(40)), v.maxLength(20, 'At most 20 labels fit.'))),
  draft: v.optional(
    v.nullable(
      v.strictObject({
        text: v.pipe(
          v.string(),
          v.maxLength(5000),
          v.check((text) => text.isWellFormed(), 'It holds half a character.'),
        ),
        from: v.optional(line(40)),
        media: v.optional(v.pipe(v.array(line(80)), v.maxLength(10))),
      }),
    ),
  ),
})

/** The body of `POST /v1/conversations/:id/notes`. */
export const NoteBody = v.strictObject({ text: words(5000) })

/** A conversation with what people added to it. */
export const representInboxRow = (row: InboxRow) => ({
  ...representConversation(row),
  names: row.people.names,
  unread: row.people.unread,
  read_through: row.people.readThrough,
  assignee: row.people.assignee,
  labels: row.people.labels,
  draft: row.people.draft,
  deleted_at: row.people.deletedAt === null ? null : new Date(row.people.deletedAt).toISOString(),
})

/** `/v1/conversations`: lists, threads, and what people add to them. */
export function conversationRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  routes.get('/', async (c) => {
    const page = pageOf(c)
    if (!page.ok) return failed(c, page.failure)
    const filter = filterOf(c)
    if (!filter.ok) return failed(c, filter.failure)
    const list = await c.get('people').inbox(c.get('caller'), filter.value, page.value)
    return list.ok
      ? c.json({ conversations: list.value.items.map(representInboxRow), next: list.value.next })
      : failed(c, list.failure)
  })

  routes.get('/:id', async (c) => {
    const found = await c.get('people').conversation(c.get('caller'), c.req.param('id'))
    if (!found.ok) return failed(c, found.failure)
    const notes = found.value.notes.map((note) => ({ ...note, at: new Date(note.at).toISOString() }))
    const neighbours = await c.get('threadLinks')(c.get('caller'), found.value.id)
    return c.json({ ...representInboxRow(found.value), ...neighbours, notes })
  })

  routes.patch('/:id', async (c) => {
    const json = await readJson(c.req.raw, c.get('limits').json)
    if (!json.ok) return failed(c, json.failure)
    const parsed = v.safeParse(ConversationBody, json.value)
    if (!parsed.success) return failed(c, issueFailure(parsed.issues[0]))
    const { read_through, ...change } = parsed.output
    const changed = await c
      .get('people')
      .change(c.get('caller'), c.req.param('id'), { ...change, readThrough: read_through } as never)
    return changed.ok ? c.json(representInboxRow(changed.value)) : failed(c, changed.failure)
  })

  routes.delete('/:id', async (c) => {
    const changed = await c
      .get('people')
      .change(c.get('caller'), c.req.param('id'), { deletedAt: Date.now() })
    return changed.ok ? c.json(representInboxRow(changed.value)) : failed(c, changed.failure)
  })

  routes.post('/:id/restore', async (c) => {
    const changed = await c.get('people').change(c.get('caller'), c.req.param('id'), { deletedAt: null })
    return changed.ok ? c.json(representInboxRow(changed.value)) : failed(c, changed.failure)
  })

  routes.post('/:id/notes', async (c) => {
    const json = await readJson(c.req.raw, c.get('limits').json)
    if (!json.ok) return failed(c, json.failure)
    const parsed = v.safeParse(NoteBody, json.value)
    if (!parsed.success) return failed(c, issueFailure(parsed.issues[0]))
    const note = await c.get('people').addNote(c.get('caller'), c.req.param('id'), parsed.output.text)
    return note.ok
      ? c.json({ ...note.value, at: new Date(note.value.at).toISOString() }, 201)
      : failed(c, note.failure)
  })

  routes.get('/:id/messages', async (c) => {
    const page = pageOf(c)
    if (!page.ok) return failed(c, page.failure)
    const list = await c.get('messaging').messages(c.get('caller'), c.req.param('id'), page.value)
    return list.ok
      ? c.json({ messages: list.value.items.map(representMessage), next: list.value.next })
      : failed(c, list.failure)
  })

  return routes
}

/** What a list is narrowed by, from the query. Days are those of `timezone`, UTC without one. */
function filterOf(c: Context<ApiEnv>): Result<InboxFilter, Failure> {
  const query = c.req.query()
  const flag = (name: string): boolean | undefined =>
    query[name] === undefined ? undefined : query[name] === 'true' || query[name] === '1'
  const address = (name: string): Result<string | undefined, Failure> => {
    const typed = query[name]
    if (typed === undefined || typed === '') return ok(undefined)
    const parsed = parseAddress(typed)
    return parsed.ok ? ok(parsed.value) : fail({ code: 'invalid_number', field: name, typed })
  }
  const number = address('number')
  if (!number.ok) return number
  const member = address('member')
  if (!member.ok) return member
  const after = momentOf(query, 'after')
  if (!after.ok) return after
  const before = momentOf(query, 'before')
  if (!before.ok) return before
  const text = query.q?.trim().slice(0, 200)
  return ok({
    number: number.value,
    member: member.value,
    after: after.value,
    before: before.value,
    text: text === '' ? undefined : text,
    unread: flag('unread'),
    failed: flag('failed'),
    deleted: flag('deleted'),
    label: query.label?.slice(0, 40),
  })
}

/** A day of a time zone, or a moment in ISO 8601. A day in `before` is included whole. */
export function momentOf(
  query: Record<string, string>,
  name: 'after' | 'before',
): Result<number | undefined, Failure> {
  const typed = query[name]
  if (typed === undefined || typed === '') return ok(undefined)
  const wrong: Failure = {
    code: 'invalid_field',
    field: name,
    problem:
      'Give a day as 2026-01-31, with a `timezone` such as America/Toronto, or a moment as 2026-01-31T12:00:00Z.',
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(typed)) {
    const start = startOfDay(typed, query.timezone ?? 'UTC')
    if (start === null) return fail(wrong)
    // The next day's start, found through its noon, so that a day of 23 or 25 hours is whole.
    const next =
      name === 'before'
        ? startOfDay(
            new Date(Date.parse(typed) + 36 * 3_600_000).toISOString().slice(0, 10),
            query.timezone ?? 'UTC',
          )
        : start
    return next === null ? fail(wrong) : ok(next)
  }
  const at = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/.test(typed) ? Date.parse(typed) : Number.NaN
  return Number.isNaN(at) ? fail(wrong) : ok(at)
}
