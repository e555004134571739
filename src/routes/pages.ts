import type { Context } from 'hono'
import type { Failure } from '../domain/failure.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { ApiEnv } from './env.ts'

/** The page that a list request asks for. */
export function pageOf(c: Context<ApiEnv>): Result<{ cursor: string | null; limit: number }, Failure> {
  const { pageSize, pageLimit } = c.get('limits')
  const asked = c.req.query('limit')
  const limit = asked === undefined ? pageSize : /^\d{1,6}$/.test(asked) ? Number(asked) : 0
  if (limit < 1 || limit > pageLimit)
    return fail({ code: 'invalid_field', field: 'limit', problem: `Ask for 1 to ${pageLimit} items.` })
  const cursor = c.req.query('cursor') ?? null
  if (cursor !== null && cursor.length > 500) return fail({ code: 'invalid_cursor' })
  return ok({ cursor, limit })
}
