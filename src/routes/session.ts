import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { decode, verifyWithJwks } from 'hono/jwt'
import { describe, type Failure } from '../domain/failure.ts'
import { type Session, sameText } from '../messaging/session.ts'
import type { ServicesEnv, SignIn } from './env.ts'

/** The header in which a page repeats its CSRF token. */
export const CSRF_HEADER = 'x-belino-csrf'

const hostOf = (c: Context): string => new URL(c.req.url).hostname
const isHttps = (c: Context): boolean => new URL(c.req.url).protocol === 'https:'

/** With its prefix a browser takes the cookie from this host alone and over HTTPS alone; plain HTTP is for laptops. */
const cookieName = (c: Context): string => (isHttps(c) ? '__Host-belino' : 'belino-local')

function keep(c: Context, token: string, lifetime: number): void {
  setCookie(c, cookieName(c), token, {
    path: '/',
    httpOnly: true,
    secure: isHttps(c),
    sameSite: 'Lax',
    maxAge: Math.floor(lifetime / 1000),
  })
}

/** A form or fetch of another site may not act here, whoever is signed in. Programs send neither header. */
export function fromElsewhere(c: Context): boolean {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const origin = c.req.header('origin')
  return origin !== undefined && origin !== new URL(c.req.url).origin
}

/** Who is signed in, by cookie or by Cloudflare Access; null for nobody. */
export async function sessionOf(c: Context<ServicesEnv>): Promise<Session | null> {
  const { sessions } = c.get('signIn')
  const token = getCookie(c, cookieName(c))
  const known = token === undefined ? null : await sessions.read(token, hostOf(c))
  return known ?? (await admitByAccess(c))
}

/** The session behind a request of a page to the API: only with the token that other sites cannot know. */
export async function sessionWithCsrf(c: Context<ServicesEnv>): Promise<Session | null> {
  const given = c.req.header(CSRF_HEADER)
  const token = getCookie(c, cookieName(c))
  if (given === undefined || token === undefined) return null
  const session = await c.get('signIn').sessions.read(token, hostOf(c))
  return session !== null && sameText(session.csrf, given) ? session : null
}

/** Keys of a team change about every six weeks; an hour old is fresh enough, and one that is new is looked for at once. */
const CERTS_LIFETIME = 3_600_000
type Certs = { readonly keys: readonly { readonly kid?: string }[]; readonly at: number }
const known = new Map<string, Certs>()

async function certsOf(services: SignIn, team: string, kid: unknown): Promise<Certs['keys']> {
  const before = known.get(team)
  const fresh = before !== undefined && Date.now() - before.at < CERTS_LIFETIME
  if (fresh && before.keys.some((key) => key.kid === kid)) return before.keys
  const answer = await services.fetchCerts(`https://${team}/cdn-cgi/access/certs`)
  if (!answer.ok) return before?.keys ?? []
  const { keys } = (await answer.json()) as Pick<Certs, 'keys'>
  known.set(team, { keys, at: Date.now() })
  return keys
}

/** Cloudflare Access has signed who it let through (`Cf-Access-Jwt-Assertion`); the signature is checked all the same. */
async function admitByAccess(c: Context<ServicesEnv>): Promise<Session | null> {
  const services = c.get('signIn')
  const { access, sessions } = services
  const assertion = c.req.header('cf-access-jwt-assertion')
  if (access === null || assertion === undefined) return null
  try {
    const keys = await certsOf(services, access.team, decode(assertion).header.kid)
    const claims = await verifyWithJwks(assertion, {
      keys: keys as never,
      allowedAlgorithms: ['RS256', 'ES256'],
      verification: { iss: `https://${access.team}`, aud: access.audience },
    })
    if (typeof claims.email !== 'string' || claims.exp === undefined) return null
    const guest = { account: access.account, email: claims.email.slice(0, 200), test: false }
    const until = claims.exp * 1000
    const token = await sessions.admit(guest, until)
    keep(c, token, Math.min(sessions.lifetime, until - Date.now()))
    return await sessions.read(token, hostOf(c))
  } catch {
    return null
  }
}

/** Where the pages begin. Below another app that is a path without a slash at its end: with one Hono does not find it. */
const homeOf = (c: Context, depth: number): string =>
  c.req.path.replace(/\/$/, '').split('/').slice(0, -depth).join('/') || '/'

/** `/session`: a key in, a cookie out. */
export function sessionRoutes(): Hono<ServicesEnv> {
  const routes = new Hono<ServicesEnv>()
  const back = (c: Context, failure: Failure): Response =>
    c.redirect(`${homeOf(c, 1)}?problem=${describe(failure).code}`, 303)

  routes.post('/', async (c) => {
    if (fromElsewhere(c)) return c.text('This form belongs to another site.', 403)
    if (Number(c.req.header('content-length') ?? 0) > 4096) return c.text('That is no key.', 413)
    const form = new URLSearchParams(await c.req.text())
    const { sessions, demoKey } = c.get('signIn')
    const key = form.get('demo') === '1' ? demoKey : form.get('key')?.trim()
    if (!key) return back(c, { code: 'unauthorized' })
    const token = await sessions.open(key, hostOf(c))
    if (!token.ok) return back(c, token.failure)
    keep(c, token.value, sessions.lifetime)
    return c.redirect(homeOf(c, 1), 303)
  })

  routes.post('/end', async (c) => {
    const form = new URLSearchParams(await c.req.text())
    const session = await sessionOf(c)
    if (fromElsewhere(c) || session === null || !sameText(session.csrf, form.get('csrf') ?? ''))
      return c.text('This form belongs to another site.', 403)
    deleteCookie(c, cookieName(c), { path: '/', secure: isHttps(c) })
    return c.redirect(homeOf(c, 2), 303)
  })

  return routes
}
