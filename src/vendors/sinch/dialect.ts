import { Hono } from 'hono'
import { StorageError } from '../../domain/storage-error.ts'
import type { DialectServices } from '../contract.ts'
import { appRoutes } from './dialect-apps.ts'
import { capabilityRoutes } from './dialect-capability.ts'
import { consentRoutes } from './dialect-consents.ts'
import { contactRoutes } from './dialect-contacts.ts'
import { conversationRoutes } from './dialect-conversations.ts'
import { messageRoutes } from './dialect-messages.ts'
import { templateRoutes } from './dialect-templates.ts'
import { webhookRoutes } from './dialect-webhooks.ts'
import { refuse, refused, type SinchEnv } from './rpc.ts'

/** The Conversation API, for whoever speaks it: apps, contacts and messages of an account, by its own client library. */

/** Name and secret of Basic authentication (RFC 7617). */
function basic(header: string): { name: string; secret: string } | null {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1]
  if (encoded === undefined) return null
  try {
    const text = new TextDecoder().decode(Uint8Array.fromBase64(encoded))
    const colon = text.indexOf(':')
    return colon === -1 ? null : { name: text.slice(0, colon), secret: text.slice(colon + 1) }
  } catch {
    return null
  }
}

/** Questions that are posted: they change nothing. */
const ASKS = /:(?:transcode|fetch-last-message|getChannelProfile|query)$/

/** What a token request is refused with (RFC 6749, clause 5.2). */
const tokenError = (status: number, error: string): Response =>
  Response.json(
    { error, error_description: 'Use an API key as the key secret, and grant_type=client_credentials.' },
    { status, headers: { 'cache-control': 'no-store' } },
  )

/** Makes the dialect, to be mounted at `/dialects/sinch`: the hostname that the vendor's library is given. */
export function createSinchDialect(): Hono<{ Variables: DialectServices }> {
  const dialect = new Hono<SinchEnv>()

  dialect.post('/oauth2/token', async (c) => {
    const given = basic(c.req.header('authorization') ?? '')
    if (given === null) return tokenError(401, 'invalid_client')
    const form = new URLSearchParams((await c.req.text()).slice(0, 2000))
    if (form.get('grant_type') !== 'client_credentials') return tokenError(400, 'unsupported_grant_type')
    const caller = await c.get('authenticate')(`Bearer ${given.secret}`, new URL(c.req.url).hostname)
    if (!caller.ok) return tokenError(401, 'invalid_client')
    const { token, expiresIn } = await c.get('tokens').issue(given.secret)
    return c.json({ access_token: token, expires_in: expiresIn, scope: '', token_type: 'bearer' }, 200, {
      'cache-control': 'no-store',
    })
  })

  // Pictures that came in, in a form that may be shown. Made when they are first asked for, as elsewhere.
  dialect.on(['GET', 'HEAD'], '/media/:token/:name', async (c) => {
    const found = await c.get('publicMedia').find(c.req.param('token'))
    if (!found.ok) return refused(found.failure)
    const { account, id } = found.value
    const reader = { account, key: 'sinch', scopes: ['read'], test: false } as const
    const shown = await c.get('messaging').media(reader, id)
    return shown.ok ? c.redirect(new URL(shown.value.url).pathname, 302) : refused(shown.failure)
  })

  const project = new Hono<SinchEnv>()
  project.use(async (c, next) => {
    const header = c.req.header('authorization') ?? ''
    let key = basic(header)?.secret
    const token = /^Bearer +(\S{1,2000})$/i.exec(header)?.[1]
    if (token !== undefined) {
      const opened = await c.get('tokens').open(token)
      if (opened === 'expired') {
        const response = refuse(401, 'The token has expired. Ask for another.')
        // The word by which the vendor's library knows that it is to renew its token.
        response.headers.set('www-authenticate', 'Bearer error="invalid_token", error_description="expired"')
        return response
      }
      key = opened?.apiKey
    }
    const caller = await c.get('authenticate')(
      key === undefined ? null : `Bearer ${key}`,
      new URL(c.req.url).hostname,
    )
    if (!caller.ok) return refused(caller.failure)
    if (c.req.param('project') !== caller.value.account)
      return refuse(404, 'There is no such project here. It is named by the id of your account.')
    const scope = c.req.method === 'GET' || ASKS.test(c.req.path) ? 'read' : 'send'
    if (!caller.value.scopes.includes(scope) && !caller.value.scopes.includes('admin'))
      return refused({ code: 'insufficient_scope', scope })
    c.set('caller', caller.value)
    await next()
    return undefined
  })
  const routes = [
    messageRoutes,
    contactRoutes,
    conversationRoutes,
    capabilityRoutes,
    consentRoutes,
    webhookRoutes,
    appRoutes,
    templateRoutes,
  ]
  for (const make of routes) project.route('/', make())
  project.all('/*', (c) =>
    refuse(
      501,
      `${c.req.method} ${c.req.path.slice(0, 120)} is not served here: MMS and SMS have no such thing.`,
    ),
  )
  dialect.route('/:version{v1|v2}/projects/:project', project)
  dialect.notFound(() => refuse(404, 'There is nothing here.'))
  dialect.onError((error) => {
    // Whatever else goes wrong is a bug, which the gateway logs and answers for.
    if (!(error instanceof StorageError)) throw error
    return refused({ code: 'storage_unavailable', retryAfter: 2 })
  })
  return dialect as unknown as Hono<{ Variables: DialectServices }>
}
