import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exerciseSinch } from '../../scripts/lib/sinch-exercise.mjs'
import { DEV_KEY, type Gateway, startGateway } from './harness.ts'
import { photo } from './photo.ts'

/** The Conversation API over HTTP, used by the vendor's own client library as it is, and by who means no good. */

const ACCOUNT = 'acc_demo000000000000000000'
let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway?.close())

it('is taken for Sinch by Sinch\u2019s own library', { timeout: 300_000 }, async () => {
  const { lines, problems, callbacks } = await exerciseSinch({
    origin: gateway.url.origin,
    key: DEV_KEY,
    picture: await photo(320, 240),
  })
  expect(problems).toEqual([])
  expect(lines).toHaveLength(13)
  expect(Object.keys(callbacks).sort()).toEqual([
    'CAPABILITY',
    'CONTACT_CREATE',
    'CONTACT_DELETE',
    'CONTACT_MERGE',
    'CONTACT_UPDATE',
    'CONVERSATION_DELETE',
    'CONVERSATION_START',
    'CONVERSATION_STOP',
    'MESSAGE_DELIVERY',
    'MESSAGE_INBOUND',
    'MESSAGE_SUBMIT',
    'OPT_IN',
    'OPT_OUT',
  ])
})

describe('at the door', () => {
  const at = (path: string): string => `/dialects/sinch/v1/projects/${ACCOUNT}${path}`
  const token = async (secret: string, body = 'grant_type=client_credentials') =>
    await gateway.json('/dialects/sinch/oauth2/token', {
      method: 'POST',
      key: null,
      body,
      headers: {
        authorization: `Basic ${btoa(`id:${secret}`)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
    })

  it('gives a token for a key, and nothing for anything else', async () => {
    const given = await token(DEV_KEY)
    expect(given).toMatchObject({ status: 200, body: { expires_in: 3600, token_type: 'bearer', scope: '' } })
    expect(given.headers.get('cache-control')).toBe('no-store')
    expect(given.body.access_token).not.toContain(DEV_KEY)
    const apps = await gateway.json(at('/apps'), { key: given.body.access_token })
    expect(apps).toMatchObject({ status: 200, body: { apps: [] } })
    expect(await token('no key')).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect(await token(DEV_KEY, 'grant_type=password')).toMatchObject({
      status: 400,
      body: { error: 'unsupported_grant_type' },
    })
    // The key itself is no token: the vendor has no such thing.
    for (const key of [null, DEV_KEY, `${given.body.access_token}x`, 'a.b.c'])
      expect(await gateway.json(at('/apps'), { key })).toMatchObject({
        status: 401,
        body: { error: { code: 401, status: 'UNAUTHENTICATED' } },
      })
  })

  it('refuses in the vendor\u2019s shape what is wrong, unknown, or not served', async () => {
    const { body } = await token(DEV_KEY)
    const key = body.access_token
    const other = await gateway.json('/dialects/sinch/v1/projects/acc_other/apps', { key })
    expect(other).toMatchObject({ status: 404, body: { error: { code: 404, status: 'NOT_FOUND' } } })
    for (const [path, init, status, word] of [
      ['/messages:send', { json: {} }, 400, 'INVALID_ARGUMENT'],
      ['/messages:send', { method: 'POST', body: '{' }, 400, 'INVALID_ARGUMENT'],
      ['/messages:send', { json: { app_id: 'none', recipient: {}, message: {} } }, 404, 'NOT_FOUND'],
      ['/messages/msg_none', {}, 404, 'NOT_FOUND'],
      ['/webhooks/none', { method: 'DELETE' }, 404, 'NOT_FOUND'],
      ['/events:send', { json: {} }, 501, 'UNIMPLEMENTED'],
      ['/messages?page_token=forged', {}, 400, 'INVALID_ARGUMENT'],
    ] as const)
      expect(await gateway.json(at(path), { ...init, key }), path).toMatchObject({
        status,
        body: { error: { code: status, status: word } },
      })
  })

  it('takes nothing that is none, however it looks', async () => {
    const { body } = await token(DEV_KEY)
    const key = body.access_token
    const made = await gateway.json(at('/apps'), {
      key,
      json: { display_name: 'Bad input', channel_credentials: [] },
    })
    const app_id = made.body.id
    const deep = '['.repeat(20_000) + ']'.repeat(20_000)
    // As they are written: some of them no program would write.
    const nasty = [
      'null',
      '7',
      '""',
      `"${'x'.repeat(20_000)}"`,
      '"\\ud800"',
      '[]',
      '{}',
      '[null]',
      '1e308',
      deep,
    ]
    nasty.push('{"__proto__": {"text_message": {"text": "a"}}}', '{"length": 1}', '')
    const recipient = { identified_by: { channel_identities: [{ channel: 'MMS', identity: '16135550141' }] } }
    const shapes: [string, (one: unknown) => unknown][] = [
      ['/messages:send', (one) => one],
      ['/messages:send', (one) => ({ app_id, recipient: one, message: { text_message: { text: 'a' } } })],
      ['/messages:send', (one) => ({ app_id, recipient, message: one })],
      ['/messages:send', (one) => ({ app_id, recipient, message: { text_message: { text: one } } })],
      ['/messages:send', (one) => ({ app_id, recipient, message: { carousel_message: { cards: one } } })],
      ['/messages:send', (one) => ({ app_id, recipient, message: {}, conversation_metadata: { a: one } })],
      ['/messages:transcode', (one) => ({ app_id, app_message: one, channels: ['MMS'] })],
      ['/apps', (one) => ({ display_name: 'a', channel_credentials: one })],
      ['/apps', (one) => ({ display_name: 'a', channel_credentials: [], retention_policy: one })],
      ['/webhooks', (one) => ({ app_id, target: one })],
      ['/contacts', (one) => ({ channel_identities: one })],
      ['/contacts', (one) => ({ channel_identities: [{ channel: 'MMS', identity: one }] })],
      ['/conversations', (one) => ({ app_id, contact_id: one })],
      ['/templates', (one) => ({ translations: [{ language_code: 'en', content: one }] })],
      [
        '/templates',
        (one) => ({ translations: [{ language_code: 'en', text_message: { text: 'a' }, extra: one }] }),
      ],
    ]
    for (const [path, shape] of shapes) {
      const ask = async (one: string): Promise<void> => {
        const init = { method: 'POST', body: JSON.stringify(shape('@@')).replace('"@@"', one), key }
        const { status, body } = await gateway.json(at(path), init)
        const what = `${path} ${init.body.slice(0, 120)} ${JSON.stringify(body).slice(0, 120)}`
        expect(status, what).toBeLessThan(500)
        if (status !== 200) expect(body.error.code, what).toBe(status)
      }
      await Promise.all(nasty.map(ask))
    }
    const large = await gateway.json(at('/messages:send'), { method: 'POST', body: ' '.repeat(300_001), key })
    expect(large.status).toBe(400)
  })

  it('reaches no further than the scopes of the key', async () => {
    const made = await gateway.json('/v1/keys', { json: { name: 'Reader', scopes: ['read'], test: true } })
    expect(made.status, JSON.stringify(made.body)).toBe(201)
    const { body } = await token(made.body.key)
    const key = body.access_token
    expect((await gateway.json(at('/apps'), { key })).status).toBe(200)
    for (const [path, json] of [
      ['/apps', { display_name: 'No' }],
      ['/webhooks', { app_id: 'a', target: 'https://c.example/' }],
      ['/contacts', { channel_identities: [] }],
      ['/templates', { translations: [] }],
      ['/conversations', { app_id: 'a', contact_id: 'c' }],
      ['/messages:send', { app_id: 'a', recipient: {}, message: {} }],
    ] as const)
      expect(await gateway.json(at(path), { key, json })).toMatchObject({
        status: 403,
        body: { error: { status: 'PERMISSION_DENIED' } },
      })
    // What is posted and only asks is a question.
    const json = { app_id: 'none', app_message: { text_message: { text: 'a' } }, channels: ['MMS'] }
    expect((await gateway.json(at('/messages:transcode'), { key, json })).status).toBe(404)
    const writer = await gateway.json('/v1/keys', { json: { name: 'Writer', scopes: ['send'], test: true } })
    const { access_token } = (await token(writer.body.key)).body
    expect((await gateway.json(at('/contacts'), { key: access_token })).status).toBe(403)
  })
})

it('lists the messages of every conversation to the native API too', async () => {
  const all: { id: string; created_at: string; direction: string }[] = []
  for (let cursor = ''; ; ) {
    const { status, body } = await gateway.json(`/v1/messages?limit=7${cursor && `&cursor=${cursor}`}`)
    expect(status).toBe(200)
    all.push(...body.messages)
    if (body.next === null) break
    cursor = body.next
  }
  expect(new Set(all.map((one) => one.id)).size).toBe(all.length)
  expect(all.map((one) => one.created_at)).toEqual(
    all
      .map((one) => one.created_at)
      .sort()
      .reverse(),
  )
  const inbound = await gateway.json('/v1/messages?direction=inbound&member=%2B16135550140')
  expect(inbound.body.messages.length).toBe(all.filter((one) => one.direction === 'inbound').length)
  for (const query of ['direction=up', 'member=nobody', 'after=yesterday', 'channel=fax', 'cursor=forged'])
    expect((await gateway.json(`/v1/messages?${query}`)).status).toBe(400)
})
