import { describe, expect, it } from 'vitest'
import type { Submission, VendorAccount } from '../../../src/vendors/contract.ts'
import { createMm7Carrier } from '../../../src/vendors/mm7/carrier.ts'
import { SINCH_CODES, STANDARD_CODES } from '../../../src/vendors/mm7/status.ts'
import { faultOf, NS, qualifiedFault, readSubmit, submitRsp } from './far-side.ts'

const NOW = 1_790_000_000_000
const REFERENCE = 'msg_0123456789abcdefghijklmnopqrstuv'

const account = (settings: Record<string, unknown> = {}): VendorAccount => ({
  id: `ven_${'0'.repeat(22)}`,
  account: 'acc_one',
  credentials: { username: 'vasp', password: 'pässword', vasp_id: 'key' },
  settings: { url: 'https://relay.example/mm7/v1/', vas_id: '126273', ...settings },
  hookSecret: 'h'.repeat(22),
})

const submission = (more: Partial<Submission> = {}): Submission => ({
  account: 'acc_one',
  reference: REFERENCE,
  channel: 'mms',
  from: '111122',
  fromType: 'short-code',
  to: ['+16172383232'],
  subject: 'Tom & "Jerry" <3',
  text: 'Grüße 🎉',
  parts: [
    {
      name: 'image1.jpg',
      type: 'image/jpeg',
      bytes: 5,
      read: async () => Uint8Array.of(0xff, 0xd8, 13, 10, 0),
      url: async () => 'https://unused.example',
    },
  ],
  createdAt: NOW,
  validUntil: NOW + 3_600_000,
  ...more,
})

type Far = (request: Request) => Promise<Response> | Response

function stage(far: Far, settings: Record<string, unknown> = {}) {
  const requests: Request[] = []
  const carrier = createMm7Carrier({
    fetch: async (url, init) => {
      const request = new Request(url, init)
      requests.push(request.clone() as Request)
      return await far(request)
    },
    clock: { now: () => NOW },
    accounts: { of: async () => account(settings), byId: async () => null },
  })
  return { carrier, requests }
}

const xml = (body: string, status = 200): Response =>
  new Response(body, { status, headers: { 'content-type': 'text/xml; charset=utf-8' } })

describe('SubmitReq', () => {
  it('is what the schema asks for, with SMIL first and the bytes as they are', async () => {
    const { carrier, requests } = stage(() => xml(submitRsp(REFERENCE, '369500617770864640')))
    expect(await carrier.submit(submission())).toEqual({ kind: 'accepted', vendorId: '369500617770864640' })
    const sent = await readSubmit(requests[0]!)
    expect(sent.headers.get('soapaction')).toBe('""')
    expect(sent.headers.get('authorization')).toBe(`Basic ${btoa('vasp:p\u00c3\u00a4ssword')}`)
    expect(sent.xml).toContain(
      `<TransactionID xmlns="${NS}" soap-env:mustUnderstand="1">${REFERENCE}</TransactionID>`,
    )
    expect(sent.children).toEqual(
      'MM7Version SenderIdentification Recipients TimeStamp ExpiryDate DeliveryReport Subject Content'.split(
        ' ',
      ),
    )
    expect(sent.xml).toContain(
      '<SenderIdentification><VASPID>key</VASPID><VASID>126273</VASID><SenderAddress><ShortCode>111122</ShortCode></SenderAddress></SenderIdentification>',
    )
    expect(sent.xml).toContain('<Recipients><To><Number>16172383232</Number></To></Recipients>')
    expect(sent.xml).toContain('<Subject>Tom &amp; &quot;Jerry&quot; &lt;3</Subject>')
    expect(sent.xml).toContain('<Content allowAdaptations="false" href="cid:generic"/>')
    expect(sent.xml).toContain('<ExpiryDate>2026-09-21T15:13:20.000Z</ExpiryDate>')
    const [smil, text, picture, more] = sent.content
    expect(more).toBeUndefined()
    expect(smil?.headers['content-type']).toMatch(/^application\/smil/)
    expect(smil?.body).toContain('src="image1.jpg"')
    expect(new TextDecoder().decode(Uint8Array.from(text!.body, (c) => c.charCodeAt(0)))).toBe('Grüße 🎉')
    expect(picture?.headers).toMatchObject({
      'content-type': 'image/jpeg; name="image1.jpg"',
      'content-transfer-encoding': 'base64',
    })
    expect(atob(picture!.body.trim())).toBe('\u00ff\u00d8\r\n\u0000')
  })

  it('is the same bytes on every attempt', async () => {
    const { carrier, requests } = stage(() => xml(submitRsp(REFERENCE, '1')))
    await carrier.submit(submission())
    await carrier.submit(submission())
    const [one, two] = await Promise.all(requests.map(async (request) => await request.text()))
    expect(one).toBe(two)
  })

  it.each(['5-MM7-1-0', '5-MM7-1-5', '6-MM7-1-0', '6-MM7-1-4'])('is written in REL-%s', async (release) => {
    const namespace = NS.replace('6-MM7-1-4', release)
    const { carrier, requests } = stage(() => xml(submitRsp(REFERENCE, '1')), { namespace })
    await carrier.submit(submission())
    const sent = await readSubmit(requests[0]!)
    expect(sent.xml).toContain(`<SubmitReq xmlns="${namespace}">`)
    expect(sent.xml).toContain(`<MM7Version>${release.startsWith('5') ? '5.3.0' : '6.8.0'}</MM7Version>`)
  })

  it('writes to a group at once, or to each member with the others for display', async () => {
    const to = ['+16172383232', '+16135550111', '+16135550122']
    const together = stage(() => xml(submitRsp(REFERENCE, '1')))
    await together.carrier.submit(submission({ to }))
    expect(together.requests).toHaveLength(1)
    expect((await readSubmit(together.requests[0]!)).xml).toContain(
      '<To><Number>16172383232</Number><Number>16135550111</Number><Number>16135550122</Number></To>',
    )
    const each = stage(() => xml(submitRsp(REFERENCE, 'id0')), { flavour: 'sinch' })
    expect(await each.carrier.submitsByMember?.('acc_one')).toBe(true)
    expect(await together.carrier.submitsByMember?.('acc_one')).toBe(false)
    const [first = '', ...others] = to
    expect(await each.carrier.submit(submission({ to: [first], others }))).toEqual({
      kind: 'accepted',
      vendorId: 'id0',
    })
    expect(each.requests).toHaveLength(1)
    expect((await readSubmit(each.requests[0]!)).xml).toContain(
      '<To><Number displayOnly="false">16172383232</Number><Number displayOnly="true">16135550111</Number>' +
        '<Number displayOnly="true">16135550122</Number></To>',
    )
  })

  it('refuses SMS, waits without an account or without storage, and never throws', async () => {
    const { carrier } = stage(() => {
      throw new Error('connection lost')
    })
    expect(await carrier.submit(submission({ channel: 'sms' }))).toMatchObject({ kind: 'refused' })
    expect(await carrier.submit(submission())).toMatchObject({ kind: 'unknown' })
    const broken = submission().parts.map((part) => ({
      ...part,
      read: () => Promise.reject(new Error('gone')),
    }))
    expect(await carrier.submit(submission({ parts: broken }))).toMatchObject({
      kind: 'later',
      reason: 'media_unreachable',
    })
    const options = { fetch: async () => xml(''), clock: { now: () => NOW } }
    const byId = async () => null
    const none = createMm7Carrier({ ...options, accounts: { of: async () => null, byId } })
    expect(await none.submit(submission())).toMatchObject({ kind: 'later', reason: 'vendor_credentials' })
    const down = createMm7Carrier({
      ...options,
      accounts: { of: () => Promise.reject(new Error('D1')), byId },
    })
    expect(await down.submit(submission())).toMatchObject({ kind: 'later', reason: 'vendor_unavailable' })
    expect(await carrier.query(submission())).toEqual({ kind: 'unsupported' })
  })
})

describe('answers', () => {
  it.each<[string, Response | string, object]>([
    ['partial success', submitRsp(REFERENCE, '7', 1100), { kind: 'accepted', vendorId: '7' }],
    ['success without an id', submitRsp(REFERENCE, ''), { kind: 'unknown' }],
    ['success of another request', submitRsp('other', '7'), { kind: 'unknown' }],
    [
      'a fault',
      faultOf(2007),
      { kind: 'refused', reason: 'content_refused', vendorCode: '2007', vendorText: 'Client error: more' },
    ],
    ['a qualified fault', qualifiedFault(4001), { kind: 'refused', reason: 'vendor_credentials' }],
    ['busy', faultOf(4006), { kind: 'later', reason: 'vendor_unavailable' }],
    ['an unknown code of the client', faultOf(2999), { kind: 'refused', reason: 'carrier_rejected' }],
    ['an unknown code of the server', faultOf(3999), { kind: 'later', reason: 'vendor_unavailable' }],
    ['502 of a proxy', new Response('Bad Gateway', { status: 502 }), { kind: 'unknown' }],
    ['200 of a captive portal', new Response('<html>', { status: 200 }), { kind: 'unknown' }],
    ['an empty 200', new Response(null, { status: 200 }), { kind: 'unknown' }],
    ['401', new Response('', { status: 401 }), { kind: 'refused', reason: 'vendor_credentials' }],
    [
      'a redirect',
      new Response(null, { status: 302, headers: { location: 'http://10.0.0.1' } }),
      { kind: 'refused' },
    ],
    ['413', new Response('', { status: 413 }), { kind: 'refused', reason: 'too_large' }],
    [
      '429',
      new Response('', { status: 429, headers: { 'retry-after': '7' } }),
      { kind: 'later', reason: 'rate_limited', retryAfter: 7000 },
    ],
    ['an endless answer', new Response('x'.repeat(300_000), { status: 200 }), { kind: 'unknown' }],
    ['a document type', `<!DOCTYPE a [<!ENTITY b "c">]>${submitRsp(REFERENCE, '7')}`, { kind: 'unknown' }],
  ])('%s', async (_, answered, expected) => {
    const { carrier } = stage(() => (typeof answered === 'string' ? xml(answered) : answered))
    expect(await carrier.submit(submission())).toMatchObject(expected)
  })

  it('map every documented code, at most 15 % of them to the general reason', () => {
    const rows = [...Object.entries(STANDARD_CODES), ...Object.entries(SINCH_CODES)]
    const general = rows.filter(([, row]) => row[1] === 'carrier_rejected').map(([code]) => Number(code))
    expect(general).toEqual([2000, 2005, 2006, 3001, 3002, 3003])
    expect(general.length / rows.length).toBeLessThanOrEqual(0.15)
  })

  it.each([
    [3001, 'standard', 'refused', 'carrier_rejected'],
    [3001, 'sinch', 'refused', 'opted_out'],
    [3003, 'sinch', 'later', 'media_unreachable'],
    [2560, 'sinch', 'refused', 'too_large'],
    [3500, 'sinch', 'later', 'carrier_unavailable'],
    [3510, 'sinch', 'later', 'rate_limited'],
    [2003, 'standard', 'refused', 'invalid_recipient'],
  ])('%i of a %s relay', async (code, flavour, kind, reason) => {
    const { carrier } = stage(() => xml(faultOf(code)), { flavour })
    expect(await carrier.submit(submission())).toMatchObject({ kind, reason, vendorCode: String(code) })
  })
})

it('shows no credential that a relay repeats', async () => {
  const { carrier } = stage(() => xml(faultOf(4001, 'User vasp with pässword is unknown')))
  expect(await carrier.submit(submission())).toMatchObject({
    reason: 'vendor_credentials',
    vendorText: 'User *** with *** is unknown: more',
  })
})

describe('CancelReq and ReplaceReq', () => {
  it('take back and replace by the id of the relay', async () => {
    const { carrier, requests } = stage(async (request) => {
      const operation = /<(\w+)Req /.exec(await request.text())?.[1]
      return xml(submitRsp('t1', '', 1000, `${operation}Rsp`))
    })
    expect(await carrier.cancel({ account: 'acc_one', reference: 't1', vendorId: 'id<1' })).toEqual({
      kind: 'canceled',
    })
    expect(await requests[0]?.text()).toMatch(
      /<CancelReq xmlns="[^"]+"><MM7Version>6.8.0<\/MM7Version><SenderIdentification>.*<\/SenderIdentification><MessageID>id&lt;1<\/MessageID><\/CancelReq>/,
    )
    expect(await carrier.replace(submission(), 't1', '7')).toEqual({ kind: 'replaced' })
    const sent = await readSubmit(requests[1]!, 'ReplaceReq')
    expect(sent.children).toEqual(['MM7Version', 'SenderIdentification', 'MessageID', 'TimeStamp', 'Content'])
    const refused = stage(() => xml(faultOf(2005)))
    expect(await refused.carrier.replace(submission(), 't1', '9')).toEqual({ kind: 'refused' })
    expect(await refused.carrier.cancel({ account: 'acc_one', reference: 't1', vendorId: '9' })).toEqual({
      kind: 'too_late',
    })
    const silent = stage(() => new Response('Bad Gateway', { status: 502 }))
    expect(await silent.carrier.replace(submission(), 't1', '9')).toEqual({ kind: 'later' })
    expect(await silent.carrier.cancel({ account: 'acc_one', reference: 't1', vendorId: '9' })).toEqual({
      kind: 'later',
    })
  })
})
