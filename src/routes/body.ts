import {
  getMultipartBoundary,
  MaxFileSizeExceededError,
  MaxPartsExceededError,
  MaxTotalSizeExceededError,
  MultipartParseError,
  type MultipartPart,
  parseMultipartStream,
} from '@remix-run/multipart-parser'
import type { Failure } from '../domain/failure.ts'
import { fail, ok, type Result } from '../domain/result.ts'

/** Bodies are read as streams under a byte counter, never by `formData()`, which takes more than twice the body in memory. */

/** Reads a body of at most `limit` bytes in the pieces in which it came. */
export async function readChunks(
  request: Request,
  limit: number,
  tooLarge: Failure['code'] & ('body_too_large' | 'file_too_large'),
): Promise<Result<Uint8Array[], Failure>> {
  const announced = Number(request.headers.get('content-length') ?? 0)
  if (announced > limit) return fail({ code: tooLarge, limit })
  const chunks: Uint8Array[] = []
  if (request.body === null) return ok(chunks)
  const reader = request.body.getReader()
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return ok(chunks)
    size += value.byteLength
    if (size > limit) {
      await reader.cancel().catch(() => {})
      return fail({ code: tooLarge, limit })
    }
    chunks.push(value)
  }
}

/** Reads a JSON object of at most `limit` bytes. */
export async function readJson(request: Request, limit: number): Promise<Result<unknown, Failure>> {
  const chunks = await readChunks(request, limit, 'body_too_large')
  if (!chunks.ok) return chunks
  if (chunks.value.length === 0) return fail({ code: 'empty_body' })
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
    const text =
      chunks.value.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
    const value: unknown = JSON.parse(text)
    // An array would pass for an object whose fields are all left out.
    if (Array.isArray(value))
      return fail({ code: 'invalid_field', field: 'body', problem: 'Send an object, not an array.' })
    return ok(value)
  } catch {
    return fail({ code: 'invalid_json' })
  }
}

/** The limits of a multipart body, in bytes. */
export type MultipartLimits = { readonly file: number; readonly request: number }

/** Fields and files together; more is no message. */
const PARTS = 100
const FIELD_BYTES = 64 * 1024

/**
 * Reads multipart/form-data one part at a time: the next is not read before `take` has dealt with the one before.
 * `take` fails to stop.
 */
export async function readMultipart(
  request: Request,
  limits: MultipartLimits,
  take: (part: MultipartPart) => Promise<Result<void, Failure>>,
): Promise<Result<void, Failure>> {
  const boundary = getMultipartBoundary(request.headers.get('content-type') ?? '')
  if (boundary === null || boundary.length === 0 || boundary.length > 70)
    return fail({ code: 'invalid_multipart', detail: 'the Content-Type names no boundary' })
  if (request.body === null) return fail({ code: 'empty_body' })
  if (Number(request.headers.get('content-length') ?? 0) > limits.request)
    return fail({ code: 'body_too_large', limit: limits.request })
  try {
    const parts = parseMultipartStream(request.body, {
      boundary,
      maxFileSize: limits.file,
      maxTotalSize: limits.request,
      maxParts: PARTS,
      maxHeaderSize: 16 * 1024,
    })
    for await (const part of parts) {
      if (!part.isFile && part.size > FIELD_BYTES)
        return fail({
          code: 'invalid_field',
          field: part.name?.slice(0, 40) ?? '',
          problem: 'The value is too long. Shorten it.',
        })
      const taken = await take(part)
      if (!taken.ok) return taken
    }
    return ok(undefined)
  } catch (error) {
    return multipartFailure(error, limits)
  }
}

function multipartFailure(error: unknown, limits: MultipartLimits): Result<never, Failure> {
  if (error instanceof MaxFileSizeExceededError) return fail({ code: 'file_too_large', limit: limits.file })
  if (error instanceof MaxTotalSizeExceededError)
    return fail({ code: 'body_too_large', limit: limits.request })
  if (error instanceof MaxPartsExceededError)
    return fail({ code: 'invalid_multipart', detail: `it has more than ${PARTS} parts` })
  if (error instanceof MultipartParseError)
    return fail({ code: 'invalid_multipart', detail: 'it ends early or a boundary is missing' })
  // Headers that are no UTF-8 make the decoder throw; anything else is ours.
  if (error instanceof TypeError)
    return fail({ code: 'invalid_multipart', detail: 'a part has headers that are no UTF-8' })
  throw error
}
