import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { createInbox } from '../../src/inbox/pages.tsx'

const VISITOR = { csrf: 'token', who: '</script><b>Ana</b>', caller: { scopes: ['read'] } }

/** Another app, with the pages somewhere in it. */
function host(prefix: string, visitor: typeof VISITOR | null = VISITOR) {
  const app = new Hono()
  app.get('/', (c) => c.text('the other app'))
  app.route(prefix || '/', createInbox({ visitor: async () => visitor, local: () => true }))
  return (path: string, headers: Record<string, string> = {}) =>
    app.request(`https://host.example${path}`, { headers })
}

const linksOf = (html: string): string[] =>
  [...html.matchAll(/ (?:href|src|action)="([^"]*)"/g)].map((match) => match[1] ?? '')

describe.each([['/mms'], ['/a/b']])('the pages under %s of another app', (prefix) => {
  it.each(['', '/fit', '/overview'])('link within it from %j', async (path) => {
    for (const visitor of [VISITOR, null]) {
      const ask = host(prefix, visitor)
      const answer = await ask(`${prefix}${path}`)
      expect(answer.status).toBe(200)
      const links = linksOf(await answer.text())
      expect(links.length).toBeGreaterThan(2)
      for (const link of links) {
        expect(link.startsWith(`${prefix}/`), link).toBe(true)
        if (link.endsWith('/session')) continue
        const found = await ask(link)
        expect(found.status, link).toBe(200)
        if (/\/inbox\/[0-9a-f]{16}\//.test(link))
          expect(found.headers.get('cache-control')).toContain('immutable')
      }
    }
  })

  it('are told where they are, as data that ends no script', async () => {
    const html = await (await host(prefix)(prefix)).text()
    const json = /<script type="application\/json"[^>]*>(.*?)<\/script>/s.exec(html)?.[1] ?? ''
    expect(JSON.parse(json)).toMatchObject({ base: prefix, csrf: 'token', who: VISITOR.who, canSend: false })
  })

  it('leave the other app alone', async () => {
    expect(await (await host(prefix)('/')).text()).toBe('the other app')
    expect((await host(prefix)('/inbox/icon.svg')).status).toBe(404)
  })
})

it('speak the language of the browser, or the one asked for', async () => {
  const ask = host('/mms')
  const languageOf = async (path: string, accept: string) =>
    /<html lang="(\w+)"/.exec(await (await ask(path, { 'accept-language': accept })).text())?.[1]
  expect(await languageOf('/mms', 'fr-CA,fr;q=0.9,en;q=0.8')).toBe('fr')
  expect(await languageOf('/mms', 'de-DE,es;q=0.5')).toBe('es')
  expect(await languageOf('/mms', 'zz')).toBe('en')
  expect(await languageOf('/mms?lang=es', 'fr')).toBe('es')
})
