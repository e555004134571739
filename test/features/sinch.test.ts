import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Customer, type Received, startCustomer } from '../gateway/customer.ts'
import { DEV_KEY, type Gateway, type JsonAnswer, startGateway } from '../gateway/harness.ts'
import { photo } from '../gateway/photo.ts'
import { startRelay } from '../gateway/relay.ts'
import { until } from '../gateway/until.ts'
import { bytesOf } from '../media/bytes-of.ts'
import { h264, writeMovie } from '../media/formats/mp4/write-movie.ts'
import { type Answered, type Json, OWN, stageOf } from './stage.ts'

/** What the vendor's page on MMS says of its Conversation API, by its own requests and callbacks. */

const SHORT = '55501'
const CREDENTIALS = {
  account_id: 'an account of MMS',
  api_key: 'SECRET-KEY',
  default_sender: '14165550100',
  basic_auth: { username: 'somebody', password: 'SECRET-PASSWORD' },
}

let gateway: Gateway
let customer: Customer
let app: string
const { arrives, upload, writes } = stageOf(() => gateway)

const sinch = (path: string, init: { method?: string; json?: unknown } = {}): Promise<JsonAnswer> =>
  gateway.json(`/dialects/sinch/v1/projects/acc_demo000000000000000000${path}`, {
    ...init,
    headers: { authorization: `Basic ${btoa(`any:${DEV_KEY}`)}` },
  })
const make = async (name: string, mms: Json = CREDENTIALS): Promise<JsonAnswer> =>
  sinch('/apps', {
    json: { display_name: name, channel_credentials: [{ channel: 'MMS', mms_credentials: mms }] },
  })
const request = (phone: string, message: Json, more: Json = {}): Json => ({
  app_id: app,
  recipient: { identified_by: { channel_identities: [{ channel: 'MMS', identity: phone.slice(1) }] } },
  message,
  channel_priority_order: ['MMS'],
  channel_properties: { MMS_SENDER: '14165550100' },
  ...more,
})
const send = (phone: string, message: Json, more: Json = {}): Promise<JsonAnswer> =>
  sinch('/messages:send', { json: request(phone, message, more) })
/** What a phone has of a message that the app sent. */
const phoneHas = async (phone: string, message: Json, more: Json = {}): Promise<Answered> => {
  const sent = await send(phone, message, more)
  expect(sent.status, JSON.stringify(sent.body)).toBe(200)
  await gateway.settled(sent.body.message_id)
  const { body } = await gateway.simulator(`/handsets/${encodeURIComponent(phone)}/messages`)
  const arrived = body.messages.find((one: Answered) => one.reference === sent.body.message_id)
  return { ...arrived, id: sent.body.message_id }
}
const types = (arrived: Answered): string[] =>
  arrived.facts.parts
    .map((one: Answered) => one.found ?? one.type)
    .filter((one: string) => !/smil|plain/.test(one))
/** A public URL of a file, as customers have them. */
const urlOf = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
  const { id } = await upload(bytes)
  const { status, body } = await gateway.json(`/v1/media/${id}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.url
}
/** The first callbacks that are looked for. */
const told = (what: string, find: (body: Answered) => unknown, least = 1): Promise<Received[]> =>
  until(what, async () => {
    const found = customer.at('/sinch').filter((one) => find(one.body))
    return found.length >= least ? found : null
  })
const cameFrom = (phone: string, kind: string, least = 1): Promise<Received[]> =>
  told(
    `${kind} of ${phone}`,
    ({ message }) => message?.channel_identity.identity === phone.slice(1) && message.contact_message[kind],
    least,
  )
const jpeg = async (): Promise<File> => new File([await photo(160, 120)], 'IMG_1.jpg', { type: 'image/jpeg' })

beforeAll(async () => {
  customer = await startCustomer()
  gateway = await startGateway()
  app = (await make('Features')).body.id
})
afterAll(async () => {
  await gateway?.close()
  await customer?.close()
})

describe('setting up', () => {
  it('S2 five credentials make a channel, and none may be missing', async () => {
    const { default_sender, ...others } = CREDENTIALS
    expect((await make('Without a sender', others)).status).toBe(200)
    for (const name of Object.keys(others)) {
      const { [name]: _, ...rest } = others as Record<string, unknown>
      const refused = await make('Incomplete', { ...rest, default_sender })
      expect(refused).toMatchObject({
        status: 400,
        body: { error: { code: 400, status: 'INVALID_ARGUMENT' } },
      })
    }
  })

  it('S3 the management API sets them; they are kept encrypted and shown to nobody', async () => {
    const made = await make('Managed', { ...CREDENTIALS, default_sender: '18335550102' })
    const json = {
      channel_credentials: [
        {
          channel: 'MMS',
          mms_credentials: { ...CREDENTIALS, api_key: '***', default_sender: '18335550102' },
        },
      ],
    }
    const changed = await sinch(`/apps/${made.body.id}`, { method: 'PATCH', json })
    const shown = changed.body.channel_credentials[0]
    expect(shown).toMatchObject({
      channel: 'MMS',
      mms_credentials: { account_id: 'an account of MMS', default_sender: '18335550102' },
      state: { status: 'ACTIVE' },
    })
    expect(JSON.stringify([made.body, changed.body])).not.toContain('SECRET')
    const { DB } = (await gateway.worker.getEnv()) as {
      DB: { prepare(sql: string): { all(): Promise<{ results: unknown[] }> } }
    }
    const { results } = await DB.prepare("SELECT * FROM dialect_records WHERE kind = 'sinch_app'").all()
    expect(results.length).toBeGreaterThan(2)
    expect(JSON.stringify(results)).toContain('an account of MMS')
    expect(JSON.stringify(results)).not.toContain('SECRET')
    expect((await sinch(`/apps/${made.body.id}`, { method: 'DELETE' })).status).toBe(200)
  })

  it('S5 a webhook is made by API, and called', async () => {
    const made = await sinch('/webhooks', {
      json: { app_id: app, target: customer.url('/sinch'), secret: 's' },
    })
    expect(made).toMatchObject({ status: 200, body: { app_id: app, target_type: 'HTTP' } })
    const reply = await writes('+16135550350', { text: 'Anybody there?' })
    const [one] = await cameFrom('+16135550350', 'text_message')
    expect(one?.body).toMatchObject({ app_id: app, message: { id: reply.id } })
    expect(one?.headers['x-sinch-webhook-signature']).toMatch(/^[\w+/]{43}=$/)
  })

  it('S4 an empty sender is the default sender', async () => {
    const arrived = await phoneHas(
      '+16135550351',
      { text_message: { text: 'Hi' } },
      {
        channel_properties: { MMS_SENDER: '' },
      },
    )
    expect(arrived.from).toBe(OWN)
  })

  it('S6 MMS_SENDER is a short code or a long number', async () => {
    for (const sender of [SHORT, '12125550101']) {
      const sent = await send(
        '+16135550351',
        { text_message: { text: 'Hi' } },
        {
          channel_properties: { MMS_SENDER: sender },
        },
      )
      expect((await gateway.settled(sent.body.message_id)).from).toBe(sender === SHORT ? SHORT : `+${sender}`)
    }
    const unknown = await send(
      '+16135550351',
      { text_message: { text: 'Hi' } },
      {
        channel_properties: { MMS_SENDER: '12125550199' },
      },
    )
    expect(unknown).toMatchObject({ status: 400, body: { error: { status: 'INVALID_ARGUMENT' } } })
  })

  it('S7 channel_priority_order ["MMS","SMS"] falls back to SMS, as channel_fallback does', async () => {
    const phone = '+16135550352'
    await gateway.json(`/v1/recipients/${encodeURIComponent(phone)}`, { method: 'PUT', json: { mms: 'no' } })
    const url = await urlOf(await photo(200, 150))
    const message = { card_message: { title: 'Boats', media_message: { url } } }
    expect((await send(phone, message)).status).toBe(400)
    const arrived = await phoneHas(phone, message, { channel_priority_order: ['MMS', 'SMS'] })
    expect(arrived).toMatchObject({ channel: 'sms' })
    expect(arrived.facts.text).toMatch(/^Boats\nhttp:\S+\/l\/\w{22}$/)
    // A phone of which nobody knew: its carrier refuses the MMS, and takes the text.
    const { body } = await gateway.simulator('/handsets')
    const { number } = body.magic.find((one: Answered) => one.reason === 'no_mms')
    const sent = await send(number, message, { channel_priority_order: ['MMS', 'SMS'] })
    const settled = await gateway.settled(sent.body.message_id)
    expect(settled).toMatchObject({ channel: 'sms', state: 'delivered', parts: [] })
    expect(settled.timeline.map((one: Json) => one.event)).toContain('channel_fallback')
    const there = await gateway.simulator(`/handsets/${encodeURIComponent(number)}/messages`)
    const late = there.body.messages.findLast((one: Answered) => one.channel === 'sms')
    expect(late.facts.text).toMatch(/^Boats\nhttp:\S+\/l\/\w{22}$/)
    const [report] = await told(
      'its report',
      ({ message_delivery_report }) => message_delivery_report?.message_id === settled.id,
    )
    expect(report?.body.message_delivery_report).toMatchObject({ status: 'DELIVERED', channel: 'SMS' })
    const page = new URL(/http:\S+/.exec(late.facts.text)?.[0] ?? '')
    expect((await gateway.api(page.pathname, { key: null })).status).toBe(200)
    const native = await arrives(phone, { text: 'Hello', channel: 'mms', channel_fallback: true })
    expect(native.arrived).toMatchObject({ channel: 'sms', facts: { text: 'Hello' } })
    expect((await gateway.send({ to: phone, text: 'Hello', channel: 'mms' })).status).toBe(400)
    const nobody = await send(phone, message, { channel_priority_order: ['WHATSAPP'] })
    expect(nobody.body.error.message).toContain('channel_priority_order')
  })
})

describe('sending', () => {
  const PHONE = '+16135550353'

  it('S8 text is native', async () => {
    const arrived = await phoneHas(PHONE, { text_message: { text: 'Plain words' } })
    expect(arrived).toMatchObject({ channel: 'mms', facts: { text: 'Plain words', attachments: 0 } })
  })

  it('S8 the request of the page names a stored contact', async () => {
    const made = await sinch('/contacts', {
      json: { channel_identities: [{ channel: 'MMS', identity: '16135550360' }], display_name: 'Ann' },
    })
    const arrived = await phoneHas(
      '+16135550360',
      { text_message: { text: 'To a contact' } },
      { recipient: { contact_id: made.body.id } },
    )
    expect(arrived.facts.text).toBe('To a contact')
    const { body } = await sinch(`/messages/${arrived.id}`)
    expect(body).toMatchObject({
      app_message: { text_message: { text: 'To a contact' } },
      channel_identity: { channel: 'MMS', identity: '16135550360' },
      contact_id: made.body.id,
    })
    const unknown = await send(
      '+16135550360',
      { text_message: { text: 'x' } },
      { recipient: { contact_id: 'no' } },
    )
    expect(unknown).toMatchObject({ status: 404, body: { error: { status: 'NOT_FOUND' } } })
  })

  it('S9 MMS_STRICT_VALIDATION refuses what would be changed', async () => {
    const strict = { channel_properties: { MMS_SENDER: '14165550100', MMS_STRICT_VALIDATION: 'true' } }
    const png = new Uint8Array(
      await sharp(await photo(80, 60))
        .png()
        .toBuffer(),
    )
    const url = await urlOf(png)
    const message = { media_message: { url } }
    const refused = await send(PHONE, message, strict)
    expect(refused).toMatchObject({ status: 400, body: { error: { status: 'INVALID_ARGUMENT' } } })
    expect(refused.body.error.message).toContain('JPEG')
    expect((await send(PHONE, { card_message: { title: 'x'.repeat(41) } }, strict)).status).toBe(400)
    expect(
      types(await phoneHas(PHONE, { media_message: { url: await urlOf(await photo(80, 60)) } }, strict)),
    ).toEqual(['image/jpeg'])
  })

  it('S10 pictures: JPEG and PNG', async () => {
    const png = await sharp({ create: { width: 60, height: 40, channels: 4, background: '#0000' } })
    for (const [bytes, type] of [
      [await photo(80, 60), 'image/jpeg'],
      [new Uint8Array(await png.png().toBuffer()), 'image/png'],
    ] as const)
      expect(types(await phoneHas(PHONE, { media_message: { url: await urlOf(bytes) } }))).toEqual([type])
  })

  it('S11 video: MP4, GIF, MOV', async () => {
    const movie = (brand: string): Uint8Array<ArrayBuffer> =>
      writeMovie(brand, [{ handler: 'vide', entry: h264, chunks: [[bytesOf('frame-one')]] }])
    // Two frames, one of noise, so that it is an animation.
    const raw = { width: 40, height: 80, channels: 3, pageHeight: 40 } as const
    const gif = await sharp(randomBytes(40 * 80 * 3), { raw })
      .gif({ delay: [100, 100] })
      .toBuffer()
    for (const [bytes, type] of [
      [movie('isom'), 'video/mp4'],
      [movie('qt  '), 'video/mp4'],
      [new Uint8Array(gif), 'image/gif'],
    ] as const)
      expect(types(await phoneHas(PHONE, { media_message: { url: await urlOf(bytes) } }))).toEqual([type])
  })

  it('S12 a vCard', async () => {
    const card = bytesOf('BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lee;Ann\r\nFN:Ann Lee\r\nEND:VCARD\r\n')
    const arrived = await phoneHas(PHONE, { media_message: { url: await urlOf(card) } })
    expect(arrived.facts.attachments).toBe(1)
    expect(types(arrived)[0]).toMatch(/vcard/i)
  })

  it('S13 a PDF goes; one that is too large is a link if SMS may follow, else it is refused', async () => {
    const pdf = (padding: number): Uint8Array<ArrayBuffer> =>
      bytesOf(
        '%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n',
        '3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>\nendobj\n',
        `4 0 obj\n<< /Length ${padding} >>\nstream\n`,
        randomBytes(padding),
        '\nendstream\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n',
      )
    const small = { media_message: { url: await urlOf(pdf(2000)) } }
    expect(types(await phoneHas(PHONE, small))).toEqual(['application/pdf'])
    const large = { media_message: { url: await urlOf(pdf(900_000)) } }
    const refused = await send(PHONE, large)
    expect(refused.status).toBe(400)
    expect(refused.body.error.details[0].type_url).toBe('belino/failure/cannot_fit')
    const linked = await phoneHas(PHONE, large, { channel_priority_order: ['MMS', 'SMS'] })
    expect(linked).toMatchObject({ channel: 'sms' })
    expect(linked.facts.text).toMatch(/^http:\S+\/l\/\w{22}$/)
  })

  it('S14 a large picture is made to stay far under 1 MB', async () => {
    const large = await photo(2600, 1900, { quality: 97 })
    expect(large.byteLength).toBeGreaterThan(1_000_000)
    const arrived = await phoneHas(PHONE, { media_message: { url: await urlOf(large) } })
    expect(types(arrived)).toEqual(['image/jpeg'])
    const { wire_bytes, parts } = (await gateway.json(`/v1/messages/${arrived.id}`)).body
    expect(wire_bytes).toBeLessThan(1_000_000)
    expect(parts[0].source.bytes).toBeGreaterThan(1_000_000)
  })

  it('S15 a choice is a text with numbered answers', async () => {
    const choice = (text: string) => ({ text_message: { text }, postback_data: text })
    const arrived = await phoneHas(PHONE, {
      choice_message: { text_message: { text: 'Which?' }, choices: [choice('Red'), choice('Blue')] },
    })
    expect(arrived.facts).toMatchObject({ text: 'Which?\n\n1. Red\n2. Blue', attachments: 0 })
  })

  it('S16, S18 a card is native, its title the subject and nowhere else, its media optional', async () => {
    const { facts } = await phoneHas(PHONE, { card_message: { title: 'Boats', description: 'At the pier' } })
    expect(facts).toMatchObject({ subject: 'Boats', text: 'At the pier', attachments: 0 })
    const media_message = { url: await urlOf(await photo(80, 60)) }
    const pictured = await phoneHas(PHONE, { card_message: { title: 'Boats', media_message } })
    expect(pictured.facts).toMatchObject({ subject: 'Boats', attachments: 1 })
  })

  it('S17 a title has 80 characters at most', async () => {
    expect((await phoneHas(PHONE, { card_message: { title: 't'.repeat(80) } })).facts.subject).toBe(
      't'.repeat(80),
    )
    expect((await send(PHONE, { card_message: { title: 't'.repeat(81) } })).status).toBe(400)
  })

  it('S19 a carousel is a text with the pictures of its cards in order', async () => {
    const urls = [await urlOf(await photo(80, 60)), await urlOf(await photo(60, 80))]
    const { facts } = await phoneHas(PHONE, {
      carousel_message: { cards: urls.map((url, n) => ({ title: `Card ${n + 1}`, media_message: { url } })) },
    })
    expect(facts).toMatchObject({ text: 'Card 1\n\nCard 2', attachments: 2 })
    const pictures = facts.parts.filter((one: Answered) => /jpeg/.test(one.type))
    expect(pictures.map((one: Answered) => one.width)).toEqual([80, 60])
  })

  it('S20 a location is a text with a link that follows nobody', async () => {
    const { facts } = await phoneHas(PHONE, {
      location_message: { title: 'Pier 21', coordinates: { latitude: 44.6, longitude: -63.5 } },
    })
    expect(facts.text).toMatch(/^Pier 21\nhttps:\/\/\S+44\.6\S+-63\.5$/)
    expect(facts.text).not.toMatch(/utm|ref=|id=/)
  })

  it('I7 the order of the parts is the order of the slides, whichever file came first', async () => {
    const [tall, wide] = [await upload(await photo(60, 80)), await upload(await photo(80, 60))]
    const { arrived } = await arrives(PHONE, { media: [wide, tall] })
    const pictures = arrived.facts.parts.filter((one: Answered) => /jpeg/.test(one.type))
    expect(pictures.map((one: Answered) => one.width)).toEqual([80, 60])
    expect(arrived.shown).toHaveLength(2)
  })
})

describe('receiving', () => {
  const PHONE = '+16135550354'

  it('S21 S22 a plain answer comes by SMS to the same sender and conversation, a subject or a file by MMS', async () => {
    const sent = await phoneHas(PHONE, { text_message: { text: 'Hello' } })
    await writes(PHONE, { text: 'plain' })
    const [plain] = await cameFrom(PHONE, 'text_message')
    expect(plain?.body.message.channel_identity.channel).toBe('SMS')
    const { conversation } = (await gateway.json(`/v1/messages/${sent.id}`)).body
    expect(plain?.body.message).toMatchObject({ conversation_id: conversation, sender_id: '14165550100' })
    await writes(PHONE, { subject: 'With a subject', text: 'and words' })
    const texts = await cameFrom(PHONE, 'text_message', 2)
    const { message } = texts[1]?.body ?? {}
    expect(message.channel_identity.channel).toBe('MMS')
    expect(message.contact_message.text_message.text).toBe('With a subject\nand words')
  })

  it('S23 the media of an inbound message is public for seven days', async () => {
    await writes(PHONE, {}, [await jpeg()])
    const [came] = await cameFrom(PHONE, 'media_message')
    const url = new URL(came?.body.message.contact_message.media_message.url)
    const expiry = Number.parseInt(url.pathname.split('/').at(-2)?.split('.')[1] ?? '', 36)
    const days = (expiry - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(6.9)
    expect(days).toBeLessThanOrEqual(7.001)
    const response = await fetch(new URL(url.pathname, gateway.url))
    expect(response.headers.get('content-type')).toBe('image/jpeg')
    const shown = await sharp(await response.arrayBuffer()).metadata()
    expect(shown).toMatchObject({ width: 160, height: 120 })
    const forged = url.pathname.replace(
      /\.(\w)(\w*)\./,
      (_, a: string, b: string) => `.${a === 'z' ? 'y' : 'z'}${b}.`,
    )
    expect((await fetch(new URL(forged, gateway.url))).status).toBe(404)
  })

  it('S24 S25 S28 text, media and media cards look as the page shows them', async () => {
    const phone = '+16135550355'
    await writes(phone, { text: 'Hi from contact' })
    await writes(phone, { text: 'a caption' }, [await jpeg()])
    await writes(phone, {}, [await jpeg()])
    const stamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/)
    const url = expect.stringMatching(/^http/)
    for (const [kind, content, channel] of [
      ['text_message', { text: 'Hi from contact' }, 'SMS'],
      ['media_message', { url }, 'MMS'],
      ['media_card_message', { url, caption: 'a caption' }, 'MMS'],
    ] as const) {
      const [came] = await cameFrom(phone, kind)
      expect(came?.body).toMatchObject({
        app_id: app,
        accepted_time: stamp,
        message: {
          id: expect.any(String),
          direction: 'TO_APP',
          contact_message: { [kind]: content },
          channel,
          conversation_id: expect.stringMatching(/^cnv_/),
          contact_id: expect.any(String),
          metadata: '',
          accept_time: stamp,
        },
      })
    }
  })

  it('S26 S27 as many callbacks as attachments; with text each is a media card of the same caption', async () => {
    const phone = '+16135550356'
    await writes(phone, {}, [await jpeg(), await jpeg(), await jpeg()])
    const bare = await cameFrom(phone, 'media_message', 3)
    await writes(phone, { text: 'the same' }, [await jpeg(), await jpeg(), await jpeg()])
    const cards = await cameFrom(phone, 'media_card_message', 3)
    expect([bare.length, cards.length]).toEqual([3, 3])
    const all = [...bare, ...cards].map((one) => one.body.message)
    expect(new Set(all.map((one) => one.id)).size).toBe(6)
    expect(new Set(cards.map((one) => one.body.message.contact_message.media_card_message.url)).size).toBe(3)
    expect(
      cards.every((one) => one.body.message.contact_message.media_card_message.caption === 'the same'),
    ).toBe(true)
    // Each of them is read back by its own id.
    for (const { id, contact_message } of all) {
      const { status, body } = await sinch(`/messages/${id}`)
      expect([status, Object.keys(body.contact_message)]).toEqual([200, Object.keys(contact_message)])
    }
  })

  it('S29 S30 a choice response names message and postback, and may come by SMS', async () => {
    const phone = '+16135550357'
    const choice = (text: string) => ({ text_message: { text }, postback_data: `data of ${text}` })
    const { id } = await phoneHas(phone, {
      choice_message: { text_message: { text: 'Which?' }, choices: [choice('Red'), choice('Blue')] },
    })
    await writes(phone, { text: 'Blue' })
    const [came] = await cameFrom(phone, 'choice_response_message')
    expect(came?.body.message).toMatchObject({
      channel: 'SMS',
      contact_message: { choice_response_message: { message_id: id, postback_data: 'data of Blue' } },
    })
  })
})

describe('receipts', () => {
  const report = (id: string): Promise<Received[]> =>
    told(`the report of ${id}`, ({ message_delivery_report }) => message_delivery_report?.message_id === id)

  it('S31, S32 only DELIVERED and FAILED, never READ, and they differ by status and reason', async () => {
    const { body } = await gateway.simulator('/handsets')
    const refusing = body.magic.find((one: Answered) => one.reason === 'unsupported_media').number
    const message = { media_message: { url: await urlOf(await photo(80, 60)) } }
    const good = await phoneHas('+16135550358', message, { message_metadata: 'mine' })
    const bad = await send(refusing, message, { message_metadata: 'mine' })
    const [delivered] = await report(good.id)
    const [failed] = await report(bad.body.message_id)
    const { reason, ...rest } = failed?.body.message_delivery_report ?? {}
    expect(reason).toMatchObject({ code: 'MEDIA_TYPE_UNSUPPORTED', description: expect.any(String) })
    expect(rest.status).toBe('FAILED')
    expect(delivered?.body).toMatchObject({
      app_id: app,
      message_delivery_report: { status: 'DELIVERED', channel: 'MMS', metadata: 'mine' },
    })
    expect(Object.keys(rest).sort()).toEqual(Object.keys(delivered?.body.message_delivery_report).sort())
    const said = customer.at('/sinch').flatMap((one) => one.body.message_delivery_report?.status ?? [])
    expect(new Set(said)).toEqual(new Set(['DELIVERED', 'FAILED']))
  })
})

describe('the wire below', () => {
  it('S1 what is asked for here goes out by MM7', async () => {
    const relay = await startRelay()
    try {
      const { DB } = (await gateway.worker.getEnv()) as {
        DB: { prepare(sql: string): { run(): Promise<unknown> } }
      }
      await DB.prepare('UPDATE api_keys SET test = 0').run()
      const made = await gateway.json('/v1/vendors', {
        json: {
          vendor: 'mm7',
          credentials: { username: 'vasp', password: 'p', vasp_id: 'v' },
          settings: { url: relay.url('/mm7'), vas_id: '1' },
        },
      })
      expect(made.status).toBe(201)
      await gateway.json('/v1/numbers', { json: { number: '+16475550100', vendor: 'mm7' } })
      const url = await urlOf(await photo(80, 60))
      const sent = await send(
        '+16135550359',
        { card_message: { title: 'Boats', media_message: { url } } },
        {
          channel_properties: { MMS_SENDER: '16475550100' },
        },
      )
      expect(sent.status, JSON.stringify(sent.body)).toBe(200)
      await gateway.settled(sent.body.message_id, ['submitted'])
      expect(relay.asked[0]?.body).toMatch(/<SubmitReq [\s\S]+<Subject>Boats<\/Subject>/)
    } finally {
      await relay.close()
    }
  })
})
