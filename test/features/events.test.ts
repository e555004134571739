import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Customer, startCustomer } from '../gateway/customer.ts'
import { type Gateway, startGateway } from '../gateway/harness.ts'
import { photo } from '../gateway/photo.ts'
import { until } from '../gateway/until.ts'

/** What the statements about webhooks to customers promise, over HTTP against the simulator. */

const HANDSET = '+16135550190'
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

const received = (path: string) => customer.at(path).filter((one) => one.body.type === 'message.received')

/** A phone writes to the default number. */
async function write(text: string, pictures: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
  const reply = new FormData()
  reply.append('to', '+14165550100')
  reply.append('text', text)
  for (const [n, bytes] of pictures.entries()) reply.append('media', new Blob([bytes]), `IMG_${n}.JPG`)
  const path = `/v1/simulator/handsets/${encodeURIComponent(HANDSET)}/reply`
  const answered = await gateway.api(path, { method: 'POST', body: reply })
  expect(answered.status).toBeLessThan(300)
}

describe('webhooks to customers', () => {
  it('S5 at least one webhook: several endpoints of an account are each told, each with its own secret', async () => {
    const made = await Promise.all(
      ['/one', '/two', '/three'].map((path) =>
        gateway.json('/v1/webhooks', { json: { url: customer.url(path), types: ['message.received'] } }),
      ),
    )
    expect(made.map((one) => one.status)).toEqual([201, 201, 201])
    await write('Hello', [])
    for (const [n, path] of ['/one', '/two', '/three'].entries()) {
      await until(`${path} to be told`, async () => received(path).length > 0)
      const [got] = received(path)
      const verified = new Webhook(made[n]!.body.secret).verify(got!.text, got!.headers)
      expect(verified).toMatchObject({ data: { message: { text: 'Hello', from: HANDSET } } })
      const other = made[(n + 1) % 3]!.body.secret
      expect(() => new Webhook(other).verify(got!.text, got!.headers)).toThrow()
    }
    for (const { body } of made) await gateway.json(`/v1/webhooks/${body.id}`, { method: 'DELETE' })
  })

  it('S26 N attachments = N webhooks, for endpoints that ask for it; one with all of them for the others', async () => {
    const together = await gateway.json('/v1/webhooks', { json: { url: customer.url('/together') } })
    const each = await gateway.json('/v1/webhooks', {
      json: { url: customer.url('/each'), attachments: 'each' },
    })
    await write('Three', [await photo(64, 48), await photo(80, 60), await photo(96, 72)])
    await until('every part to be told', async () => received('/each').length === 3)
    await until('the whole to be told', async () => received('/together').length === 1)
    const whole = received('/together')[0]!.body
    const parts = received('/each').map((one) => one.body)
    expect(whole.data.message.parts).toHaveLength(3)
    expect(parts.map((one) => one.data.message.parts)).toEqual(
      whole.data.message.parts.map((one: object) => [one]),
    )
    for (const [n, part] of parts.entries()) {
      expect(part.id).toBe(`${whole.id}P${n + 1}`)
      expect(part.data).toMatchObject({ attachment: n + 1, attachments: 3, message: { text: 'Three' } })
    }
    const again = await gateway.json(`/v1/webhooks/${each.body.id}/replay`, { json: { from: parts[1].id } })
    expect(again.status).toBe(202)
    await until('the replay of its parts', async () => received('/each').length === 6)
    for (const { body } of [together, each])
      await gateway.json(`/v1/webhooks/${body.id}`, { method: 'DELETE' })
  })

  it('S5 one endpoint is made once, however often it is asked for; other wishes make another', async () => {
    const json = { url: customer.url('/once'), types: ['message.received', 'message.failed'] }
    const made = await gateway.json('/v1/webhooks', { json })
    expect(made.status).toBe(201)
    const twin = { ...json, types: json.types.toReversed() }
    const again = await gateway.json('/v1/webhooks', { json: twin })
    expect([again.status, again.body.error.code]).toEqual([409, 'webhook_exists'])
    expect(again.body.error.message).toContain(made.body.id)
    const other = await gateway.json('/v1/webhooks', { json: { ...json, attachments: 'each' } })
    expect(other.status).toBe(201)
    await gateway.json(`/v1/webhooks/${made.body.id}`, { method: 'DELETE' })
    const back = await gateway.json('/v1/webhooks', { json })
    expect(back.status).toBe(201)
    for (const { body } of [other, back]) await gateway.json(`/v1/webhooks/${body.id}`, { method: 'DELETE' })
  })

  it('an opt-out is told too', async () => {
    const { body: webhook } = await gateway.json('/v1/webhooks', {
      json: { url: customer.url('/consent'), types: ['consent.changed'] },
    })
    await write('STOP', [])
    await until('the opt-out to be told', async () => customer.at('/consent').length > 0)
    expect(customer.at('/consent')[0]!.body.data).toMatchObject({
      address: HANDSET,
      state: 'out',
      source: 'words',
    })
    await gateway.json(`/v1/webhooks/${webhook.id}`, { method: 'DELETE' })
  })
})
