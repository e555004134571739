import type { Clock } from '../domain/ports.ts'
import { retryAfterOf, signedHeaders, WEBHOOK_LIMITS } from '../domain/standard-webhooks.ts'
import type { Webhook } from '../domain/webhook.ts'
import type { DialectPoster } from '../vendors/contract.ts'
import { createDeadline, DeadlineError, platformTimer, type Timer } from './guard/deadline.ts'
import { checkWebhookUrl, dialectOf, type WebhookUrlRules } from './guard/webhook-url.ts'
import type { Attempted } from './subscribers.ts'

/** What is given to whoever posts to endpoints. */
export type PostPorts = {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly clock: Clock
  /** The signing secret of an endpoint's generation. */
  readonly secret: (webhook: string, generation: number) => Promise<Uint8Array>
  readonly urlRules: WebhookUrlRules
  /** Those who speak in dialects. */
  readonly dialects?: Readonly<Record<string, DialectPoster>>
  readonly timer?: Timer
}

/** What came of an attempt, and how long the endpoint asks to be left alone, in milliseconds. */
export type Posted = Attempted & { readonly retryAfter: number | null }

/** Posts an event to an endpoint once. Never throws: what goes wrong is the attempt's outcome. */
export async function postWebhook(
  ports: PostPorts,
  webhook: Webhook,
  id: string,
  body: string,
): Promise<Posted> {
  const started = ports.clock.now()
  const failed = (error: string, status: number | null = null, retryAfter: number | null = null): Posted => ({
    delivered: false,
    status,
    error,
    milliseconds: ports.clock.now() - started,
    retryAfter,
  })
  // Looked at again on every attempt: the rules of this service may have changed since the URL was set.
  const url = checkWebhookUrl(webhook.url, ports.urlRules)
  if (!url.ok) return failed('url_refused')
  const deadline = createDeadline(WEBHOOK_LIMITS.timeout, ports.timer ?? platformTimer)
  try {
    const dialect = ports.dialects?.[dialectOf(webhook.url) ?? '']
    if (dialect !== undefined) {
      const target = { account: webhook.account, url: url.value.href, webhook: webhook.id }
      const status = await deadline.race(dialect(target, body, deadline.signal))
      const milliseconds = ports.clock.now() - started
      return status >= 200 && status < 300
        ? { delivered: true, status, error: null, milliseconds, retryAfter: null }
        : failed('status', status)
    }
    const generations = [webhook.generation]
    if (webhook.previousUntil !== null && webhook.previousUntil > started)
      generations.push(webhook.generation - 1)
    const secrets = await Promise.all(generations.map((one) => ports.secret(webhook.id, one)))
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Belino-Webhooks/1',
      ...(await signedHeaders(secrets, id, started, body)),
    }
    const response = await deadline.race(
      ports.fetch(url.value.href, {
        method: 'POST',
        redirect: 'manual',
        headers,
        body,
        signal: deadline.signal,
      }),
    )
    // What it says beyond the status is nobody's business here.
    response.body?.cancel().catch(() => {})
    const { status } = response
    if (status >= 200 && status < 300)
      return {
        delivered: true,
        status,
        error: null,
        milliseconds: ports.clock.now() - started,
        retryAfter: null,
      }
    const retryAfter = retryAfterOf(response.headers.get('retry-after'), ports.clock.now())
    return failed(status >= 300 && status < 400 ? 'redirect' : 'status', status, retryAfter)
  } catch (error) {
    return failed(error instanceof DeadlineError || deadline.signal.aborted ? 'timeout' : 'connection')
  } finally {
    deadline.stop()
  }
}
