import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { FitKey } from '../domain/fit-ports.ts'
import type { FitKeyInput, FitSecrets } from '../messaging/fit-keys.ts'
import { readSource } from '../messaging/fit-sources.ts'
import { failed } from './answer.ts'
import { readJson } from './body.ts'
import type { ApiEnv } from './env.ts'
import { pageOf } from './pages.ts'
import { issueFailure } from './send-request.ts'

const Limit = v.optional(
  v.nullable(
    v.pipe(
      v.number('Give a number, or null for no limit.'),
      v.integer('Give a whole number.'),
      v.minValue(0, 'Give 0 or more, or null for no limit.'),
      v.maxValue(1_000_000_000, 'Give at most 1000000000, or null for no limit.'),
    ),
  ),
)

const Name = v.pipe(
  v.string('Give a name as text.'),
  v.trim(),
  v.maxLength(120, 'Use at most 120 characters.'),
  v.check((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'It holds characters that no name has.'),
)

const Sources = v.pipe(
  v.array(v.pipe(v.string('Give each source as text.'), v.maxLength(500, 'Use at most 500 characters.'))),
  v.minLength(1, 'Name at least one source.'),
  v.maxLength(50, 'Name at most 50 sources.'),
)

/** The body of `POST /v1/fit-keys`. */
export const NewFitKeyBody = v.strictObject({
  name: v.optional(Name, ''),
  sources: Sources,
  per_minute: Limit,
  per_day: Limit,
})

/** The body of `PATCH /v1/fit-keys/:id`. */
export const FitKeyBody = v.strictObject({
  name: v.optional(Name),
  sources: v.optional(Sources),
  per_minute: Limit,
  per_day: Limit,
})

/** The body of `POST /v1/fit-keys/:id/rotate`. */
export const RotateFitKeyBody = v.strictObject({
  keep_previous: v.optional(v.boolean('Give true or false.'), true),
})

const represent = (key: FitKey) => ({
  id: key.id,
  name: key.name,
  sources: key.sources,
  per_minute: key.perMinute,
  per_day: key.perDay,
  secrets: key.previous ? 2 : 1,
  created_at: new Date(key.createdAt).toISOString(),
  updated_at: new Date(key.updatedAt).toISOString(),
})

const representSecrets = ({ secret, previous }: FitSecrets) => ({ secret, previous })

/** `/v1/fit-keys`: who may sign URLs of the optimizer, from where, and how much. */
export function fitKeyRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  /** The body by its schema, its sources read. */
  async function inputOf<S extends typeof NewFitKeyBody | typeof FitKeyBody>(
    c: Context<ApiEnv>,
    schema: S,
  ): Promise<FitKeyInput | Response> {
    const json = await readJson(c.req.raw, c.get('limits').json)
    if (!json.ok) return failed(c, json.failure)
    const parsed = v.safeParse(schema, json.value)
    if (!parsed.success) return failed(c, issueFailure(parsed.issues[0]))
    const { name, sources, per_minute, per_day } = parsed.output
    for (const source of sources ?? []) {
      const read = readSource(source, c.get('local'))
      if (!read.ok) return failed(c, { code: 'invalid_field', field: 'sources', problem: read.failure })
    }
    return { name, sources, perMinute: per_minute, perDay: per_day }
  }

  routes.get('/', async (c) => {
    const page = pageOf(c)
    if (!page.ok) return failed(c, page.failure)
    const list = await c.get('fitKeys').page(c.get('caller'), page.value)
    return list.ok
      ? c.json({
          fit_keys: list.value.items.map((one) => ({ ...represent(one), made_today: one.madeToday })),
          next: list.value.next,
        })
      : failed(c, list.failure)
  })

  routes.post('/', async (c) => {
    const input = await inputOf(c, NewFitKeyBody)
    if (input instanceof Response) return input
    const made = await c.get('fitKeys').create(c.get('caller'), input)
    return made.ok
      ? c.json({ ...represent(made.value.key), ...representSecrets(made.value.secrets) }, 201)
      : failed(c, made.failure)
  })

  routes.patch('/:id', async (c) => {
    const input = await inputOf(c, FitKeyBody)
    if (input instanceof Response) return input
    const key = await c.get('fitKeys').update(c.get('caller'), c.req.param('id'), input)
    return key.ok ? c.json(represent(key.value)) : failed(c, key.failure)
  })

  routes.get('/:id/secrets', async (c) => {
    const secrets = await c.get('fitKeys').secrets(c.get('caller'), c.req.param('id'))
    return secrets.ok ? c.json(representSecrets(secrets.value)) : failed(c, secrets.failure)
  })

  routes.post('/:id/rotate', async (c) => {
    const json = await readJson(c.req.raw, c.get('limits').json)
    if (!json.ok && json.failure.code !== 'empty_body') return failed(c, json.failure)
    const parsed = v.safeParse(RotateFitKeyBody, json.ok ? json.value : {})
    if (!parsed.success) return failed(c, issueFailure(parsed.issues[0]))
    const secrets = await c
      .get('fitKeys')
      .rotate(c.get('caller'), c.req.param('id'), parsed.output.keep_previous)
    return secrets.ok ? c.json(representSecrets(secrets.value)) : failed(c, secrets.failure)
  })

  routes.delete('/:id', async (c) => {
    const removed = await c.get('fitKeys').remove(c.get('caller'), c.req.param('id'))
    return removed.ok ? c.body(null, 204) : failed(c, removed.failure)
  })

  return routes
}
