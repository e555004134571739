import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { DialectRecord } from '../../domain/dialect-records.ts'
import type { Failure } from '../../domain/failure.ts'
import { mintId } from '../../domain/ids.ts'
import { fail, ok, type Result } from '../../domain/result.ts'
import { invalid, isKept, missing, read, refused, type SinchEnv } from './rpc.ts'
import { addressOf, identityOf, recordOf, type SinchApp } from './state.ts'

/** Apps: who sends, from which number, with which credentials. */

const text = v.pipe(v.string(), v.maxLength(2000))

const Credentials = v.pipe(
  v.array(
    v.looseObject({
      channel: text,
      mms_credentials: v.optional(
        v.object({
          account_id: text,
          api_key: text,
          default_sender: v.optional(v.nullable(text)),
          basic_auth: v.object({ username: text, password: text }),
        }),
      ),
      static_bearer: v.optional(v.looseObject({ claimed_identity: v.optional(text), token: text })),
      callback_secret: v.optional(v.nullable(text)),
    }),
  ),
  v.maxLength(20),
)

const AppRequest = v.looseObject({
  display_name: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  channel_credentials: v.optional(Credentials),
  callback_settings: v.optional(
    v.nullable(v.looseObject({ secret_for_overridden_callback_urls: v.optional(v.nullable(text)) })),
  ),
})
type AppRequest = v.InferOutput<typeof AppRequest>

/** What is shown in place of a secret, and keeps it where it is sent back. */
const HIDDEN = '***'
/** The settings that apps have beside name and credentials, as they are given back. */
const SETTINGS = [
  'conversation_metadata_report_view',
  'retention_policy',
  'dispatch_retention_policy',
  'processing_mode',
  'smart_conversation',
  'callback_settings',
  'message_retry_settings',
  'delivery_report_based_fallback',
] as const
const DEFAULTS = {
  conversation_metadata_report_view: 'NONE',
  processing_mode: 'CONVERSATION',
  retention_policy: { retention_type: 'MESSAGE_EXPIRE_POLICY', ttl_days: 180 },
  dispatch_retention_policy: { retention_type: 'MESSAGE_EXPIRE_POLICY', ttl_days: 0 },
}

/** The secret with which callbacks to a message's own URL are signed; null without one. */
export const overrideSecretOf = (app: DialectRecord): string | null => app.secrets?.override ?? null

/** An app of the caller; `app_id` may be one of nobody. */
export async function appOf(c: Context<SinchEnv>, id: string): Promise<Result<DialectRecord, Failure>> {
  const found = await c.get('records').find(c.get('caller').account, 'sinch_app', id)
  return found === null ? missing('app') : ok(found)
}

/** Takes the secrets out of a request, and puts those back that were sent as they are shown. */
function split(
  request: AppRequest,
  before: Readonly<Record<string, string>>,
): Result<{ app: SinchApp; secrets: Record<string, string> }, Failure> {
  const secrets: Record<string, string> = {}
  const hide = (name: string, value: string | null | undefined): string | undefined => {
    if (value == null || value === '') return value ?? undefined
    secrets[name] = value === HIDDEN ? (before[name] ?? '') : value
    return HIDDEN
  }
  let sender: string | null = null
  const channel_credentials: Record<string, unknown>[] = []
  for (const one of request.channel_credentials ?? []) {
    const { channel, mms_credentials: mms, static_bearer: bearer, callback_secret } = one
    if (channel !== 'MMS' && channel !== 'SMS')
      return invalid('channel_credentials', `${channel.slice(0, 40)} is not carried here. Give MMS or SMS.`)
    if (channel === 'MMS' && mms === undefined)
      return invalid('channel_credentials.mms_credentials', 'The field is missing.')
    const typed = mms?.default_sender ?? (channel === 'SMS' ? bearer?.claimed_identity : undefined)
    // A plan of SMS is named by words as well as by its number.
    const address = typed == null || typed === '' ? null : addressOf(typed)
    if (mms?.default_sender && address === null)
      return fail({ code: 'invalid_number', field: 'default_sender', typed: mms.default_sender })
    sender = channel === 'MMS' ? address : (sender ?? address)
    channel_credentials.push({
      channel,
      ...(mms === undefined
        ? {}
        : {
            mms_credentials: {
              account_id: mms.account_id,
              api_key: hide('MMS.api_key', mms.api_key),
              default_sender: address === null ? '' : identityOf(address),
              basic_auth: {
                username: mms.basic_auth.username,
                password: hide('MMS.password', mms.basic_auth.password),
              },
            },
          }),
      ...(bearer === undefined
        ? {}
        : { static_bearer: { ...bearer, token: hide(`${channel}.token`, bearer.token) } }),
      ...(callback_secret == null ? {} : { callback_secret: hide(`${channel}.callback`, callback_secret) }),
    })
  }
  const settings: Record<string, unknown> = { ...DEFAULTS }
  for (const name of SETTINGS) if (request[name] != null) settings[name] = request[name]
  const override = request.callback_settings?.secret_for_overridden_callback_urls
  if (override != null)
    settings.callback_settings = { secret_for_overridden_callback_urls: hide('override', override) }
  return ok({
    app: { display_name: request.display_name, channel_credentials, settings, default_sender: sender },
    secrets,
  })
}

/** An app as the vendor shows it. */
function represent(record: DialectRecord) {
  const { display_name, channel_credentials, settings } = record.body as SinchApp
  return {
    id: record.id,
    display_name,
    channel_credentials: channel_credentials.map((one) => ({
      ...one,
      state: { status: 'ACTIVE', description: '' },
      channel_known_id: '',
    })),
    rate_limits: { inbound: 25, outbound: 20, webhooks: 25 },
    queue_stats: { outbound_size: 0, outbound_limit: 500_000 },
    persist_message_status: { enabled: true },
    message_search: { enabled: false },
    ...settings,
  }
}

async function write(
  c: Context<SinchEnv>,
  request: AppRequest,
  before: DialectRecord | null,
): Promise<Response> {
  const { account } = c.get('caller')
  const parts = split(request, before?.secrets ?? {})
  if (!parts.ok) return refused(parts.failure)
  const { app, secrets } = parts.value
  if (!isKept(app, 100_000))
    return refused({
      code: 'invalid_field',
      field: 'app',
      problem: 'It says more than can be kept of an app.',
    })
  const records = c.get('records')
  const now = Date.now()
  const id = before?.id ?? mintId('dia', now)
  const record = recordOf(account, 'app', id, app, now, {
    secrets: Object.keys(secrets).length === 0 ? null : secrets,
    createdAt: before?.createdAt ?? now,
  })
  await records.put(record)
  const gone = (before?.body as SinchApp | undefined)?.default_sender ?? null
  if (gone !== null && gone !== app.default_sender) await release(c, id, gone)
  if (app.default_sender !== null)
    await records.put(recordOf(account, 'sender', app.default_sender, {}, now, { parent: id }))
  return c.json(represent(record))
}

/** Gives a number back that was an app's default sender, unless another app has it by now. */
async function release(c: Context<SinchEnv>, app: string, number: string): Promise<void> {
  const { account } = c.get('caller')
  const held = await c.get('records').find(account, 'sinch_sender', number)
  if (held?.parent === app) await c.get('records').remove(account, 'sinch_sender', number)
}

/** The fields that a mask names, of a request; all of them without one. */
export function masked<T extends object>(request: T, mask: string | undefined): Partial<T> {
  const named = (mask ?? '')
    .split(',')
    .map((one) => one.trim().split('.')[0] ?? '')
    .filter((one) => one !== '')
  if (named.length === 0) return request
  return Object.fromEntries(Object.entries(request).filter(([name]) => named.includes(name))) as Partial<T>
}

/** Whether the key may change how the account is set up. */
export const needsAdmin = (c: Context<SinchEnv>): Failure | null =>
  c.get('caller').scopes.includes('admin') ? null : { code: 'insufficient_scope', scope: 'admin' }

/** `/apps`. */
export function appRoutes(): Hono<SinchEnv> {
  const routes = new Hono<SinchEnv>()

  routes.get('/apps', async (c) => {
    const apps = await c
      .get('records')
      .page(c.get('caller').account, 'sinch_app', { before: null, limit: 100 })
    return c.json({ apps: apps.map(represent) })
  })

  routes.post('/apps', async (c) => {
    const lacking = needsAdmin(c)
    if (lacking !== null) return refused(lacking)
    const request = await read(c, AppRequest)
    return request.ok ? await write(c, request.value, null) : refused(request.failure)
  })

  routes.get('/apps/:id', async (c) => {
    const app = await appOf(c, c.req.param('id'))
    return app.ok ? c.json(represent(app.value)) : refused(app.failure)
  })

  routes.patch('/apps/:id', async (c) => {
    const lacking = needsAdmin(c)
    if (lacking !== null) return refused(lacking)
    const app = await appOf(c, c.req.param('id'))
    if (!app.ok) return refused(app.failure)
    const request = await read(c, v.partial(AppRequest))
    if (!request.ok) return refused(request.failure)
    const { display_name, channel_credentials, settings } = app.value.body as SinchApp
    const merged = v.safeParse(AppRequest, {
      display_name,
      channel_credentials,
      ...settings,
      ...masked(request.value, c.req.query('update_mask')),
    })
    return merged.success
      ? await write(c, merged.output, app.value)
      : refused({ code: 'invalid_field', field: 'app', problem: merged.issues[0].message })
  })

  routes.delete('/apps/:id', async (c) => {
    const lacking = needsAdmin(c)
    if (lacking !== null) return refused(lacking)
    const caller = c.get('caller')
    const app = await appOf(c, c.req.param('id'))
    if (!app.ok) return refused(app.failure)
    const records = c.get('records')
    const page = { parent: app.value.id, before: null, limit: 100 }
    for (const webhook of await records.page(caller.account, 'sinch_webhook', page)) {
      const removed = await c.get('webhooks').remove(caller, webhook.id)
      if (!removed.ok && removed.failure.code !== 'not_found') return refused(removed.failure)
      await records.remove(caller.account, 'sinch_webhook', webhook.id)
    }
    const { default_sender } = app.value.body as SinchApp
    if (default_sender !== null) await release(c, app.value.id, default_sender)
    await records.remove(caller.account, 'sinch_app', app.value.id)
    return c.json({})
  })

  return routes
}
