import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { createSimulatorCarrier } from '../../../src/vendors/simulator/carrier.ts'
import type { ThreadView } from '../../../src/vendors/simulator/network-api.ts'
import { parseSimulatorUrl, simulatorUrl } from '../../../src/vendors/simulator/wire.ts'
import { hookKey, PHONE, submission } from './far-side.ts'

const bindings = env as unknown as {
  DB: D1Database
  SIMULATOR: DurableObjectNamespace
  TEST_MIGRATIONS: Parameters<typeof applyD1Migrations>[1]
}

beforeAll(() => applyD1Migrations(bindings.DB, bindings.TEST_MIGRATIONS))

describe('the network as the Worker exports it', () => {
  it('hands its receipts to the real route by itself, signed with the key that the route checks', async () => {
    const account = 'acc_000000000000000000000w'
    const stub = bindings.SIMULATOR.getByName(account)
    const carrier = createSimulatorCarrier({
      clock: { now: () => Date.now() },
      secret: () => hookKey(),
      fetch: (request) => {
        expect(parseSimulatorUrl(new URL(request.url))).toEqual({ account, path: '/submit' })
        return stub.fetch(request)
      },
    })
    const now = Date.now()
    const sent = submission({ account, createdAt: now, validUntil: now + 60_000 })
    expect((await carrier.submit(sent)).kind).toBe('accepted')
    let answers: (number | null)[] = []
    for (let tries = 0; tries < 100 && answers.filter((one) => one !== null).length < 2; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      const view = await (
        await stub.fetch(simulatorUrl(account, `/handsets/${PHONE}/messages`))
      ).json<ThreadView>()
      answers = view.messages[0]!.webhooks.map((one) => one.answer)
    }
    // The message is none of the gateway's, which takes its receipts all the same and keeps them apart.
    expect(answers).toEqual([200, 200])
  })
})
