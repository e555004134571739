import { Hono } from 'hono'
import { type Config, DEFAULTS, readConfig } from './config.ts'
import { type ConversationClass, createConversation } from './delivery/conversation.ts'
import { createConversations } from './delivery/conversations.ts'
import { createEventsOut, type EventsOut } from './delivery/events-out.ts'
import { createMediaFetcher, type MediaFetcher } from './delivery/fetch-media.ts'
import { createLive, type LiveClass } from './delivery/live.ts'
import type { DeliveryPorts } from './delivery/ports.ts'
import { createSubscriber, type SubscriberClass } from './delivery/subscriber.ts'
import type { VendorName } from './domain/number.ts'
import type { Clock } from './domain/ports.ts'
import { fail, ok } from './domain/result.ts'
import { StorageError } from './domain/storage-error.ts'
import { type Admission, createAdmission } from './messaging/admission.ts'
import { DEMO_ACCOUNT, provisionDemo } from './messaging/demo.ts'
import { authenticate, isLoopback } from './messaging/keys.ts'
import { createMediaLinks, deriveKey, type MediaLinks } from './messaging/media-links.ts'
import { createMessaging } from './messaging/messaging.ts'
import type { MessagingPorts } from './messaging/ports.ts'
import { takeHook } from './messaging/receive.ts'
import { createStream, type StreamPorts } from './messaging/stream.ts'
import { sweep } from './messaging/sweep.ts'
import { createWebhooks, type WebhooksPorts } from './messaging/webhooks.ts'
import { pauseAfter, pauseBefore } from './pause.ts'
import { failed } from './routes/answer.ts'
import { createApi } from './routes/api.ts'
import type { Services } from './routes/env.ts'
import { errorsPage } from './routes/errors-page.ts'
import { hookRoutes } from './routes/hooks.ts'
import { publicMediaRoutes } from './routes/public-media.ts'
import { representEvent } from './routes/represent-event.ts'
import { requireKey } from './routes/require-key.ts'
import { streamRoutes } from './routes/stream.ts'
import { createAccountStore } from './store/accounts.ts'
import { createClaimStore } from './store/claims.ts'
import { createIndexStore } from './store/index-store.ts'
import { createMediaStore } from './store/media.ts'
import { createNumberStore } from './store/numbers.ts'
import { createRecipientStore } from './store/recipients.ts'
import { createWebhookStore } from './store/webhooks.ts'
import type { Carrier } from './vendors/contract.ts'
import { createSimulatorCarrier } from './vendors/simulator/carrier.ts'
import { createSimulatorNetwork } from './vendors/simulator/network.ts'
import { createSimulatorPages } from './vendors/simulator/page.tsx'
import { parseSimulatorUrl, simulatorUrl } from './vendors/simulator/wire.ts'

/** What a Worker that runs Belino is bound to. */
export type Bindings = {
  readonly DB: D1Database
  readonly MEDIA: R2Bucket
  readonly CONVERSATION: DurableObjectNamespace
  readonly SIMULATOR: DurableObjectNamespace
  readonly SUBSCRIBER: DurableObjectNamespace
  readonly LIVE: DurableObjectNamespace
  readonly BELINO_ROOT_KEY?: string
  readonly BELINO_URL_KEYS?: string
  readonly BELINO_PUBLIC_URL?: string
  readonly BELINO_LOCAL?: string
  readonly BELINO_DEV_KEY?: string
  readonly BELINO_PAUSE_AT?: string
}

/** What a user may set in code; everything else comes from the environment. */
export type BelinoOptions = {
  /** Tells of failures of our own; never of numbers, texts or keys. Prints JSON lines unless given. */
  readonly log?: (event: string, facts: Record<string, string | number | null>) => void
  readonly clock?: Clock
}

/** Belino, ready to be exported from a Worker or mounted in one. */
export type Belino = {
  readonly app: Hono<{ Bindings: Bindings; Variables: Services }>
  readonly fetch: (request: Request, env: Bindings, ctx: ExecutionContext) => Response | Promise<Response>
  readonly scheduled: (controller: ScheduledController, env: Bindings, ctx: ExecutionContext) => Promise<void>
  readonly Conversation: ConversationClass<Bindings>
  readonly Subscriber: SubscriberClass<Bindings>
  readonly Live: LiveClass<Bindings>
  readonly SimulatorNetwork: ReturnType<typeof createSimulatorNetwork<Bindings>>
}

/** The parts of one environment: made once an isolate, shared by its requests and objects. */
type Wiring = {
  readonly config: Config
  readonly admission: Admission
  readonly fetcher: MediaFetcher
  readonly delivery: DeliveryPorts
  readonly eventsOut: EventsOut
  readonly webhooks: WebhooksPorts
  readonly stream: StreamPorts
  readonly links: (baseUrl: string) => Promise<MediaLinks>
  readonly messaging: (baseUrl: string) => Promise<MessagingPorts>
  readonly simulatorKey: () => Promise<CryptoKey>
  demoReady: boolean
}

const printed = (event: string, facts: Record<string, string | number | null>): void =>
  console.log(JSON.stringify({ event, ...facts }))

/**
 * Puts Belino together.
 *
 * @example
 * ```ts
 * const belino = createBelino()
 * export const { Conversation, Subscriber, Live, SimulatorNetwork } = belino
 * export default { fetch: belino.fetch, scheduled: belino.scheduled }
 * ```
 */
export function createBelino(options: BelinoOptions = {}): Belino {
  const log = options.log ?? printed
  const clock: Clock = options.clock ?? { now: () => Date.now() }
  const wirings = new WeakMap<object, Wiring>()

  const wire = (env: Bindings): Wiring => {
    let wiring = wirings.get(env)
    if (wiring === undefined) {
      wiring = wireUp(env, clock, log)
      wirings.set(env, wiring)
    }
    return wiring
  }

  const app = new Hono<{ Bindings: Bindings; Variables: Services }>()

  app.get('/health', (c) => c.json({ ok: true }))
  app.get('/docs/errors', errorsPage)

  app.use(async (c, next) => {
    const wiring = wire(c.env)
    const { config } = wiring
    if (config.rootKey === null) return failed(c, { code: 'not_configured' })
    if (config.local) await ensureDemo(wiring)
    for (const [name, service] of Object.entries(await servicesOf(c.req.url, wiring)))
      c.set(name as keyof Services, service)
    await next()
    return undefined
  })

  app.route('/v1/stream', streamRoutes())
  app.route('/v1', createApi())
  app.route('/m', publicMediaRoutes())
  app.route('/hooks', hookRoutes())

  // The simulated network by API: a test key reaches it in production too, each account its own.
  const simulator = new Hono<{ Bindings: Bindings; Variables: Services & { caller: { account: string } } }>()
  simulator.use(requireKey as never)
  simulator.all('/*', (c) => toNetwork(c.env, c.req.raw, c.get('caller').account, /^.*?\/v1\/simulator/))
  app.route('/v1/simulator', simulator)

  // Its pages: in local development they show the demo account's, elsewhere nobody's.
  app.route(
    '/',
    createSimulatorPages<{ Bindings: Bindings; Variables: Services }>({
      network: (account, c) => c.env.SIMULATOR.getByName(account),
      account: (c) =>
        wire(c.env).config.local && isLoopback(new URL(c.req.url).hostname) ? DEMO_ACCOUNT : null,
      numbers: async (account, c) =>
        (await wire(c.env).delivery.numbers.list(account)).map((one) => one.address),
    }),
  )

  app.notFound((c) =>
    failed(c, { code: 'not_found', what: `route ${c.req.method} ${c.req.path.slice(0, 80)}` }),
  )
  app.onError((error, c) => {
    if (error instanceof StorageError) {
      log('storage_unavailable', {
        route: c.req.routePath,
        error: String(error.cause ?? error).slice(0, 200),
      })
      return failed(c, { code: 'storage_unavailable', retryAfter: 2 })
    }
    log('bug', { route: c.req.routePath, error: String(error.stack ?? error).slice(0, 600) })
    return failed(c, { code: 'internal' })
  })

  const Conversation = createConversation<Bindings>((env) => wire(env).delivery)
  const Subscriber = createSubscriber<Bindings>((env) => wire(env).eventsOut.subscriber)
  const Live = createLive<Bindings>((env) => wire(env).eventsOut.live)
  const SimulatorNetwork = createSimulatorNetwork<Bindings>((ctx, env) => ({
    clock,
    secret: () => wire(env).simulatorKey(),
    // The real route, with the real signature; a Worker cannot fetch its own host, so the request goes in directly.
    deliver: async (_account, request) => await app.fetch(request, env, ctx as unknown as ExecutionContext),
  }))

  return {
    app,
    fetch: (request, env, ctx) => app.fetch(request, env, ctx),
    async scheduled(_controller, env) {
      const wiring = wire(env)
      if (wiring.config.rootKey !== null) await sweep(await wiring.messaging(baseUrlOf(wiring.config, null)))
    },
    Conversation,
    Subscriber,
    Live,
    SimulatorNetwork,
  }
}

/** Each request that finds the demo account missing makes it: none waits on another, which might have been cancelled. */
async function ensureDemo(wiring: Wiring): Promise<void> {
  const { devKey } = wiring.config
  if (wiring.demoReady || devKey === null) return
  await provisionDemo(await wiring.messaging(''), devKey, wiring.delivery.clock.now())
  wiring.demoReady = true
}

const baseUrlOf = (config: Config, request: string | null): string =>
  config.publicUrl ?? (request === null ? 'http://localhost:8787' : new URL(request).origin)

/** A Worker that fetched its own host would ask itself, past nobody's guard: the host of the request is refused too. */
const refusingHost = (fetcher: MediaFetcher, baseUrl: string): MediaFetcher => ({
  fetchMedia: (url, options) =>
    fetcher.fetchMedia(url, {
      ...options,
      ...(baseUrl === '' ? {} : { refusedHosts: [new URL(baseUrl).hostname] }),
    }),
})

/** Hands a request on to an account's simulated network, the prefix of its path taken off. */
function toNetwork(env: Bindings, request: Request, account: string, prefix: RegExp): Promise<Response> {
  const url = new URL(request.url)
  const target = simulatorUrl(account, `${url.pathname.replace(prefix, '') || '/'}${url.search}`)
  return env.SIMULATOR.getByName(account).fetch(new Request(target, request))
}

async function servicesOf(url: string, wiring: Wiring): Promise<Services> {
  const { config, admission, delivery } = wiring
  const ports = await wiring.messaging(baseUrlOf(config, url))
  return {
    messaging: createMessaging(ports),
    authenticate: (authorization, host) => authenticate(ports.accounts, authorization, host),
    takeHook: (vendor, hook) => takeHook(ports, vendor, { ...hook, now: delivery.clock.now() }),
    publicMedia: {
      async find(token) {
        const id = await ports.links.open(token)
        const media = id === null ? null : await ports.media.findById(id)
        if (media === null) return fail({ code: 'not_found', what: 'media' })
        const gone = media.deletedAt !== null || media.expiresAt <= delivery.clock.now()
        return gone ? fail({ code: 'media_expired' }) : ok(media)
      },
      open: (media, range) => ports.media.open(media, range),
      now: () => delivery.clock.now(),
    },
    admission,
    webhooks: createWebhooks(wiring.webhooks),
    stream: createStream(wiring.stream),
    limits: {
      file: DEFAULTS.fileLimit,
      request: DEFAULTS.requestLimit,
      json: DEFAULTS.jsonLimit,
      hook: DEFAULTS.hookLimit,
      attachedLifetime: DEFAULTS.attachedLifetime,
      pageSize: DEFAULTS.pageSize,
      pageLimit: DEFAULTS.pageLimit,
    },
  }
}

function wireUp(env: Bindings, clock: Clock, log: MessagingPorts['log']): Wiring {
  const config = readConfig(env)
  const { pauseAt } = config
  const accounts = createAccountStore({ db: env.DB })
  const numbers = createNumberStore({ db: env.DB })
  const claims = createClaimStore({ db: env.DB })
  const stored = createMediaStore({ db: env.DB, bucket: env.MEDIA })
  const media = { ...stored, put: pauseAfter(pauseAt, 'blob', stored.put) }
  const indexed = createIndexStore({ db: env.DB })
  const index = { ...indexed, project: pauseAfter(pauseAt, 'index', indexed.project) }
  const reached = createConversations(env.CONVERSATION)
  const conversations = { ...reached, accept: pauseAfter(pauseAt, 'commit', reached.accept) }
  const admission = createAdmission({
    limit: DEFAULTS.admissionBytes,
    lifetime: DEFAULTS.admissionLifetime,
    patience: 8_000,
    clock,
  })
  const fetcher = createMediaFetcher({
    fetch: (url, init) => fetch(url, init),
    clock,
    refusedHosts: config.publicUrl === null ? [] : [new URL(config.publicUrl).hostname],
    log,
  })

  const keys = new Map<string, CryptoKey>()
  const key = async (secret: string, purpose: string): Promise<CryptoKey> => {
    const name = `${purpose}\0${secret}`
    const known = keys.get(name)
    if (known !== undefined) return known
    // The key is kept, not the promise of it: a request that is cancelled must not leave others waiting.
    const derived = await deriveKey(secret, purpose)
    keys.set(name, derived)
    return derived
  }
  const root = (purpose: string): Promise<CryptoKey> => key(config.rootKey ?? '', purpose)
  const links = async (baseUrl: string): Promise<MediaLinks> =>
    createMediaLinks({
      keys: await Promise.all(config.urlKeys.map((secret) => key(secret, 'media-url'))),
      baseUrl,
      maxLifetime: DEFAULTS.publicUrlLifetime,
      clock,
    })

  const simulatorKey = (): Promise<CryptoKey> => root('simulator-webhook')
  const simulator = createSimulatorCarrier({
    fetch: async (request) => {
      const account = parseSimulatorUrl(new URL(request.url))?.account
      if (account === undefined) throw new Error('Not an address of the simulated network')
      return await env.SIMULATOR.getByName(account).fetch(request)
    },
    clock,
    secret: simulatorKey,
  })
  const carriers: Partial<Record<VendorName, Carrier>> = {
    simulator: {
      ...simulator,
      submit: pauseBefore(pauseAt, 'submit', pauseAfter(pauseAt, 'answer', simulator.submit)),
    },
  }
  const carrier = (vendor: VendorName): Carrier | null => carriers[vendor] ?? null

  const keepUntil = async (account: string, now: number): Promise<number> => {
    const days = await accounts.retentionDays(account)
    return now + (days === null ? DEFAULTS.messageLifetime : days * 86_400_000)
  }

  const webhooks = createWebhookStore({ db: env.DB })
  const eventsOut = createEventsOut({
    liveNamespace: env.LIVE,
    subscriberNamespace: env.SUBSCRIBER,
    webhooks,
    fetch: (url, init) => fetch(url, init),
    clock,
    random: Math.random,
    secretKey: () => root('webhook-secret'),
    urlRules: {
      refusedHosts: config.publicUrl === null ? [] : [new URL(config.publicUrl).hostname],
      local: config.local,
    },
    represent: representEvent,
    log,
  })

  return {
    config,
    admission,
    fetcher,
    links,
    simulatorKey,
    demoReady: false,
    eventsOut,
    webhooks: { clock, store: webhooks, numbers, events: eventsOut, log },
    stream: { clock, lives: eventsOut.lives, ticketKey: () => root('stream-ticket') },
    delivery: {
      events: eventsOut.lives,
      clock,
      random: Math.random,
      index,
      media,
      numbers,
      fetcher,
      carrier,
      publicUrl: async (id, name) =>
        (await links(baseUrlOf(config, null))).url(id, name, DEFAULTS.publicUrlLifetime),
      keepInboundUntil: keepUntil,
      log,
    },
    messaging: async (baseUrl) => ({
      clock,
      accounts,
      numbers,
      recipients: createRecipientStore({ db: env.DB }),
      claims,
      media,
      index,
      conversations,
      fetcher: refusingHost(fetcher, baseUrl),
      carrier,
      links: await links(baseUrl),
      admission,
      conversationSecret: await root('conversation-id'),
      settings: DEFAULTS,
      log,
    }),
  }
}
