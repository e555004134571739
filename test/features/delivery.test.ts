import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Customer, startCustomer } from '../gateway/customer.ts'
import { type Gateway, startGateway } from '../gateway/harness.ts'
import { photo } from '../gateway/photo.ts'
import { until } from '../gateway/until.ts'
import { type Answered, OWN, stageOf } from './stage.ts'

/** What the statements about sending, reports and conversations promise, over HTTP against the simulator. */

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
const { arrives, conversationWith, thread, upload, writes } = stageOf(() => gateway)

describe('in and out', () => {
  const PHONE = '+16135550341'

  it('G11, G12, I8, V27: customers start, agents answer, and what comes in appears', async () => {
    const came = await writes(PHONE, { text: 'Do you have a picture of it?' })
    expect(came).toMatchObject({ direction: 'inbound', from: PHONE, to: [OWN], state: 'received' })
    const row = await until('the conversation', async () => await conversationWith(PHONE))
    expect(row.unread).toBeGreaterThan(0)
    const { sent, arrived } = await arrives(PHONE, {
      text: 'Here',
      media: [await upload(await photo(320, 240))],
    })
    expect(sent.conversation).toBe(row.id)
    expect(arrived.facts.attachments).toBe(1)
    expect((await thread(row.id)).map((one) => one.direction)).toEqual(['outbound', 'inbound'])
  })

  it('V26: a new conversation is there at once, with its history', async () => {
    const phone = '+16135550342'
    const { sent } = await arrives(phone, { text: 'First words' })
    expect((await thread(sent.conversation)).map((one) => one.text)).toEqual(['First words'])
    const row = await until('the list', async () => await conversationWith(phone))
    expect(row).toMatchObject({ id: sent.conversation, members: [phone], number: OWN })
  })

  it('V31: another number to answer from is another conversation', async () => {
    const here = (await gateway.send({ to: PHONE, text: 'From here' })).body
    const there = (await gateway.send({ from: '+12125550101', to: PHONE, text: 'From there' })).body
    expect(there.conversation).not.toBe(here.conversation)
    const row = await until(
      'the other conversation',
      async () => await conversationWith(PHONE, '+12125550101'),
    )
    expect(row).toMatchObject({ id: there.conversation, number: '+12125550101' })
  })

  it('V8: ten and eleven digits with spaces, dashes and parentheses are one number', async () => {
    for (const typed of ['613-555-0343', '(613) 555 0343', '16135550343', '+1 613.555.0343'])
      expect((await gateway.send({ to: typed, text: 'Hi' })).body.to, typed).toEqual(['+16135550343'])
  })

  it('V23: what makes a picture message of a text is told before it is sent', async () => {
    const channel = async (message: object) =>
      (await gateway.json('/v1/messages:check', { json: { to: PHONE, ...message } })).body.channel
    expect(await channel({ text: 'Short' })).toBe('sms')
    expect(await channel({ text: 'x'.repeat(161) })).toBe('mms')
    expect(await channel({ text: 'Short', subject: 'With a subject' })).toBe('mms')
    expect(await channel({ text: 'Short', channel: 'mms' })).toBe('mms')
  })

  it('V12: a link of a public shortener is remarked on, with the whole address as the way out', async () => {
    const { body } = await gateway.json('/v1/messages:check', {
      json: { to: PHONE, text: 'See https://bit.ly/abc' },
    })
    expect(body.warnings).toContainEqual(expect.objectContaining({ code: 'url_shortener', field: 'text' }))
  })

  it('V18, V20, V22: numbers say what they can, by number', async () => {
    const { body } = await gateway.json('/v1/numbers')
    expect(body.numbers.length).toBeGreaterThanOrEqual(4)
    for (const number of body.numbers) {
      expect(number).toMatchObject({ mms: true, capabilities: { mms: 'active' } })
      expect(number.label).toEqual(expect.any(String))
    }
    expect(body.numbers.filter((one: Answered) => one.default)).toHaveLength(1)
  })

  it('C23: a draft with its files survives a change of the sending number, which is checked at once', async () => {
    const { sent } = await arrives(PHONE, { text: 'Before the draft' })
    const media = await upload(await photo(60, 40))
    const path = `/v1/conversations/${sent.conversation}`
    await until('the list', async () => await conversationWith(PHONE))
    const draft = { text: 'Not yet', from: '+12125550101', media: [media.id] }
    expect((await gateway.json(path, { method: 'PATCH', json: { draft } })).body.draft).toEqual(draft)
    const other = { ...draft, from: '+18335550102' }
    await gateway.json(path, { method: 'PATCH', json: { draft: other } })
    expect((await gateway.json(path)).body.draft).toEqual(other)
    const number = `/v1/numbers/${encodeURIComponent('+18335550102')}`
    await gateway.json(number, { method: 'PATCH', json: { mms: 'off' } })
    const { body } = await gateway.json('/v1/messages:check', {
      json: { from: other.from, to: PHONE, text: other.text, media: [media] },
    })
    expect(body).toMatchObject({ allowed: false, errors: [{ code: 'sender_without_mms' }] })
    await gateway.json(number, { method: 'PATCH', json: { mms: 'active' } })
    expect((await gateway.json(path)).body.draft).toEqual(other)
  })
})

describe('a STOP while a message waits', () => {
  it('is honoured for what is queued: the message fails, and the phone never sees it', async () => {
    const phone = '+16135550361'
    const weather = (faults: object[]) => gateway.simulator('/chaos', { method: 'PUT', json: { faults } })
    // Everything is turned away for now, so that the message waits for its next attempt.
    await weather([{ kind: 'reject', probability: 1, code: 503 }])
    const { body: sent } = await gateway.send({ to: phone, text: 'Our sale ends today' })
    await until('the first attempt', async () => {
      const { body } = await gateway.json(`/v1/messages/${sent.id}`)
      return body.timeline.some((one: Answered) => one.event === 'submitting')
    })
    await writes(phone, { text: 'STOP' })
    await weather([])
    expect(await gateway.settled(sent.id)).toMatchObject({ state: 'failed', reason: { code: 'opted_out' } })
    const { body } = await gateway.simulator(`/handsets/${encodeURIComponent(phone)}/messages`)
    expect(body.messages.map((one: Answered) => one.reference)).not.toContain(sent.id)
  })
})

describe('the page', () => {
  it('C20: can be installed on a phone', async () => {
    const manifest = await gateway.json('/inbox/manifest.webmanifest', { key: null })
    expect(manifest.headers.get('content-type')).toMatch(/^application\/manifest\+json/)
    expect(manifest.body).toMatchObject({ display: 'standalone', name: expect.any(String) })
    for (const icon of manifest.body.icons)
      expect((await gateway.api(new URL(icon.src, gateway.url).pathname, { key: null })).status).toBe(200)
  })

  it('V32: speaks French and Spanish where the browser does', async () => {
    for (const [asked, shown] of [
      ['fr-CA,fr;q=0.9', 'fr'],
      ['es-MX', 'es'],
      ['de', 'en'],
    ]) {
      const page = await gateway.api('/', { key: null, headers: { 'accept-language': asked ?? '' } })
      expect(await page.text()).toContain(`lang="${shown}"`)
    }
  })
})

describe('answers and reports', () => {
  const PHONE = '+16135550345'

  it('I11: the answer names the message and says how it will go', async () => {
    const sent = await gateway.send({ to: PHONE, text: 'Hello' })
    expect(sent.status).toBe(202)
    expect(sent.headers.get('location')).toBe(`/v1/messages/${sent.body.id}`)
    expect(sent.body).toMatchObject({ channel: 'sms', to: [PHONE], from: OWN, direction: 'outbound' })
    expect((await gateway.json(`/v1/messages/${sent.body.id}`)).body.id).toBe(sent.body.id)
  })

  it('I12, S31: the report of the operator comes after delivery, with how sure it is', async () => {
    const { body } = await gateway.send({ to: PHONE, text: 'Reported' })
    const message = await gateway.settled(body.id, ['delivered'])
    expect(message).toMatchObject({ state: 'delivered', certainty: 'handset' })
    expect(message.recipients).toEqual([expect.objectContaining({ address: PHONE, state: 'delivered' })])
    const events = message.timeline.map((one: Answered) => one.event)
    expect(events.indexOf('submitted')).toBeLessThan(events.indexOf('delivered'))
  })

  it('I14: reports are handed on to an endpoint, whose 200 ends the matter', async () => {
    const { body: webhook } = await gateway.json('/v1/webhooks', {
      json: { url: customer.url('/reports'), types: ['message.delivered', 'message.failed'] },
    })
    const good = await gateway.send({ to: PHONE, text: 'Good' })
    // The first of the simulator's numbers that never work.
    const bad = await gateway.send({ to: '+16135550100', text: 'Bad' })
    const told = await until('both reports', async () => {
      const all = customer.at('/reports').map((one) => one.body)
      return all.length >= 2 ? all : null
    })
    expect(told.map((one) => [one.type, one.data.message.id]).sort()).toEqual(
      [
        ['message.delivered', good.body.id],
        ['message.failed', bad.body.id],
      ].sort(),
    )
    const { body: log } = await gateway.json(`/v1/webhooks/${webhook.id}/deliveries`)
    expect(log.deliveries.map((one: Answered) => one.state)).toEqual(['delivered', 'delivered'])
    await gateway.json(`/v1/webhooks/${webhook.id}`, { method: 'DELETE' })
  })

  it('S32: a failure says what happened in our words and in the carrier’s', async () => {
    const { body } = await gateway.send({ to: '+16135550100', text: 'Nobody' })
    const failed = await gateway.settled(body.id, ['failed'])
    expect(failed.reason).toMatchObject({ code: 'invalid_recipient', message: expect.stringMatching(/\.$/) })
    expect(failed.vendor_code).toEqual(expect.any(String))
  })
})
