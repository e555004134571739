import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { Carrier, HookOutcome, Submission, SubmissionPart } from '../../../src/vendors/contract.ts'
import { createSimulatorCarrier } from '../../../src/vendors/simulator/carrier.ts'
import { createSimulatorNetwork } from '../../../src/vendors/simulator/network.ts'
import type { ThreadView } from '../../../src/vendors/simulator/network-api.ts'
import { simulatorUrl } from '../../../src/vendors/simulator/wire.ts'

/** Late enough that no alarm set by a test rings while anything runs. */
export const START = Date.parse('2090-01-01T00:00:00Z')

export const ACCOUNT = 'acc_0000000000000000000001'
export const OURS = '+14165550100'
export const PHONE = '+14165550142'

/** The key of webhook signatures. */
export const hookKey = (text = 'a key for tests'): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', new TextEncoder().encode(text), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ])

/** A picture as far as headers go: SOI, a frame header with the size, filler, EOI. */
export function jpeg(width: number, height: number, bytes = 400): Uint8Array {
  const out = new Uint8Array(bytes)
  for (let i = 0; i < bytes; i++) out[i] = (i * 31) & 0x7f
  out.set([
    0xff,
    0xd8,
    0xff,
    0xc0,
    0,
    11,
    8,
    height >> 8,
    height & 255,
    width >> 8,
    width & 255,
    1,
    1,
    0x11,
    0,
  ])
  out.set([0xff, 0xd9], bytes - 2)
  return out
}

/** A part whose bytes are at hand. */
export const part = (name: string, type: string, bytes: Uint8Array): SubmissionPart => ({
  name,
  type,
  bytes: bytes.length,
  read: async () => bytes,
  url: async () => 'https://media.invalid/none',
})

/** A picture message to one phone, unless `change` says otherwise. */
export const submission = (change: Partial<Submission> = {}): Submission => ({
  account: ACCOUNT,
  reference: `msg_${crypto.randomUUID()}`,
  channel: 'mms',
  from: OURS,
  fromType: 'long-code',
  to: [PHONE],
  subject: null,
  text: null,
  parts: [part('image1.jpg', 'image/jpeg', jpeg(640, 480))],
  createdAt: START,
  validUntil: START + 3_600_000,
  ...change,
})

/** A network with its gateway's side, under a clock that a test moves. */
export type FarSide = {
  readonly carrier: Carrier
  readonly clock: { time: number; readonly now: () => number }
  /** What the gateway's route answers; 204 unless a test changes it. */
  readonly gateway: {
    status: number | 'silent'
    /** Real milliseconds that the next webhooks take, one each. */
    readonly delays: number[]
  }
  /** Every webhook that the gateway's route was sent, verified and parsed. */
  readonly hooks: HookOutcome[]
  readonly waits: number[]
  readonly http: (path: string, init?: RequestInit) => Promise<Response>
  readonly thread: (number: string) => Promise<ThreadView>
  /** Lets time pass and rings the alarm. */
  readonly pass: (ms: number) => Promise<void>
  readonly chaos: (faults: readonly Record<string, unknown>[], seed?: number) => Promise<void>
  readonly state: DurableObjectState
}

/** Runs a test against a network in the storage of a real Durable Object. */
export async function withNetwork(
  test: (far: FarSide) => Promise<void>,
  options: { account?: string; patience?: number } = {},
): Promise<void> {
  const account = options.account ?? ACCOUNT
  const namespace = (env as unknown as { SIMULATOR: DurableObjectNamespace }).SIMULATOR
  const stub = namespace.get(namespace.idFromName(crypto.randomUUID()))
  await runInDurableObject(stub, async (_instance, state) => {
    const clock = { time: START, now: () => clock.time }
    const gateway: FarSide['gateway'] = { status: 204, delays: [] }
    const hooks: HookOutcome[] = []
    const waits: number[] = []
    const secret = () => hookKey()
    const Network = createSimulatorNetwork(() => ({
      clock,
      secret,
      wait: async (ms) => {
        waits.push(ms)
      },
      deliver: async (_account, request) => {
        if (gateway.status === 'silent') throw new Error('nobody there')
        const delay = gateway.delays.shift()
        if (delay !== undefined) await new Promise((resolve) => setTimeout(resolve, delay))
        hooks.push(
          await carrier.receive({
            method: request.method,
            url: new URL(request.url),
            headers: request.headers,
            body: new Uint8Array(await request.arrayBuffer()),
            now: clock.now(),
          }),
        )
        return new Response(null, { status: gateway.status })
      },
    }))
    const network = new Network(state, env) as DurableObject & {
      fetch: (request: Request) => Promise<Response>
      alarm: () => Promise<void>
    }
    const carrier = createSimulatorCarrier({
      clock,
      secret,
      fetch: async (request) => network.fetch(request),
      ...(options.patience === undefined ? {} : { patience: options.patience }),
    })
    const http = async (path: string, init?: RequestInit): Promise<Response> =>
      network.fetch(new Request(simulatorUrl(account, path), init))
    await test({
      carrier,
      clock,
      gateway,
      hooks,
      waits,
      http,
      state,
      thread: async (number) => (await http(`/handsets/${number}/messages`)).json<ThreadView>(),
      pass: async (ms) => {
        clock.time += ms
        await network.alarm()
      },
      chaos: async (faults, seed = 1) => {
        const answer = await http('/chaos', { method: 'PUT', body: JSON.stringify({ faults, seed }) })
        if (answer.status !== 200) throw new Error(await answer.text())
      },
    })
  })
}
