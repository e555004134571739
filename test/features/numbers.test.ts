import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gateway, startGateway } from '../gateway/harness.ts'
import { photo } from '../gateway/photo.ts'
import { until } from '../gateway/until.ts'

/** What the statements about numbers, permission and money promise, over HTTP against the simulator. */

const ACCOUNT = 'acc_demo000000000000000000'
const ROOT = encodeURIComponent('a root key of tests, which opens nothing anywhere')
const PHONE = '+16135550171'
const TORONTO = '+14165550100'
const NEW_YORK = '+12125550101'
let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway?.close())

type Json = Record<string, unknown>
const number = (address: string) => `/v1/numbers/${encodeURIComponent(address)}`
const add = (body: Json) => gateway.json('/v1/numbers', { json: { vendor: 'simulator', ...body } })
const change = (address: string, body: Json) => gateway.json(number(address), { method: 'PATCH', json: body })
const check = async (body: Json) =>
  (await gateway.json('/v1/messages:check', { json: { to: PHONE, ...body } })).body
const codes = (list: readonly { code: string }[]): string[] => list.map((one) => one.code)
const recipient = (address: string, body?: Json) =>
  gateway.json(`/v1/recipients/${encodeURIComponent(address)}`, body && { method: 'PUT', json: body })
const fund = (body: Json, key: string | null = ROOT, headers: Record<string, string> = {}) =>
  gateway.json(`/v1/accounts/${ACCOUNT}/credit`, { method: 'PATCH', json: body, key, headers })
const upload = async (bytes: Uint8Array<ArrayBuffer>): Promise<{ id: string }> => {
  const { body } = await gateway.json('/v1/media', { method: 'POST', body: bytes })
  return { id: body.id }
}

/** A picture without transparency. */
const png = async (width: number, height: number): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(
    await sharp({ create: { width, height, channels: 3, background: '#4a8' } })
      .png()
      .toBuffer(),
  )

describe('numbers', () => {
  it.each([
    ['G1 US long code', '+12125550111', 'long-code', 'US'],
    ['G1 CA long code', '+16475550111', 'long-code', 'CA'],
    ['G2 toll-free', '+18445550111', 'toll-free', 'US'],
    ['G3 US short code', '55511', 'short-code', 'US'],
    ['G10 a short code of six digits', '555111', 'short-code', 'US'],
  ])('%s', async (_, address, type, country) => {
    const added = await add({ number: address })
    expect(added.status).toBe(201)
    expect(added.body).toMatchObject({
      number: address,
      type,
      country,
      sms: true,
      mms: true,
      capabilities: { sms: 'active', mms: 'active' },
    })
    expect(added.headers.get('location')).toBe(number(address))
    expect((await gateway.json(number(address))).body).toEqual(added.body)
    expect((await check({ from: address, text: 'Hi' })).allowed).toBe(true)
  })

  it.each<[string, Json, number, string]>([
    [
      'G3 a Canadian short code, where the vendor has none',
      { number: '55512', country: 'CA' },
      400,
      'country',
    ],
    ['G9 a long code that says it is short', { number: '+12125550112', type: 'short-code' }, 400, 'type'],
    ['G10 four digits', { number: '5551' }, 400, 'number'],
    ['C2 a number of Jamaica', { number: '+18765550111' }, 400, 'number'],
    ['C4 a number of London', { number: '+442071838750' }, 400, 'number'],
    ['a country that the area code contradicts', { number: '+12125550113', country: 'CA' }, 400, 'country'],
    ['a number that is there already', { number: TORONTO }, 409, 'number'],
    [
      'a registration of another kind',
      { number: '+12125550114', registration: { kind: 'toll-free', state: 'active' } },
      400,
      'registration.kind',
    ],
    ['a label that controls', { number: '+12125550115', label: 'a\r\nb' }, 400, 'label'],
    [
      'a price that is no whole number',
      { number: '+12125550116', prices: { mms_out: 0.02 } },
      400,
      'prices.mms_out',
    ],
  ])('refuses %s', async (_, body, status, field) => {
    const answer = await add(body)
    expect([answer.status, answer.body.error.field]).toEqual([status, field])
  })

  it('C3 C5 G18 V7 V20 capabilities have a state, by number', async () => {
    await add({ number: '+12125550120', mms: 'requested' })
    const sent = await check({ from: '+12125550120', subject: 'Hi' })
    expect(codes(sent.errors)).toEqual(['capability_requested'])
    await change('+12125550120', { mms: 'off' })
    expect(codes((await check({ from: '+12125550120', subject: 'Hi' })).errors)).toEqual([
      'sender_without_mms',
    ])
    expect((await check({ from: '+12125550120', text: 'Hi' })).allowed).toBe(true)
    expect((await gateway.json(number('+12125550120'))).body).toMatchObject({ mms: false, sms: true })
    await change('+12125550120', { mms: 'active' })
    expect((await check({ from: '+12125550120', subject: 'Hi' })).allowed).toBe(true)
  })

  it('V13 a ported number tries and warns; the first success ends it', async () => {
    const ported = new Date(Date.now() - 3_600_000).toISOString()
    const { body } = await add({ number: '+12125550121', ported_at: ported })
    expect(body).toMatchObject({
      capabilities: { sms: 'active', mms: 'pending' },
      mms: true,
      ported_at: ported,
    })
    const sent = await gateway.send({ from: '+12125550121', to: PHONE, subject: 'First' })
    expect(sent.status).toBe(202)
    expect(codes(sent.body.warnings)).toContain('capability_pending')
    await until('MMS to be active', async () => {
      const { capabilities } = (await gateway.json(number('+12125550121'))).body
      return capabilities.mms === 'active'
    })
    expect((await check({ from: '+12125550121', subject: 'Second' })).warnings).toEqual([])
    const old = await add({ number: '+12125550122', ported_at: '2026-01-01T00:00:00Z' })
    expect(old.body.capabilities.mms).toBe('active')
  })

  it('V22 the account has one default, lists come in pages, and a number can go', async () => {
    await add({ number: '+12125550130', default: true })
    expect((await gateway.json(number(TORONTO))).body.default).toBe(false)
    await change(TORONTO, { default: true, label: 'Front desk' })
    const listed: Json[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page = await gateway.json(`/v1/numbers?limit=2${cursor && `&cursor=${cursor}`}`)
      listed.push(...page.body.numbers)
      cursor = page.body.next
    }
    const addresses = listed.map((one) => one.number)
    expect(addresses).toEqual([...new Set(addresses)].sort())
    expect(addresses).toContain('+12125550130')
    expect(listed.filter((one) => one.default).map((one) => one.number)).toEqual([TORONTO])
    expect((await gateway.api(number('+12125550130'), { method: 'DELETE' })).status).toBe(204)
    expect((await gateway.json(number('+12125550130'))).status).toBe(404)
    expect((await gateway.json(number('+12125550130'), { method: 'DELETE' })).status).toBe(404)
  })
})

describe('may this be sent?', () => {
  it('C7 C22 says everything that speaks against it at once, and sends nothing', async () => {
    const before = (await gateway.json('/v1/conversations')).body
    const answer = await check({
      to: ['911', '+442071838750', 'nobody', TORONTO],
      text: 'x'.repeat(2049),
      subject: 'x'.repeat(81),
    })
    expect(answer.allowed).toBe(false)
    expect(codes(answer.errors).sort()).toEqual([
      'emergency_number',
      'invalid_number',
      'recipient_is_own_number',
      'recipient_outside_area',
      'subject_too_long',
      'text_too_long',
    ])
    for (const error of answer.errors) {
      expect(error.message.length).toBeGreaterThan(20)
      expect(error.field).toMatch(/^(to|text|subject)$/)
    }
    expect((await gateway.json('/v1/conversations')).body).toEqual(before)
  })

  it.each<[string, Json, boolean, string[]]>([
    ['V8 ten digits with dashes', { to: '(613) 555-0171', text: 'Hi' }, true, []],
    [
      'C2 the Bahamas have +1 and are not the US',
      { to: '+12425550171', text: 'Hi' },
      false,
      ['recipient_outside_area'],
    ],
    ['V17 2048 characters', { text: 'x'.repeat(2048) }, true, []],
    ['V17 one more', { text: 'x'.repeat(2049) }, false, ['text_too_long']],
    ['S17 80 characters of subject', { subject: 'x'.repeat(80) }, true, ['subject_long']],
    ['S17 40 characters pass without a word', { subject: 'x'.repeat(40) }, true, []],
    ['S17 81', { subject: 'x'.repeat(81) }, false, ['subject_too_long']],
    ['V12 a public shortener', { text: 'See https://bit.ly/abc' }, true, ['url_shortener']],
    ['V12 a whole address', { text: 'See https://example.com/bit.ly' }, true, []],
    ['988', { to: '988', text: 'Hi' }, false, ['emergency_number']],
    [
      'C10 an eleventh picture',
      { media: Array.from({ length: 11 }, () => ({ url: 'https://example.com/a.jpg' })) },
      false,
      ['too_many_parts'],
    ],
  ])('%s', async (_, body, allowed, said) => {
    const answer = await check(body)
    expect([answer.allowed, codes([...answer.errors, ...answer.warnings])]).toEqual([allowed, said])
  })

  it('G8 V14 media that is gone, or of a type that nobody carries, is told before anything is sent', async () => {
    const sound = new TextEncoder().encode(`#!AMR-WB\n${'\u0004'.padEnd(24, 'x')}`)
    const { body: amr } = await gateway.json('/v1/media', { method: 'POST', body: sound })
    expect(amr.type).toBe('audio/amr-wb')
    expect(codes((await check({ media: [{ id: amr.id }] })).errors)).toEqual(['type_not_accepted'])
    const nothing = { id: 'med_0000000000000000000000' }
    expect(codes((await check({ media: [nothing] })).errors)).toEqual(['not_found'])
    const form = new FormData()
    form.append('to', PHONE)
    expect((await gateway.api('/v1/messages:check', { method: 'POST', body: form })).status).toBe(415)
    expect((await gateway.json('/v1/messages:chec', { json: { to: PHONE, text: 'Hi' } })).status).toBe(404)
  })

  it('C6 V10 a recipient without MMS is refused until somebody knows better; the reports of the network count', async () => {
    expect((await recipient(PHONE, { mms: 'no' })).body.mms).toMatchObject({ state: 'no', source: 'manual' })
    expect(codes((await check({ subject: 'Hi' })).errors)).toEqual(['recipient_without_mms'])
    expect((await check({ text: 'Hi' })).allowed).toBe(true)
    await recipient(PHONE, { mms: 'unknown' })
    expect((await check({ subject: 'Hi' })).allowed).toBe(true)
    // The simulated number that always reports that it takes no MMS.
    const noMms = '+16135550102'
    const sent = await gateway.send({ to: noMms, subject: 'Hi' })
    await gateway.settled(sent.body.id, ['failed'])
    const learned = await until('the report to be learned', async () => {
      const { mms } = (await recipient(noMms)).body
      return mms.state === 'no' ? mms : null
    })
    expect(learned.source).toBe('vendor')
    expect(Date.parse(learned.until) - Date.parse(learned.at)).toBe(30 * 86_400_000)
    expect(codes((await check({ to: noMms, subject: 'Again' })).errors)).toEqual(['recipient_without_mms'])
  })

  it('C6 a phone that takes a picture is known to', async () => {
    const sent = await gateway.send({ to: '+16135550172', subject: 'Hi' })
    await gateway.settled(sent.body.id, ['delivered'])
    await until('the receipt to be learned', async () => {
      const { mms } = (await recipient('+16135550172')).body
      return mms.state === 'yes' && mms.source === 'receipt'
    })
  })

  it("the recipient's network bounds the budget, and an account has its own word on it", async () => {
    await recipient('+16135550173', { network: 'bell' })
    const to = '+16135550173'
    expect((await check({ to, subject: 'Hi' })).budget).toBe(614_400)
    expect((await check({ to, subject: 'Hi', budget: 'recommended' })).budget).toBe(614_400)
    const unknown = await check({ subject: 'Hi', budget: 'recommended' })
    expect([unknown.budget, codes(unknown.warnings)]).toEqual([1_000_000, ['network_unknown']])
    expect((await check({ subject: 'Hi' })).budget).toBe(300_000)
    // Known and unknown together: careful, and within the known one.
    expect((await check({ to: [to, PHONE], subject: 'Hi', budget: 'hard' })).budget).toBe(614_400)
    const override = await gateway.json('/v1/networks/bell', {
      method: 'PUT',
      json: { message_bytes: 450_000 },
    })
    expect(override.body).toMatchObject({ id: 'bell', message_bytes: 450_000, overridden: true })
    expect((await check({ to, subject: 'Hi' })).budget).toBe(450_000)
    expect((await gateway.api('/v1/networks/bell', { method: 'DELETE' })).status).toBe(204)
    expect((await check({ to, subject: 'Hi' })).budget).toBe(614_400)
    expect((await recipient(to, { network: 'nobody' })).status).toBe(400)
  })

  it("the networks' reports and phones' own messages teach it, with their date", async () => {
    const names = { '+16135550174': 'Bell Mobility', '+16135550175': 'T-MOBILE USA, INC.' }
    for (const [phone, operator] of Object.entries(names))
      await gateway.simulator(`/handsets/${encodeURIComponent(phone)}/profile`, {
        method: 'PUT',
        json: { operator },
      })
    const sent = await gateway.send({ to: '+16135550174', subject: 'Hi' })
    await gateway.settled(sent.body.id, ['delivered'])
    const reply = new FormData()
    reply.append('to', TORONTO)
    reply.append('text', 'Hello')
    await gateway.api(`/v1/simulator/handsets/${encodeURIComponent('+16135550175')}/reply`, {
      method: 'POST',
      body: reply,
    })
    const learned = (phone: string) =>
      until(`the network of ${phone}`, async () => {
        const { network } = (await recipient(phone)).body
        return network.id === null ? null : network
      })
    expect(await learned('+16135550174')).toMatchObject({
      id: 'bell',
      source: 'receipt',
      at: expect.any(String),
    })
    expect(await learned('+16135550175')).toMatchObject({ id: 't-mobile', source: 'inbound' })
    await until('when it wrote', async () => (await recipient('+16135550175')).body.wrote_at)
    expect((await check({ to: '+16135550174', subject: 'Hi' })).budget).toBe(614_400)
    expect((await check({ to: '+16135550175', subject: 'Hi' })).budget).toBe(1_048_576)
  })

  it('S9 S10 strict mode refuses what would be changed', async () => {
    const picture = await upload(await png(300, 200))
    expect(codes((await check({ media: [picture], strict: true })).errors)).toEqual(['strict_refused'])
    expect((await check({ media: [picture] })).allowed).toBe(true)
    const sent = await gateway.send({ to: PHONE, media: [picture], strict: true })
    expect([sent.status, sent.body.error.code]).toEqual([422, 'strict_refused'])
    const jpeg = await upload(await photo(300, 200))
    expect((await check({ media: [jpeg], strict: true })).allowed).toBe(true)
    expect(codes((await check({ media: [jpeg], strict: true, subject: 'x'.repeat(41) })).errors)).toEqual([
      'strict_refused',
    ])
  })

  it('S10 prefer_jpeg sends a PNG as JPEG', async () => {
    await add({ number: '+12125550140', prefer_jpeg: true })
    const media = [await upload(await png(64, 48))]
    const jpeg = await gateway.send({ from: '+12125550140', to: PHONE, media })
    expect(jpeg.body.parts[0].type).toBe('image/jpeg')
  })

  it('V10 the same words to more than 25 strangers warn', async () => {
    const warned: boolean[] = []
    for (let n = 0; n < 27; n++) {
      const to = `+1613555${String(2000 + n)}`
      const sent = await gateway.send({ to, text: 'A unique offer for everybody' })
      warned.push(codes(sent.body.warnings).includes('bulk_pattern'))
    }
    expect(warned).toEqual([...Array.from({ length: 25 }, () => false), true, true])
  })
})

describe('money', () => {
  it('V4 a text of several segments costs each of them', async () => {
    await change(NEW_YORK, { prices: { sms_out: 7_000, mms_out: 20_000 } })
    const cost = async (body: Json) => (await check({ from: NEW_YORK, ...body })).cost
    expect(await cost({ text: 'Short', channel: 'sms' })).toBe(7_000)
    expect(await cost({ text: 'x'.repeat(400), channel: 'sms' })).toBe(21_000)
    expect(await cost({ text: 'x'.repeat(400), channel: 'mms' })).toBe(20_000)
  })

  it('C8 C9 a trial sends nothing, exhausted credit neither, and only the operator changes that', async () => {
    expect((await fund({ plan: 'prepaid' }, 'dev-key')).status).toBe(401)
    expect((await fund({ plan: 'prepaid' }, null)).status).toBe(401)
    const planned = await gateway.send({
      to: PHONE,
      text: 'Draft',
      send_at: new Date(Date.now() + 86_400_000).toISOString(),
    })
    expect((await fund({ plan: 'trial' })).body).toMatchObject({ plan: 'trial' })
    const trial = await gateway.send({ to: PHONE, text: 'Hi' })
    expect([trial.status, trial.body.error.code]).toEqual([402, 'trial_account'])
    expect(codes((await check({ text: 'Hi' })).errors)).toEqual(['trial_account'])
    await fund({ plan: 'prepaid' })
    const empty = await gateway.send({ to: PHONE, text: 'Hi' })
    expect([empty.status, empty.body.error.code]).toEqual([402, 'credit_exhausted'])
    // What was taken already takes another content all the same.
    const path = `/v1/messages/${planned.body.id}`
    expect((await gateway.json(`${path}/replace`, { json: { text: 'Final' } })).status).toBe(200)
    await gateway.json(`${path}/cancel`, { method: 'POST' })
  })

  it('V4 C9 50 parallel sends spend what is there, a recipient at a time, and no more', async () => {
    await change(TORONTO, { prices: { mms_out: 20_000, mms_in: 20_000 } })
    const credit = { amount: 10 * 20_000 + 1, note: 'Paid by card' }
    await fund(credit, ROOT, { 'idempotency-key': 'invoice 7' })
    await fund(credit, ROOT, { 'idempotency-key': 'invoice 7' })
    expect((await gateway.json('/v1/credit')).body).toMatchObject({
      plan: 'prepaid',
      available: 200_001,
      held: 0,
    })
    const sent = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        gateway.send({ to: `+1613555${4000 + n}`, subject: `Hello ${n}` }),
      ),
    )
    expect(sent.map((one) => one.status).filter((one) => one === 202)).toHaveLength(10)
    expect(new Set(sent.map((one) => one.status))).toEqual(new Set([202, 402]))
    await Promise.all(
      sent.filter((one) => one.status === 202).map((one) => gateway.settled(one.body.id, ['delivered'])),
    )
    const settled = await until('the holds to settle', async () => {
      const { body } = await gateway.json('/v1/credit')
      return body.held === 0 ? body : null
    })
    expect(settled.available).toBe(1)
    const day = new Date().toISOString().slice(0, 10)
    const { body: used } = await gateway.json(
      `/v1/usage?number=${encodeURIComponent(TORONTO)}&kind=mms&from=${day}`,
    )
    const row = used.usage.find((one: Json) => one.direction === 'outbound')
    expect(row.amount).toBeGreaterThanOrEqual(200_000)
    expect(row.number).toBe(TORONTO)
  })

  it('what the vendor refuses costs nothing: the hold comes back', async () => {
    await fund({ amount: 99_999 })
    const before = (await gateway.json('/v1/credit')).body.available
    const refused = '+16135550100'
    const sent = await gateway.send({ to: refused, subject: 'Hi' })
    expect(sent.status).toBe(202)
    await gateway.settled(sent.body.id, ['failed'])
    await until('the hold to come back', async () => {
      const { body } = await gateway.json('/v1/credit')
      return body.held === 0 && body.available === before
    })
    const { body: ledger } = await gateway.json('/v1/credit/ledger?limit=2')
    expect(ledger.entries.map((one: Json) => [one.kind, one.amount, one.message])).toEqual([
      ['release', 20_000, sent.body.id],
      ['hold', -20_000, sent.body.id],
    ])
  })

  it('G19 V4 what a phone sends costs the inbound fee of its kind, and is counted', async () => {
    await add({ number: '+12125550145', prices: { mms_in: 7_000, sms_in: 3_000 } })
    for (const [text, files] of [
      ['A picture', [await photo(64, 48)]],
      ['Words alone', []],
    ] as const) {
      const reply = new FormData()
      reply.append('to', '+12125550145')
      reply.append('text', text)
      for (const bytes of files) reply.append('media', new Blob([bytes]), 'IMG_1.JPG')
      const path = `/v1/simulator/handsets/${encodeURIComponent('+16135550176')}/reply`
      expect((await gateway.api(path, { method: 'POST', body: reply })).status).toBeLessThan(300)
    }
    const rows = await until('both to be counted', async () => {
      const { body } = await gateway.json(`/v1/usage?number=${encodeURIComponent('+12125550145')}`)
      return body.usage.length === 2 ? body.usage : null
    })
    expect(rows.map((one: Json) => [one.kind, one.direction, one.messages, one.amount])).toEqual([
      ['mms', 'inbound', 1, 7_000],
      ['sms', 'inbound', 1, 3_000],
    ])
  })

  it('V5 V6 a key has the limits that it was given, and none by default', async () => {
    await fund({ plan: 'unlimited' })
    const limits = '/v1/keys/key_demo000000000000000000/limits'
    expect((await gateway.json(limits)).body).toEqual({
      messages_per_minute: null,
      messages_per_day: null,
      spend_per_day: null,
    })
    await gateway.json(limits, { method: 'PUT', json: { messages_per_minute: 2 } })
    const answers = []
    for (let n = 0; n < 3; n++) answers.push(await gateway.send({ to: PHONE, text: `Limited ${n}` }))
    expect(answers.map((one) => one.status)).toEqual([202, 202, 429])
    const last = answers.at(-1)!
    expect(last.body.error).toMatchObject({ code: 'key_limit_reached', retryable: true })
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(30)
    await gateway.json(limits, { method: 'PUT', json: {} })
    expect((await gateway.send({ to: PHONE, text: 'Free again' })).status).toBe(202)
    expect((await gateway.json('/v1/keys/key_nobody/limits')).status).toBe(404)
  })
})

describe('pace', () => {
  it('a number of two messages a second takes two seconds for five, over five conversations', async () => {
    await add({
      number: '+12125550150',
      registration: { kind: '10dlc', state: 'active', id: 'C123', caps: { per_second: 2 } },
    })
    const sent = await Promise.all(
      Array.from({ length: 5 }, (_, n) =>
        gateway.send({ from: '+12125550150', to: `+161355550${10 + n}`, text: `Paced ${n}` }),
      ),
    )
    const timelines = await Promise.all(sent.map((one) => gateway.settled(one.body.id, ['delivered'])))
    const at = timelines
      .map(({ timeline }) => Date.parse(timeline.find((one: Json) => one.event === 'submitting').at))
      .sort((a, b) => a - b)
    expect(at.at(-1)! - at[0]!).toBeGreaterThanOrEqual(1_900)
    expect(at.at(-1)! - at[0]!).toBeLessThanOrEqual(4_000)
  })

  it("F-4: a vendor's 429 holds the whole number for as long as it asked, and no other number", async () => {
    for (const address of ['+12125550151', '+12125550152']) await add({ number: address })
    const submitted = async (from: string, to: string): Promise<[Json, number]> => {
      const sent = await gateway.send({ from, to, text: `From ${from}` })
      const message = await gateway.settled(sent.body.id, ['submitted', 'delivered'])
      return [message, Date.parse(message.timeline.find((one: Json) => one.event === 'submitting').at)]
    }
    // The simulated number that always answers 429 with Retry-After.
    const limited = await gateway.send({ from: '+12125550151', to: '+16135550111', text: 'Hi' })
    const retrying = await until('the pause', async () => {
      const { body } = await gateway.json(`/v1/messages/${limited.body.id}`)
      return body.timeline.find((one: Json) => one.event === 'retrying')
    })
    const paused = Date.parse(retrying.at)
    const wait = Number(/next attempt in (\d+) s/.exec(retrying.detail)![1]) * 1000
    const [[, same], [, other]] = await Promise.all([
      submitted('+12125550151', '+16135550181'),
      submitted('+12125550152', '+16135550182'),
    ])
    expect(same - paused).toBeGreaterThanOrEqual(wait - 1_000)
    expect(other - paused).toBeLessThan(wait)
  })
})
