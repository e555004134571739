import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gateway, startGateway } from '../gateway/harness.ts'

/** What the statements about what a message can be promise, over HTTP against the simulator. */

const OWN = '+14165550100'
let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway?.close())

type Json = Record<string, unknown>
/** Sends, waits for the report, and gives what the phone has of it. */
const arrives = async (phone: string, message: Json) => {
  const sent = await gateway.send({ to: phone, ...message })
  expect(sent.status, JSON.stringify(sent.body)).toBe(202)
  await gateway.settled(sent.body.id)
  const { body } = await gateway.simulator(`/handsets/${encodeURIComponent(phone)}/messages`)
  const arrived = body.messages.find((one: { reference: string }) => one.reference === sent.body.id)
  return { sent: sent.body, arrived }
}
const check = async (body: Json) => (await gateway.json('/v1/messages:check', { json: body })).body

describe('SMS or MMS', () => {
  const PHONE = '+16135550201'

  it('V2 a text past the segments of the number goes as MMS', async () => {
    expect((await arrives(PHONE, { text: 'x'.repeat(160) })).arrived.channel).toBe('sms')
    const long = await arrives(PHONE, { text: 'x'.repeat(161) })
    expect(long.arrived.channel).toBe('mms')
    expect(long.arrived.facts.text).toBe('x'.repeat(161))
    // 71 letters outside the GSM alphabet do not fit one segment.
    expect((await arrives(PHONE, { text: 'ё'.repeat(71) })).arrived.channel).toBe('mms')
    const path = `/v1/numbers/${encodeURIComponent(OWN)}`
    await gateway.json(path, { method: 'PATCH', json: { sms_max_segments: 3 } })
    expect((await arrives(PHONE, { text: 'x'.repeat(161) })).arrived.channel).toBe('sms')
    await gateway.json(path, { method: 'PATCH', json: { sms_max_segments: 1 } })
  })

  it('V2 the caller chooses the channel', async () => {
    expect((await arrives(PHONE, { channel: 'mms', text: 'Hi' })).arrived.channel).toBe('mms')
    const { sent, arrived } = await arrives(PHONE, { channel: 'sms', text: 'x'.repeat(400) })
    expect(arrived.channel).toBe('sms')
    expect(sent.warnings.map((one: { code: string }) => one.code)).toContain('sms_segments')
    const refused = await gateway.send({ to: PHONE, channel: 'sms', text: 'Hi', subject: 'No' })
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_field', field: 'channel' } },
    })
  })

  it('V2 a check says how a text travels', async () => {
    const said = await check({ to: PHONE, channel: 'sms', text: '😀'.repeat(36) })
    expect(said).toMatchObject({ allowed: true, channel: 'sms', segments: { count: 2, alphabet: 'ucs-2' } })
    expect(await check({ to: PHONE, text: 'x'.repeat(161) })).toMatchObject({
      channel: 'mms',
      segments: null,
    })
  })

  it('V2 a phone that is known to take no MMS gets a long text as SMS', async () => {
    const phone = '+16135550202'
    await gateway.json(`/v1/recipients/${encodeURIComponent(phone)}`, { method: 'PUT', json: { mms: 'no' } })
    expect((await arrives(phone, { text: 'x'.repeat(200) })).arrived.channel).toBe('sms')
  })

  it('S22 SMS and MMS of a pair are one conversation', async () => {
    const sms = await gateway.send({ to: PHONE, channel: 'sms', text: 'one' })
    const mms = await gateway.send({ to: PHONE, channel: 'mms', text: 'two' })
    expect(sms.body.conversation).toBe(mms.body.conversation)
  })

  it('V17 2048 characters', async () => {
    const { arrived } = await arrives(PHONE, { text: 'y'.repeat(2048) })
    expect(arrived.facts.text).toBe('y'.repeat(2048))
    const { body } = await gateway.send({ to: PHONE, text: 'y'.repeat(2049) })
    expect(body.error.code).toBe('text_too_long')
  })
})
