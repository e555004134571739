import type { Context } from 'hono'
import type { Idempotency } from '../domain/ports.ts'

/** The idempotency key of a request, with the hash of its content; null without the header. */
export function idempotencyOf(c: Context, bodyHash: string): Idempotency | null {
  const key = c.req.header('idempotency-key')
  return key === undefined ? null : { key, bodyHash }
}
