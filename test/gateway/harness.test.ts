import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Gateway, startGateway } from './harness.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.close())

it('starts with the demo account, delivers a text and shows it at the handset', async () => {
  const sent = await gateway.send({ to: '+16135550123', text: 'Hello' })
  expect(sent.status).toBe(202)
  const message = await gateway.settled(sent.body.id)
  expect(message.state).toBe('delivered')
  const thread = await gateway.simulator('/handsets/+16135550123/messages')
  expect(thread.body.messages.map((one: { reference: string }) => one.reference)).toEqual([sent.body.id])
})

it('runs the cron', async () => {
  await gateway.scheduled()
  expect(gateway.logs().filter((line) => line.includes('sweep_failed'))).toEqual([])
})

it('presents no key when told so', async () => {
  expect((await gateway.json('/v1/numbers', { key: null })).status).toBe(401)
})
