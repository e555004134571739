import { createTestHarness, type WorkerHandle } from 'wrangler'
import { prebuiltWorker, root } from '../../scripts/lib/prebuilt-worker.mjs'
import { until } from './until.ts'

/** The key of the demo account, as local development has it. */
export const DEV_KEY = 'dev-key'

/** A request: as `fetch` takes it, with JSON to send instead of a body, and with another key or none. */
export type ApiInit = Omit<RequestInit, 'headers'> & {
  readonly headers?: Record<string, string>
  readonly json?: unknown
  /** The key to present; the demo account's unless given, none with null. */
  readonly key?: string | null
}

/** An answer whose body is JSON; null where there is none. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely; a wrong guess fails the test.
export type JsonAnswer = { readonly status: number; readonly headers: Headers; readonly body: any }

/** The Worker under test, reached as a client reaches it. */
export type Gateway = {
  readonly url: URL
  readonly worker: WorkerHandle
  /** Asks the Worker; paths are relative to its origin. */
  readonly api: (path: string, init?: ApiInit) => Promise<Response>
  /** The same, with the answer's JSON. */
  readonly json: (path: string, init?: ApiInit) => Promise<JsonAnswer>
  /** `POST /v1/messages` with JSON. */
  readonly send: (message: Record<string, unknown>, init?: ApiInit) => Promise<JsonAnswer>
  /** The simulated network by API: `simulator('/handsets/+16135550140/messages')`. */
  readonly simulator: (path: string, init?: ApiInit) => Promise<JsonAnswer>
  /** Waits until a message has one of the states, and gives it with its timeline. */
  readonly settled: (id: string, states?: readonly string[]) => Promise<JsonAnswer['body']>
  /** Runs the cron once. */
  readonly scheduled: () => Promise<void>
  /** What the Worker printed. */
  readonly logs: () => string[]
  readonly close: () => Promise<void>
}

/** What a test may change of the Worker's environment. */
export type GatewayOptions = {
  /** Variables beside, or instead of, those of local development; null takes one away. */
  readonly vars?: Record<string, string | null>
}

const LOCAL: Record<string, string> = {
  BELINO_ROOT_KEY: 'a root key of tests, which opens nothing anywhere',
  BELINO_LOCAL: '1',
  BELINO_DEV_KEY: DEV_KEY,
  BELINO_PUBLIC_URL: '',
  BELINO_URL_KEYS: '',
  BELINO_PAUSE_AT: '',
}

const ENDED = ['delivered', 'failed', 'expired', 'unconfirmed', 'canceled'] as const

/** Starts the built Worker in workerd with empty storage and the demo account. Close it when done. */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const secrets = Object.fromEntries(
    // A variable that is empty counts as not set, and so hides what a developer's own .dev.vars says.
    Object.entries({ ...LOCAL, ...options.vars }).map(([name, value]) => [name, value ?? '']),
  )
  const server = createTestHarness({
    root,
    workers: [{ configPath: 'wrangler.toml', prebuiltWorkerDir: await prebuiltWorker(), secrets }],
  })
  const { url } = await server.listen()
  const worker = server.getWorker()
  await worker.applyD1Migrations('DB')

  const api = (path: string, init: ApiInit = {}): Promise<Response> => {
    const { json, key, headers, ...rest } = init
    return fetch(new URL(path, url), {
      ...rest,
      ...(json === undefined ? {} : { method: init.method ?? 'POST', body: JSON.stringify(json) }),
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key ?? DEV_KEY}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
    })
  }
  const json = async (path: string, init?: ApiInit): Promise<JsonAnswer> => {
    const response = await api(path, init)
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
  }

  return {
    url,
    worker,
    api,
    json,
    send: (message, init) => json('/v1/messages', { ...init, json: message }),
    simulator: (path, init) => json(`/v1/simulator${path}`, init),
    settled: (id, states = ENDED) =>
      until(`message ${id} to be ${states.join(' or ')}`, async () => {
        const { status, body } = await json(`/v1/messages/${id}`)
        return status === 200 && states.includes(body.state) ? body : null
      }),
    scheduled: async () => {
      await worker.scheduled({ cron: '* * * * *', scheduledTime: new Date() })
    },
    logs: () => server.getLogs().map((entry) => entry.message),
    close: () => server.close(),
  }
}
