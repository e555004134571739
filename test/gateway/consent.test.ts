import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gateway, startGateway } from './harness.ts'
import { photo } from './photo.ts'
import { until } from './until.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway?.close())

const OURS = '+14165550100'
const reply = async (from: string, text: string, file?: Uint8Array<ArrayBuffer>): Promise<void> => {
  const form = new FormData()
  form.append('to', OURS)
  form.append('text', text)
  if (file !== undefined) form.append('media', new Blob([file]), 'a.jpg')
  const answer = await gateway.api(`/v1/simulator/handsets/${encodeURIComponent(from)}/reply`, {
    method: 'POST',
    body: form,
  })
  expect(answer.status).toBeLessThan(300)
}
// biome-ignore lint/suspicious/noExplicitAny: bodies of the simulator
const phone = async (number: string): Promise<any[]> =>
  (await gateway.simulator(`/handsets/${encodeURIComponent(number)}/messages`)).body.messages
const texts = async (number: string): Promise<string[]> =>
  (await phone(number)).filter((one) => one.direction === 'outbound').map((one) => one.text ?? one.facts.text)

describe('STOP', () => {
  it('opts out, is answered once, and nothing goes there until START', async () => {
    const to = '+16135550160'
    expect((await gateway.send({ to, text: 'Hello' })).status).toBe(202)
    await reply(to, 'Please stop texting me')
    await until('the answer', async () => (await texts(to)).some((text) => text.includes('Reply START')))
    const refused = await gateway.send({ to, text: 'One more thing' })
    expect(refused).toMatchObject({
      status: 422,
      body: { error: { code: 'recipients_opted_out', field: 'to' } },
    })
    const { body: list } = await gateway.json('/v1/consents')
    expect(list.consents).toContainEqual(
      expect.objectContaining({ address: to, state: 'out', source: 'words', programme: null }),
    )
    await reply(to, 'STOP')
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect((await texts(to)).filter((text) => text.includes('Reply START'))).toHaveLength(1)
    await reply(to, 'yes')
    await until('the second answer', async () =>
      (await texts(to)).some((text) => text.includes('Reply STOP')),
    )
    expect((await gateway.send({ to, text: 'Welcome back' })).status).toBe(202)
  })

  it('counts as a caption under a picture', async () => {
    const from = '+16135550161'
    await reply(from, 'UNSUBSCRIBE', await photo(64, 48))
    await until('the opt-out', async () =>
      (await gateway.json('/v1/consents')).body.consents.some(
        (one: { address: string; state: string }) => one.address === from && one.state === 'out',
      ),
    )
  })

  it("a YES of somebody who is not out is an answer like any other, and 'the bus stop' is no wish", async () => {
    const from = '+16135550162'
    await reply(from, 'Yes')
    await reply(from, 'I am at the bus stop')
    await until('both', async () => (await phone(from)).length === 2)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await texts(from)).toEqual([])
    expect((await gateway.send({ to: from, text: 'See you' })).status).toBe(202)
  })

  it('of one member refuses the group, and says how many', async () => {
    const [a, b] = ['+16135550163', '+16135550164']
    await gateway.json('/v1/consents', { json: { address: a, state: 'out' } })
    const refused = await gateway.send({ to: [a, b], text: 'Party' })
    expect(refused).toMatchObject({
      status: 422,
      body: { error: { code: 'recipients_opted_out', message: expect.stringContaining('1 of the 2') } },
    })
  })
})

describe('marketing', () => {
  it('needs a recorded opt-in, also of its programme alone', async () => {
    const to = '+16135550165'
    const sale = { to, text: 'Sale', purpose: 'marketing', programme: 'sales' }
    expect(await gateway.send(sale)).toMatchObject({
      status: 422,
      body: { error: { code: 'opt_in_missing' } },
    })
    await gateway.json('/v1/consents', { json: { address: to, state: 'in', programme: 'sales' } })
    expect((await gateway.send(sale)).status).toBe(202)
    expect((await gateway.send({ ...sale, programme: 'news' })).status).toBe(422)
    await gateway.json('/v1/consents', { json: { address: to, state: 'out', programme: 'sales' } })
    expect((await gateway.send(sale)).body.error.code).toBe('recipients_opted_out')
    expect((await gateway.send({ to, text: 'Your order is ready', purpose: 'transactional' })).status).toBe(
      202,
    )
  })

  it('takes a file of consents, and says what is wrong in it by line', async () => {
    const csv =
      'address,state,programme,at\n"(613) 555-0166",in,sales,2026-01-31T12:00:00Z\n+16135550167,out,,\nnobody,in,,\n'
    const imported = await gateway.json('/v1/consents', {
      method: 'POST',
      body: csv,
      headers: { 'content-type': 'text/csv' },
    })
    expect(imported).toMatchObject({ status: 200, body: { written: 2, refused: [{ line: 3 }] } })
    expect(
      (await gateway.send({ to: '+16135550166', text: 'Sale', purpose: 'marketing', programme: 'sales' }))
        .status,
    ).toBe(202)
    expect((await gateway.send({ to: '+16135550167', text: 'Hi' })).status).toBe(422)
    const wrong = await gateway.json('/v1/consents', {
      method: 'POST',
      body: 'a,b\n1,2',
      headers: { 'content-type': 'text/csv' },
    })
    expect(wrong.status).toBe(400)
  })
})
