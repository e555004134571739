import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { parseAddress } from '../domain/address.ts'
import type { Credit, KeyLimits } from '../domain/credit.ts'
import type { Failure } from '../domain/failure.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { Money } from '../messaging/credit.ts'
import { failed } from './answer.ts'
import type { ApiEnv } from './env.ts'
import { readBody, whole } from './fields.ts'
import { pageOf } from './pages.ts'

/** Days that a list of usage goes back without being asked. */
const RECENT = 31

const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/

/** How an account's money stands, as the wire has it. */
export const representCredit = (credit: Credit) => ({
  plan: credit.plan,
  currency: credit.currency,
  available: credit.available,
  held: credit.held,
})

function usageQuery(c: Context<ApiEnv>): Result<Parameters<Money['usage']>[1], Failure> {
  const page = pageOf(c)
  if (!page.ok) return page
  const now = Date.now()
  const from = c.req.query('from') ?? new Date(now - RECENT * 86_400_000).toISOString().slice(0, 10)
  const to = c.req.query('to') ?? new Date(now).toISOString().slice(0, 10)
  for (const [field, day] of [
    ['from', from],
    ['to', to],
  ] as const)
    if (!DAY.test(day)) return fail({ code: 'invalid_field', field, problem: 'Give a day like 2026-11-22.' })
  const kind = c.req.query('kind') ?? null
  if (kind !== null && kind !== 'sms' && kind !== 'mms')
    return fail({ code: 'invalid_field', field: 'kind', problem: 'Choose sms or mms, or leave it out.' })
  const typed = c.req.query('number')
  const number = typed === undefined ? null : parseAddress(typed)
  if (number !== null && !number.ok)
    return fail({ code: 'invalid_number', field: 'number', typed: typed ?? '' })
  return ok({ ...page.value, from, to, kind, number: number?.value ?? null })
}

/** `/v1/usage`: what went and came, by day (UTC), number, kind and direction. */
export function usageRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.get('/', async (c) => {
    const query = usageQuery(c)
    if (!query.ok) return failed(c, query.failure)
    const list = await c.get('money').usage(c.get('caller'), query.value)
    return list.ok ? c.json({ usage: list.value.items, next: list.value.next }) : failed(c, list.failure)
  })
  return routes
}

/** `/v1/credit`: how the account pays and what is left, and every move of it. */
export function creditRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.get('/', async (c) => {
    const credit = await c.get('money').credit(c.get('caller'))
    return credit.ok ? c.json(representCredit(credit.value)) : failed(c, credit.failure)
  })
  routes.get('/ledger', async (c) => {
    const page = pageOf(c)
    if (!page.ok) return failed(c, page.failure)
    const list = await c.get('money').ledger(c.get('caller'), page.value)
    if (!list.ok) return failed(c, list.failure)
    const entries = list.value.items.map((one) => ({ ...one, at: new Date(one.at).toISOString() }))
    return c.json({ entries, next: list.value.next })
  })
  return routes
}

/** The body of `PUT /v1/keys/:key/limits`; null or nothing bounds nothing. */
export const KeyLimitsBody = v.strictObject({
  messages_per_minute: v.optional(v.nullable(whole(0, 100_000))),
  messages_per_day: v.optional(v.nullable(whole(0, 100_000_000))),
  spend_per_day: v.optional(v.nullable(whole(0, 1_000_000_000_000))),
})

const representLimits = (limits: KeyLimits | null) => ({
  messages_per_minute: limits?.messagesPerMinute ?? null,
  messages_per_day: limits?.messagesPerDay ?? null,
  spend_per_day: limits?.spendPerDay ?? null,
})

/** `/v1/keys/:key/limits`: what a key may send; none by default. */
export function keyLimitRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.get('/:key/limits', async (c) => {
    const limits = await c.get('keyQuota').limits(c.get('caller'), c.req.param('key'))
    return limits.ok ? c.json(representLimits(limits.value)) : failed(c, limits.failure)
  })
  routes.put('/:key/limits', async (c) => {
    const body = await readBody(c, KeyLimitsBody)
    if (!body.ok) return failed(c, body.failure)
    const limits = await c.get('keyQuota').setLimits(c.get('caller'), c.req.param('key'), {
      messagesPerMinute: body.value.messages_per_minute ?? null,
      messagesPerDay: body.value.messages_per_day ?? null,
      spendPerDay: body.value.spend_per_day ?? null,
    })
    return limits.ok ? c.json(representLimits(limits.value)) : failed(c, limits.failure)
  })
  return routes
}
