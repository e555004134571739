import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { DialectRecord } from '../../domain/dialect-records.ts'
import type { Failure } from '../../domain/failure.ts'
import type { Caller } from '../../domain/ports.ts'
import { ok, type Result } from '../../domain/result.ts'
import type { DialectServices } from '../contract.ts'
import { appOf, masked, needsAdmin } from './dialect-apps.ts'
import { invalid, missing, read, refused, type SinchEnv } from './rpc.ts'
import { placeOf, recordOf, type SinchWebhook } from './state.ts'
import { TRIGGERS, type Trigger } from './wire.ts'

/** Endpoints of apps. Each is a webhook of the account, told in this dialect; queues, retries and history are those of all. */

/** Endpoints of an app (the vendor's limit). */
const MOST = 5

const WebhookRequest = v.object({
  app_id: v.string(),
  target: v.pipe(v.string(), v.maxLength(742)),
  target_type: v.optional(v.nullable(v.picklist(['HTTP', 'DISMISS']))),
  triggers: v.optional(v.nullable(v.pipe(v.array(v.picklist(TRIGGERS)), v.maxLength(30)))),
  secret: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(500)))),
  client_credentials: v.optional(v.unknown()),
})
type WebhookRequest = v.InferOutput<typeof WebhookRequest>

/** Shown for a secret; sent back, it keeps it. */
const HIDDEN = '***'

const represent = (record: DialectRecord) => {
  const { target, triggers } = record.body as SinchWebhook
  return {
    id: record.id,
    app_id: record.parent,
    target,
    target_type: 'HTTP',
    triggers,
    secret: record.secrets?.secret === undefined ? '' : HIDDEN,
  }
}

/** The endpoints of an app, those that stand for single messages' URLs left out. */
async function webhooksOf(
  records: DialectServices['records'],
  account: string,
  app: string,
): Promise<DialectRecord[]> {
  const all = await records.page(account, 'sinch_webhook', { parent: app, before: null, limit: 100 })
  return all.filter((one) => (one.body as SinchWebhook).override !== true)
}

/** Makes an endpoint: it hears nothing before it is known what it wants to hear. */
async function make(
  services: Pick<DialectServices, 'records' | 'webhooks'>,
  caller: Caller,
  app: string,
  webhook: SinchWebhook,
  secret: string,
): Promise<Result<DialectRecord, Failure>> {
  const url = `sinch+${webhook.target}`
  const made = await services.webhooks.create(caller, { url, attachments: 'each', enabled: false })
  if (!made.ok) return made
  const { id } = made.value.webhook
  const secrets = secret === '' ? null : { secret }
  const record = recordOf(caller.account, 'webhook', id, webhook, Date.now(), { parent: app, secrets })
  await services.records.put(record)
  const on = await services.webhooks.update(caller, id, { enabled: true })
  return on.ok ? ok(record) : on
}

/**
 * Sees to it that a message's own URL is told of it. The endpoint for it is made once, by whoever may send: it hears of the
 * messages that name it and of nothing else.
 */
export async function ensureOverride(
  services: Pick<DialectServices, 'records' | 'webhooks'>,
  caller: Caller,
  app: string,
  url: string,
): Promise<Result<void, Failure>> {
  const { account } = caller
  const target = placeOf(url)
  if (target === null) return invalid('callback_url', 'It is no URL.')
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${app}\0${target}`))
  const id = new Uint8Array(digest).toHex()
  if ((await services.records.find(account, 'sinch_callback', id)) !== null) return ok(undefined)
  const admin: Caller = { ...caller, scopes: [...caller.scopes, 'admin'] }
  const made = await make(services, admin, app, { target, triggers: [], override: true }, '')
  if (!made.ok) return made
  await services.records.put(recordOf(account, 'callback', id, {}, Date.now(), { parent: made.value.id }))
  return ok(undefined)
}

/** Tells every endpoint of an app that asked for it, by its queue. */
export async function tellApp(
  services: Pick<DialectServices, 'records' | 'webhooks'>,
  account: string,
  app: string,
  trigger: Trigger,
  body: Readonly<Record<string, unknown>>,
): Promise<void> {
  for (const webhook of await webhooksOf(services.records, account, app)) {
    const { triggers } = webhook.body as SinchWebhook
    if (triggers.length > 0 && !triggers.includes(trigger)) continue
    await services.webhooks.tell(account, webhook.id, { type: 'sinch.callback', data: { trigger, body } })
  }
}

/** Tells every endpoint of every app. */
export async function tellApps(
  services: Pick<DialectServices, 'records' | 'webhooks'>,
  account: string,
  trigger: Trigger,
  body: Readonly<Record<string, unknown>>,
): Promise<void> {
  for (const app of await services.records.page(account, 'sinch_app', { before: null, limit: 100 }))
    await tellApp(services, account, app.id, trigger, body)
}

const servicesOf = (c: Context<SinchEnv>) => ({ records: c.get('records'), webhooks: c.get('webhooks') })

async function found(c: Context<SinchEnv>, id: string): Promise<Result<DialectRecord, Failure>> {
  const record = await c.get('records').find(c.get('caller').account, 'sinch_webhook', id)
  return record === null || (record.body as SinchWebhook).override === true ? missing('webhook') : ok(record)
}

/** What is wrong with a target beside what the account's webhooks say of it. */
async function refuseTarget(
  c: Context<SinchEnv>,
  request: WebhookRequest,
  except: string | null,
): Promise<Failure | null> {
  const app = await appOf(c, request.app_id)
  if (!app.ok) return app.failure
  if (request.client_credentials != null) {
    const said = invalid('client_credentials', 'Callbacks are signed with the secret, and carry no token.')
    return said.ok ? null : said.failure
  }
  const others = await webhooksOf(c.get('records'), c.get('caller').account, app.value.id)
  const problem = others.some(
    (one) => one.id !== except && (one.body as SinchWebhook).target === request.target,
  )
    ? 'Another webhook of the app has this target.'
    : except === null && others.length >= MOST
      ? `An app has at most ${MOST} webhooks.`
      : null
  return problem === null ? null : { code: 'invalid_field', field: 'target', problem }
}

/** `/webhooks` and `/apps/:id/webhooks`. */
export function webhookRoutes(): Hono<SinchEnv> {
  const routes = new Hono<SinchEnv>()

  routes.post('/webhooks', async (c) => {
    const lacking = needsAdmin(c)
    if (lacking !== null) return refused(lacking)
    const request = await read(c, WebhookRequest)
    if (!request.ok) return refused(request.failure)
    const { app_id, target, triggers, secret } = request.value
    const problem = await refuseTarget(c, request.value, null)
    if (problem !== null) return refused(problem)
    const made = await make(
      servicesOf(c),
      c.get('caller'),
      app_id,
      { target, triggers: triggers ?? [] },
      secret ?? '',
    )
    return made.ok ? c.json(represent(made.value)) : refused(made.failure)
  })

  routes.get('/apps/:id/webhooks', async (c) => {
    const app = await appOf(c, c.req.param('id'))
    if (!app.ok) return refused(app.failure)
    const all = await webhooksOf(c.get('records'), c.get('caller').account, app.value.id)
    return c.json({ webhooks: all.map(represent) })
  })

  routes.get('/webhooks/:id', async (c) => {
    const webhook = await found(c, c.req.param('id'))
    return webhook.ok ? c.json(represent(webhook.value)) : refused(webhook.failure)
  })

  routes.patch('/webhooks/:id', async (c) => {
    const lacking = needsAdmin(c)
    if (lacking !== null) return refused(lacking)
    const webhook = await found(c, c.req.param('id'))
    if (!webhook.ok) return refused(webhook.failure)
    const request = await read(c, v.partial(WebhookRequest))
    if (!request.ok) return refused(request.failure)
    const change = masked(request.value, c.req.query('update_mask'))
    const before = webhook.value.body as SinchWebhook
    const target = change.target ?? before.target
    const app_id = webhook.value.parent
    const problem = await refuseTarget(c, { ...change, app_id, target }, webhook.value.id)
    if (problem !== null) return refused(problem)
    if (target !== before.target) {
      const moved = await c
        .get('webhooks')
        .update(c.get('caller'), webhook.value.id, { url: `sinch+${target}` })
      if (!moved.ok) return refused(moved.failure)
    }
    const kept = webhook.value.secrets
    const secrets =
      change.secret === undefined || change.secret === HIDDEN
        ? kept
        : change.secret === null || change.secret === ''
          ? null
          : { secret: change.secret }
    const body: SinchWebhook = { target, triggers: change.triggers ?? before.triggers }
    const record = { ...webhook.value, body, secrets, updatedAt: Date.now() }
    await c.get('records').put(record)
    return c.json(represent(record))
  })

  routes.delete('/webhooks/:id', async (c) => {
    const lacking = needsAdmin(c)
    if (lacking !== null) return refused(lacking)
    const webhook = await found(c, c.req.param('id'))
    if (!webhook.ok) return refused(webhook.failure)
    const removed = await c.get('webhooks').remove(c.get('caller'), webhook.value.id)
    if (!removed.ok && removed.failure.code !== 'not_found') return refused(removed.failure)
    await c.get('records').remove(c.get('caller').account, 'sinch_webhook', webhook.value.id)
    return c.json({})
  })

  return routes
}
