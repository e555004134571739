import { Hono } from 'hono'
import * as v from 'valibot'
import type { DeliveryHead } from '../delivery/subscribers.ts'
import { EVENT_TYPES } from '../domain/event.ts'
import type { Failure } from '../domain/failure.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { WEBHOOK_LIMITS } from '../domain/standard-webhooks.ts'
import type { Webhook } from '../domain/webhook.ts'
import type { WebhookInput, WebhookSecrets } from '../messaging/webhooks.ts'
import { failed } from './answer.ts'
import { readJson } from './body.ts'
import type { ApiEnv } from './env.ts'
import { pageOf } from './pages.ts'
import { issueFailure } from './send-request.ts'

const text = (most: number) =>
  v.pipe(
    v.string('Give it as text.'),
    v.maxLength(most, `Use at most ${most} characters.`),
    v.check(
      (value) => value.isWellFormed(),
      'It holds half a character (a lone surrogate). Send whole ones.',
    ),
  )

const nullableList = <T extends v.GenericSchema>(item: T, most: number, problem: string) =>
  v.nullable(
    v.pipe(
      v.array(item, problem),
      v.minLength(1, 'Name at least one, or give null for all.'),
      v.maxLength(most, `Name at most ${most}.`),
    ),
  )

const FIELDS = {
  url: text(2048),
  description: v.optional(
    v.nullable(
      v.pipe(
        text(200),
        v.check((value) => !/\p{Cc}/u.test(value), 'It holds a control character. Leave it out.'),
      ),
    ),
  ),
  types: v.optional(
    nullableList(
      v.picklist(EVENT_TYPES, 'It is no type of event. See the list of types in docs/webhooks.md.'),
      EVENT_TYPES.length,
      'Give an array of types, or null for all.',
    ),
  ),
  numbers: v.optional(nullableList(text(40), 100, 'Give an array of your numbers, or null for all.')),
  attachments: v.optional(v.picklist(['together', 'each'], 'Give together or each.')),
  strict_order: v.optional(v.boolean('Give true or false.')),
  shards: v.optional(
    v.pipe(
      v.number('Give a number from 1 to 8.'),
      v.integer('Give a whole number.'),
      v.minValue(1, 'Give at least 1.'),
      v.maxValue(8, 'Give at most 8.'),
    ),
  ),
  enabled: v.optional(v.boolean('Give true or false.')),
}

/** The body of `POST /v1/webhooks`. */
export const NewWebhookBody = v.strictObject(FIELDS)
/** The body of `PATCH /v1/webhooks/:id`: what is left out stays. */
export const WebhookBody = v.strictObject({ ...FIELDS, url: v.optional(FIELDS.url) })
/** The body of `POST /v1/webhooks/:id/replay`. */
export const ReplayBody = v.strictObject({ from: text(100) })
/** The body of `POST /v1/webhooks/:id/rotate`; it may be left out. */
export const RotateBody = v.strictObject({
  overlap_hours: v.optional(
    v.pipe(
      v.number('Give a number of hours, 0 to 168.'),
      v.minValue(0, 'Give at least 0.'),
      v.maxValue(168, 'Give at most 168.'),
    ),
  ),
})

type WebhookFields = v.InferOutput<typeof WebhookBody>

const inputOf = ({ strict_order, ...rest }: WebhookFields): WebhookInput => ({
  ...rest,
  strictOrder: strict_order,
})

const iso = (at: number): string => new Date(at).toISOString()
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at))

const representWebhook = (webhook: Webhook) => ({
  id: webhook.id,
  url: webhook.url,
  description: webhook.description,
  types: webhook.types,
  numbers: webhook.numbers,
  attachments: webhook.attachments,
  strict_order: webhook.strictOrder,
  shards: webhook.shards,
  enabled: webhook.enabled,
  disabled_at: isoOrNull(webhook.disabledAt),
  disabled_reason: webhook.disabledReason,
  failing_since: isoOrNull(webhook.failingSince),
  last_success_at: isoOrNull(webhook.lastSuccessAt),
  created_at: iso(webhook.createdAt),
  updated_at: iso(webhook.updatedAt),
})

const representSecrets = ({ secret, previous }: WebhookSecrets) => ({
  secret,
  previous: previous && { secret: previous.secret, until: iso(previous.until) },
})

const representDelivery = (head: DeliveryHead) => ({
  event: head.event,
  type: head.type,
  sequence: head.sequence,
  state: head.state,
  attempts: head.attempts,
  queued_at: iso(head.queuedAt),
  last_at: isoOrNull(head.lastAt),
  status: head.status,
  error: head.error,
  milliseconds: head.milliseconds,
  next_at: isoOrNull(head.nextAt),
})

/** Reads a JSON body by a schema. `empty` stands for a body that was left out. */
async function bodyOf<T extends v.GenericSchema>(
  request: Request,
  limit: number,
  schema: T,
  empty?: unknown,
): Promise<Result<v.InferOutput<T>, Failure>> {
  const json = await readJson(request, limit)
  if (!json.ok && !(json.failure.code === 'empty_body' && empty !== undefined)) return json
  const parsed = v.safeParse(schema, json.ok ? json.value : empty)
  return parsed.success ? ok(parsed.output) : fail(issueFailure(parsed.issues[0]))
}

/** `/v1/webhooks`: the endpoints of customers, their secrets, and what became of each event. */
export function webhookRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  routes.post('/', async (c) => {
    const body = await bodyOf(c.req.raw, c.get('limits').json, NewWebhookBody)
    if (!body.ok) return failed(c, body.failure)
    const made = await c.get('webhooks').create(c.get('caller'), inputOf(body.value))
    if (!made.ok) return failed(c, made.failure)
    const { webhook, secret } = made.value
    return c.json({ ...representWebhook(webhook), secret }, 201, {
      location: `${c.req.path.replace(/\/$/, '')}/${webhook.id}`,
    })
  })

  routes.get('/', async (c) => {
    const page = pageOf(c)
    if (!page.ok) return failed(c, page.failure)
    const list = await c.get('webhooks').list(c.get('caller'), page.value)
    return list.ok
      ? c.json({ webhooks: list.value.items.map(representWebhook), next: list.value.next })
      : failed(c, list.failure)
  })

  routes.get('/:id', async (c) => {
    const webhook = await c.get('webhooks').get(c.get('caller'), c.req.param('id'))
    return webhook.ok ? c.json(representWebhook(webhook.value)) : failed(c, webhook.failure)
  })

  routes.patch('/:id', async (c) => {
    const body = await bodyOf(c.req.raw, c.get('limits').json, WebhookBody)
    if (!body.ok) return failed(c, body.failure)
    const webhook = await c.get('webhooks').update(c.get('caller'), c.req.param('id'), inputOf(body.value))
    return webhook.ok ? c.json(representWebhook(webhook.value)) : failed(c, webhook.failure)
  })

  routes.delete('/:id', async (c) => {
    const removed = await c.get('webhooks').remove(c.get('caller'), c.req.param('id'))
    return removed.ok ? c.body(null, 204) : failed(c, removed.failure)
  })

  routes.get('/:id/secret', async (c) => {
    const secrets = await c.get('webhooks').secrets(c.get('caller'), c.req.param('id'))
    return secrets.ok ? c.json(representSecrets(secrets.value)) : failed(c, secrets.failure)
  })

  routes.post('/:id/rotate', async (c) => {
    const body = await bodyOf(c.req.raw, c.get('limits').json, RotateBody, {})
    if (!body.ok) return failed(c, body.failure)
    const hours = body.value.overlap_hours
    const overlap = hours === undefined ? WEBHOOK_LIMITS.overlap : hours * 3_600_000
    const secrets = await c.get('webhooks').rotate(c.get('caller'), c.req.param('id'), overlap)
    return secrets.ok ? c.json(representSecrets(secrets.value)) : failed(c, secrets.failure)
  })

  routes.post('/:id/replay', async (c) => {
    const body = await bodyOf(c.req.raw, c.get('limits').json, ReplayBody)
    if (!body.ok) return failed(c, body.failure)
    const range = await c.get('webhooks').replay(c.get('caller'), c.req.param('id'), body.value.from)
    return range.ok
      ? c.json({ from_sequence: range.value.from, to_sequence: range.value.to }, 202)
      : failed(c, range.failure)
  })

  routes.post('/:id/test', async (c) => {
    const tested = await c.get('webhooks').test(c.get('caller'), c.req.param('id'))
    return tested.ok ? c.json(tested.value) : failed(c, tested.failure)
  })

  routes.get('/:id/deliveries', async (c) => {
    const page = pageOf(c)
    if (!page.ok) return failed(c, page.failure)
    const list = await c.get('webhooks').deliveries(c.get('caller'), c.req.param('id'), page.value)
    return list.ok
      ? c.json({ deliveries: list.value.items.map(representDelivery), next: list.value.next })
      : failed(c, list.failure)
  })

  return routes
}
