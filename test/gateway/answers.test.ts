import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ANSWERS } from '../../src/routes/answer-schemas.ts'
import { ErrorAnswer } from '../../src/routes/answers/common.ts'
import { type Customer, startCustomer } from './customer.ts'
import { type ApiInit, type Gateway, startGateway } from './harness.ts'
import { photo } from './photo.ts'
import { until } from './until.ts'

/** Asks every route once so that all goes well, and holds the answer against what is written of it: no field more, none less. */

const ROOT = encodeURIComponent('a root key of tests, which opens nothing anywhere')
const OWN = encodeURIComponent('+14165550100')
const PHONE = encodeURIComponent('+16135550391')
let gateway: Gateway
let customer: Customer
const asked = new Set<string>()
/** Every route with its status, as the gateway describes itself. */
const described = new Map<string, number>()
/** Whose key is presented, where not the demo account's: a test key makes no keys and connects no vendors. */
let live: { key?: string } = {}

beforeAll(async () => {
  customer = await startCustomer()
  gateway = await startGateway()
  const { body } = await gateway.json('/openapi.json', { key: null })
  for (const [path, methods] of Object.entries<Record<string, { responses: object }>>(body.paths))
    for (const [method, { responses }] of Object.entries(methods))
      described.set(
        `${method.toUpperCase()} ${path.replace(/\{([a-z_]+)\}/g, ':$1')}`,
        Number(Object.keys(responses)[0]),
      )
})
afterAll(async () => {
  await gateway?.close()
  await customer?.close()
})

/** Asks a route, named as in the table, and gives its answer after checking it. */
// biome-ignore lint/suspicious/noExplicitAny: what it gives was checked by a schema.
async function ask(route: string, path: string, init: ApiInit = {}): Promise<any> {
  const [method = 'GET'] = route.split(' ')
  const { status, body } = await gateway.json(path, { ...live, ...init, method })
  expect(status, `${route}: ${JSON.stringify(body)}`).toBe(described.get(route))
  const schema = (ANSWERS as Readonly<Record<string, v.GenericSchema>>)[route]
  if (schema === undefined) expect(body, route).toBeNull()
  else {
    const parsed = v.safeParse(schema, body)
    expect(
      parsed.issues?.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`),
      `${route}: ${JSON.stringify(body).slice(0, 2000)}`,
    ).toBeUndefined()
  }
  asked.add(route)
  return body
}

describe('what each route answers', () => {
  it('is what is written: messages and files', async () => {
    const media = await ask('POST /v1/media', '/v1/media', { body: await photo(300, 200) })
    await ask('GET /v1/media/:id', `/v1/media/${media.id}`)
    await ask('POST /v1/fit', '/v1/fit?budget=30000', {
      body: await photo(300, 200),
      headers: { accept: 'application/json' },
    })
    const several = new FormData()
    for (const side of [200, 300]) several.append('media', new Blob([await photo(side, side)]), 'a.jpg')
    await ask('POST /v1/fit', '/v1/fit?budget=30000', { body: several })
    const json = {
      to: '+16135550391',
      text: 'Hello',
      subject: 'Us',
      media: [{ id: media.id, alt: 'A wall' }],
      metadata: { order: '4711' },
    }
    await ask('POST /v1/messages:check', '/v1/messages:check', { json })
    await ask('POST /v1/messages:check', '/v1/messages:check', { json: { to: '555' } })
    await ask('POST /v1/messages:preview', '/v1/messages:preview', { json })
    const sent = await ask('POST /v1/messages', '/v1/messages', { json })
    await ask('POST /v1/messages', '/v1/messages', {
      json: { to: ['+16135550391', '+16135550100'], group: 'separate', text: 'Both' },
    })
    await gateway.settled(sent.id)
    const message = `/v1/messages/${sent.id}`
    await ask('GET /v1/messages/:id', message)
    const member = encodeURIComponent('+16135550391')
    await until(
      'the list',
      async () => (await gateway.json(`/v1/messages?member=${member}`)).body.messages.length > 0,
    )
    await ask('GET /v1/messages', `/v1/messages?member=${member}`)
    await ask('DELETE /v1/messages/:id', message)
    await ask('POST /v1/messages/:id/restore', `${message}/restore`)
    await ask('POST /v1/messages/:id/resend', `${message}/resend`)
    const later = await ask('POST /v1/messages', '/v1/messages', {
      json: {
        to: '+16135550391',
        send_at: new Date(Date.now() + 86_400_000).toISOString(),
        content: { type: 'choice', text: 'When?', choices: [{ type: 'reply', title: 'Now', postback: 'n' }] },
      },
    })
    await ask('POST /v1/messages/:id/replace', `/v1/messages/${later.id}/replace`, {
      json: { text: 'When not?' },
    })
    await ask('POST /v1/messages/:id/cancel', `/v1/messages/${later.id}/cancel`)
    const failed = await ask('POST /v1/messages', '/v1/messages', {
      json: { to: '+16135550100', text: 'Hi' },
    })
    await gateway.settled(failed.id)
    await ask('GET /v1/messages/:id', `/v1/messages/${failed.id}`)
    const form = new FormData()
    form.append('to', '+14165550100')
    form.append('text', 'Now')
    form.append('media', new Blob([await photo(60, 40)]), 'a.jpg')
    await gateway.simulator(`/handsets/${PHONE}/reply`, { method: 'POST', body: form })
    const list = `/v1/conversations/${sent.conversation}/messages`
    await until('the answer', async () => (await gateway.json(list)).body.messages[0].direction === 'inbound')
    await ask('GET /v1/conversations/:id/messages', list)
  })

  it('is what is written: conversations and people', async () => {
    const { conversations } = await ask('GET /v1/conversations', '/v1/conversations?limit=50')
    const one = `/v1/conversations/${conversations[0].id}`
    await ask('PATCH /v1/conversations/:id', one, {
      json: { read_through: 1, labels: ['a'], assignee: 'Zoë', draft: { text: 'Soon', media: [] } },
    })
    await ask('POST /v1/conversations/:id/notes', `${one}/notes`, { json: { text: 'Call back' } })
    await ask('GET /v1/conversations/:id', one)
    await ask('DELETE /v1/conversations/:id', one)
    await ask('POST /v1/conversations/:id/restore', `${one}/restore`)
    await until('the search', async () => (await gateway.json('/v1/search?q=hello')).body.results.length > 0)
    await ask('GET /v1/search', '/v1/search?q=hello')
    await ask('POST /v1/contacts', '/v1/contacts', { json: { address: '+16135550391', name: 'Ada' } })
    await ask('GET /v1/contacts', '/v1/contacts')
    await ask('DELETE /v1/contacts/:address', `/v1/contacts/${PHONE}`)
    await ask('POST /v1/consents', '/v1/consents', { json: { address: '+16135550392', state: 'out' } })
    await ask('GET /v1/consents', '/v1/consents')
    await ask('GET /v1/recipients/:recipient', `/v1/recipients/${PHONE}`)
    await ask('PUT /v1/recipients/:recipient', `/v1/recipients/${PHONE}`, {
      json: { mms: 'yes', network: 'att' },
    })
    const { networks } = await ask('GET /v1/networks', '/v1/networks')
    const network = `/v1/networks/${networks[0].id}`
    await ask('PUT /v1/networks/:network', network, { json: { message_bytes: 500_000 } })
    await ask('DELETE /v1/networks/:network', network)
    await ask('GET /v1/overview', '/v1/overview')
    await ask('POST /v1/forget', '/v1/forget', { json: { address: '+16135550393' } })
  })

  it('is what is written: numbers, rules, templates', async () => {
    await ask('GET /v1/numbers', '/v1/numbers')
    const number = await ask('POST /v1/numbers', '/v1/numbers', {
      json: { number: '+12125550191', vendor: 'simulator', registration: { kind: '10dlc', state: 'active' } },
    })
    const path = `/v1/numbers/${encodeURIComponent(number.number)}`
    await ask('GET /v1/numbers/:number', path)
    await ask('PATCH /v1/numbers/:number', path, { json: { ported_at: '2026-01-01T00:00:00Z' } })
    await ask('DELETE /v1/numbers/:number', path)
    const json = { match: 'exact', word: 'menu', reply: { text: 'Soup' }, label: 'hungry' }
    const keyword = await ask('POST /v1/keywords', '/v1/keywords', { json })
    await ask('GET /v1/keywords', '/v1/keywords')
    await ask('PUT /v1/keywords/:id', `/v1/keywords/${keyword.id}`, {
      json: { ...json, forward_to: '+16135550395' },
    })
    await ask('DELETE /v1/keywords/:id', `/v1/keywords/${keyword.id}`)
    await ask('PUT /v1/content-profiles/:number', `/v1/content-profiles/${OWN}`, {
      json: { block: ['video/*'] },
    })
    await ask('GET /v1/content-profiles', '/v1/content-profiles')
    await ask('DELETE /v1/content-profiles/:number', `/v1/content-profiles/${OWN}`)
    const card = { name: 'Card', content: { type: 'card', title: '{{what}}' }, defaults: { what: 'Sale' } }
    const template = await ask('POST /v1/templates', '/v1/templates', { json: card })
    await ask('GET /v1/templates', '/v1/templates')
    await ask('GET /v1/templates/:id', `/v1/templates/${template.id}`)
    await ask('PUT /v1/templates/:id', `/v1/templates/${template.id}`, { json: card })
    await ask('DELETE /v1/templates/:id', `/v1/templates/${template.id}`)
  })

  it('is what is written: webhooks and events', async () => {
    const made = await ask('POST /v1/webhooks', '/v1/webhooks', { json: { url: customer.url('/told') } })
    const path = `/v1/webhooks/${made.id}`
    await ask('GET /v1/webhooks', '/v1/webhooks')
    await ask('GET /v1/webhooks/:id', path)
    await ask('PATCH /v1/webhooks/:id', path, {
      json: { types: ['message.accepted'], numbers: ['+14165550100'] },
    })
    await ask('GET /v1/webhooks/:id/secret', `${path}/secret`)
    await ask('POST /v1/webhooks/:id/rotate', `${path}/rotate`)
    await ask('POST /v1/webhooks/:id/test', `${path}/test`)
    await gateway.send({ to: '+16135550391', text: 'Tell them' })
    await until('the event', async () =>
      customer.at('/told').some((one) => one.body.type === 'message.accepted'),
    )
    await ask('GET /v1/webhooks/:id/deliveries', `${path}/deliveries`)
    const events = await ask('GET /v1/events', '/v1/events?limit=200')
    expect(events.events.length).toBeGreaterThan(5)
    const from = events.events.at(-1).id
    await ask('POST /v1/webhooks/:id/replay', `${path}/replay`, { json: { from } })
    await ask('POST /v1/stream/tickets', '/v1/stream/tickets', { json: {} })
    await ask('DELETE /v1/webhooks/:id', path)
  })

  it('is what is written: accounts, keys, money, vendors', async () => {
    const account = await ask('POST /v1/accounts', '/v1/accounts', { key: ROOT, json: { name: 'Bakery' } })
    await ask('PATCH /v1/accounts/:account/credit', `/v1/accounts/${account.id}/credit`, {
      key: ROOT,
      json: { plan: 'prepaid', amount: 5_000_000, note: 'Card' },
    })
    await ask('GET /v1/accounts/orphans', '/v1/accounts/orphans', { key: ROOT })
    await ask('GET /v1/orphans', '/v1/orphans')
    await ask('GET /v1/account', '/v1/account')
    await ask('PATCH /v1/account', '/v1/account', { json: { retention_days: 30 } })
    await ask('GET /v1/credit', '/v1/credit', { key: account.keys[0].key })
    await ask('GET /v1/credit/ledger', '/v1/credit/ledger', { key: account.keys[0].key })
    const usage = () => gateway.json('/v1/usage')
    await until('the usage', async () => (await usage()).body.usage.length > 0)
    await ask('GET /v1/usage', '/v1/usage')
    live = { key: account.keys[0].key }
    const key = await ask('POST /v1/keys', '/v1/keys', { json: { name: 'Till' } })
    await ask('GET /v1/keys', '/v1/keys')
    await ask('PUT /v1/keys/:key/limits', `/v1/keys/${key.id}/limits`, { json: { messages_per_day: 5 } })
    await ask('GET /v1/keys/:key/limits', `/v1/keys/${key.id}/limits`)
    await ask('DELETE /v1/keys/:id', `/v1/keys/${key.id}`)
    const fit = await ask('POST /v1/fit-keys', '/v1/fit-keys', {
      json: { sources: ['https://example.com/'] },
    })
    await ask('GET /v1/fit-keys', '/v1/fit-keys')
    await ask('PATCH /v1/fit-keys/:id', `/v1/fit-keys/${fit.id}`, { json: { per_day: 10 } })
    await ask('GET /v1/fit-keys/:id/secrets', `/v1/fit-keys/${fit.id}/secrets`)
    await ask('POST /v1/fit-keys/:id/rotate', `/v1/fit-keys/${fit.id}/rotate`)
    await ask('DELETE /v1/fit-keys/:id', `/v1/fit-keys/${fit.id}`)
    const vendor = await ask('POST /v1/vendors', '/v1/vendors', {
      json: {
        vendor: 'mm7',
        credentials: { username: 'us', password: 'secret', vasp_id: 'us' },
        settings: { url: 'https://relay.example/mm7', vas_id: '1' },
      },
    })
    const path = `/v1/vendors/${vendor.id}`
    await ask('GET /v1/vendors', '/v1/vendors')
    await ask('GET /v1/vendors/:id', path)
    await ask('PATCH /v1/vendors/:id', path, { json: { name: 'Relay' } })
    await ask('GET /v1/vendors/:id/hook', `${path}/hook`)
    await ask('POST /v1/vendors/:id/hook', `${path}/hook`)
    await ask('DELETE /v1/vendors/:id', path)
  })

  it('leaves no route out but the socket', () => {
    expect([...described.keys()].filter((route) => !asked.has(route))).toEqual(['GET /v1/stream'])
  })

  it('is an error of one shape when it does not go well', async () => {
    for (const [path, init] of [
      ['/v1/messages', { json: { to: '555', text: 'Hi' } }],
      ['/v1/messages/msg_unknown', {}],
      ['/v1/nothing', {}],
      ['/v1/messages', { key: null }],
      ['/v1/keys', { method: 'PUT' }],
    ] as [string, ApiInit][]) {
      const { status, body } = await gateway.json(path, init)
      expect(status, path).toBeGreaterThanOrEqual(400)
      expect(v.is(ErrorAnswer, body), JSON.stringify(body)).toBe(true)
    }
  })
})
