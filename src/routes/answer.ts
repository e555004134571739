import type { Context } from 'hono'
import { describe, type Failure } from '../domain/failure.ts'

/** The one shape of every error, and its status. */
export function failed(c: Context, failure: Failure): Response {
  const said = describe(failure)
  const base: string = c.get('base') ?? ''
  const docs = new URL(`${base}/docs/errors#${said.code}`, c.req.url).href
  const headers = new Headers({
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  })
  if (said.retryAfter !== undefined) headers.set('retry-after', String(said.retryAfter))
  if (said.status === 401) headers.set('www-authenticate', 'Bearer realm="Belino"')
  if (failure.code === 'method_not_allowed') headers.set('allow', failure.allowed)
  const error = {
    code: said.code,
    message: said.message,
    retryable: said.retryable,
    docs,
    ...(said.field === undefined ? {} : { field: said.field }),
  }
  return new Response(JSON.stringify({ error }), { status: said.status, headers })
}
