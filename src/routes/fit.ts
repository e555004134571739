import { type Context, Hono } from 'hono'
import { joinBytes } from '../domain/bytes.ts'
import type { Failure } from '../domain/failure.ts'
import type { StoredMedia } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { MOST_FILES } from '../messaging/fit-many.ts'
import { failed } from './answer.ts'
import { readChunks, readMultipart } from './body.ts'
import type { ApiEnv } from './env.ts'
import { FIT_OPTIONS, readFitOptions } from './fit-options.ts'
import { gated } from './gate.ts'

/** `/v1/fit`: files in, the best-looking files within a number of bytes out. */
export function fitRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  routes.post('/', (c) => {
    const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
    return type === 'multipart/form-data' ? fitForm(c) : fitBody(c)
  })

  return routes
}

/** One file as the body, and one as the answer. */
async function fitBody(c: Context<ApiEnv>): Promise<Response> {
  const target = readFitOptions((name) => c.req.query(name))
  if (!target.ok) return failed(c, target.failure)
  const fitted = await gated(c, async () => {
    const chunks = await readChunks(c.req.raw, c.get('limits').file, 'file_too_large')
    if (!chunks.ok) return chunks
    const source = joinBytes(chunks.value)
    if (source.byteLength === 0) return fail({ code: 'empty_body' })
    return await c.get('messaging').fit(c.get('caller'), source, target.value)
  })
  if (!fitted.ok) return failed(c, fitted.failure)
  const { bytes, type, extension, width, height, changed, score, reason, warnings } = fitted.value
  const report = {
    type,
    bytes: bytes.byteLength,
    width,
    height,
    budget: target.value.budget,
    changed,
    score,
    reason,
    source: fitted.value.source,
    warnings,
  }
  if (c.req.header('accept')?.includes('application/json')) return c.json(report)
  const headers = new Headers({
    'content-type': type,
    'content-length': String(bytes.byteLength),
    'content-disposition': `inline; filename="fitted.${extension}"`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'belino-source-type': report.source.type,
    'belino-source-bytes': String(report.source.bytes),
    'belino-budget': String(report.budget),
    'belino-changed': String(changed),
    'belino-reason': reason,
  })
  if (width !== null && height !== null) headers.set('belino-size', `${width}x${height}`)
  if (score !== null) headers.set('belino-score', String(score))
  if (report.source.width !== null && report.source.height !== null)
    headers.set('belino-source-size', `${report.source.width}x${report.source.height}`)
  if (warnings.length > 0) headers.set('belino-warnings', warnings.map((warning) => warning.code).join(', '))
  return new Response(bytes as Uint8Array<ArrayBuffer>, { headers })
}

/** The files of a form, which share one budget; options stand in it or in the query. The results are stored. */
async function fitForm(c: Context<ApiEnv>): Promise<Response> {
  const form = await storeForm(c)
  if (!form.ok) return failed(c, form.failure)
  const { files, fields } = form.value
  const target = readFitOptions((name) => fields.get(name) ?? c.req.query(name))
  if (!target.ok) return failed(c, target.failure)
  const fitted = await c.get('fitMany')(c.get('caller'), files, target.value)
  if (!fitted.ok) return failed(c, fitted.failure)
  return c.json({
    budget: target.value.budget,
    bytes: fitted.value.reduce((sum, one) => sum + one.media.bytes, 0),
    files: fitted.value.map(({ media, url, source, reason, warnings, quality, score }) => ({
      id: media.id,
      url,
      type: media.type,
      bytes: media.bytes,
      width: media.width,
      height: media.height,
      quality,
      score,
      reason,
      source: {
        type: source.type,
        bytes: source.bytes,
        width: source.width ?? null,
        height: source.height ?? null,
      },
      warnings,
    })),
  })
}

type Form = { readonly files: readonly StoredMedia[]; readonly fields: ReadonlyMap<string, string> }

/** Stores each file as it comes, so that one at a time is held. */
async function storeForm(c: Context<ApiEnv>): Promise<Result<Form, Failure>> {
  const files: StoredMedia[] = []
  const fields = new Map<string, string>()
  const limits = c.get('limits')
  const read = await gated(c, () =>
    readMultipart(c.req.raw, limits, async (part) => {
      if (!part.isFile) {
        const name = part.name ?? ''
        if (!Object.hasOwn(FIT_OPTIONS, name))
          return fail({
            code: 'invalid_field',
            field: name.slice(0, 40),
            problem: `There is no such option. Known: ${Object.keys(FIT_OPTIONS).join(', ')}.`,
          })
        fields.set(name, part.text)
        return ok(undefined)
      }
      if (part.size === 0) return fail({ code: 'empty_body' })
      if (files.length === MOST_FILES)
        return fail({ code: 'too_many_parts', limit: MOST_FILES, count: files.length + 1 })
      const stored = await c
        .get('messaging')
        .upload(c.get('caller'), part.content, null, limits.attachedLifetime)
      if (stored.ok) files.push(stored.value)
      return stored.ok ? ok(undefined) : stored
    }),
  )
  if (!read.ok) return read
  return files.length === 0 ? fail({ code: 'empty_body' }) : ok({ files, fields })
}
