import { type Context, Hono } from 'hono'
import type { Boot } from './boot.ts'
import { ASSETS } from './build/assets.ts'
import { Document, pageHeaders } from './document.tsx'
import { ICON } from './icon.ts'
import { SignIn } from './sign-in.tsx'
import { LANGUAGES, type Language, stringsOf } from './strings.ts'

/** Somebody who is signed in, as the pages need to know them. */
export type Visitor = {
  readonly csrf: string
  readonly who: string
  readonly caller: { readonly scopes: readonly string[] }
}

/** What the pages ask of the gateway. Everything else they get from the API, like any client. */
export type InboxOptions<E extends object> = {
  readonly visitor: (c: Context<E>) => Promise<Visitor | null>
  /** Whether the demo account and the simulator's pages are open to this visitor. */
  readonly local: (c: Context<E>) => boolean
}

/** A year, in seconds: names of assets carry the hash of what is in them. */
const FOR_EVER = 'public, max-age=31536000, immutable'

const TYPES: { readonly [ending: string]: string } = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
}

/** The language asked for in the address, else the first of the browser's that we speak. */
function languageOf(c: Context): Language {
  const wanted = [c.req.query('lang') ?? '', ...(c.req.header('accept-language') ?? '').split(',')]
  for (const one of wanted) {
    const found = LANGUAGES.find((language) => one.trim().toLowerCase().startsWith(language))
    if (found !== undefined) return found
  }
  return 'en'
}

/** The message center and its pages, to be mounted anywhere by `route`. */
export function createInbox<E extends object>(options: InboxOptions<E>): Hono<E> {
  const app = new Hono<E>()

  /** What lies before the last `depth` segments of the path is where the pages are mounted. */
  const baseOf = (c: Context, depth: number): string => {
    const path = c.req.path.replace(/\/$/, '')
    return depth === 0 ? path : path.split('/').slice(0, -depth).join('/')
  }

  const show = async (
    c: Context<E>,
    page: { depth: number; name: string; title: string; styles: readonly string[] },
  ): Promise<Response> => {
    const base = baseOf(c, page.depth)
    const language = languageOf(c)
    const strings = stringsOf(language)
    const nonce = crypto.randomUUID().replaceAll('-', '')
    const visitor = await options.visitor(c)
    for (const [name, value] of Object.entries(pageHeaders(nonce))) c.header(name, value)
    c.header('vary', 'accept-language, cookie')
    const frame = { base, language, nonce }
    if (visitor === null) {
      const html = (
        <Document {...frame} title={`Belino · ${strings.signIn}`} styles={['style.css']}>
          <SignIn
            base={base}
            strings={strings}
            demo={options.local(c)}
            problem={c.req.query('problem') ?? null}
          />
        </Document>
      )
      return c.body(`<!doctype html>${await html.toString()}`)
    }
    const boot: Boot = {
      base,
      csrf: visitor.csrf,
      who: visitor.who,
      canSend: visitor.caller.scopes.includes('send'),
      simulator: options.local(c),
      language,
      strings,
    }
    const html = (
      <Document {...frame} title={page.title} styles={page.styles} script={`${page.name}.js`} boot={boot}>
        <div id="app">
          <noscript>{strings.needsScript}</noscript>
        </div>
      </Document>
    )
    return c.body(`<!doctype html>${await html.toString()}`)
  }

  app.get('/', (c) => show(c, { depth: 0, name: 'center', title: 'Belino', styles: ['style.css'] }))
  app.get('/fit', (c) => show(c, { depth: 1, name: 'fit', title: 'Belino · Fit', styles: ['style.css'] }))
  app.get('/overview', (c) =>
    show(c, {
      depth: 1,
      name: 'overview',
      title: 'Belino · Overview',
      styles: ['style.css', 'overview.css'],
    }),
  )

  app.get('/inbox/icon.svg', (c) =>
    c.body(ICON, 200, {
      'content-type': 'image/svg+xml',
      'cache-control': 'public, max-age=86400',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    }),
  )
  app.get('/inbox/manifest.webmanifest', (c) => {
    const base = baseOf(c, 2)
    const manifest = {
      name: 'Belino',
      short_name: 'Belino',
      description: stringsOf(languageOf(c)).signInLead,
      id: base || '/',
      start_url: base || '/',
      scope: base || '/',
      display: 'standalone',
      background_color: '#f3f1ec',
      theme_color: '#0e7c74',
      icons: [{ src: `${base}/inbox/icon.svg`, sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
    }
    return c.body(JSON.stringify(manifest), 200, { 'content-type': 'application/manifest+json' })
  })
  app.get('/inbox/:hash/:name', (c) => {
    const name = c.req.param('name')
    const asset = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined
    if (asset === undefined) return c.notFound()
    const current = asset.hash === c.req.param('hash')
    return c.body(asset.body, 200, {
      'content-type': TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
      'cache-control': current ? FOR_EVER : 'no-store',
      'x-content-type-options': 'nosniff',
    })
  })
  return app
}
