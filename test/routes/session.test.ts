import { Hono } from 'hono'
import { sign } from 'hono/jwt'
import { beforeAll, describe, expect, it } from 'vitest'
import { deriveKey } from '../../src/messaging/media-links.ts'
import { createSessions } from '../../src/messaging/session.ts'
import type { ServicesEnv, SignIn } from '../../src/routes/env.ts'
import { sessionOf } from '../../src/routes/session.ts'

const TEAM = 'team.cloudflareaccess.com'
const AUDIENCE = 'the-application'
let ours: CryptoKeyPair
let strangers: CryptoKeyPair

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
}

beforeAll(async () => {
  const make = () => crypto.subtle.generateKey(RSA, true, ['sign', 'verify']) as Promise<CryptoKeyPair>
  ours = await make()
  strangers = await make()
})

const jwk = async (pair: CryptoKeyPair, kid: string) => ({
  ...((await crypto.subtle.exportKey('jwk', pair.privateKey)) as JsonWebKey),
  kid,
  alg: 'RS256',
})

async function assertion(claims: Record<string, unknown> = {}, pair = ours, kid = 'one'): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const payload = {
    iss: `https://${TEAM}`,
    aud: [AUDIENCE],
    email: 'ana@example.com',
    iat: now - 5,
    exp: now + 600,
    ...claims,
  }
  return await sign(payload, (await jwk(pair, kid)) as never, 'RS256')
}

/** Who the pages take a request for, by e-mail; null for nobody. */
async function whoIs(headers: Record<string, string>, access: SignIn['access'] | undefined = undefined) {
  const { n, e, kty } = await jwk(ours, 'one')
  const app = new Hono<ServicesEnv>()
  app.use(async (c, next) => {
    c.set('signIn', {
      sessions: createSessions({
        key: () => deriveKey('secret', 'session'),
        accounts: { keyByHash: async () => null },
        clock: { now: () => Date.now() },
      }),
      access: access === undefined ? { team: TEAM, audience: AUDIENCE, account: 'acc_team' } : access,
      demoKey: null,
      fetchCerts: async (url) => {
        expect(url).toBe(`https://${TEAM}/cdn-cgi/access/certs`)
        return Response.json({ keys: [{ n, e, kty, kid: 'one', alg: 'RS256', use: 'sig' }] })
      },
    })
    await next()
  })
  app.get('/', async (c) => {
    const session = await sessionOf(c)
    return c.json(session === null ? null : { who: session.who, caller: session.caller })
  })
  const answer = await app.request('https://belino.example/', { headers })
  return { session: await answer.json(), cookie: answer.headers.get('set-cookie') }
}

describe('Cloudflare Access', () => {
  it('lets in whom it signed for, with a cookie for this host alone', async () => {
    const { session, cookie } = await whoIs({ 'cf-access-jwt-assertion': await assertion() })
    expect(session).toMatchObject({
      who: 'ana@example.com',
      caller: { account: 'acc_team', scopes: ['read', 'send'] },
    })
    expect(cookie).toMatch(
      /^__Host-belino=guest\..*; Path=\/; HttpOnly; Secure; SameSite=Lax$|^__Host-belino=guest\./,
    )
    for (const flag of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) expect(cookie).toContain(flag)
  })

  it.each<[string, () => Promise<string>]>([
    ['of another application', () => assertion({ aud: ['another'] })],
    ['of another team', () => assertion({ iss: 'https://other.cloudflareaccess.com' })],
    ['that has expired', () => assertion({ exp: Math.floor(Date.now() / 1000) - 1 })],
    ['without an expiry', () => assertion({ exp: undefined })],
    ['without an e-mail address', () => assertion({ email: undefined })],
    ['signed by a stranger', () => assertion({}, strangers)],
    ['with a key that nobody knows', () => assertion({}, strangers, 'two')],
    ['that is none', async () => 'nonsense'],
    [
      'without a signature',
      async () => `${btoa('{"alg":"none","typ":"JWT"}')}.${btoa('{"email":"ana@example.com"}')}.`,
    ],
  ])('does not let in an assertion %s', async (_, make) => {
    const { session, cookie } = await whoIs({ 'cf-access-jwt-assertion': await make() })
    expect([session, cookie]).toEqual([null, null])
  })

  it('is nothing where it was not set up', async () => {
    const { session } = await whoIs({ 'cf-access-jwt-assertion': await assertion() }, null)
    expect(session).toBeNull()
  })
})
