import { Hono } from 'hono'
import * as v from 'valibot'
import { failed } from './answer.ts'
import type { ApiEnv } from './env.ts'
import { readBody } from './fields.ts'

/** The body of `POST /v1/forget`. */
export const ForgetBody = v.strictObject({
  address: v.pipe(v.string('Give a telephone number.'), v.maxLength(60, 'Use at most 60 characters.')),
})

/** `POST /v1/forget`: everything kept of a number is deleted, for good; that it opted out is remembered by a keyed hash. */
export function forgetRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.post('/', async (c) => {
    const body = await readBody(c, ForgetBody)
    if (!body.ok) return failed(c, body.failure)
    const gone = await c.get('forget')(c.get('caller'), body.value.address)
    if (!gone.ok) return failed(c, gone.failure)
    const { address, conversations, messages, media, optOutKept } = gone.value
    return c.json({ address, conversations, messages, media, opt_out_kept: optOutKept })
  })
  return routes
}
