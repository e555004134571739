import { describe, expect, it } from 'vitest'
import type { VendorAccount, VendorEvent } from '../../../src/vendors/contract.ts'
import { createSinchCarrier } from '../../../src/vendors/sinch/carrier.ts'
import { delivery, inbound, signedHeaders } from './far-side.ts'

const NOW = Date.UTC(2026, 3, 14, 16, 15, 24)
const SECONDS = NOW / 1000
const ID = `ven_${'0'.repeat(22)}`
const SECRET = 's'.repeat(22)
const PATH = `/hooks/sinch/${ID}/${SECRET}`
const SIGNED_WITH = 'wsecret'

const account: VendorAccount = {
  id: ID,
  account: 'acc_one',
  credentials: { key_id: 'kid', key_secret: 'ksecret', webhook_secret: SIGNED_WITH },
  settings: { project_id: 'p1', app_id: 'app1' },
  hookSecret: SECRET,
}

function receiver(
  one: Partial<VendorAccount> = {},
  far: (request: Request) => Response = () => new Response(''),
) {
  const carrier = createSinchCarrier({
    fetch: async (url, init) => far(new Request(url, init)),
    clock: { now: () => NOW },
    accounts: { of: async () => null, byId: async (id) => (id === ID ? { ...account, ...one } : null) },
  })
  return (body: string | Uint8Array, headers: Record<string, string>, more = {}) =>
    carrier.receive({
      method: 'POST',
      url: new URL(`https://belino.example${PATH}`),
      headers: new Headers(headers),
      body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
      now: NOW,
      ...more,
    })
}

const receive = receiver()
const signed = async (body: string, at = SECONDS) => receive(body, await signedHeaders(SIGNED_WITH, body, at))

async function eventOf(body: string): Promise<VendorEvent> {
  const outcome = await signed(body)
  if (!outcome.ok) throw new Error('It was refused')
  expect(outcome.account).toBe('acc_one')
  expect(outcome.events).toHaveLength(1)
  return outcome.events[0]!
}

describe('who sent it', () => {
  const body = inbound({ text_message: { text: 'Hi' } })

  it('is told by the signature; one bit anywhere refuses it', async () => {
    const headers = await signedHeaders(SIGNED_WITH, body, SECONDS)
    expect((await receive(body, headers)).ok).toBe(true)
    const bytes = new TextEncoder().encode(body)
    for (let at = 0; at < bytes.length; at += 7) {
      const flipped = bytes.slice()
      flipped[at] = flipped[at]! ^ (1 << (at % 8))
      expect(await receive(flipped, headers)).toEqual({ ok: false })
    }
    const mac = Uint8Array.from(atob(headers['x-sinch-webhook-signature']!), (c) => c.charCodeAt(0))
    for (let bit = 0; bit < 256; bit++) {
      const flipped = mac.slice()
      flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7))
      const signature = btoa(String.fromCharCode(...flipped))
      expect(await receive(body, { ...headers, 'x-sinch-webhook-signature': signature })).toEqual({
        ok: false,
      })
    }
    const wrong: Record<string, string>[] = [
      { 'x-sinch-webhook-signature-timestamp': String(SECONDS + 1) },
      { 'x-sinch-webhook-signature-timestamp': '1e9' },
      { 'x-sinch-webhook-signature-nonce': 'another' },
      { 'x-sinch-webhook-signature-algorithm': 'none' },
      { 'x-sinch-webhook-signature': '!' },
      { 'x-sinch-webhook-signature': '' },
    ]
    for (const one of wrong) expect(await receive(body, { ...headers, ...one })).toEqual({ ok: false })
    for (const name of Object.keys(headers).slice(0, 3)) {
      const { [name]: _, ...rest } = headers
      expect(await receive(body, rest)).toEqual({ ok: false })
    }
  })

  it.each([
    [-300, true],
    [300, true],
    [-301, false],
    [301, false],
  ])('counts for five minutes: %i s', async (off, ok) => {
    expect((await signed(body, SECONDS + off)).ok).toBe(ok)
  })

  it('is nobody at another address, or for another account', async () => {
    const headers = await signedHeaders(SIGNED_WITH, body, SECONDS)
    for (const path of [
      `/hooks/sinch/${ID}/${SECRET.replace(/s$/, 't')}`,
      `/hooks/sinch/${ID}/`,
      `/hooks/sinch/ven_${'1'.repeat(22)}/${SECRET}`,
      `/hooks/sinch/${ID}`,
    ])
      expect(await receive(body, headers, { url: new URL(`https://a.example${path}`) })).toEqual({
        ok: false,
      })
    expect(await receive(body, headers, { method: 'GET' })).toEqual({ ok: false })
  })

  it('is refused when it is no callback', async () => {
    for (const text of ['', '5', 'null', '{"message":5}', '{"message":{"id":1}}'])
      expect(await signed(text)).toEqual({ ok: false })
  })
})

describe('MESSAGE_INBOUND', () => {
  it('of a text', async () => {
    expect(await eventOf(inbound({ text_message: { text: 'Hi from contact' } }))).toEqual({
      kind: 'message',
      eventId: `${ID}:01E6NKBV63YG6K01ENEW7S1N80`,
      channel: 'mms',
      from: '+16135550123',
      to: '+14165550100',
      others: [],
      subject: null,
      text: 'Hi from contact',
      parts: [],
      at: Date.parse('2026-04-14T16:15:23.414Z'),
    })
  })

  it('of a text that came by SMS', async () => {
    const identity = { channel: 'SMS', identity: '+16135550123' }
    expect(
      await eventOf(inbound({ text_message: { text: 'Hi' } }, { channel_identity: identity })),
    ).toMatchObject({
      channel: 'sms',
    })
  })

  it('of a picture, and of one with a caption: joined by contact and caption', async () => {
    const url = 'https://vendor.example/a.png'
    expect(await eventOf(inbound({ media_message: { url } }))).toMatchObject({
      text: null,
      parts: [{ kind: 'url', url }],
      join: { key: '01E6K4A8N3NANZ05VM0FS80EHD\n', within: 10_000 },
    })
    expect(await eventOf(inbound({ media_card_message: { url, caption: 'caption text' } }))).toMatchObject({
      text: 'caption text',
      parts: [{ kind: 'url', url }],
      join: { key: '01E6K4A8N3NANZ05VM0FS80EHD\ncaption text', within: 10_000 },
    })
  })

  it.each([
    [{ choice_response_message: { message_id: '01EK', postback_data: 'yes' } }, 'yes'],
    [{ location_message: { title: 'Here', coordinates: { latitude: 1.5, longitude: -2 } } }, 'Here\n1.5, -2'],
    [{ fallback_message: { raw_message: 'raw' } }, 'raw'],
    [{ channel_specific_message: {} }, null],
  ])('of %j', async (message, text) => {
    expect(await eventOf(inbound(message))).toMatchObject({ text, parts: [] })
  })

  it('of a contact that the callback does not name is asked for, and told again when nobody answers', async () => {
    const body = inbound({ text_message: { text: 'Hi' } }, { channel_identity: null })
    const asked: string[] = []
    const take = receiver({}, (request) => {
      asked.push(request.url)
      return request.url.includes('oauth2')
        ? Response.json({ access_token: 't' })
        : Response.json({ channel_identities: [{ channel: 'MMS', identity: '16135550155' }] })
    })
    const headers = await signedHeaders(SIGNED_WITH, body, SECONDS)
    expect(await take(body, headers)).toMatchObject({ events: [{ from: '+16135550155' }] })
    expect(asked[1]).toBe(
      'https://us.conversation.api.sinch.com/v1/projects/p1/contacts/01E6K4A8N3NANZ05VM0FS80EHD',
    )
    await expect(receiver()(body, headers)).rejects.toThrow('did not say who wrote')
  })

  it('for no number of ours is kept for nobody; for the default one it has', async () => {
    const body = inbound({ text_message: { text: 'Hi' } }, { sender_id: '' })
    expect(await eventOf(body)).toMatchObject({ to: '' })
    const take = receiver({ settings: { ...account.settings, default_sender: '28444' } })
    expect(await take(body, await signedHeaders(SIGNED_WITH, body, SECONDS))).toMatchObject({
      events: [{ to: '28444' }],
    })
  })

  it('of another app is nothing', async () => {
    expect(await signed(inbound({ text_message: { text: 'Hi' } }).replace('app1', 'app2'))).toMatchObject({
      ok: true,
      events: [],
    })
  })
})

describe('MESSAGE_DELIVERY', () => {
  it.each([
    ['DELIVERED', '', { state: 'delivered', certainty: 'carrier', reason: null, vendorCode: 'DELIVERED' }],
    ['QUEUED_ON_CHANNEL', '', { state: 'submitted' }],
    ['READ', '', { state: 'delivered', certainty: 'handset' }],
    [
      'FAILED',
      { code: 'MEDIA_TOO_LARGE', description: 'It has ksecret', sub_code: 'UNSPECIFIED_SUB_CODE' },
      { state: 'failed', reason: 'too_large', vendorText: 'It has ***' },
    ],
    [
      'FAILED',
      { code: 'CHANNEL_FAILURE', sub_code: 'ATTACHMENT_REJECTED' },
      { state: 'failed', reason: 'unsupported_media' },
    ],
    ['FAILED', { code: 'MESSAGE_EXPIRED' }, { state: 'expired' }],
    ['FAILED', { code: 'DELIVERY_REPORT_TIME_OUT' }, { state: 'unconfirmed', reason: null }],
    [
      'FAILED',
      { code: 'SOMETHING_NEW' },
      { state: 'failed', reason: 'carrier_rejected', vendorCode: 'SOMETHING_NEW' },
    ],
    ['FAILED', '', { state: 'failed', reason: 'carrier_rejected' }],
    ['TELEPATHY', '', { state: 'unconfirmed', vendorCode: 'TELEPATHY' }],
  ])('%s %j', async (status, reason, expected) => {
    expect(await eventOf(delivery(status, reason, 'msg_x'))).toMatchObject({
      kind: 'receipt',
      eventId: `${ID}:01E6K7CMXY3KHH0AGCTY6D04F2:${status}`,
      reference: 'msg_x',
      vendorId: '01E6K7CMXY3KHH0AGCTY6D04F2',
      ...expected,
    })
  })
})

describe('OPT_OUT and OPT_IN', () => {
  it.each([
    [
      'opt_out_notification',
      'OPT_OUT_SUCCEEDED',
      [{ kind: 'consent', address: '+16135550123', state: 'out' }],
    ],
    ['opt_in_notification', 'OPT_IN_SUCCEEDED', [{ kind: 'consent', address: '+16135550123', state: 'in' }]],
    ['opt_out_notification', 'OPT_OUT_FAILED', []],
  ])('%s %s', async (name, status, events) => {
    const body = JSON.stringify({
      app_id: 'app1',
      [name]: { channel: 'MMS', identity: '16135550123', status },
    })
    expect(await signed(body)).toMatchObject({ ok: true, events })
  })

  it('other callbacks are taken and mean nothing here', async () => {
    expect(await signed('{"app_id":"app1","conversation_start_notification":{}}')).toMatchObject({
      events: [],
    })
  })
})

describe('postbacks of the MMS JSON API', () => {
  const take = receiver({
    credentials: { api_key: 'theKey' },
    settings: { transport: 'mms', service_id: '32113' },
  })
  const base = {
    origin: 'MMS_MT',
    from: '28444',
    to: '16135550123',
    'tracking-id': 'T1',
    timestamp: '2026-04-14T11:15:23-05:00',
  }

  it.each([
    ['N101', 'Message Sent', { state: 'submitted' }],
    ['N102', 'Message Sent/Delivered', { state: 'delivered', certainty: 'handset' }],
    ['N202', 'Message Sent/Delivered', { state: 'delivered', certainty: 'carrier' }],
    ['N103', '', { state: 'expired' }],
    ['E101', 'Message Failed', { state: 'failed', reason: 'carrier_rejected' }],
    ['E102', 'Message Sent/Expired', { state: 'expired' }],
    ['E102', 'Message Sent/Not Supported', { state: 'failed', reason: 'no_mms' }],
    ['E102', 'Message Sent/Rejected', { state: 'failed', reason: 'carrier_rejected' }],
    ['E012', '', { state: 'failed', reason: 'unsupported_media' }],
  ])('%s %s', async (code, status, expected) => {
    const outcome = await take(JSON.stringify({ ...base, code, status, 'operator-id': 31003 }), {})
    expect(outcome).toMatchObject({
      ok: true,
      account: 'acc_one',
      events: [
        {
          kind: 'receipt',
          eventId: `${ID}:T1:${code}`,
          vendorId: 'T1',
          recipient: '+16135550123',
          vendorCode: code,
          at: Date.parse('2026-04-14T16:15:23Z'),
          network: '31003',
          ...expected,
        },
      ],
    })
  })

  it('MMS_MO: a message with its group', async () => {
    const body = {
      ...base,
      origin: 'MMS_MO',
      code: 'N401',
      from: '16135550123',
      to: '28444',
      'copy-to': [{ number: '16135550199' }, { number: '28444' }],
      'message-subject': 'Hi',
      content: [{ file: 'https://vendor.example/1.jpg' }, { file: 'https://vendor.example/2.txt' }],
    }
    expect(await take(JSON.stringify(body), {})).toMatchObject({
      events: [
        {
          kind: 'message',
          from: '+16135550123',
          to: '28444',
          others: ['+16135550199'],
          subject: 'Hi',
          parts: [{ url: 'https://vendor.example/1.jpg' }, { url: 'https://vendor.example/2.txt' }],
        },
      ],
    })
  })

  it('are refused when they are none, and mean nothing when they are about no message', async () => {
    for (const text of ['', '{}', '<postback/>']) expect(await take(text, {})).toEqual({ ok: false })
    for (const code of ['N003', 'E002', 'N777'])
      expect(await take(JSON.stringify({ ...base, code }), {})).toMatchObject({ ok: true, events: [] })
  })
})
