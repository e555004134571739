import { Hono } from 'hono'
import { describe, type Failure } from '../domain/failure.ts'
import { failed } from './answer.ts'
import type { ApiEnv } from './env.ts'
import { readSend } from './send-request.ts'

const representError = (failure: Failure) => {
  const { code, message, field } = describe(failure)
  return { code, message, ...(field === undefined ? {} : { field }) }
}

/** `POST /v1/messages:check`: whether a message may be sent, and everything that speaks against it. Nothing is sent. */
export function checkRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  // The colon stands inside a segment, so that Hono takes the path for what it says.
  routes.post('/messages:check', async (c) => {
    // A form would bring files along, which a check has no use for.
    if (c.req.header('content-type')?.toLowerCase().startsWith('multipart/'))
      return failed(c, { code: 'unsupported_content_type', accepted: 'application/json' })
    const read = await readSend(c)
    if (!read.ok) return failed(c, read.failure)
    const checked = await c.get('check')(c.get('caller'), read.value.request)
    if (!checked.ok) return failed(c, checked.failure)
    const { errors, warnings, channel, segments, budget, cost } = checked.value
    return c.json({
      allowed: errors.length === 0,
      errors: errors.map(representError),
      warnings,
      channel,
      segments,
      budget,
      cost,
    })
  })
  return routes
}
