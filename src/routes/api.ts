import { Hono } from 'hono'
import { failed } from './answer.ts'
import { consentRoutes } from './consents.ts'
import type { ApiEnv } from './env.ts'
import { fitRoutes } from './fit.ts'
import { idempotencyOf } from './idempotency.ts'
import { mediaRoutes } from './media.ts'
import { pageOf } from './pages.ts'
import { representConversation, representMessage, representNumber, representTimeline } from './represent.ts'
import { requireKey } from './require-key.ts'
import { readSend } from './send-request.ts'
import { eventRoutes } from './stream.ts'
import { webhookRoutes } from './webhooks.ts'

/** The native API, mounted at `/v1`. Every route needs a key. */
export function createApi(): Hono<ApiEnv> {
  const api = new Hono<ApiEnv>()
  api.use(requireKey)

  api.post('/messages', async (c) => {
    const read = await readSend(c)
    if (!read.ok) return failed(c, read.failure)
    const { request, bodyHash } = read.value
    const sent = await c.get('messaging').send(c.get('caller'), request, idempotencyOf(c, bodyHash))
    if (!sent.ok) return failed(c, sent.failure)
    const { message, warnings } = sent.value
    return c.json({ ...representMessage(message), warnings }, 202, {
      location: `${c.req.path}/${message.id}`,
    })
  })

  api.get('/messages/:id', async (c) => {
    const message = await c.get('messaging').message(c.get('caller'), c.req.param('id'))
    return message.ok ? c.json(representTimeline(message.value)) : failed(c, message.failure)
  })

  api.get('/conversations', async (c) => {
    const page = pageOf(c)
    if (!page.ok) return failed(c, page.failure)
    const list = await c.get('messaging').conversations(c.get('caller'), page.value)
    return list.ok
      ? c.json({ conversations: list.value.items.map(representConversation), next: list.value.next })
      : failed(c, list.failure)
  })

  api.get('/conversations/:id/messages', async (c) => {
    const page = pageOf(c)
    if (!page.ok) return failed(c, page.failure)
    const list = await c.get('messaging').messages(c.get('caller'), c.req.param('id'), page.value)
    return list.ok
      ? c.json({ messages: list.value.items.map(representMessage), next: list.value.next })
      : failed(c, list.failure)
  })

  api.get('/numbers', async (c) => {
    const numbers = await c.get('messaging').numbers(c.get('caller'))
    return c.json({ numbers: numbers.map(representNumber) })
  })

  api.route('/media', mediaRoutes())
  api.route('/fit', fitRoutes())
  api.route('/webhooks', webhookRoutes())
  api.route('/consents', consentRoutes())
  api.route('/events', eventRoutes())
  return api
}
