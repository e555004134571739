import { type Context, Hono } from 'hono'
import type { Failure } from '../domain/failure.ts'
import type { Orphan } from '../domain/orphan.ts'
import type { Page } from '../domain/ports.ts'
import type { Result } from '../domain/result.ts'
import { failed } from './answer.ts'
import type { ApiEnv } from './env.ts'
import { pageOf } from './pages.ts'

const represent = ({ vendor, event, account, vendorId, said, at }: Orphan) => ({
  vendor,
  event,
  account,
  vendor_id: vendorId,
  at: new Date(at).toISOString(),
  said,
})

const answer = (c: Context<ApiEnv>, list: Result<Page<Orphan>, Failure>): Response =>
  list.ok
    ? c.json({ orphans: list.value.items.map(represent), next: list.value.next }, 200, {
        'cache-control': 'no-store',
      })
    : failed(c, list.failure)

/** `/v1/orphans`: vendors' events about what nobody here knows, of one account. */
export function orphanRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.get('/', async (c) => {
    const page = pageOf(c)
    return page.ok
      ? answer(c, await c.get('orphans').mine(c.get('caller'), page.value))
      : failed(c, page.failure)
  })
  return routes
}

/** `/v1/accounts/orphans`: the same of all accounts and of none, by the root key. */
export function allOrphansRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.get('/orphans', async (c) => {
    if (!(await c.get('isOperator')(c.req.header('authorization') ?? null)))
      return failed(c, { code: 'unauthorized' })
    const page = pageOf(c)
    return page.ok ? answer(c, await c.get('orphans').all(page.value)) : failed(c, page.failure)
  })
  return routes
}
