import { SELF } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, expect, it } from 'vitest'
import { createIndexStore } from '../../src/store/index-store.ts'
import { migrated } from '../store/bindings.ts'

const { BELINO_ROOT_KEY } = env as unknown as { BELINO_ROOT_KEY: string }

let key = ''
let account = ''
const ask = async (path: string, bearer: string, init: RequestInit = {}): Promise<Response> =>
  await SELF.fetch(`https://gateway.example${path}`, {
    ...init,
    headers: { authorization: `Bearer ${bearer}` },
  })

beforeAll(async () => {
  const db = await migrated()
  const made = await ask('/v1/accounts', BELINO_ROOT_KEY, {
    method: 'POST',
    body: JSON.stringify({ name: 'Bakery' }),
  })
  const body = (await made.json()) as { id: string; keys: { key: string }[] }
  account = body.id
  key = body.keys[0]!.key
  const index = createIndexStore({ db })
  const common = { vendor: 'simulator', vendorId: 'sim_gone', body: '{"state":"delivered"}' } as const
  await index.park({ ...common, account, eventId: 'mine:delivered', at: 2_000 })
  await index.park({ ...common, account: null, eventId: 'unknown:delivered', at: 1_000 })
  await index.sweep(5_000, 5_000)
})

it('an account sees what came for it and found nothing', async () => {
  const answer = await ask('/v1/orphans', key)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({
    orphans: [
      {
        vendor: 'simulator',
        event: 'mine:delivered',
        account,
        vendor_id: 'sim_gone',
        at: '1970-01-01T00:00:02.000Z',
        said: { state: 'delivered' },
      },
    ],
    next: null,
  })
})

it('whoever runs the gateway sees all of it, and nobody else does', async () => {
  const first = await ask('/v1/accounts/orphans?limit=1', BELINO_ROOT_KEY)
  const page = (await first.json()) as { orphans: { event: string }[]; next: string }
  expect(page.orphans.map(({ event }) => event)).toEqual(['mine:delivered'])
  const second = await ask(`/v1/accounts/orphans?cursor=${encodeURIComponent(page.next)}`, BELINO_ROOT_KEY)
  expect(await second.json()).toMatchObject({
    orphans: [{ event: 'unknown:delivered', account: null }],
    next: null,
  })
  expect((await ask('/v1/accounts/orphans', key)).status).toBe(401)
  expect((await ask('/v1/orphans?cursor=made-up', key)).status).toBe(400)
})
