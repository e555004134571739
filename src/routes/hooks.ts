import { Hono } from 'hono'
import { joinBytes } from '../domain/bytes.ts'
import type { VendorName } from '../domain/number.ts'
import { failed } from './answer.ts'
import { readChunks } from './body.ts'
import type { ServicesEnv } from './env.ts'

const VENDORS: readonly VendorName[] = [
  'simulator',
  'mm7',
  'sinch',
  'infobip',
  'voipms',
  'twilio',
  'telnyx',
  'bandwidth',
]

/** `/hooks/<vendor>/...`: where carriers' webhooks arrive. No key: each vendor proves itself in its own way. */
export function hookRoutes(): Hono<ServicesEnv> {
  const routes = new Hono<ServicesEnv>()
  routes.on(['POST', 'GET'], '/:vendor/*', async (c) => {
    const vendor = VENDORS.find((one) => one === c.req.param('vendor'))
    if (vendor === undefined) return failed(c, { code: 'not_found', what: 'webhook' })
    const chunks = await readChunks(c.req.raw, c.get('limits').hook, 'body_too_large')
    if (!chunks.ok) return failed(c, chunks.failure)
    const body = joinBytes(chunks.value)
    const answer = await c.get('takeHook')(vendor, {
      method: c.req.method,
      url: new URL(c.req.url),
      headers: c.req.raw.headers,
      body,
    })
    if (!answer.ok) return failed(c, answer.failure)
    return new Response(answer.value.body, { headers: { 'content-type': answer.value.contentType } })
  })
  return routes
}
