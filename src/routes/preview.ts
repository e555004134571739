import { Hono } from 'hono'
import { failed } from './answer.ts'
import type { ApiEnv } from './env.ts'
import { representPart } from './represent.ts'
import { readSend } from './send-request.ts'

/** `POST /v1/messages:preview`: exactly what would be received, with a link to each part's bytes. Nothing is sent. */
export function previewRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.post('/messages:preview', async (c) => {
    const read = await readSend(c)
    if (!read.ok) return failed(c, read.failure)
    const made = await c.get('preview')(c.get('caller'), read.value.request)
    if (!made.ok) return failed(c, made.failure)
    const { channel, segments, from, budget, wireBytes, recipients, parts, smil, mime, pieces, warnings } =
      made.value
    return c.json({
      channel,
      segments,
      from,
      budget,
      wire_bytes: wireBytes,
      recipients: recipients.map(({ address, network, networkBytes }) => ({
        address,
        network,
        network_bytes: networkBytes,
      })),
      parts: parts.map((part) => ({ ...representPart(part), url: part.url })),
      smil,
      mime,
      pieces: pieces.map((piece) => ({
        wire_bytes: piece.wireBytes,
        parts: piece.parts.map((part) => part.name),
        smil: piece.smil,
        mime: piece.mime,
      })),
      warnings,
    })
  })
  return routes
}
