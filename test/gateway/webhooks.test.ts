import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Customer, startCustomer } from './customer.ts'
import { type Gateway, type JsonAnswer, startGateway } from './harness.ts'
import { until } from './until.ts'

const HANDSET = '+16135550170'
let gateway: Gateway
let customer: Customer

beforeAll(async () => {
  customer = await startCustomer()
  gateway = await startGateway()
})
afterAll(async () => {
  await gateway?.close()
  await customer?.close()
})

const create = (path: string, more: object = {}): Promise<JsonAnswer> =>
  gateway.json('/v1/webhooks', { json: { url: customer.url(path), ...more } })
const patch = (id: string, json: object) => gateway.json(`/v1/webhooks/${id}`, { method: 'PATCH', json })
const typesAt = (path: string) => customer.at(path).map((one) => one.body.type)

describe('a webhook', () => {
  it('is told a message on its way, in order, signed', async () => {
    const { status, body: webhook, headers } = await create('/way', { description: 'Our system' })
    expect(status).toBe(201)
    expect(headers.get('location')).toBe(`/v1/webhooks/${webhook.id}`)
    expect(webhook).toMatchObject({
      enabled: true,
      types: null,
      strict_order: false,
      attachments: 'together',
    })
    const { body: sent } = await gateway.send({ to: HANDSET, text: 'Hello' })
    await until('the delivery to be told', async () => typesAt('/way').includes('message.delivered'))
    const events = customer.at('/way')
    expect(events[0]!.body).toMatchObject({ type: 'conversation.created', data: { members: [HANDSET] } })
    expect([...new Set(typesAt('/way').slice(1))]).toEqual([
      'message.accepted',
      'message.submitted',
      'message.delivered',
    ])
    const sequences = events.map((one) => one.body.sequence)
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b))
    expect(new Set(events.map((one) => one.body.id)).size).toBe(events.length)
    for (const event of events) {
      const verified = new Webhook(webhook.secret).verify(event.text, event.headers)
      expect(verified).toEqual(event.body)
      expect(event.headers['webhook-id']).toBe(event.body.id)
    }
    expect(events[1]!.body.data).toMatchObject({
      number: '+14165550100',
      conversation: sent.conversation,
      message: { id: sent.id, state: 'accepted', text: 'Hello' },
    })
    await gateway.json(`/v1/webhooks/${webhook.id}`, { method: 'DELETE' })
  })

  it('is told what it asks for, of the numbers that it asks for', async () => {
    const { body: failures } = await create('/failures', { types: ['message.failed'] })
    const { body: other } = await create('/other-number', { numbers: ['(212) 555-0101'] })
    expect(other.numbers).toEqual(['+12125550101'])
    await gateway.settled((await gateway.send({ to: '+16135550171', text: 'a' })).body.id)
    await gateway.settled(
      (await gateway.send({ to: '+16135550171', text: 'b', from: '+12125550101' })).body.id,
    )
    await until('the other number to be told', async () =>
      typesAt('/other-number').includes('message.delivered'),
    )
    expect(customer.at('/other-number').every((one) => one.body.data.number === '+12125550101')).toBe(true)
    expect(customer.at('/failures')).toEqual([])
    for (const { id } of [failures, other]) await gateway.json(`/v1/webhooks/${id}`, { method: 'DELETE' })
  })

  it('is changed, listed, and gone when deleted', async () => {
    const { body: webhook } = await create('/changed')
    const changed = await patch(webhook.id, { description: 'New', strict_order: true, shards: 2 })
    expect(changed.body).toMatchObject({
      description: 'New',
      strict_order: true,
      shards: 2,
      url: webhook.url,
    })
    expect(changed.body.secret).toBeUndefined()
    expect((await patch(webhook.id, { shards: 1 })).body.error).toMatchObject({
      code: 'invalid_field',
      field: 'shards',
    })
    const list = await gateway.json('/v1/webhooks?limit=1')
    expect(list.body.webhooks.map((one: { id: string }) => one.id)).toEqual([webhook.id])
    expect((await gateway.json(`/v1/webhooks/${webhook.id}`)).body).toEqual(changed.body)
    expect((await gateway.json(`/v1/webhooks/${webhook.id}`, { method: 'DELETE' })).status).toBe(204)
    expect((await gateway.json(`/v1/webhooks/${webhook.id}`)).status).toBe(404)
    await gateway.settled((await gateway.send({ to: HANDSET, text: 'after' })).body.id)
    expect(customer.at('/changed')).toEqual([])
  })

  it('is told nothing while it is switched off', async () => {
    const { body: webhook } = await create('/off', { types: ['message.accepted'] })
    const off = await patch(webhook.id, { enabled: false })
    expect(off.body).toMatchObject({ enabled: false, disabled_reason: 'by_owner' })
    await gateway.settled((await gateway.send({ to: HANDSET, text: 'unheard' })).body.id)
    expect(
      (await gateway.json(`/v1/webhooks/${webhook.id}/replay`, { json: { from: 'evt_x' } })).body.error.code,
    ).toBe('webhook_disabled')
    expect((await patch(webhook.id, { enabled: true })).body).toMatchObject({
      enabled: true,
      disabled_at: null,
    })
    const { body: heard } = await gateway.send({ to: HANDSET, text: 'heard' })
    await until('it to be told again', async () => customer.at('/off').length > 0)
    expect(customer.at('/off').map((one) => one.body.data.message.id)).toEqual([heard.id])
    await gateway.json(`/v1/webhooks/${webhook.id}`, { method: 'DELETE' })
  })

  it('that answers 410 is switched off, and shows it', async () => {
    const { body: webhook } = await create('/gone')
    customer.answer.set('/gone', 410)
    await gateway.send({ to: HANDSET, text: 'gone' })
    const shown = await until('it to be switched off', async () => {
      const { body } = await gateway.json(`/v1/webhooks/${webhook.id}`)
      return body.enabled ? null : body
    })
    expect(shown).toMatchObject({ disabled_reason: 'gone' })
    expect(shown.failing_since).not.toBeNull()
    expect(customer.at('/gone')).toHaveLength(1)
    await until('the account to be told', async () => {
      const { body } = await gateway.json('/v1/events?types=webhook.disabled')
      return body.events.some(
        (one: { data: object }) => 'webhook' in one.data && one.data.webhook === webhook.id,
      )
    })
    await gateway.json(`/v1/webhooks/${webhook.id}`, { method: 'DELETE' })
  })

  it('a redirect is no success and not followed; the next attempt is the same POST', async () => {
    const { body: webhook } = await create('/moved', { types: ['message.accepted'] })
    customer.answer.set('/moved', 302)
    await gateway.send({ to: HANDSET, text: 'moved' })
    const head = await until('an attempt to be in the log', async () => {
      const { body } = await gateway.json(`/v1/webhooks/${webhook.id}/deliveries`)
      return body.deliveries[0]?.attempts === 1 && body.deliveries[0].status ? body.deliveries[0] : null
    })
    // Which status it shows is for the tests of the queue: between Worker and server the harness has a proxy of its own.
    expect(head).toMatchObject({ type: 'message.accepted', state: 'pending' })
    expect(JSON.stringify(head)).not.toContain('moved')
    customer.answer.delete('/moved')
    await until('the second attempt', async () => customer.at('/moved').length === 2, { within: 60_000 })
    expect(customer.at('/moved')[0]!.text).toBe(customer.at('/moved')[1]!.text)
    expect(customer.at('/elsewhere')).toEqual([])
    await gateway.json(`/v1/webhooks/${webhook.id}`, { method: 'DELETE' })
  })
})

describe('secrets, replays and tests', () => {
  it('a new secret signs beside the old one', async () => {
    const { body: webhook } = await create('/rotated')
    const rotated = await gateway.json(`/v1/webhooks/${webhook.id}/rotate`, { method: 'POST' })
    expect(rotated.status).toBe(200)
    expect(rotated.body.previous.secret).toBe(webhook.secret)
    expect(rotated.body.secret).not.toBe(webhook.secret)
    expect((await gateway.json(`/v1/webhooks/${webhook.id}/secret`)).body).toEqual(rotated.body)
    const tested = await gateway.json(`/v1/webhooks/${webhook.id}/test`, { method: 'POST' })
    expect(tested.body).toMatchObject({ delivered: true, status: 200 })
    const [got] = customer.at('/rotated')
    expect(got!.body).toMatchObject({ type: 'webhook.test', id: tested.body.event })
    for (const secret of [webhook.secret, rotated.body.secret])
      new Webhook(secret).verify(got!.text, got!.headers)
    const at_once = await gateway.json(`/v1/webhooks/${webhook.id}/rotate`, { json: { overlap_hours: 0 } })
    expect(at_once.body.previous).toBeNull()
    await gateway.json(`/v1/webhooks/${webhook.id}/test`, { method: 'POST' })
    const last = customer.at('/rotated').at(-1)!
    new Webhook(at_once.body.secret).verify(last.text, last.headers)
    expect(() => new Webhook(rotated.body.secret).verify(last.text, last.headers)).toThrow()
    await gateway.json(`/v1/webhooks/${webhook.id}`, { method: 'DELETE' })
  })

  it('a replay sends everything from an event on again, to one endpoint', async () => {
    const { body: one } = await create('/replayed', { types: ['message.accepted'] })
    const { body: two } = await create('/not-replayed', { types: ['message.accepted'] })
    for (const text of ['1', '2', '3']) await gateway.send({ to: HANDSET, text })
    await until('all to be told', async () => customer.at('/replayed').length === 3)
    const second = customer.at('/replayed')[1]!.body.id
    const replay = await gateway.json(`/v1/webhooks/${one.id}/replay`, { json: { from: second } })
    expect(replay.status).toBe(202)
    await until('the replay', async () => customer.at('/replayed').length === 5)
    const texts = customer.at('/replayed').map((got) => got.body.data.message.text)
    expect(texts).toEqual(['1', '2', '3', '2', '3'])
    expect(customer.at('/not-replayed')).toHaveLength(3)
    const gone = await gateway.json(`/v1/webhooks/${one.id}/replay`, {
      json: { from: 'evt_0000000000000000000000' },
    })
    expect(gone).toMatchObject({ status: 410, body: { error: { code: 'event_gone' } } })
    for (const { id } of [one, two]) await gateway.json(`/v1/webhooks/${id}`, { method: 'DELETE' })
  })
})

describe('what is refused', () => {
  it.each([
    [{}, 'url'],
    [{ url: 'ftp://x.example/' }, 'url'],
    [{ url: 'http://customer.example/' }, 'url'],
    [{ url: 'https://user:pass@customer.example/' }, 'url'],
    [{ url: 'https://192.168.0.1/' }, 'url'],
    [{ url: `https://customer.example/${'a'.repeat(3000)}` }, 'url'],
    [{ url: 'https://customer.example/', types: [] }, 'types'],
    [{ url: 'https://customer.example/', types: ['message.nonsense'] }, 'types.0'],
    [{ url: 'https://customer.example/', numbers: ['+14165550199'] }, 'numbers'],
    [{ url: 'https://customer.example/', shards: 9 }, 'shards'],
    [{ url: 'https://customer.example/', attachments: 'some' }, 'attachments'],
    [{ url: 'https://customer.example/', description: 'a\r\nb' }, 'description'],
    [{ url: 'https://customer.example/', secret: 'mine' }, 'secret'],
  ])('%j', async (json, field) => {
    const answer = await gateway.json('/v1/webhooks', { json })
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_field', field } } })
  })

  it.each(['', '/secret', '/deliveries'])('an id that is not there: GET %s', async (path) => {
    for (const id of ['whk_0000000000000000000000', 'nonsense', '%00'])
      expect((await gateway.json(`/v1/webhooks/${id}${path}`)).status).toBe(404)
  })

  it('no key', async () => {
    expect((await gateway.json('/v1/webhooks', { key: null })).status).toBe(401)
    expect((await gateway.json('/v1/events', { key: null })).status).toBe(401)
  })
})
