import { Hono } from 'hono'
import { baseRoutePath } from 'hono/route'
import { type ConversationClass, createConversation } from './delivery/conversation.ts'
import { createFitLease, type FitLeaseClass } from './delivery/fit-lease.ts'
import { createLive, type LiveClass } from './delivery/live.ts'
import { createNumber, type NumberClass } from './delivery/number.ts'
import { numberPace } from './delivery/number-pace.ts'
import { createSubscriber, type SubscriberClass } from './delivery/subscriber.ts'
import type { Clock } from './domain/ports.ts'
import { StorageError } from './domain/storage-error.ts'
import type { Bindings } from './gateway/bindings.ts'
import { createFitter, type FitterClass, fitterOf } from './gateway/fitter.ts'
import { servicesOf, toNetwork } from './gateway/services.ts'
import { baseUrlOf, ensureDemo, type Wiring, wireUp } from './gateway/wiring.ts'
import { createInbox } from './inbox/pages.tsx'
import { DEMO_ACCOUNT } from './messaging/demo.ts'
import { isLoopback } from './messaging/keys.ts'
import { refit } from './messaging/refit.ts'
import { sweep } from './messaging/sweep.ts'
import { accountRoutes } from './routes/accounts.ts'
import { failed } from './routes/answer.ts'
import { createApi } from './routes/api.ts'
import type { Services } from './routes/env.ts'
import { errorsPage } from './routes/errors-page.ts'
import { fitUrlRoutes } from './routes/fit-url.ts'
import { fundRoutes } from './routes/fund.ts'
import { hookRoutes } from './routes/hooks.ts'
import { linkPageRoutes } from './routes/link-page.ts'
import { openApi } from './routes/openapi.ts'
import { allOrphansRoutes } from './routes/orphans.ts'
import { publicMediaRoutes } from './routes/public-media.ts'
import { referencePage } from './routes/reference-page.ts'
import { requireKey } from './routes/require-key.ts'
import { sessionOf, sessionRoutes } from './routes/session.ts'
import { streamRoutes } from './routes/stream.ts'
import { createMm7Dialect } from './vendors/mm7/dialect.ts'
import { createSimulatorNetwork } from './vendors/simulator/network.ts'
import { createSimulatorPages } from './vendors/simulator/page.tsx'
import { createSinchDialect } from './vendors/sinch/dialect.ts'

/** What a user may set in code; everything else comes from the environment. */
export type BelinoOptions = {
  /** Tells of failures of our own; never of numbers, texts or keys. Prints JSON lines unless given. */
  readonly log?: (event: string, facts: Record<string, string | number | null>) => void
  readonly clock?: Clock
}

export type { Bindings }

/** Belino, ready to be exported from a Worker or mounted in one. */
export type Belino = {
  readonly app: Hono<{ Bindings: Bindings; Variables: Services }>
  readonly fetch: (request: Request, env: Bindings, ctx: ExecutionContext) => Response | Promise<Response>
  readonly scheduled: (controller: ScheduledController, env: Bindings, ctx: ExecutionContext) => Promise<void>
  readonly Conversation: ConversationClass<Bindings>
  /** Exported from a Worker under this name, as wrangler.toml has it; inside a module it would hide the global. */
  readonly Number: NumberClass<Bindings>
  readonly Subscriber: SubscriberClass<Bindings>
  readonly Live: LiveClass<Bindings>
  readonly FitLease: FitLeaseClass<Bindings>
  /** What conversations have made smaller when a carrier calls it too large. */
  readonly Fitter: FitterClass
  readonly SimulatorNetwork: ReturnType<typeof createSimulatorNetwork<Bindings>>
}

const printed = (event: string, facts: Record<string, string | number | null>): void =>
  console.log(JSON.stringify({ event, ...facts }))

/**
 * Puts Belino together.
 *
 * @example
 * ```ts
 * const belino = createBelino()
 * export const { Conversation, Number: NumberLine, Subscriber, Live, Fitter, FitLease, SimulatorNetwork } = belino
 * export { NumberLine as Number }
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

  // Where another app has put this one: `/mms`, or nothing. Whoever strips the prefix sets BELINO_PUBLIC_URL instead.
  app.use(async (c, next) => {
    c.set('base', baseRoutePath(c).replace(/\/+$/, ''))
    await next()
  })
  app.get('/health', (c) => c.json({ ok: true }))
  app.get('/docs/errors', errorsPage)
  const described = (c: { req: { url: string }; get: (name: 'base') => string }) =>
    openApi(app.routes, `${new URL(c.req.url).origin}${c.get('base')}`)
  app.get('/openapi.json', (c) => c.json(described(c)))
  app.get('/docs', (c) => referencePage(c, described(c)))

  app.use(async (c, next) => {
    const wiring = wire(c.env)
    const { config } = wiring
    if (config.rootKey === null) return failed(c, { code: 'not_configured' })
    if (config.local) await ensureDemo(wiring)
    for (const [name, service] of Object.entries(await servicesOf(c.req.url, c.get('base'), wiring)))
      c.set(name as keyof Services, service)
    await next()
    return undefined
  })

  app.route('/v1/stream', streamRoutes())
  app.route('/v1/accounts', accountRoutes())
  app.route('/v1/accounts', fundRoutes())
  app.route('/v1/accounts', allOrphansRoutes())
  app.route('/v1', createApi())
  app.route('/m', publicMediaRoutes())
  app.route('/l', linkPageRoutes())
  app.route('/fit', fitUrlRoutes())
  app.route('/hooks', hookRoutes())
  app.route('/dialects/mm7', createMm7Dialect())
  app.route('/dialects/sinch', createSinchDialect())

  // The simulated network by API: a test key reaches it in production too, each account its own.
  const simulator = new Hono<{ Bindings: Bindings; Variables: Services & { caller: { account: string } } }>()
  simulator.use(requireKey as never)
  simulator.all('/*', (c) => toNetwork(c.env, c.req.raw, c.get('caller').account, /^.*?\/v1\/simulator/))
  app.route('/v1/simulator', simulator)

  // The message center is a client of the API that happens to be served from here.
  const isLocal = (c: { env: Bindings; req: { url: string } }): boolean =>
    wire(c.env).config.local && isLoopback(new URL(c.req.url).hostname)
  app.route('/session', sessionRoutes())
  app.route(
    '/',
    createInbox<{ Bindings: Bindings; Variables: Services }>({
      visitor: (c) => sessionOf(c as never),
      local: isLocal,
    }),
  )

  // The simulated network's pages: in local development they show the demo account's, elsewhere nobody's.
  app.route(
    '/',
    createSimulatorPages<{ Bindings: Bindings; Variables: Services }>({
      network: (account, c) => c.env.SIMULATOR.getByName(account),
      account: (c) => (isLocal(c) ? DEMO_ACCOUNT : null),
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

  const Conversation = createConversation<Bindings>((env, ctx) => ({
    ...wire(env).delivery,
    fitter: fitterOf(ctx),
  }))
  const Fitter = createFitter(async (env, request) => {
    const wiring = wire(env)
    return await refit(await wiring.messaging(baseUrlOf(wiring.config, null)), request)
  })
  const NumberLine = createNumber<Bindings>((env) => ({
    clock,
    paceOf: (account, number) => numberPace(wire(env).delivery, account, number),
  }))
  const Subscriber = createSubscriber<Bindings>((env) => wire(env).eventsOut.subscriber)
  const Live = createLive<Bindings>((env) => wire(env).eventsOut.live)
  const FitLease = createFitLease<Bindings>(() => ({ clock }))
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
    Number: NumberLine,
    Subscriber,
    Live,
    Fitter,
    FitLease,
    SimulatorNetwork,
  }
}
