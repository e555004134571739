import { Hono } from 'hono'
import * as v from 'valibot'
import type { RecipientFacts } from '../domain/recipient.ts'
import type { AccountNetwork } from '../messaging/recipients.ts'
import { failed } from './answer.ts'
import type { ApiEnv } from './env.ts'
import { line, readBody, whole } from './fields.ts'

/** The body of `PUT /v1/recipients/:recipient`: what is left out stays. */
export const RecipientBody = v.strictObject({
  mms: v.optional(v.picklist(['yes', 'no', 'unknown'], 'Choose yes, no or unknown.')),
  network: v.optional(v.nullable(line(40))),
})

/** The body of `PUT /v1/networks/:network`. */
export const NetworkBody = v.strictObject({
  message_bytes: v.optional(v.nullable(whole(10_000, 4_999_999))),
  max_side: v.optional(v.nullable(whole(160, 16_384))),
})

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

const representRecipient = (facts: RecipientFacts) => ({
  recipient: facts.address,
  mms: {
    state: facts.mms,
    source: facts.mmsSource,
    at: iso(facts.mmsAt),
    until: iso(facts.mmsUntil),
  },
  network: { id: facts.network, source: facts.networkSource, at: iso(facts.networkAt) },
  wrote_at: iso(facts.wroteAt),
})

const representNetwork = (network: AccountNetwork) => ({
  id: network.id,
  name: network.name,
  country: network.country,
  message_bytes: network.messageBytes,
  max_side: network.maxSide,
  recipients: network.recipients,
  subject: network.subject,
  overridden: network.own,
})

/** `/v1/recipients/:recipient`: what is known of a phone. */
export function recipientRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.get('/:recipient', async (c) => {
    const facts = await c.get('recipients').get(c.get('caller'), c.req.param('recipient'))
    return facts.ok ? c.json(representRecipient(facts.value)) : failed(c, facts.failure)
  })
  routes.put('/:recipient', async (c) => {
    const body = await readBody(c, RecipientBody)
    if (!body.ok) return failed(c, body.failure)
    const facts = await c.get('recipients').set(c.get('caller'), c.req.param('recipient'), body.value)
    return facts.ok ? c.json(representRecipient(facts.value)) : failed(c, facts.failure)
  })
  return routes
}

/** `/v1/networks`: what messages may be for each network, and the account's own word on it. */
export function networkRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.get('/', async (c) => {
    const networks = await c.get('recipients').networks(c.get('caller'))
    return networks.ok
      ? c.json({ networks: networks.value.map(representNetwork), next: null })
      : failed(c, networks.failure)
  })
  routes.put('/:network', async (c) => {
    const body = await readBody(c, NetworkBody)
    if (!body.ok) return failed(c, body.failure)
    const own = { messageBytes: body.value.message_bytes ?? null, maxSide: body.value.max_side ?? null }
    const network = await c.get('recipients').override(c.get('caller'), c.req.param('network'), own)
    return network.ok ? c.json(representNetwork(network.value)) : failed(c, network.failure)
  })
  routes.delete('/:network', async (c) => {
    const network = await c.get('recipients').override(c.get('caller'), c.req.param('network'), null)
    return network.ok ? c.body(null, 204) : failed(c, network.failure)
  })
  return routes
}
