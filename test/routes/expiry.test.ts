import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Bindings, createBelino } from '../../src/gateway.ts'
import { hashKey } from '../../src/messaging/keys.ts'
import { createAccountStore } from '../../src/store/accounts.ts'

const DAY = 86_400_000
const bindings: Bindings & { TEST_MIGRATIONS: Parameters<typeof applyD1Migrations>[1] } = {
  ...(env as unknown as Bindings & { TEST_MIGRATIONS: Parameters<typeof applyD1Migrations>[1] }),
  BELINO_LOCAL: '1',
  BELINO_DEV_KEY: 'dev-key',
}

/** Text is media too, and needs no decoder. */
const note = (words: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(words) as Uint8Array<ArrayBuffer>

let now = Date.UTC(2026, 5, 1)
const belino = createBelino({ clock: { now: () => now }, log: () => {} })
const ctx = {
  waitUntil: () => {},
  passThroughOnException: () => {},
  props: {},
} as unknown as ExecutionContext

const ask = async (path: string, init: RequestInit = {}): Promise<Response> =>
  await belino.fetch(
    new Request(`http://localhost${path}`, {
      ...init,
      headers: { authorization: 'Bearer dev-key', ...init.headers },
    }),
    bindings,
    ctx,
  )
const upload = async (
  bytes: Uint8Array<ArrayBuffer>,
): Promise<{ id: string; sha256: string; expires_at: string }> => {
  const answer = await ask('/v1/media', { method: 'POST', body: bytes })
  expect(answer.status).toBe(201)
  return await answer.json()
}
const sweep = (): Promise<void> => belino.scheduled({} as ScheduledController, bindings, ctx)
const blobs = async (): Promise<string[]> => (await bindings.MEDIA.list()).objects.map((one) => one.key)

beforeAll(() => applyD1Migrations(bindings.DB, bindings.TEST_MIGRATIONS))

describe('media has two clocks', () => {
  it('a public URL ends within seven days, and before its file does', async () => {
    const stored = await upload(note('A note with a URL'))
    const { url } = await (await ask(`/v1/media/${stored.id}`)).json<{ url: string }>()
    const path = new URL(url).pathname
    expect((await ask(path)).status).toBe(200)
    now += 7 * DAY - 120_000
    expect((await ask(path)).status).toBe(200)
    now += 120_000 + 60_000
    expect((await ask(path)).status).toBe(404)
  })

  it('after its time a file answers 410, its bytes are deleted and its row says so', async () => {
    const stored = await upload(note('A note that expires'))
    expect(await blobs()).toContainEqual(expect.stringContaining(stored.sha256))
    now = Date.parse(stored.expires_at) + 1
    expect((await ask(`/v1/media/${stored.id}`)).status).toBe(410)
    await sweep()
    // Marked first: somebody may be uploading the same bytes at this moment.
    expect(await blobs()).toContainEqual(expect.stringContaining(stored.sha256))
    now += 3_600_000 + 1
    await sweep()
    await sweep()
    expect(await blobs()).not.toContainEqual(expect.stringContaining(stored.sha256))
    const gone = await ask(`/v1/media/${stored.id}`)
    expect(gone.status).toBe(410)
    expect(await gone.json()).toMatchObject({ error: { code: 'media_expired' } })
    const send = await ask('/v1/messages', {
      method: 'POST',
      body: JSON.stringify({ to: '+16135550123', media: [{ id: stored.id }] }),
      headers: { 'content-type': 'application/json' },
    })
    expect(send.status).toBe(410)
  })

  it('bytes live as long as their last reference', async () => {
    const first = await upload(note('The same words'))
    now += 5 * DAY
    const second = await upload(note('The same words'))
    expect(second.sha256).toBe(first.sha256)
    now = Date.parse(first.expires_at) + 1
    await sweep()
    now += 3_600_001
    await sweep()
    expect((await ask(`/v1/media/${first.id}`)).status).toBe(410)
    expect((await ask(`/v1/media/${second.id}`)).status).toBe(200)
    expect(await blobs()).toContainEqual(expect.stringContaining(first.sha256))
  })
})

describe('other accounts', () => {
  it("S-8: another account's media, message and conversation are 404", async () => {
    const stored = await upload(note('Mine alone'))
    const accounts = createAccountStore({ db: bindings.DB })
    await accounts.provision(
      { id: 'acc_other00000000000000000', name: 'Other' },
      {
        key: 'key_other00000000000000000',
        hash: await hashKey('other-key'),
        name: 'Other',
        scopes: ['read', 'send'],
        test: false,
        localOnly: false,
      },
      now,
    )
    const headers = { authorization: 'Bearer other-key' }
    const sent = await ask('/v1/messages', {
      method: 'POST',
      body: JSON.stringify({ to: '+16135550123', text: 'Mine' }),
      headers: { 'content-type': 'application/json' },
    })
    const message = await sent.json<{ id: string; conversation: string }>()
    for (const path of [
      `/v1/media/${stored.id}`,
      `/v1/messages/${message.id}`,
      `/v1/conversations/${message.conversation}/messages`,
    ]) {
      expect((await ask(path)).status).toBe(200)
      expect((await ask(path, { headers })).status).toBe(404)
    }
    const taken = await ask('/v1/messages', {
      method: 'POST',
      body: JSON.stringify({ from: '+14165550100', to: '+16135550123', media: [{ id: stored.id }] }),
      headers: { ...headers, 'content-type': 'application/json' },
    })
    expect(taken.status).toBe(400)
  })
})
