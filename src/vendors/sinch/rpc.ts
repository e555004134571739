import type { Context } from 'hono'
import * as v from 'valibot'
import { joinBytes } from '../../domain/bytes.ts'
import { describe, type Failure } from '../../domain/failure.ts'
import type { Caller } from '../../domain/ports.ts'
import { fail, ok, type Result } from '../../domain/result.ts'
import type { DialectServices } from '../contract.ts'

/** Requests and refusals as the Conversation API has them: JSON, and Google's RPC codes. */

/** The context of its routes. */
export type SinchEnv = { Variables: DialectServices & { caller: Caller } }

/** The names of RPC codes, by HTTP status. */
const STATUS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
}

/** The status of an answer where the vendor has fewer than we have. */
function statusOf(status: number): number {
  if (STATUS[status] !== undefined) return status
  if (status === 402) return 403
  if (status === 410) return 404
  return status < 500 ? 400 : 500
}

/** A refusal in its shape: `{"error": {code, message, status, details}}`. */
export function refuse(status: number, message: string, code = ''): Response {
  const sent = statusOf(status)
  const details = code === '' ? [] : [{ type_url: `belino/failure/${code}`, value: '' }]
  return Response.json({ error: { code: sent, message, status: STATUS[sent], details } }, { status: sent })
}

/** A failure of ours, said in its shape. */
export function refused(failure: Failure): Response {
  const { status, message, code, retryAfter } = describe(failure)
  const response = refuse(status, message, code)
  if (retryAfter !== undefined) response.headers.set('retry-after', String(retryAfter))
  return response
}

/** A field that is wrong. */
export const invalid = (field: string, problem: string): Result<never, Failure> =>
  fail({ code: 'invalid_field', field, problem })

/** Nothing of that name. */
export const missing = (what: string): Result<never, Failure> => fail({ code: 'not_found', what })

/** Bytes of a request: words and addresses of files, never files. */
const BODY = 300_000

/** How deep a value may go that nobody has a schema for: deeper ones cannot be written as JSON again. */
const DEPTH = 30

/** Whether such a value can be kept: its depth, and its JSON in characters. */
export function isKept(value: unknown, most: number): boolean {
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH) return false
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []))
  }
  return JSON.stringify(value).length <= most
}

/** Reads a body of JSON and checks it. */
export async function read<S extends v.GenericSchema>(
  c: Context<SinchEnv>,
  schema: S,
): Promise<Result<v.InferOutput<S>, Failure>> {
  const limit = Math.min(c.get('limits').hook, BODY)
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = c.req.raw.body?.getReader()
  for (let next = await reader?.read(); next !== undefined && !next.done; next = await reader?.read()) {
    size += next.value.byteLength
    if (size > limit) {
      await reader?.cancel().catch(() => {})
      return fail({ code: 'body_too_large', limit })
    }
    chunks.push(next.value)
  }
  let raw: unknown
  try {
    raw = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(joinBytes(chunks)))
  } catch {
    return fail({ code: 'invalid_json' })
  }
  const parsed = v.safeParse(schema, raw)
  if (parsed.success) return ok(parsed.output)
  const [issue] = parsed.issues
  return fail({
    code: 'invalid_field',
    field: (v.getDotPath(issue) ?? 'body').slice(0, 100),
    problem: issue.input === undefined ? 'The field is missing.' : issue.message.slice(0, 200),
  })
}

/** The page that a query asks for. The vendor's own library sends its tokens with quotation marks around them. */
export function pageOf(c: Context<SinchEnv>, most: number): { cursor: string | null; limit: number } {
  const size = Number(c.req.query('page_size') ?? 10)
  const token = (c.req.query('page_token') ?? '').replace(/^"(.*)"$/, '$1')
  return {
    cursor: token === '' || token === 'null' || token === 'undefined' ? null : token,
    limit: Number.isInteger(size) && size > 0 ? Math.min(size, most) : 10,
  }
}
