import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEV_KEY, type Gateway, startGateway } from './harness.ts'
import { until } from './until.ts'

const HANDSET = '+16135550180'
let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway?.close())

// biome-ignore lint/suspicious/noExplicitAny: tests look into events freely; a wrong guess fails the test.
type Client = { readonly socket: WebSocket; readonly seen: any[] }

async function connect(
  query = '',
  protocols: string[] = ['belino.v1', `bearer.${DEV_KEY}`],
): Promise<Client> {
  const url = new URL(`/v1/stream${query}`, gateway.url)
  url.protocol = 'ws:'
  const socket = new WebSocket(url, protocols)
  const seen: Client['seen'] = []
  socket.addEventListener('message', ({ data }) => seen.push(JSON.parse(data as string)))
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new Error('The socket did not open')))
  })
  return { socket, seen }
}

/** What an upgrade is answered that is not granted. Plain HTTP: `fetch` sends no such headers. */
function refused(query: string, headers: Record<string, string> = {}) {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely; a wrong guess fails the test.
  return new Promise<{ status: number | undefined; body: any }>((resolve, reject) => {
    const asked = request(new URL(`/v1/stream${query}`, gateway.url), {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    })
    asked.on('upgrade', (_response, socket) => {
      socket.destroy()
      reject(new Error('The upgrade was granted'))
    })
    asked.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) }),
      )
    })
    asked.on('error', reject)
    asked.end()
  })
}

const states = (client: Client) => client.seen.map((one) => one.type)

describe('the stream', () => {
  it('shows a message on its way to a client whose key is among the protocols', async () => {
    const client = await connect()
    expect(client.socket.protocol).toBe('belino.v1')
    const { body: sent } = await gateway.send({ to: HANDSET, text: 'Live' })
    await until('the delivery', async () => states(client).includes('message.delivered'))
    expect(states(client).slice(0, 3)).toEqual([
      'conversation.created',
      'message.accepted',
      'message.submitted',
    ])
    expect(client.seen[1].data.message.id).toBe(sent.id)
    client.socket.close()
  })

  it('is resumed from the last event, and polled to the same end', async () => {
    const first = await connect('?types=message.accepted')
    await gateway.send({ to: HANDSET, text: '1' })
    await until('the first', async () => first.seen.length === 1)
    first.socket.close()
    await gateway.settled((await gateway.send({ to: HANDSET, text: '2' })).body.id)
    await gateway.settled((await gateway.send({ to: HANDSET, text: '3' })).body.id)
    const last = first.seen[0].id
    const second = await connect(`?types=message.accepted&after=${last}`)
    await until('what was missed', async () => second.seen.length === 2)
    expect(second.seen.map((one) => one.data.message.text)).toEqual(['2', '3'])
    second.socket.close()
    const polled = await gateway.json(`/v1/events?types=message.accepted&after=${last}`)
    expect(polled.body.events).toEqual(second.seen)
    const on = await gateway.json(`/v1/events?after=${polled.body.next}`)
    expect(on.body).toMatchObject({ more: false })
    expect(on.headers.get('cache-control')).toBe('no-store')
  })

  it('the list of events goes on page by page', async () => {
    const whole = await gateway.json('/v1/events?limit=200')
    const ids: string[] = []
    for (let after = ''; ; ) {
      const { body } = await gateway.json(`/v1/events?limit=2${after}`)
      ids.push(...body.events.map((one: { id: string }) => one.id))
      after = `&after=${body.next}`
      if (!body.more) break
    }
    expect(ids).toEqual(whole.body.events.map((one: { id: string }) => one.id))
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('opens once with a ticket', async () => {
    const { status, body } = await gateway.json('/v1/stream/tickets', { method: 'POST' })
    expect(status).toBe(201)
    const client = await connect(`?ticket=${body.ticket}`, [])
    await gateway.send({ to: HANDSET, text: 'ticket' })
    await until('an event', async () => client.seen.length > 0)
    client.socket.close()
    await expect(connect(`?ticket=${body.ticket}`, [])).rejects.toThrow()
    expect(await refused(`?ticket=${body.ticket}`)).toMatchObject({
      status: 401,
      body: { error: { code: 'ticket_invalid' } },
    })
  })
})

describe('what is refused', () => {
  const key = { authorization: `Bearer ${DEV_KEY}` }

  it('a page of another origin, unless its ticket names it', async () => {
    const foreign = { origin: 'https://elsewhere.example' }
    expect((await refused('', { ...key, ...foreign })).body.error.code).toBe('origin_refused')
    expect((await refused('', { ...key, origin: 'null' })).body.error.code).toBe('origin_refused')
    const { body: own } = await gateway.json('/v1/stream/tickets', { method: 'POST' })
    expect((await refused(`?ticket=${own.ticket}`, foreign)).body.error.code).toBe('origin_refused')
    const { body: named } = await gateway.json('/v1/stream/tickets', { json: foreign })
    expect((await refused(`?ticket=${named.ticket}`, { origin: gateway.url.origin })).body.error.code).toBe(
      'origin_refused',
    )
  })

  it.each(['', 'a', 'a.b', 'a.b.c', 'e30.AAAA'])('the ticket %j', async (ticket) => {
    expect((await refused(`?ticket=${ticket}`)).body.error.code).toBe('ticket_invalid')
  })

  it.each(['https://a.example/path', 'a.example', '*', 'null', 'https://a.example:443'])(
    'a ticket for the origin %j',
    async (origin) => {
      const answer = await gateway.json('/v1/stream/tickets', { json: { origin } })
      expect(answer).toMatchObject({
        status: 400,
        body: { error: { code: 'invalid_field', field: 'origin' } },
      })
    },
  )

  it.each([
    ['after=nonsense', 400, 'invalid_field'],
    ['after=evt_0000000000000000000000', 410, 'event_gone'],
    ['types=message.nonsense', 400, 'invalid_field'],
    ['numbers=12', 400, 'invalid_number'],
    ['conversation=x', 400, 'invalid_field'],
  ])('%s', async (query, status, code) => {
    expect(await refused(`?${query}`, key)).toMatchObject({ status, body: { error: { code } } })
    expect(await gateway.json(`/v1/events?${query}`)).toMatchObject({ status, body: { error: { code } } })
  })

  it('no key, a wrong key, and a request that is no upgrade', async () => {
    expect((await refused('')).status).toBe(401)
    expect((await refused('', { 'sec-websocket-protocol': 'belino.v1, bearer.wrong' })).status).toBe(401)
    expect(await gateway.json('/v1/stream')).toMatchObject({
      status: 426,
      body: { error: { code: 'upgrade_required' } },
    })
  })
})
