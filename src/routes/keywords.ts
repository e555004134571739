import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { KeywordRule } from '../domain/keyword.ts'
import { failed } from './answer.ts'
import { readJson } from './body.ts'
import type { ApiEnv } from './env.ts'
import { line } from './fields.ts'
import { issueFailure } from './send-request.ts'

const text = (most: number) =>
  v.pipe(
    v.string(),
    v.maxLength(most, `Use at most ${most} characters.`),
    v.check((value) => value.isWellFormed(), 'It holds half a character.'),
  )

/** The body of `POST /v1/keywords` and `PUT /v1/keywords/:id`. */
export const KeywordBody = v.strictObject({
  number: v.optional(v.nullable(text(40))),
  match: v.picklist(['exact', 'starts', 'any'], 'Choose exact, starts or any.'),
  word: v.optional(text(60)),
  channel: v.optional(v.nullable(v.picklist(['sms', 'mms'], 'Choose sms or mms.'))),
  priority: v.optional(v.pipe(v.number(), v.integer(), v.minValue(-1000), v.maxValue(1000))),
  reply: v.optional(
    v.nullable(
      v.strictObject({ text: text(2048), media: v.optional(v.pipe(v.array(text(80)), v.maxLength(10))) }),
    ),
  ),
  forward_to: v.optional(v.nullable(text(40))),
  forward_email: v.optional(v.nullable(line(254))),
  label: v.optional(v.nullable(v.pipe(line(40), v.trim(), v.minLength(1)))),
  notify: v.optional(v.boolean()),
  enabled: v.optional(v.boolean()),
})

const represent = ({ forwardTo, forwardEmail, ...rule }: KeywordRule) => ({
  ...rule,
  forward_to: forwardTo,
  forward_email: forwardEmail ?? null,
  notify: rule.notify ?? false,
})

/** `/v1/keywords`: what is done with inbound messages by themselves. */
export function keywordRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  const write = async (c: Context<ApiEnv>, id: string | null): Promise<Response> => {
    const json = await readJson(c.req.raw, c.get('limits').json)
    if (!json.ok) return failed(c, json.failure)
    const parsed = v.safeParse(KeywordBody, json.value)
    if (!parsed.success) return failed(c, issueFailure(parsed.issues[0]))
    const written = await c.get('keywords').put(c.get('caller'), id, parsed.output)
    return written.ok ? c.json(represent(written.value), id === null ? 201 : 200) : failed(c, written.failure)
  }

  routes.get('/', async (c) => {
    const list = await c.get('keywords').list(c.get('caller'))
    return list.ok ? c.json({ keywords: list.value.map(represent) }) : failed(c, list.failure)
  })
  routes.post('/', (c) => write(c, null))
  routes.put('/:id', (c) => write(c, c.req.param('id')))
  routes.delete('/:id', async (c) => {
    const removed = await c.get('keywords').remove(c.get('caller'), c.req.param('id'))
    return removed.ok ? c.body(null, 204) : failed(c, removed.failure)
  })

  return routes
}
