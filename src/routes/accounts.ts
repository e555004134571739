import { Hono } from 'hono'
import * as v from 'valibot'
import type { KeyRow } from '../domain/ports.ts'
import type { MadeKey } from '../messaging/accounts.ts'
import { failed } from './answer.ts'
import type { ApiEnv, ServicesEnv } from './env.ts'
import { line, readBody } from './fields.ts'

/** The body of `POST /v1/accounts`. */
export const AccountBody = v.strictObject({ name: line(120) })
/** The body of `POST /v1/keys`. */
export const KeyBody = v.strictObject({
  name: line(120),
  scopes: v.optional(
    v.pipe(
      v.array(v.picklist(['read', 'send', 'admin'], 'Choose among read, send and admin.')),
      v.minLength(1, 'Name at least one scope.'),
    ),
    ['read', 'send'],
  ),
  test: v.optional(v.boolean(), false),
})
/** The body of `PATCH /v1/account`; null keeps the default of 90 days. */
export const RetentionBody = v.strictObject({
  retention_days: v.nullable(
    v.pipe(v.number(), v.integer(), v.minValue(1, 'Keep media for at least a day.'), v.maxValue(36_500)),
  ),
})

const representKey = (key: KeyRow) => ({
  id: key.id,
  name: key.name,
  scopes: key.scopes,
  test: key.test,
  created_at: new Date(key.createdAt).toISOString(),
  revoked_at: key.revokedAt === null ? null : new Date(key.revokedAt).toISOString(),
})
/** The secret is shown here and never again: only its hash is kept. */
const representMade = (key: MadeKey) => ({ ...representKey(key), key: key.secret })

/** `POST /v1/accounts`: for whoever runs the gateway, by the root key. */
export function accountRoutes(): Hono<ServicesEnv> {
  const routes = new Hono<ServicesEnv>()
  routes.post('/', async (c) => {
    if (!(await c.get('isOperator')(c.req.header('authorization') ?? null)))
      return failed(c, { code: 'unauthorized' })
    const body = await readBody(c as never, AccountBody)
    if (!body.ok) return failed(c, body.failure)
    const account = await c.get('accounts').create(body.value.name)
    return c.json({ id: account.id, name: account.name, keys: account.keys.map(representMade) }, 201, {
      'cache-control': 'no-store',
    })
  })
  return routes
}

/** `/v1/keys` and `/v1/account`: what an account says of itself. */
export function keyRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  routes.get('/keys', async (c) => {
    const keys = await c.get('accounts').keys(c.get('caller'))
    return keys.ok ? c.json({ keys: keys.value.map(representKey) }) : failed(c, keys.failure)
  })
  routes.post('/keys', async (c) => {
    const body = await readBody(c, KeyBody)
    if (!body.ok) return failed(c, body.failure)
    const key = await c.get('accounts').addKey(c.get('caller'), body.value)
    return key.ok ? c.json(representMade(key.value), 201) : failed(c, key.failure)
  })
  routes.delete('/keys/:id', async (c) => {
    const revoked = await c.get('accounts').revokeKey(c.get('caller'), c.req.param('id'))
    return revoked.ok ? c.body(null, 204) : failed(c, revoked.failure)
  })
  routes.get('/account', async (c) => {
    const account = await c.get('accounts').account(c.get('caller'))
    return account.ok
      ? c.json({
          id: account.value.id,
          name: account.value.name,
          retention_days: account.value.retentionDays,
        })
      : failed(c, account.failure)
  })
  routes.patch('/account', async (c) => {
    const body = await readBody(c, RetentionBody)
    if (!body.ok) return failed(c, body.failure)
    const account = await c.get('accounts').setRetention(c.get('caller'), body.value.retention_days)
    return account.ok
      ? c.json({
          id: account.value.id,
          name: account.value.name,
          retention_days: account.value.retentionDays,
        })
      : failed(c, account.failure)
  })

  return routes
}
