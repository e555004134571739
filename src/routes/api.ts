import { Hono } from 'hono'
import { keyRoutes } from './accounts.ts'
import { failed } from './answer.ts'
import { checkRoutes } from './check.ts'
import { consentRoutes } from './consents.ts'
import { conversationRoutes } from './conversations.ts'
import type { ApiEnv } from './env.ts'
import { fitRoutes } from './fit.ts'
import { fitKeyRoutes } from './fit-keys.ts'
import { forgetRoutes } from './forget.ts'
import { idempotencyOf } from './idempotency.ts'
import { keywordRoutes } from './keywords.ts'
import { mediaRoutes } from './media.ts'
import { messageListRoutes } from './message-list.ts'
import { numberRoutes } from './numbers.ts'
import { orphanRoutes } from './orphans.ts'
import { contactRoutes, messageActionRoutes, overviewRoutes, searchRoutes } from './people.ts'
import { previewRoutes } from './preview.ts'
import { profileRoutes } from './profiles.ts'
import { networkRoutes, recipientRoutes } from './recipients.ts'
import { representMessage, representTimeline } from './represent.ts'
import { requireKey } from './require-key.ts'
import { readSend } from './send-request.ts'
import { sendSeparately } from './send-separately.ts'
import { eventRoutes } from './stream.ts'
import { templateRoutes } from './templates.ts'
import { creditRoutes, keyLimitRoutes, usageRoutes } from './usage.ts'
import { vendorRoutes } from './vendors.ts'
import { webhookRoutes } from './webhooks.ts'

/** The native API, mounted at `/v1`. Every route needs a key. */
export function createApi(): Hono<ApiEnv> {
  const api = new Hono<ApiEnv>()
  api.use(requireKey)

  api.post('/messages', async (c) => {
    const read = await readSend(c)
    if (!read.ok) return failed(c, read.failure)
    const { request, bodyHash } = read.value
    if (request.group === 'separate') return await sendSeparately(c, read.value)
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

  api.route('/', checkRoutes())
  api.route('/numbers', numberRoutes())
  api.route('/recipients', recipientRoutes())
  api.route('/networks', networkRoutes())
  api.route('/usage', usageRoutes())
  api.route('/credit', creditRoutes())
  api.route('/keys', keyLimitRoutes())
  api.route('/media', mediaRoutes())
  api.route('/fit', fitRoutes())
  api.route('/fit-keys', fitKeyRoutes())
  api.route('/webhooks', webhookRoutes())
  api.route('/vendors', vendorRoutes())
  api.route('/consents', consentRoutes())
  api.route('/', keyRoutes())
  api.route('/keywords', keywordRoutes())
  api.route('/templates', templateRoutes())
  api.route('/content-profiles', profileRoutes())
  api.route('/', previewRoutes())
  api.route('/messages', messageListRoutes())
  api.route('/messages', messageActionRoutes())
  api.route('/conversations', conversationRoutes())
  api.route('/contacts', contactRoutes())
  api.route('/search', searchRoutes())
  api.route('/forget', forgetRoutes())
  api.route('/overview', overviewRoutes())
  api.route('/events', eventRoutes())
  api.route('/orphans', orphanRoutes())
  return api
}
