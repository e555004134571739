import { Hono } from 'hono'
import type { ByteRange } from '../domain/ports.ts'
import { failed } from './answer.ts'
import type { ServicesEnv } from './env.ts'

/** Types that a browser may show where they lie; the rest is saved. */
const SHOWN = /^(?:image\/(?:jpeg|png|gif|webp)|video\/|audio\/)/

/** `/m/:token/:name`: media for carriers and phones, without a key. Length and type are always true, and never chunked. */
export function publicMediaRoutes(): Hono<ServicesEnv> {
  const routes = new Hono<ServicesEnv>()

  routes.on(['GET', 'HEAD'], '/:token/:name', async (c) => {
    const media = c.get('publicMedia')
    const found = await media.find(c.req.param('token'))
    if (!found.ok) return failed(c, found.failure)
    const file = found.value
    const etag = `"${file.sha256.slice(0, 32)}"`
    const headers = new Headers({
      'content-type': file.type,
      etag,
      'accept-ranges': 'bytes',
      'cache-control': `public, max-age=${Math.max(0, Math.min(86_400, Math.floor((file.expiresAt - media.now()) / 1000)))}, immutable`,
      'content-disposition': `${SHOWN.test(file.type) ? 'inline' : 'attachment'}; filename="${safeName(c.req.param('name'))}"`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'cross-origin',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
    })
    if (c.req.header('if-none-match') === etag) return new Response(null, { status: 304, headers })
    const range = rangeOf(c.req.header('range') ?? null, file.bytes)
    if (range === 'unsatisfiable') {
      headers.set('content-range', `bytes */${file.bytes}`)
      return new Response(null, { status: 416, headers })
    }
    const length = range?.length ?? file.bytes
    headers.set('content-length', String(length))
    if (range !== null)
      headers.set('content-range', `bytes ${range.offset}-${range.offset + range.length - 1}/${file.bytes}`)
    const status = range === null ? 200 : 206
    if (c.req.method === 'HEAD') return new Response(null, { status, headers })
    const body = await media.open(file, range ?? undefined)
    if (body === null) return failed(c, { code: 'media_expired' })
    // A stream of fixed length keeps Content-Length: some vendors refuse chunked media.
    const { readable, writable } = new FixedLengthStream(length)
    void body.pipeTo(writable).catch(() => {})
    return new Response(readable, { status, headers })
  })

  return routes
}

/** Only what no header and no file system takes amiss. */
const safeName = (name: string): string => name.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 60) || 'media'

/** One range of bytes (RFC 9110, clause 14.1.2); null for the whole, also when several are asked for. */
function rangeOf(header: string | null, size: number): ByteRange | null | 'unsatisfiable' {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
  if (match === null) return null
  const [, first, last] = match
  if (!first && !last) return null
  if (!first) {
    const length = Math.min(size, Number(last))
    return length === 0 ? 'unsatisfiable' : { offset: size - length, length }
  }
  const offset = Number(first)
  const end = last ? Math.min(size - 1, Number(last)) : size - 1
  if (offset >= size) return 'unsatisfiable'
  return end < offset ? null : { offset, length: end - offset + 1 }
}
