import { createMiddleware } from 'hono/factory'
import { failed } from './answer.ts'
import type { ApiEnv } from './env.ts'
import { sessionWithCsrf } from './session.ts'

/** Lets nobody past without a valid key. Answers of the API are nobody else's: they are never kept by a cache. */
export const requireKey = createMiddleware<ApiEnv>(async (c, next) => {
  const authorization = c.req.header('authorization') ?? null
  const session = authorization === null ? await sessionWithCsrf(c as never) : null
  if (session === null) {
    const caller = await c.get('authenticate')(authorization, new URL(c.req.url).hostname)
    if (!caller.ok) return failed(c, caller.failure)
    c.set('caller', caller.value)
  } else c.set('caller', session.caller)
  await next()
  c.header('cache-control', 'no-store')
  return undefined
})
