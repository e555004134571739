import { Hono } from 'hono'
import * as v from 'valibot'
import { VENDOR_NAMES } from '../domain/number.ts'
import type { ShownVendorAccount } from '../messaging/vendor-accounts.ts'
import { failed } from './answer.ts'
import type { ApiEnv } from './env.ts'
import { line, readBody } from './fields.ts'
import { pageOf } from './pages.ts'

const FIELDS = {
  name: v.optional(line(100)),
  credentials: v.optional(
    v.record(
      v.pipe(line(60), v.regex(/^[a-z][a-z0-9_]*$/, 'Names are small letters, digits and _.')),
      line(4000),
      'Give an object of texts.',
    ),
  ),
  settings: v.optional(v.record(line(60), v.unknown(), 'Give an object.')),
}

/** The body of `POST /v1/vendors`. */
export const NewVendorBody = v.strictObject({
  ...FIELDS,
  vendor: v.picklist(VENDOR_NAMES, `Give one of ${VENDOR_NAMES.join(', ')}.`),
})
/** The body of `PATCH /v1/vendors/:id`: what is left out stays. */
export const VendorBody = v.strictObject(FIELDS)

const represent = (one: ShownVendorAccount) => ({
  id: one.id,
  vendor: one.vendor,
  name: one.name,
  credentials: one.credentials,
  settings: one.settings,
  created_at: new Date(one.createdAt).toISOString(),
  updated_at: new Date(one.updatedAt).toISOString(),
})

/** `/v1/vendors`: the accounts at vendors. A credential goes in and never comes out. */
export function vendorRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.post('/', async (c) => {
    const body = await readBody(c, NewVendorBody)
    if (!body.ok) return failed(c, body.failure)
    const { vendor, ...input } = body.value
    const made = await c.get('vendors').create(c.get('caller'), vendor, input)
    if (!made.ok) return failed(c, made.failure)
    return c.json({ ...represent(made.value), hook_url: `${c.get('here')}${made.value.hookPath}` }, 201, {
      location: `${c.req.path.replace(/\/$/, '')}/${made.value.id}`,
    })
  })

  routes.get('/', async (c) => {
    const page = pageOf(c)
    if (!page.ok) return failed(c, page.failure)
    const list = await c.get('vendors').list(c.get('caller'), page.value)
    return list.ok
      ? c.json({ vendors: list.value.items.map(represent), next: list.value.next })
      : failed(c, list.failure)
  })

  routes.get('/:id', async (c) => {
    const one = await c.get('vendors').get(c.get('caller'), c.req.param('id'))
    return one.ok ? c.json(represent(one.value)) : failed(c, one.failure)
  })

  routes.patch('/:id', async (c) => {
    const body = await readBody(c, VendorBody)
    if (!body.ok) return failed(c, body.failure)
    const one = await c.get('vendors').update(c.get('caller'), c.req.param('id'), body.value)
    return one.ok ? c.json(represent(one.value)) : failed(c, one.failure)
  })

  routes.delete('/:id', async (c) => {
    const removed = await c.get('vendors').remove(c.get('caller'), c.req.param('id'))
    return removed.ok ? c.body(null, 204) : failed(c, removed.failure)
  })

  for (const [method, renew] of [
    ['GET', false],
    ['POST', true],
  ] as const)
    routes.on(method, '/:id/hook', async (c) => {
      const hook = await c.get('vendors').hook(c.get('caller'), c.req.param('id'), renew)
      return hook.ok
        ? c.json({ hook_url: `${c.get('here')}${hook.value.hookPath}` })
        : failed(c, hook.failure)
    })

  return routes
}
