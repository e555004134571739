import type { Context } from 'hono'
import type { Failure } from '../domain/failure.ts'
import { fail, type Result } from '../domain/result.ts'
import type { ApiEnv } from './env.ts'

/** Runs work that holds a request's file in memory, once the isolate has room for it. */
export async function gated<T>(
  c: Context<ApiEnv>,
  work: () => Promise<Result<T, Failure>>,
): Promise<Result<T, Failure>> {
  const { file } = c.get('limits')
  const announced = Number(c.req.header('content-length') ?? file)
  const place = await c.get('admission').enter(Math.min(Number.isFinite(announced) ? announced : file, file))
  if (place === null) return fail({ code: 'busy', retryAfter: 2 })
  try {
    return await work()
  } finally {
    place.end()
  }
}
