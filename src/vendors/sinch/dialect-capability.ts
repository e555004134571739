import { Hono } from 'hono'
import * as v from 'valibot'
import { appOf } from './dialect-apps.ts'
import { reach } from './dialect-contacts.ts'
import { tellApp } from './dialect-webhooks.ts'
import { read, refused, type SinchEnv } from './rpc.ts'
import { identityOf } from './state.ts'
import { Recipient } from './wire.ts'

const CapabilityRequest = v.object({
  app_id: v.string(),
  recipient: Recipient,
  request_id: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(128)))),
})

/** What is known of a phone's MMS, in the vendor's words. */
const STATUS = { yes: 'CAPABILITY_FULL', no: 'NO_CAPABILITY', unknown: 'CAPABILITY_UNKNOWN' } as const

/** `/capability:query`: the answer comes as a callback. */
export function capabilityRoutes(): Hono<SinchEnv> {
  const routes = new Hono<SinchEnv>()
  routes.post('/capability:query', async (c) => {
    const request = await read(c, CapabilityRequest)
    if (!request.ok) return refused(request.failure)
    const { app_id, recipient, request_id } = request.value
    const app = await appOf(c, app_id)
    if (!app.ok) return refused(app.failure)
    const reached = await reach(c, recipient, ['MMS'])
    if (!reached.ok) return refused(reached.failure)
    const facts = await c.get('recipients').get(c.get('caller'), reached.value.address)
    if (!facts.ok) return refused(facts.failure)
    const over = facts.value.mmsUntil !== null && facts.value.mmsUntil <= Date.now()
    const mms = facts.value.mms === 'no' && over ? 'unknown' : facts.value.mms
    const id = request_id || crypto.randomUUID()
    await tellApp(
      { records: c.get('records'), webhooks: c.get('webhooks') },
      c.get('caller').account,
      app_id,
      'CAPABILITY',
      {
        capability_notification: {
          request_id: id,
          contact_id: reached.value.known?.id ?? '',
          channel: 'MMS',
          identity: identityOf(reached.value.address),
          capability_status: STATUS[mms],
          channel_capabilities: [],
        },
      },
    )
    return c.json({ app_id, recipient, request_id: id })
  })
  return routes
}
