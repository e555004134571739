import { describe, expect, it } from 'vitest'
import type { HookOutcome, VendorAccount, VendorEvent } from '../../../src/vendors/contract.ts'
import { createMm7Carrier } from '../../../src/vendors/mm7/carrier.ts'
import { deliverReq, multipart, NS, reportReq } from './far-side.ts'

const NOW = Date.parse('2026-04-14T16:16:00Z')
const ID = `ven_${'0'.repeat(22)}`
const SECRET = 's'.repeat(22)
const PATH = `https://gateway.example/hooks/mm7/${ID}/${SECRET}`

const account: VendorAccount = {
  id: ID,
  account: 'acc_one',
  credentials: {},
  settings: { url: 'https://relay.example/' },
  hookSecret: SECRET,
}

type Sent = { type?: string; body: string | Uint8Array; path?: string; headers?: Record<string, string> }

function receive(sent: Sent, more: Partial<VendorAccount> = {}): Promise<HookOutcome> {
  const carrier = createMm7Carrier({
    fetch: () => Promise.reject(new Error('nothing is sent here')),
    clock: { now: () => NOW },
    accounts: { of: async () => null, byId: async (id) => (id === ID ? { ...account, ...more } : null) },
  })
  return carrier.receive({
    method: 'POST',
    url: new URL(sent.path ?? PATH),
    headers: new Headers({ 'content-type': sent.type ?? 'text/xml; charset="utf-8"', ...sent.headers }),
    body: typeof sent.body === 'string' ? new TextEncoder().encode(sent.body) : sent.body,
    now: NOW,
  })
}

async function taken(sent: Sent): Promise<{ events: readonly VendorEvent[]; answer: string }> {
  const outcome = await receive(sent)
  if (!outcome.ok) throw new Error('It was refused')
  return { events: outcome.events, answer: outcome.answer?.body ?? '' }
}

const MIXED =
  'Content-ID: default.cid\r\nContent-Type: multipart/mixed; boundary=inner\r\n\r\n' +
  '--inner\r\nContent-Type: text/plain; charset=utf-8\r\nContent-ID: <a>\r\n\r\nGrüße\r\n' +
  '--inner\r\nContent-Type: image/gif; name=cat.gif\r\nContent-Transfer-Encoding: base64\r\n\r\nR0lG\r\nODlh\r\n--inner--'

describe('who may deliver', () => {
  it.each<[string, Partial<Sent>, Partial<VendorAccount>]>([
    ['another secret', { path: PATH.replace(/s$/, 't') }, {}],
    ['a shorter secret', { path: PATH.slice(0, -1) }, {}],
    ['no secret', { path: PATH.replace(/\/s+$/, '/') }, {}],
    ['another account', { path: PATH.replace(ID, `ven_${'1'.repeat(22)}`) }, {}],
    ['an id that is none', { path: PATH.replace(ID, "ven_'--") }, {}],
    ['no Basic authentication', {}, { credentials: { hook_username: 'a', hook_password: 'b' } }],
    [
      'wrong Basic authentication',
      { headers: { authorization: `Basic ${btoa('a:c')}` } },
      { credentials: { hook_username: 'a', hook_password: 'b' } },
    ],
    [
      'another address',
      { headers: { 'cf-connecting-ip': '192.0.2.2' } },
      { settings: { ...account.settings, allowed_addresses: ['192.0.2.1'] } },
    ],
    ['an account without a secret', { path: PATH.replace(/s+$/, 'x') }, { hookSecret: '' }],
  ])('not %s', async (_, sent, more) => {
    expect(await receive({ body: reportReq('Retrieved'), ...sent }, more)).toEqual({ ok: false })
  })

  it('whoever has the address, the credentials and the network', async () => {
    const outcome = await receive(
      {
        body: reportReq('Retrieved'),
        headers: { authorization: `Basic ${btoa('a:b')}`, 'cf-connecting-ip': '192.0.2.1' },
      },
      {
        credentials: { hook_username: 'a', hook_password: 'b' },
        settings: { ...account.settings, allowed_addresses: ['192.0.2.1'] },
      },
    )
    expect(outcome).toMatchObject({ ok: true, account: 'acc_one' })
  })

  it('nobody whose secret has one bit changed', async () => {
    for (let at = 0; at < SECRET.length; at++) {
      const wrong =
        SECRET.slice(0, at) + String.fromCharCode(SECRET.charCodeAt(at) ^ 1) + SECRET.slice(at + 1)
      expect(await receive({ body: reportReq('Retrieved'), path: PATH.replace(SECRET, wrong) })).toEqual({
        ok: false,
      })
    }
  })
})

describe('DeliverReq', () => {
  it('becomes a message, and is answered in its namespace with its TransactionID', async () => {
    const { type, body } = multipart(deliverReq(), [MIXED])
    const { events, answer } = await taken({ type, body, headers: { 'x-mblox-carrier-id': '0001890' } })
    expect(events).toEqual([
      {
        kind: 'message',
        eventId: `${ID}:l:338841:2026-04-14T16:15:23.414Z:+16135550123:+14165550100`,
        channel: 'mms',
        from: '+16135550123',
        to: '+14165550100',
        others: [],
        subject: 'Hi & hello',
        text: 'Grüße',
        parts: [
          {
            kind: 'bytes',
            bytes: new TextEncoder().encode('GIF89a'),
            typeHint: 'image/gif',
            nameHint: 'cat.gif',
          },
        ],
        at: Date.parse('2026-04-14T16:15:23.414Z'),
        network: 'Verizon',
      },
    ])
    expect(answer).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<soap-env:Envelope xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/">' +
        `<soap-env:Header><TransactionID xmlns="${NS}" soap-env:mustUnderstand="1">338841</TransactionID></soap-env:Header>` +
        `<soap-env:Body><DeliverRsp xmlns="${NS}"><MM7Version>6.8.0</MM7Version><Status><StatusCode>1000</StatusCode>` +
        '<StatusText>Success</StatusText></Status></DeliverRsp></soap-env:Body></soap-env:Envelope>',
    )
  })

  it.each(
    ['5-MM7-1-0', '5-MM7-1-1', '5-MM7-1-2', '5-MM7-1-3', '5-MM7-1-4', '5-MM7-1-5'].concat([
      '6-MM7-1-0',
      '6-MM7-1-1',
      '6-MM7-1-2',
      '6-MM7-1-3',
      '6-MM7-1-4',
    ]),
  )('is taken and answered in REL-%s', async (release) => {
    const ns = NS.replace('6-MM7-1-4', release)
    const { type, body } = multipart(deliverReq({ ns }), [MIXED])
    const { events, answer } = await taken({ type, body })
    expect(events).toHaveLength(1)
    expect(answer).toContain(`<DeliverRsp xmlns="${ns}">`)
  })

  it.each<[string, Partial<{ sender: string; recipients: string }>, object]>([
    ['/TYPE=PLMN', { sender: '<Number>+16135550123/TYPE=PLMN</Number>' }, { from: '+16135550123' }],
    [
      'RFC2822Address',
      { sender: '<RFC2822Address>16135550123/TYPE=PLMN@mms.example</RFC2822Address>' },
      { from: '+16135550123' },
    ],
    ['a ShortCode', { recipients: '<To><ShortCode>111122</ShortCode></To>' }, { to: '111122' }],
    ['a short code as a Number', { recipients: '<To><Number>111122</Number></To>' }, { to: '111122' }],
    ['a sender without an element', { sender: '16135550123' }, { from: '+16135550123' }],
    ['a number abroad', { sender: '<Number>447700900123</Number>' }, { from: '+447700900123' }],
    [
      'a group',
      {
        recipients:
          '<To><Number displayOnly="true">16135550111</Number><Number displayOnly="false">14165550100</Number></To><Cc><Number displayOnly="true">16135550122</Number></Cc>',
      },
      { to: '+14165550100', others: ['+16135550111', '+16135550122'] },
    ],
  ])('reads %s', async (_, more, expected) => {
    const { type, body } = multipart(deliverReq(more), [MIXED])
    expect((await taken({ type, body })).events).toMatchObject([expected])
  })

  const oddities: [string, { type: string; body: Uint8Array }][] = [
    [
      'a boundary with spaces',
      multipart(deliverReq(), [MIXED], {
        boundary: 'a b c',
        header: 'multipart/related; boundary="a b c"; type=text/xml',
      }),
    ],
    ['a bare boundary', multipart(deliverReq(), [MIXED], { header: 'Multipart/Related; Boundary=outer' })],
    [
      'no Content-ID of the envelope',
      multipart(deliverReq(), [MIXED], { soapHeaders: 'Content-Type: text/xml\r\n' }),
    ],
    ['no headers of the envelope', multipart(deliverReq(), [MIXED], { soapHeaders: '' })],
    [
      'a preamble and line feeds',
      (() => {
        const { type, body } = multipart(deliverReq(), [MIXED])
        return {
          type,
          body: new TextEncoder().encode(`\nHello\n${new TextDecoder().decode(body).replace(/\r\n/g, '\n')}`),
        }
      })(),
    ],
    ['broken prefixes', multipart(deliverReq().replaceAll('soap-env:Header', 'soap-env::Header'), [MIXED])],
    ['other prefixes', multipart(deliverReq().replaceAll('soap-env', 'S'), [MIXED])],
    [
      'Content-Id and brackets',
      multipart(deliverReq(), [MIXED.replace('Content-ID: default.cid', 'Content-Id: <default.cid>')]),
    ],
    [
      'an href that names nothing',
      multipart(deliverReq().replace('cid:default.cid', 'cid:elsewhere'), [MIXED]),
    ],
    [
      'an inner boundary that begins like the outer',
      multipart(deliverReq(), [MIXED.replaceAll('inner', 'outer-inner')]),
    ],
  ]
  it.each(oddities)('reads %s', async (_, { type, body }) => {
    const { events } = await taken({ type, body })
    expect(events).toMatchObject([{ text: 'Grüße', parts: [{ nameHint: 'cat.gif', bytes: { length: 6 } }] }])
  })

  it('reads binary parts in the order that the presentation shows, and a single part without a multipart', async () => {
    const jpeg = Uint8Array.of(0xff, 0xd8, 13, 10, 45, 45, 0)
    const smil =
      '<smil><body><par><img src="b.jpg"/></par><par><img src="cid:one"/><text src="t.txt"/></par></body></smil>'
    const head =
      'Content-ID: <default.cid>\r\nContent-Type: multipart/related; boundary="in"; start="<s>"\r\n\r\n' +
      `--in\r\nContent-Type: application/smil+xml\r\nContent-ID: <s>\r\nContent-Transfer-Encoding: 7bit\r\n\r\n${smil}\r\n` +
      '--in\r\nContent-Type: image/png\r\nContent-ID: <one>\r\nContent-Transfer-Encoding: binary\r\n\r\nPNG\r\n' +
      '--in\r\nContent-Type: text/plain\r\nContent-Location: t.txt\r\n\r\nHello\r\n' +
      '--in\r\nContent-Type: image/jpeg\r\nContent-Location: b.jpg\r\nContent-Transfer-Encoding: BINARY\r\n\r\n'
    const { type, body } = multipart(deliverReq(), [head, jpeg, '\r\n--in--'])
    expect((await taken({ type, body })).events).toMatchObject([
      { text: 'Hello', parts: [{ typeHint: 'image/jpeg', bytes: jpeg }, { typeHint: 'image/png' }] },
    ])
    const single = multipart(deliverReq(), [
      'Content-ID: default.cid\r\nContent-Type: image/jpeg\r\n\r\n',
      jpeg,
    ])
    expect((await taken(single)).events).toMatchObject([{ text: null, parts: [{ bytes: jpeg }] }])
  })

  it.each([
    ['in latin1 that says utf-8', 'utf-8', Uint8Array.of(0x47, 0x72, 0xfc, 0xdf, 0x65)],
    ['in latin1 that says so', 'iso-8859-1', Uint8Array.of(0x47, 0x72, 0xfc, 0xdf, 0x65)],
    ['in a charset that nobody knows', 'x-none', Uint8Array.of(0x47, 0x72, 0xc3, 0xbc, 0xc3, 0x9f, 0x65)],
    ['in UTF-16', 'utf-16le', Uint8Array.of(0x47, 0, 0x72, 0, 0xfc, 0, 0xdf, 0, 0x65, 0)],
  ])('reads text %s', async (_, charset, bytes) => {
    const head = `Content-ID: default.cid\r\nContent-Type: text/plain; charset=${charset}\r\n\r\n`
    const { type, body } = multipart(deliverReq(), [head, bytes])
    expect((await taken({ type, body })).events).toMatchObject([{ text: 'Grüße' }])
  })

  it('tells two messages of one LinkedID apart, and knows a repetition', async () => {
    const idOf = async (xml: string) => {
      const { type, body } = multipart(xml, [MIXED])
      const [event] = (await taken({ type, body })).events
      return event?.eventId
    }
    const first = await idOf(deliverReq({ transaction: '1' }))
    expect(await idOf(deliverReq({ transaction: '2' }))).toBe(first)
    expect(await idOf(deliverReq().replace('16:15:23', '16:15:24'))).not.toBe(first)
    expect(await idOf(deliverReq({ sender: '<Number>16135550199</Number>' }))).not.toBe(first)
  })
})

describe('reports', () => {
  it.each([
    ['Retrieved', 'delivered', 'handset', null],
    ['Forwarded', 'delivered', 'carrier', null],
    ['Deferred', 'submitted', null, null],
    ['Indeterminate', 'unconfirmed', null, null],
    ['Expired', 'expired', null, 'unreachable'],
    ['Rejected', 'failed', null, 'carrier_rejected'],
    ['Unreachable', 'failed', null, 'unreachable'],
    ['Unrecognized', 'failed', null, 'unsupported_media'],
    ['NotSupported', 'failed', null, 'no_mms'],
    ['SomethingNew', 'unconfirmed', null, null],
  ])('%s', async (status, state, certainty, reason) => {
    const { events, answer } = await taken({ body: reportReq(status) })
    expect(events).toMatchObject([
      {
        kind: 'receipt',
        vendorId: '369500617770864640',
        recipient: '+16175550123',
        state,
        certainty,
        reason,
        vendorCode: status,
      },
    ])
    expect(answer).toContain('<DeliveryReportRsp ')
    expect(answer).toContain('>10000001</TransactionID>')
  })

  it('ReadReplyReq says that the phone has it', async () => {
    const { events, answer } = await taken({
      body: reportReq('Read', '2026-03-16T15:00:00Z', 'ReadReplyReq'),
    })
    expect(events).toMatchObject([
      { state: 'delivered', certainty: 'handset', at: Date.parse('2026-03-16T15:00:00Z') },
    ])
    expect(answer).toContain('<ReadReplyRsp ')
  })
})

describe('what is answered with a fault and makes no event', () => {
  const nested = (depth: number): string => {
    let inner = 'Content-Type: text/plain\r\n\r\nx'
    for (let i = depth; i > 0; i--)
      inner = `Content-Type: multipart/mixed; boundary=b${i}e\r\n\r\n--b${i}e\r\n${inner}\r\n--b${i}e--`
    return `Content-ID: default.cid\r\n${inner}`
  }
  const many = `Content-ID: default.cid\r\nContent-Type: multipart/mixed; boundary=in\r\n\r\n${'--in\r\nContent-Type: text/plain\r\n\r\nx\r\n'.repeat(10_000)}--in--`
  const laughs = `<!DOCTYPE lolz [<!ENTITY lol "lol">${'<!ENTITY a "&lol;&lol;">'.repeat(10)}]>`
  const { type, body } = multipart(deliverReq(), [MIXED])
  it.each<[string, Sent, number]>([
    ['nothing', { body: '' }, 2007],
    ['no XML', { body: 'Hello' }, 2007],
    ['JSON', { type: 'application/json', body: '{}' }, 2007],
    ['a document type', { body: laughs + reportReq('Retrieved').slice(38) }, 2007],
    [
      'an external entity',
      { body: `<!DOCTYPE a SYSTEM "file:///etc/passwd">${reportReq('Retrieved').slice(38)}` },
      2007,
    ],
    ['an entity nobody declared', { body: reportReq('&xxe;') }, 2007],
    ['10,000 parts', multipart(deliverReq(), [many]), 2007],
    ['multiparts nested 1,000 deep', multipart(deliverReq(), [nested(1000)]), 2007],
    ['elements nested a million deep', { body: '<a>'.repeat(300_000) }, 2007],
    ['more than a million characters', { body: `<a>${'x'.repeat(1_100_000)}</a>` }, 2007],
    ['the wrong boundary', { type: type.replace('outer', 'other'), body }, 2007],
    ['no boundary', { type: 'multipart/related', body }, 2007],
    ['a body that was cut', { type, body: body.slice(0, -20) }, 2007],
    [
      'base64 that ends in the middle',
      multipart(deliverReq(), [MIXED.replace('R0lG\r\nODlh', 'R0lGO')]),
      2007,
    ],
    [
      'a request of the other direction',
      { body: reportReq('x').replaceAll('DeliveryReportReq', 'SubmitReq') },
      4003,
    ],
    [
      'a report without MessageID',
      { body: reportReq('Retrieved').replace(/<MessageID>.*<\/MessageID>/, '') },
      2007,
    ],
    [
      'a sender by e-mail',
      multipart(deliverReq({ sender: '<RFC2822Address>a@b.example</RFC2822Address>' }), [MIXED]),
      2002,
    ],
  ])('%s', async (_, sent, code) => {
    const started = Date.now()
    const { events, answer } = await taken(sent)
    expect(events).toEqual([])
    expect(answer).toContain('<VASPErrorRsp ')
    expect(answer).toContain(`<StatusCode>${code}</StatusCode>`)
    expect(Date.now() - started).toBeLessThan(2000)
  })

  it('base64 with junk between is read all the same', async () => {
    const { type, body } = multipart(deliverReq(), [MIXED.replace('R0lG\r\nODlh', 'R0*lG\u00e4\r\n!O.Dlh==')])
    expect((await taken({ type, body })).events).toMatchObject([{ parts: [{ bytes: { length: 6 } }] }])
  })

  it('never throws, whichever bit of a request is wrong', async () => {
    for (let at = 0; at < body.length; at += 7) {
      const broken = body.slice()
      broken[at] = broken[at]! ^ (1 << (at % 8))
      expect(await receive({ type, body: broken })).toMatchObject({ ok: true })
    }
  })
})
