import { Hono } from 'hono'
import * as v from 'valibot'
import { PLANS } from '../domain/credit.ts'
import { failed } from './answer.ts'
import type { ApiEnv } from './env.ts'
import { line, readBody, whole } from './fields.ts'
import { sha256 } from './send-request.ts'
import { representCredit } from './usage.ts'

/** The body of `PATCH /v1/accounts/:account/credit`; the amount is added, in micro-units, and may be negative. */
export const FundBody = v.strictObject({
  plan: v.optional(v.picklist(PLANS, `Choose one of ${PLANS.join(', ')}.`)),
  currency: v.optional(v.pipe(line(3), v.regex(/^[A-Z]{3}$/, 'Give three capital letters, as in USD.'))),
  amount: v.optional(whole(-1_000_000_000_000, 1_000_000_000_000)),
  note: v.optional(line(200)),
})

/** `/v1/accounts/:account/credit`: for whoever runs the gateway, by the root key. */
export function fundRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.patch('/:account/credit', async (c) => {
    if (!(await c.get('isOperator')(c.req.header('authorization') ?? null)))
      return failed(c, { code: 'unauthorized' })
    const body = await readBody(c, FundBody)
    if (!body.ok) return failed(c, body.failure)
    const { note, ...change } = body.value
    const account = c.req.param('account')
    const key = c.req.header('idempotency-key')
    // The same key is the same entry of the ledger, so that a repeated request adds nothing.
    const entry = key === undefined ? null : `led_${(await sha256(`${account}\0${key}`)).slice(0, 40)}`
    const credit = await c.get('money').fund(account, { ...change, note: note ?? null }, entry)
    if (!credit.ok) return failed(c, credit.failure)
    return c.json(representCredit(credit.value), 200, { 'cache-control': 'no-store' })
  })
  return routes
}
