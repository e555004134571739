import type { Context } from 'hono'
import type { ByteRange, StoredMedia } from '../domain/ports.ts'
import { failed } from './answer.ts'

/** Types that a browser may show where they lie; the rest is saved. */
const SHOWN = /^(?:image\/(?:jpeg|png|gif|webp)|video\/|audio\/)/

/**
 * Answers with a stored file: its true type and length, never chunked (some vendors refuse that), HEAD, one range
 * (RFC 9110, clause 14) and If-None-Match.
 */
export async function sendFile(
  c: Context,
  file: StoredMedia,
  options: {
    readonly name: string
    readonly attachment?: boolean
    readonly cacheControl: string
    readonly open: (file: StoredMedia, range?: ByteRange) => Promise<ReadableStream<Uint8Array> | null>
  },
): Promise<Response> {
  const etag = `"${file.sha256.slice(0, 32)}"`
  const inline = SHOWN.test(file.type) && !options.attachment
  const headers = new Headers({
    'content-type': file.type,
    etag,
    'accept-ranges': 'bytes',
    'cache-control': options.cacheControl,
    'content-disposition': `${inline ? 'inline' : 'attachment'}; filename="${safeName(options.name)}"`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex',
  })
  if (namesTag(c.req.header('if-none-match') ?? '', etag)) return new Response(null, { status: 304, headers })
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
  const body = await options.open(file, range ?? undefined)
  if (body === null) return failed(c, { code: 'media_expired' })
  // A stream of fixed length keeps Content-Length.
  const { readable, writable } = new FixedLengthStream(length)
  void body.pipeTo(writable).catch(() => {})
  return new Response(readable, { status, headers })
}

/** Whether an If-None-Match names the tag, by the weak comparison (RFC 9110, clauses 8.8.3.2 and 13.1.2). */
const namesTag = (header: string, etag: string): boolean =>
  header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag)

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
