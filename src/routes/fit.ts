import { type Context, Hono } from 'hono'
import { BUDGETS, type BudgetName } from '../domain/budget.ts'
import { joinBytes } from '../domain/bytes.ts'
import type { Failure } from '../domain/failure.ts'
import type { FitRequest } from '../domain/fit.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { failed } from './answer.ts'
import { readChunks } from './body.ts'
import type { ApiEnv } from './env.ts'
import { gated } from './gate.ts'

/** The smallest file that is worth asking for, in bytes. */
const SMALLEST_FILE = 1000

/** `/v1/fit`: a file in, the best-looking file within a number of bytes out. */
export function fitRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  routes.post('/', async (c) => {
    const target = targetOf(c)
    if (!target.ok) return failed(c, target.failure)
    const fitted = await gated(c, async () => {
      const chunks = await readChunks(c.req.raw, c.get('limits').file, 'file_too_large')
      if (!chunks.ok) return chunks
      const source = joinBytes(chunks.value)
      if (source.byteLength === 0) return fail({ code: 'empty_body' })
      return await c.get('messaging').fit(c.get('caller'), source, target.value)
    })
    if (!fitted.ok) return failed(c, fitted.failure)
    const { bytes, type, extension, width, height, changed, reason, warnings } = fitted.value
    const report = {
      type,
      bytes: bytes.byteLength,
      width,
      height,
      budget: target.value.budget,
      changed,
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
    if (report.source.width !== null && report.source.height !== null)
      headers.set('belino-source-size', `${report.source.width}x${report.source.height}`)
    if (warnings.length > 0)
      headers.set('belino-warnings', warnings.map((warning) => warning.code).join(', '))
    return new Response(bytes as Uint8Array<ArrayBuffer>, { headers })
  })

  return routes
}

function targetOf(c: Context<ApiEnv>): Result<FitRequest, Failure> {
  const budget = bytesOf(c.req.query('budget') ?? 'safe')
  if (budget === null) return fail({ code: 'budget_out_of_range', least: SMALLEST_FILE, most: BUDGETS.hard })
  const maxWidth = pixelsOf(c, 'max_width')
  if (!maxWidth.ok) return maxWidth
  const maxHeight = pixelsOf(c, 'max_height')
  if (!maxHeight.ok) return maxHeight
  const effort = c.req.query('effort')
  if (effort !== undefined && effort !== 'best' && effort !== 'fast')
    return fail({ code: 'invalid_field', field: 'effort', problem: 'Choose best or fast.' })
  return ok({
    budget,
    ...(maxWidth.value === null ? {} : { maxWidth: maxWidth.value }),
    ...(maxHeight.value === null ? {} : { maxHeight: maxHeight.value }),
    ...(effort === undefined ? {} : { effort }),
  })
}

function bytesOf(text: string): number | null {
  if (Object.hasOwn(BUDGETS, text)) return BUDGETS[text as BudgetName]
  const bytes = /^\d{1,8}$/.test(text) ? Number(text) : 0
  return bytes >= SMALLEST_FILE && bytes <= BUDGETS.hard ? bytes : null
}

function pixelsOf(c: Context<ApiEnv>, name: string): Result<number | null, Failure> {
  const text = c.req.query(name)
  if (text === undefined) return ok(null)
  const pixels = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return pixels >= 16 && pixels <= 20_000
    ? ok(pixels)
    : fail({ code: 'invalid_field', field: name, problem: 'Give 16 to 20000 pixels.' })
}
