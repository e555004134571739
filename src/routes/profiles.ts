import { Hono } from 'hono'
import * as v from 'valibot'
import { TYPE_PATTERN } from '../domain/profile.ts'
import { failed } from './answer.ts'
import type { ApiEnv } from './env.ts'
import { readBody } from './fields.ts'

const patterns = v.pipe(
  v.array(v.pipe(v.string(), v.regex(TYPE_PATTERN, 'Write a type as image/jpeg, image/* or *.'))),
  v.maxLength(100, 'Give at most 100 types.'),
)

/** The body of `PUT /v1/content-profiles/:number`. */
export const ProfileBody = v.strictObject({
  allow: v.optional(patterns, ['*']),
  block: v.optional(patterns, []),
})

/** The account's own profile, in a path. */
const DEFAULT = 'default'
const numberIn = (segment: string): string | null => (segment === DEFAULT ? null : segment)

/** `/v1/content-profiles`: which inbound media is shown. `default` in place of a number is for all without one of their own. */
export function profileRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.get('/', async (c) => {
    const list = await c.get('profiles').list(c.get('caller'))
    return list.ok ? c.json({ content_profiles: list.value }) : failed(c, list.failure)
  })
  routes.put('/:number', async (c) => {
    const body = await readBody(c, ProfileBody)
    if (!body.ok) return failed(c, body.failure)
    const put = await c.get('profiles').put(c.get('caller'), numberIn(c.req.param('number')), body.value)
    return put.ok ? c.json(put.value) : failed(c, put.failure)
  })
  routes.delete('/:number', async (c) => {
    const removed = await c.get('profiles').remove(c.get('caller'), numberIn(c.req.param('number')))
    return removed.ok ? c.body(null, 204) : failed(c, removed.failure)
  })
  return routes
}
