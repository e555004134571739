import { type Context, Hono } from 'hono'
import { parseAddress } from '../../domain/address.ts'
import type { Chaos, ChaosState, Fault } from './chaos.ts'
import type { ProfileKind } from './handset.ts'
import { PROFILE_KINDS } from './handset.ts'
import { HandsetPage } from './handset-page.tsx'
import type { HandsetsView, ThreadView } from './network-api.ts'
import { handsetHref, type PageFrame } from './page-layout.tsx'
import { PAGE_SCRIPT } from './page-script.ts'
import { PAGE_STYLE } from './page-style.ts'
import { CHAOS_ROWS, SimulatorPage } from './simulator-page.tsx'
import { simulatorUrl } from './wire.ts'

/** What the pages need. They are clients of the network's HTTP and have no other way to it. */
export type SimulatorPagesOptions<E extends object> = {
  /** Reaches an account's network. */
  readonly network: (account: string, c: Context<E>) => { fetch: (request: Request) => Promise<Response> }
  /** The account whose network is shown; null where nobody may see one. */
  readonly account: (c: Context<E>) => string | null | Promise<string | null>
  /** Numbers of the account, offered to a phone that writes first. */
  readonly numbers?: (account: string, c: Context<E>) => Promise<readonly string[]>
}

/** A phone of each kind, for whoever wants one without thinking of a number (555-01xx is set aside for fiction). */
const PHONES: { readonly [K in ProfileKind]: string } = {
  android: '+16135550123',
  iphone: '+16135550124',
  'no-smil': '+16135550125',
  feature: '+16135550126',
}

const kindOf = async (c: Context): Promise<ProfileKind> => {
  const wanted = (await formOf(c)).get('kind')
  return PROFILE_KINDS.find((one) => one === wanted) ?? 'android'
}

const HEADERS = {
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
}

/** A form of another site may not act here, whoever is signed in. Programs send neither header. */
function fromElsewhere(c: Context): boolean {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const origin = c.req.header('origin')
  return origin !== undefined && origin !== new URL(c.req.url).origin
}

const formOf = async (c: Context): Promise<URLSearchParams> =>
  new URLSearchParams(new TextDecoder().decode(await c.req.arrayBuffer()))

/** The settings that the form of the page describes; lines at 0 % are left out. */
function chaosOf(form: URLSearchParams): Chaos {
  const number = (name: string): number | undefined => {
    const value = form.get(name)
    return value === null || value === '' ? undefined : Number(value)
  }
  const faults = CHAOS_ROWS.flatMap((row): Fault[] => {
    const probability = (number(`${row.name}.percent`) ?? 0) / 100
    if (probability === 0) return []
    const code = number(`${row.name}.code`)
    const ms = number(`${row.name}.ms`)
    return [
      {
        kind: row.kind,
        probability,
        ...(code === undefined ? {} : { code }),
        ...(ms === undefined ? {} : { ms }),
        ...(row.accept ? { accept: true } : {}),
      },
    ]
  })
  const seed = number('seed')
  return { faults, ...(seed === undefined ? {} : { seed }) }
}

/** `/simulator` and `/handset/<number>`, to be mounted anywhere by `route`. */
export function createSimulatorPages<E extends object>(options: SimulatorPagesOptions<E>): Hono<E> {
  const app = new Hono<E>()

  const call = async (c: Context<E>, path: string, init?: RequestInit): Promise<Response | null> => {
    const account = await options.account(c)
    if (account === null) return null
    return options.network(account, c).fetch(new Request(simulatorUrl(account, path), init))
  }
  const json = async <T,>(c: Context<E>, path: string): Promise<T | null> => {
    const answer = await call(c, path)
    return answer?.ok ? ((await answer.json()) as T) : null
  }
  const problemOf = async (answer: Response): Promise<string> => {
    const body = (await answer.json().catch(() => null)) as { error?: { message?: string } } | null
    return body?.error?.message ?? 'That did not work.'
  }

  /** What lies before the last `depth` segments of the path is where the pages are mounted. */
  const frameOf = (c: Context<E>, depth: number): PageFrame => ({
    base: c.req.path.replace(/\/$/, '').split('/').slice(0, -depth).join('/'),
    nonce: crypto.randomUUID(),
  })

  const page = (frame: PageFrame, html: unknown, status: 200 | 400 = 200): Response =>
    new Response(`<!doctype html>${String(html)}`, {
      status,
      headers: {
        ...HEADERS,
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy':
          `default-src 'none'; style-src 'nonce-${frame.nonce}'; script-src 'nonce-${frame.nonce}'; img-src 'self' data:; ` +
          "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      },
    })
  const nobody = (c: Context<E>): Response => c.text('There is no such page.', 404)

  const home = async (c: Context<E>, depth: number, problem?: string): Promise<Response> => {
    const frame = frameOf(c, depth)
    const [view, chaos, version] = await Promise.all([
      json<HandsetsView>(c, '/handsets'),
      json<ChaosState>(c, '/chaos'),
      json<{ version: string }>(c, '/version'),
    ])
    if (view === null || chaos === null || version === null) return nobody(c)
    return page(
      frame,
      <SimulatorPage frame={frame} view={view} chaos={chaos} version={version.version} problem={problem} />,
      problem === undefined ? 200 : 400,
    )
  }

  const phone = async (c: Context<E>, depth: number, typed: string, problem?: string): Promise<Response> => {
    const frame = frameOf(c, depth)
    const number = parseAddress(typed)
    if (!number.ok) return nobody(c)
    const [chaos, version, view] = await Promise.all([
      json<ChaosState>(c, '/chaos'),
      json<{ version: string }>(c, '/version'),
      json<ThreadView>(c, `/handsets/${number.value}/messages`),
    ])
    if (view === null || version === null || chaos === null) return nobody(c)
    const account = (await options.account(c)) ?? ''
    return page(
      frame,
      <HandsetPage
        frame={frame}
        view={view}
        version={version.version}
        selected={c.req.query('with') ?? null}
        ours={(await options.numbers?.(account, c)) ?? []}
        problem={problem}
        chaos={chaos}
      />,
      problem === undefined ? 200 : 400,
    )
  }

  app.on('POST', ['/simulator/*', '/handset/*'], async (c, next) => {
    if (fromElsewhere(c)) return c.text('This form belongs to another site.', 403)
    return next()
  })

  app.get('/simulator', (c) => home(c, 1))
  app.get('/simulator/style.css', (c) =>
    c.body(PAGE_STYLE, 200, { ...HEADERS, 'content-type': 'text/css; charset=utf-8' }),
  )
  app.get('/simulator/script.js', (c) =>
    c.body(PAGE_SCRIPT, 200, { ...HEADERS, 'content-type': 'text/javascript; charset=utf-8' }),
  )
  app.get('/simulator/version', async (c) => (await call(c, '/version')) ?? nobody(c))
  app.post('/simulator/chaos', async (c) => {
    const form = await formOf(c)
    const chaos = chaosOf(form)
    const answer = await call(c, '/chaos', { method: 'PUT', body: JSON.stringify(chaos) })
    if (answer === null) return nobody(c)
    if (!answer.ok) return home(c, 2, await problemOf(answer))
    const phone = parseAddress(form.get('back') ?? '')
    return c.redirect(
      phone.ok ? handsetHref(frameOf(c, 2), phone.value) : `${frameOf(c, 2).base}/simulator`,
      303,
    )
  })
  app.post('/simulator/phone', async (c) => {
    const kind = await kindOf(c)
    const number = PHONES[kind]
    const answer = await call(c, `/handsets/${encodeURIComponent(number)}/profile`, {
      method: 'PUT',
      body: JSON.stringify({ kind }),
    })
    if (answer === null) return nobody(c)
    return answer.ok
      ? c.redirect(handsetHref(frameOf(c, 2), number), 303)
      : home(c, 2, await problemOf(answer))
  })
  app.post('/simulator/clear', async (c) => {
    const answer = await call(c, '/messages', { method: 'DELETE' })
    return answer === null ? nobody(c) : c.redirect(`${frameOf(c, 2).base}/simulator`, 303)
  })

  app.get('/handset', (c) => {
    const number = parseAddress(c.req.query('number') ?? '')
    const frame = frameOf(c, 1)
    return c.redirect(number.ok ? handsetHref(frame, number.value) : `${frame.base}/simulator`, 303)
  })
  app.get('/handset/:number', (c) => phone(c, 2, c.req.param('number')))
  // The last segments of the path are those of the network's own route.
  const passOn = (path: string, segments: number) =>
    app.get(path, async (c) => {
      const own = c.req.path.split('/').slice(-segments).join('/')
      return (await call(c, `/handsets/${own}`)) ?? nobody(c)
    })
  passOn('/handset/:number/messages/:id/raw', 4)
  passOn('/handset/:number/messages/:id/parts/:index', 5)
  app.post('/handset/:number/reply', async (c) => {
    const { number } = c.req.param()
    const { body, headers } = c.req.raw
    const answer = await call(c, `/handsets/${encodeURIComponent(number)}/reply`, {
      method: 'POST',
      body,
      headers: { 'content-type': headers.get('content-type') ?? '' },
    })
    if (answer === null) return nobody(c)
    if (!answer.ok) return phone(c, 3, number, await problemOf(answer))
    const thread = c.req.query('with')
    const chosen = thread === undefined ? '' : `?with=${encodeURIComponent(thread)}`
    return c.redirect(`${handsetHref(frameOf(c, 3), number)}${chosen}`, 303)
  })
  app.post('/handset/:number/profile', async (c) => {
    const { number } = c.req.param()
    const form = await formOf(c)
    const change = { kind: form.get('kind') as ProfileKind, reports: form.get('reports') === 'true' }
    const path = `/handsets/${encodeURIComponent(number)}/profile`
    const answer = await call(c, path, { method: 'PUT', body: JSON.stringify(change) })
    if (answer === null) return nobody(c)
    if (!answer.ok) return phone(c, 3, number, await problemOf(answer))
    return c.redirect(handsetHref(frameOf(c, 3), number), 303)
  })
  return app
}
