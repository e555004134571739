import { Hono } from 'hono'
import type { Failure } from '../domain/failure.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { failed } from './answer.ts'
import { readChunks, readMultipart } from './body.ts'
import type { ApiEnv } from './env.ts'
import { gated } from './gate.ts'
import { idempotencyOf } from './idempotency.ts'
import { representMedia } from './represent.ts'

/** `/v1/media`: files stored ahead of the message that will carry them. */
export function mediaRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  routes.post('/', async (c) => {
    const stored = await gated(c, async () => {
      const file = await readFile(c.req.raw, c.get('limits'))
      if (!file.ok) return file
      if (file.value.length === 0) return fail({ code: 'empty_body' })
      const bodyHash = await hashChunks(file.value)
      return await c.get('messaging').upload(c.get('caller'), file.value, idempotencyOf(c, bodyHash))
    })
    if (!stored.ok) return failed(c, stored.failure)
    const location = `${c.req.path.replace(/\/$/, '')}/${stored.value.id}`
    return c.json(representMedia(stored.value), 201, { location })
  })

  routes.get('/:id', async (c) => {
    const found = await c.get('messaging').media(c.get('caller'), c.req.param('id'), {
      original: c.req.query('original') === 'true',
    })
    return found.ok ? c.json(representMedia(found.value.media, found.value.url)) : failed(c, found.failure)
  })

  return routes
}

/** The one file of a request: the raw body, or the first file of a form. */
async function readFile(
  request: Request,
  limits: { file: number; request: number },
): Promise<Result<readonly Uint8Array[], Failure>> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'multipart/form-data') return await readChunks(request, limits.file, 'file_too_large')
  let file: readonly Uint8Array[] | null = null
  const read = await readMultipart(request, limits, async (part) => {
    if (!part.isFile) return ok(undefined)
    if (file !== null)
      return fail({ code: 'invalid_field', field: part.name ?? 'file', problem: 'Send one file a request.' })
    file = part.content
    return ok(undefined)
  })
  return read.ok ? ok(file ?? []) : read
}

async function hashChunks(chunks: readonly Uint8Array[]): Promise<string> {
  const stream = new crypto.DigestStream('SHA-256')
  const writer = stream.getWriter()
  for (const chunk of chunks) await writer.write(chunk)
  await writer.close()
  return new Uint8Array(await stream.digest).toHex()
}
