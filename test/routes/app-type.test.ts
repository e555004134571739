import { SELF } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { hc } from 'hono/client'
import { beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import type { AppType } from '../../src/routes/app-type.ts'
import { migrated } from '../store/bindings.ts'

/** Hono's typed client on the type of the API: what it lets somebody write, and that it reaches the routes it names. */

const { v1 } = hc<AppType>('https://gateway.example', {
  headers: { authorization: 'Bearer no-key-of-anybody' },
  fetch: (input: RequestInfo | URL, init?: RequestInit) => SELF.fetch(input as string, init as never),
})

beforeAll(async () => {
  await migrated()
})

describe('the typed client', () => {
  it('knows bodies, parameters, queries and answers', () => {
    expectTypeOf(v1.messages.$post).parameter(0).toHaveProperty('json')
    type Sending = Parameters<typeof v1.messages.$post>[0]['json']
    expectTypeOf<{ to: string; text: string }>().toExtend<Sending>()
    expectTypeOf<{ to: string[]; media: { url: string; alt: string }[] }>().toExtend<Sending>()
    expectTypeOf<{ text: string }>().not.toExtend<Sending>()
    expectTypeOf<{ to: string; chanel: 'sms' }>().not.toEqualTypeOf<Sending>()
    expectTypeOf<{ to: string; channel: 'fax' }>().not.toExtend<Sending>()
    expectTypeOf<Parameters<(typeof v1.messages)[':id']['$get']>[0]>().toExtend<{ param: { id: string } }>()
    expectTypeOf<NonNullable<Parameters<(typeof v1.conversations)['$get']>[0]>>().toExtend<{
      query?: { unread?: string; cursor?: string } | undefined
    }>()
    // @ts-expect-error there is no such route
    v1.massages
    // @ts-expect-error nothing is deleted there
    v1.numbers.$delete
  })

  it('tells a good answer from an error by its status', async () => {
    const answer = await v1.messages[':id'].$get({ param: { id: 'msg_1' } })
    if (answer.status === 200) {
      const message = await answer.json()
      expectTypeOf(message.state).toExtend<string>()
      expectTypeOf(message.timeline[0]!.at).toEqualTypeOf<string>()
      expectTypeOf(message.parts[0]!.alt).toEqualTypeOf<string | null>()
      // @ts-expect-error there is no such field
      message.status
      throw new Error('A key of nobody opened a message')
    }
    expect(answer.status).toBe(401)
    const { error } = await answer.json()
    expectTypeOf(error.code).toExtend<string>()
    expect(error).toMatchObject({ code: 'unauthorized', retryable: false })
  })

  it('reaches the routes that it names', async () => {
    const root = {
      headers: { authorization: `Bearer ${(env as unknown as { BELINO_ROOT_KEY: string }).BELINO_ROOT_KEY}` },
    }
    const made = await v1.accounts.$post({ json: { name: 'Bakery' } }, root)
    expect(made.status).toBe(201)
    if (made.status !== 201) return
    const account = await made.json()
    const mine = { headers: { authorization: `Bearer ${account.keys[0]?.key}` } }
    const added = await v1.numbers.$post({ json: { number: '+14165550155', vendor: 'simulator' } }, mine)
    expect(added.status).toBe(201)
    const one = await v1.numbers[':number'].$get({ param: { number: '+14165550155' } }, mine)
    expect(one.status).toBe(200)
    const checked = await v1['messages:check'].$post({ json: { to: '+16135550123', text: 'Hello' } }, mine)
    expect(checked.status).toBe(200)
    expect(await checked.json()).toMatchObject({ errors: [{ code: expect.any(String) }], channel: null })
    const page = await v1.conversations.$get({ query: { limit: '10', unread: 'true' } }, mine)
    expect(await page.json()).toEqual({ conversations: [], next: null })
  })
})
