import { Hono } from 'hono'
import { html } from 'hono/html'
import { failed } from './answer.ts'
import type { ServicesEnv } from './env.ts'

/** Nothing of the page runs, nothing else is loaded, nobody learns where it was opened, and no list finds it. */
const HEADERS = {
  'cache-control': 'private, no-store',
  'content-security-policy':
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow, noarchive',
}

/** `/l/:id`: the media of a message, for a phone that takes no MMS. */
export function linkPageRoutes(): Hono<ServicesEnv> {
  const routes = new Hono<ServicesEnv>()
  routes.get('/:id', async (c) => {
    const opened = await c.get('openLinkPage')(c.req.param('id'))
    if (!opened.ok) return failed(c, opened.failure)
    const files = opened.value.map(({ kind, url }, index) => {
      const { pathname } = new URL(url)
      if (kind === 'image') return html`<img src="${pathname}" alt="${index + 1}">`
      if (kind === 'video') return html`<video src="${pathname}" controls></video>`
      if (kind === 'audio') return html`<audio src="${pathname}" controls></audio>`
      return html`<a href="${pathname}" rel="noreferrer">${pathname.split('/').at(-1)}</a>`
    })
    const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><title>Media</title>
<style>body{margin:0 auto;padding:8px;max-width:900px;background:#111;font:18px system-ui}img,video,audio{display:block;max-width:100%;margin:0 auto 8px}a{color:#9df}</style>
</head><body>${files}</body></html>`
    return c.html(page, 200, HEADERS)
  })
  return routes
}
