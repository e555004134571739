import type { EventsOut } from '../delivery/events-out.ts'
import { checkWebhookUrl } from '../delivery/guard/webhook-url.ts'
import type { Attempted, DeliveryHead } from '../delivery/subscribers.ts'
import { parseAddress } from '../domain/address.ts'
import { type EventType, type Forgotten, newEvent } from '../domain/event.ts'
import type { Failure } from '../domain/failure.ts'
import { mintId } from '../domain/ids.ts'
import type { Caller, Clock, NumberStore, Page, Scope } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { secretText, WEBHOOK_LIMITS } from '../domain/standard-webhooks.ts'
import type { Webhook, WebhookStore } from '../domain/webhook.ts'

/** Endpoints that an account may have. */
export const MOST_WEBHOOKS = 200
/** Times that a change is tried again when somebody else changed the endpoint meanwhile. */
const TRIES = 5

/** What a request says of an endpoint; what is left out stays, or has its default. */
export type WebhookInput = {
  readonly url?: string | undefined
  readonly description?: string | null | undefined
  readonly types?: readonly EventType[] | null | undefined
  readonly numbers?: readonly string[] | null | undefined
  readonly attachments?: 'together' | 'each' | undefined
  readonly strictOrder?: boolean | undefined
  readonly shards?: number | undefined
  readonly enabled?: boolean | undefined
}

/** The secrets that sign now: `previous` does for as long as it says (milliseconds since 1970). */
export type WebhookSecrets = {
  readonly secret: string
  readonly previous: { readonly secret: string; readonly until: number } | null
}

/** What can be asked about endpoints. Changing them, and seeing secrets, takes the scope `admin`; the rest `read`. */
export interface Webhooks {
  create(caller: Caller, input: WebhookInput): Promise<Result<{ webhook: Webhook; secret: string }, Failure>>
  list(
    caller: Caller,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<Webhook>, Failure>>
  get(caller: Caller, id: string): Promise<Result<Webhook, Failure>>
  update(caller: Caller, id: string, input: WebhookInput): Promise<Result<Webhook, Failure>>
  remove(caller: Caller, id: string): Promise<Result<void, Failure>>
  secrets(caller: Caller, id: string): Promise<Result<WebhookSecrets, Failure>>
  /** Makes a new secret; the one before signs beside it for `overlap` milliseconds more. */
  rotate(caller: Caller, id: string, overlap: number): Promise<Result<WebhookSecrets, Failure>>
  /** Tells everything from an event on once more; what waits already waits on. */
  replay(caller: Caller, id: string, from: string): Promise<Result<{ from: number; to: number }, Failure>>
  /** Tells one endpoint alone of something that is no event of the account; nothing when it is gone or off. */
  tell(account: string, id: string, event: { type: string; data: unknown }): Promise<void>
  /** Posts a `webhook.test` at once, and says what came of it. */
  test(caller: Caller, id: string): Promise<Result<Attempted & { event: string }, Failure>>
  deliveries(
    caller: Caller,
    id: string,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<DeliveryHead>, Failure>>
  /** Takes conversations and addresses out of the log of events and out of every endpoint's queue. */
  forget(account: string, forgotten: Forgotten): Promise<void>
}

/** What the use cases are given. */
export type WebhooksPorts = {
  readonly clock: Clock
  readonly store: WebhookStore
  readonly numbers: Pick<NumberStore, 'list'>
  readonly events: Pick<EventsOut, 'lives' | 'subscribers' | 'secret' | 'urlRules' | 'live'>
  /** The host at which this service was asked: no endpoint of anybody. */
  readonly ownHost: string
  readonly log: (event: string, facts: Record<string, string | number | null>) => void
}

const NOT_FOUND: Failure = { code: 'not_found', what: 'webhook' }
const invalid = (field: string, problem: string): Result<never, Failure> =>
  fail({ code: 'invalid_field', field, problem })

/** Whether two endpoints are told the same, in the same way. */
const isTwin = (one: Webhook, other: Webhook): boolean =>
  one.url === other.url && one.attachments === other.attachments && sameWishes(one) === sameWishes(other)

const sameWishes = ({ types, numbers }: Webhook): string =>
  JSON.stringify([types?.toSorted() ?? null, numbers?.toSorted() ?? null])

/** Makes the use cases. */
export function createWebhooks(ports: WebhooksPorts): Webhooks {
  const { clock, store } = ports
  const { lives, subscribers } = ports.events

  async function found(caller: Caller, id: string, scope: Scope): Promise<Result<Webhook, Failure>> {
    if (!caller.scopes.includes(scope) && !caller.scopes.includes('admin'))
      return fail({ code: 'insufficient_scope', scope })
    const webhook = /^whk_[0-9A-Za-z]{22,64}$/.test(id) ? await store.find(caller.account, id) : null
    return webhook === null ? fail(NOT_FOUND) : ok(webhook)
  }

  /** The fields of a request, checked against the account. */
  async function checked(account: string, input: WebhookInput): Promise<Result<Partial<Webhook>, Failure>> {
    if (input.url !== undefined) {
      const { refusedHosts, ...rules } = ports.events.urlRules
      const url = checkWebhookUrl(input.url, { ...rules, refusedHosts: [...refusedHosts, ports.ownHost] })
      if (!url.ok) return invalid('url', `The URL is not used: ${url.failure}`)
    }
    let numbers: string[] | null = null
    if (input.numbers != null) {
      const own = new Set((await ports.numbers.list(account)).map((one) => one.address))
      numbers = []
      for (const typed of input.numbers) {
        const address = parseAddress(typed)
        if (!address.ok) return fail({ code: 'invalid_number', field: 'numbers', typed })
        if (!own.has(address.value))
          return invalid('numbers', `${address.value} is not a number of this account. See GET /v1/numbers.`)
        numbers.push(address.value)
      }
    }
    return ok({
      ...(input.url === undefined ? {} : { url: input.url }),
      ...(input.description === undefined ? {} : { description: input.description }),
      ...(input.types === undefined ? {} : { types: input.types && [...new Set(input.types)] }),
      ...(input.numbers === undefined ? {} : { numbers: numbers && [...new Set(numbers)] }),
      ...(input.attachments === undefined ? {} : { attachments: input.attachments }),
      ...(input.strictOrder === undefined ? {} : { strictOrder: input.strictOrder }),
      ...(input.shards === undefined ? {} : { shards: input.shards }),
    })
  }

  /** Tells the log of the account that its endpoints changed. Where that fails, it finds out by itself in seconds. */
  async function announce(account: string): Promise<void> {
    await lives.changed(account).catch((error) => {
      ports.log('announcement_failed', { error: String(error).slice(0, 200) })
    })
  }

  /** Changes an endpoint, again when somebody else was faster, and tells its queues. */
  async function change(
    first: Webhook,
    next: (webhook: Webhook) => Webhook,
  ): Promise<Result<Webhook, Failure>> {
    let webhook: Webhook | null = first
    for (let tried = 0; tried < TRIES && webhook !== null; tried++) {
      const changed = { ...next(webhook), revision: webhook.revision + 1, updatedAt: clock.now() }
      if (await store.replace(changed)) {
        await subscribers.configure(changed)
        await announce(changed.account)
        return ok(changed)
      }
      webhook = await store.find(first.account, first.id)
    }
    return webhook === null ? fail(NOT_FOUND) : fail({ code: 'storage_unavailable', retryAfter: 2 })
  }

  async function secretsOf(webhook: Webhook): Promise<WebhookSecrets> {
    const { id, generation, previousUntil } = webhook
    const secret = secretText(await ports.events.secret(id, generation))
    if (previousUntil === null || previousUntil <= clock.now()) return { secret, previous: null }
    const previous = secretText(await ports.events.secret(id, generation - 1))
    return { secret, previous: { secret: previous, until: previousUntil } }
  }

  return {
    async create(caller, input) {
      if (!caller.scopes.includes('admin')) return fail({ code: 'insufficient_scope', scope: 'admin' })
      const fields = await checked(caller.account, input)
      if (!fields.ok) return fields
      if (fields.value.url === undefined) return invalid('url', 'The field is missing.')
      const now = clock.now()
      const enabled = input.enabled ?? true
      const webhook: Webhook = {
        id: mintId('whk', now),
        account: caller.account,
        description: null,
        types: null,
        numbers: null,
        attachments: 'together',
        strictOrder: false,
        shards: 1,
        ...fields.value,
        url: fields.value.url,
        revision: 1,
        generation: 1,
        previousUntil: null,
        enabled,
        activeSince: now,
        disabledAt: enabled ? null : now,
        disabledReason: enabled ? null : 'by_owner',
        failingSince: null,
        lastSuccessAt: null,
        createdAt: now,
        updatedAt: now,
      }
      // A request that is repeated because its answer got lost must not tell everything twice.
      const twin = enabled
        ? (await store.active(caller.account)).find((one) => isTwin(one, webhook))
        : undefined
      if (twin !== undefined) return fail({ code: 'webhook_exists', id: twin.id })
      if (!(await store.insert(webhook, MOST_WEBHOOKS)))
        return fail({ code: 'too_many_webhooks', limit: MOST_WEBHOOKS })
      await announce(caller.account)
      return ok({ webhook, secret: (await secretsOf(webhook)).secret })
    },

    async list(caller, page) {
      if (!caller.scopes.includes('read') && !caller.scopes.includes('admin'))
        return fail({ code: 'insufficient_scope', scope: 'read' })
      return await store.list(caller.account, page)
    },

    get: (caller, id) => found(caller, id, 'read'),

    async update(caller, id, input) {
      const webhook = await found(caller, id, 'admin')
      if (!webhook.ok) return webhook
      const fields = await checked(caller.account, input)
      if (!fields.ok) return fields
      if (input.shards !== undefined && input.shards < webhook.value.shards)
        return invalid('shards', `It has ${webhook.value.shards}, and may get more, never fewer.`)
      return await change(webhook.value, (one) => ({
        ...one,
        ...fields.value,
        ...switched(one, input.enabled, clock.now()),
      }))
    },

    async remove(caller, id) {
      const webhook = await found(caller, id, 'admin')
      if (!webhook.ok) return webhook
      // Switched off first, its row last: a removal that was cut is found again, and made again.
      const off = await change(webhook.value, (one) => ({ ...one, ...switched(one, false, clock.now()) }))
      if (!off.ok) return off
      await subscribers.close(off.value)
      await store.remove(caller.account, id)
      return ok(undefined)
    },

    async secrets(caller, id) {
      const webhook = await found(caller, id, 'admin')
      return webhook.ok ? ok(await secretsOf(webhook.value)) : webhook
    },

    async rotate(caller, id, overlap) {
      const webhook = await found(caller, id, 'admin')
      if (!webhook.ok) return webhook
      const until = clock.now() + Math.min(Math.max(0, overlap), WEBHOOK_LIMITS.longestOverlap)
      const { generation } = webhook.value
      // Counted from what was read: two rotations at once make one new secret, not two of which one is never seen.
      const rotated = await change(webhook.value, (one) =>
        one.generation > generation
          ? one
          : { ...one, generation: generation + 1, previousUntil: overlap > 0 ? until : null },
      )
      return rotated.ok ? ok(await secretsOf(rotated.value)) : rotated
    },

    async replay(caller, id, from) {
      const webhook = await found(caller, id, 'admin')
      if (!webhook.ok) return webhook
      if (!webhook.value.enabled) return fail({ code: 'webhook_disabled' })
      const range = await lives.replay(caller.account, id, from)
      return range === null ? fail({ code: 'event_gone' }) : ok(range)
    },

    async tell(account, id, { type, data }) {
      const webhook = await store.find(account, id)
      if (webhook === null || !webhook.enabled) return
      const event = mintId('evt', clock.now())
      const body = JSON.stringify({ type, id: event, created_at: new Date(clock.now()).toISOString(), data })
      await subscribers.enqueue(
        webhook,
        0,
        [{ id: event, sequence: 0, part: 0, type, conversation: null, body }],
        null,
      )
    },

    async test(caller, id) {
      const webhook = await found(caller, id, 'admin')
      if (!webhook.ok) return webhook
      const event = newEvent({
        type: 'webhook.test',
        at: clock.now(),
        number: null,
        conversation: null,
        data: { facts: { webhook: id } },
      })
      const attempted = await subscribers.probe(webhook.value, {
        id: event.id,
        sequence: 0,
        part: 0,
        type: event.type,
        conversation: null,
        body: ports.events.live.represent(event, 0),
      })
      return ok({ ...attempted, event: event.id })
    },

    async deliveries(caller, id, page) {
      const webhook = await found(caller, id, 'read')
      if (!webhook.ok) return webhook
      const match = page.cursor === null ? null : /^([0-9a-z]{1,11})\.(evt_\w{22,80})$/.exec(page.cursor)
      if (page.cursor !== null && match === null) return fail({ code: 'invalid_cursor' })
      const before =
        match === null ? null : { at: Number.parseInt(match[1] as string, 36), event: match[2] as string }
      const heads = await subscribers.deliveries(webhook.value, before, page.limit + 1)
      const items = heads.slice(0, page.limit)
      const last = items.at(-1)
      const next = heads.length > page.limit && last ? `${last.queuedAt.toString(36)}.${last.event}` : null
      return ok({ items, next })
    },

    async forget(account, forgotten) {
      await lives.forget(account, forgotten)
      for (let cursor: string | null = null; ; ) {
        const page = await store.list(account, { cursor, limit: MOST_WEBHOOKS })
        if (!page.ok) return
        for (const webhook of page.value.items) await subscribers.forget(webhook, forgotten)
        cursor = page.value.next
        if (cursor === null) return
      }
    },
  }
}

/** An endpoint switched on or off by its owner. Switched on it begins with what happens from then on. */
function switched(webhook: Webhook, enabled: boolean | undefined, now: number): Partial<Webhook> {
  if (enabled === undefined || enabled === webhook.enabled) return {}
  return enabled
    ? { enabled, activeSince: now, disabledAt: null, disabledReason: null, failingSince: null }
    : { enabled, disabledAt: now, disabledReason: 'by_owner' }
}
