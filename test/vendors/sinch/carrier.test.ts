import { describe, expect, it } from 'vitest'
import { REASONS } from '../../../src/domain/reason.ts'
import type { Submission, VendorAccount } from '../../../src/vendors/contract.ts'
import { checkAccount } from '../../../src/vendors/sinch/account.ts'
import { createSinchCarrier } from '../../../src/vendors/sinch/carrier.ts'
import { REASON_OF, REASON_OF_MMS_CODE, REASON_OF_SUB_CODE } from '../../../src/vendors/sinch/status.ts'
import { REASON_CODES } from '../../../src/vendors/sinch/wire.ts'
import { readSend, refusal, sent } from './far-side.ts'

const NOW = 1_790_000_000_000
const REFERENCE = 'msg_0123456789abcdefghijklmnopqrstuv'

const account = (more: Partial<VendorAccount> = {}): VendorAccount => ({
  id: `ven_${'0'.repeat(22)}`,
  account: 'acc_one',
  credentials: { key_id: 'kid', key_secret: 'ksecret', webhook_secret: 'wsecret' },
  settings: { project_id: 'p1', app_id: 'app1' },
  hookSecret: 'h'.repeat(22),
  ...more,
})
const MMS = {
  credentials: { api_key: 'theKey' },
  settings: { transport: 'mms', service_id: '32113' },
}

const picture = (n = 1) => ({
  name: `image${n}.jpg`,
  type: 'image/jpeg',
  bytes: 5,
  read: () => Promise.reject(new Error('It is fetched')),
  url: async () => `https://belino.example/m/${n}/image${n}.jpg`,
})

const submission = (more: Partial<Submission> = {}): Submission => ({
  account: 'acc_one',
  reference: REFERENCE,
  channel: 'mms',
  from: '+14165550100',
  fromType: 'long-code',
  to: ['+16135550123'],
  subject: null,
  text: 'Look',
  parts: [picture()],
  createdAt: NOW,
  validUntil: NOW + 3_600_000,
  ...more,
})

type Far = (request: Request) => Promise<Response> | Response
const token = () =>
  Response.json({ access_token: 'tok.en', expires_in: 3600, scope: '', token_type: 'bearer' })

function stage(far: Far, one: Partial<VendorAccount> = {}, auth: Far = token) {
  const requests: Request[] = []
  const tokens: Request[] = []
  const clock = { at: NOW }
  const carrier = createSinchCarrier({
    fetch: async (url, init) => {
      const request = new Request(url, init)
      const isToken = request.url === 'https://auth.sinch.com/oauth2/token'
      ;(isToken ? tokens : requests).push(request.clone() as Request)
      return await (isToken ? auth : far)(request)
    },
    clock: { now: () => clock.at },
    accounts: { of: async () => account(one), byId: async () => null },
  })
  return { carrier, requests, tokens, clock }
}

describe('messages:send', () => {
  it.each([
    ['a text', { parts: [] }, { text_message: { text: 'Look' } }],
    [
      'a picture',
      { text: null },
      { media_message: { url: 'https://belino.example/m/1/image1.jpg', filename_override: 'image1.jpg' } },
    ],
    [
      'a picture with words',
      { subject: 'Hi' },
      {
        card_message: {
          title: 'Hi',
          description: 'Look',
          media_message: { url: 'https://belino.example/m/1/image1.jpg', filename_override: 'image1.jpg' },
        },
      },
    ],
    ['a subject alone', { parts: [], text: null, subject: 'Hi' }, { card_message: { title: 'Hi' } }],
  ])('is what the vendor\u2019s own types ask for: %s', async (_, more, message) => {
    const { carrier, requests, tokens } = stage(() => sent('01ABC'))
    expect(await carrier.submit(submission(more))).toEqual({ kind: 'accepted', vendorId: '01ABC' })
    const [request] = requests
    expect(request!.url).toBe('https://us.conversation.api.sinch.com/v1/projects/p1/messages:send')
    expect(request!.headers.get('authorization')).toBe('Bearer tok.en')
    expect(readSend(await request!.text())).toEqual({
      app_id: 'app1',
      recipient: { identified_by: { channel_identities: [{ channel: 'MMS', identity: '+16135550123' }] } },
      message,
      channel_priority_order: ['MMS'],
      channel_properties: { MMS_SENDER: '14165550100' },
      message_metadata: REFERENCE,
      ttl: '3600s',
    })
    expect(tokens[0]!.headers.get('authorization')).toBe(`Basic ${btoa('kid:ksecret')}`)
    expect(await tokens[0]!.text()).toBe('grant_type=client_credentials')
  })

  it('goes as SMS over the SMS channel', async () => {
    const { carrier, requests } = stage(() => sent('1'))
    await carrier.submit(submission({ channel: 'sms', parts: [] }))
    expect(readSend(await requests[0]!.text())).toMatchObject({
      channel_priority_order: ['SMS'],
      channel_properties: { SMS_SENDER: '14165550100' },
    })
  })

  it('keeps its token until a minute before it ends, and gets another when it is not taken any more', async () => {
    let answers = 0
    const { carrier, tokens, clock } = stage(() =>
      ++answers === 4 ? refusal(401, 'UNAUTHENTICATED') : sent('1'),
    )
    for (let i = 0; i < 2; i++) await carrier.submit(submission())
    expect(tokens).toHaveLength(1)
    clock.at += 3_541_000
    await carrier.submit(submission())
    expect(tokens).toHaveLength(2)
    expect(await carrier.submit(submission())).toMatchObject({ kind: 'accepted' })
    expect(tokens).toHaveLength(3)
  })

  it.each<[string, Far, object]>([
    [
      'a wrong secret',
      () => new Response('{"error":"invalid_client"}', { status: 401 }),
      { kind: 'refused', reason: 'vendor_credentials' },
    ],
    ['an outage', () => new Response('', { status: 503 }), { kind: 'later', reason: 'vendor_unavailable' }],
    ['no network', () => Promise.reject(new Error('lost')), { kind: 'later', reason: 'vendor_unavailable' }],
  ])('was certainly not sent where the token failed for %s', async (_, auth, expected) => {
    const { carrier, requests } = stage(() => sent('1'), {}, auth)
    expect(await carrier.submit(submission())).toMatchObject(expected)
    expect(requests).toHaveLength(0)
  })

  it.each<[string, Response | Error, object]>([
    [
      '400',
      refusal(400, 'INVALID_ARGUMENT', 'ksecret is bad'),
      {
        kind: 'refused',
        reason: 'content_refused',
        vendorCode: 'INVALID_ARGUMENT',
        vendorText: '*** is bad',
      },
    ],
    ['403', refusal(403, 'PERMISSION_DENIED'), { kind: 'refused', reason: 'sender_not_allowed' }],
    ['404 of the wrong region', refusal(404, 'NOT_FOUND'), { kind: 'refused', reason: 'vendor_credentials' }],
    ['413', new Response('', { status: 413 }), { kind: 'refused', reason: 'too_large' }],
    [
      '429',
      new Response('{}', { status: 429, headers: { 'retry-after': '7' } }),
      { kind: 'later', reason: 'rate_limited', retryAfter: 7000 },
    ],
    ['503 in its own words', refusal(503, 'UNAVAILABLE'), { kind: 'later', reason: 'vendor_unavailable' }],
    ['500', refusal(500, 'INTERNAL'), { kind: 'unknown' }],
    ['502 of a proxy', new Response('Bad Gateway', { status: 502 }), { kind: 'unknown' }],
    ['504', refusal(504, 'DEADLINE_EXCEEDED'), { kind: 'unknown' }],
    ['200 of a captive portal', new Response('<html>'), { kind: 'unknown' }],
    [
      'a redirect',
      new Response(null, { status: 302, headers: { location: 'http://10.0.0.1' } }),
      { kind: 'refused' },
    ],
    ['a lost connection', new Error('lost'), { kind: 'unknown' }],
  ])('answered with %s', async (_, answer, expected) => {
    const { carrier } = stage(
      () => (answer instanceof Error ? Promise.reject(answer) : answer.clone()) as never,
    )
    expect(await carrier.submit(submission())).toMatchObject(expected)
  })

  it('waits where storage or the account is missing', async () => {
    const { carrier } = stage(() => sent('1'))
    const gone = [{ ...picture(), url: () => Promise.reject(new Error('gone')) }]
    expect(await carrier.submit(submission({ parts: gone }))).toMatchObject({
      kind: 'later',
      reason: 'media_unreachable',
    })
    const none = stage(() => sent('1'), { settings: {} })
    expect(await none.carrier.submit(submission())).toMatchObject({
      kind: 'later',
      reason: 'vendor_credentials',
    })
  })
})

describe('an attempt of unknown outcome', () => {
  const asked = (far: Far, one = {}) => {
    const made = stage(far, one)
    return {
      ...made,
      answer: made.carrier.query({
        account: 'acc_one',
        reference: REFERENCE,
        to: ['+16135550123'],
        createdAt: NOW,
      }),
    }
  }

  it('is found by our reference, page by page', async () => {
    const { answer, requests } = asked((request) => {
      const page = new URL(request.url).searchParams.get('page_token')
      return Response.json(
        page === null
          ? { messages: [{ id: '1', metadata: 'other' }], next_page_token: 'n' }
          : { messages: [{ id: '2', metadata: REFERENCE }] },
      )
    })
    expect(await answer).toEqual({ kind: 'found', vendorId: '2' })
    const search = new URL(requests[0]!.url).searchParams
    expect(Object.fromEntries(search)).toMatchObject({
      app_id: 'app1',
      channel_identity: '+16135550123',
      direction: 'TO_CONTACT',
      start_time: new Date(NOW - 60_000).toISOString(),
      view: 'WITH_METADATA',
    })
  })

  it.each<[string, Far, string, object]>([
    ['a list without it proves nothing', () => Response.json({ messages: [] }), 'unsupported', {}],
    ['no answer is asked for again', () => new Response('', { status: 502 }), 'later', {}],
    ['the JSON API has no list', () => new Response(''), 'unsupported', MMS],
  ])('%s', async (_, far, kind, one) => {
    expect(await asked(far, one).answer).toEqual({ kind })
  })
})

describe('sendmms', () => {
  const json = (body: object, status = 200) => Response.json(body, { status })
  const success = () => json({ status: 'Success', to: '16135550123', 'tracking-id': 'MMS_12345' })

  it('has a slide for each file, in order, and the text with the first', async () => {
    const { carrier, requests, tokens } = stage(success, MMS)
    const parts = [picture(1), { ...picture(2), name: 'contact2.vcf', type: 'text/x-vCard' }]
    expect(await carrier.submit(submission({ parts }))).toEqual({ kind: 'accepted', vendorId: 'MMS_12345' })
    expect(tokens).toHaveLength(0)
    expect(requests[0]!.url).toBe('https://api.ci.mblox.com/ep/v2/')
    expect(requests[0]!.headers.get('x-api-key')).toBe('theKey')
    expect(await requests[0]!.json()).toEqual({
      action: 'sendmms',
      'service-id': '32113',
      to: '16135550123',
      from: '14165550100',
      'message-subject': 'Look',
      'disable-fallback-sms': true,
      'mms-expiry-timestamp': new Date(NOW + 3_600_000).toISOString(),
      'client-reference': REFERENCE,
      slide: [
        { image: { url: 'https://belino.example/m/1/image1.jpg' }, 'message-text': 'Look' },
        { contact: { url: 'https://belino.example/m/2/image2.jpg' } },
      ],
    })
  })

  it.each<[Response, object]>([
    [
      json({ status: 'Failure', 'error-code': 'E331', 'error-info': 'Image in slide 1 is too big.' }),
      { kind: 'refused', reason: 'too_large', vendorCode: 'E331' },
    ],
    [json({ status: 'Failure', 'error-code': 'E114' }), { kind: 'refused', reason: 'opted_out' }],
    [json({ status: 'Failure', 'error-code': 'E628' }), { kind: 'refused', reason: 'no_mms' }],
    [json({ status: 'Failure', 'error-code': 'E113' }), { kind: 'later', reason: 'rate_limited' }],
    [json({ status: 'Failure', 'error-code': 'E351' }), { kind: 'later', reason: 'media_unreachable' }],
    [json({ status: 'Failure', 'error-code': 'E777' }), { kind: 'refused', reason: 'carrier_rejected' }],
    [json({ status: 'Success' }), { kind: 'unknown' }],
    [new Response('', { status: 401 }), { kind: 'refused', reason: 'vendor_credentials' }],
    [new Response('', { status: 502 }), { kind: 'unknown' }],
  ])('is told %#', async (answer, expected) => {
    const { carrier } = stage(() => answer.clone() as never, MMS)
    expect(await carrier.submit(submission())).toMatchObject(expected)
  })

  it('carries no SMS', async () => {
    const { carrier, requests } = stage(success, MMS)
    expect(await carrier.submit(submission({ channel: 'sms', parts: [] }))).toMatchObject({ kind: 'refused' })
    expect(requests).toHaveLength(0)
  })
})

describe('codes', () => {
  it('are mapped, every documented one, at most 15 % of them to the general reason', () => {
    expect(Object.keys(REASON_OF)).toEqual([...REASON_CODES])
    const all = { ...REASON_OF, ...REASON_OF_SUB_CODE, ...REASON_OF_MMS_CODE }
    const general = Object.entries(all)
      .filter(([, reason]) => reason === 'carrier_rejected')
      .map(([code]) => code)
    expect(general).toEqual(['UNKNOWN', 'CHANNEL_REJECT', 'E101', 'E102', 'E501', 'E502'])
    expect(general.length / Object.keys(all).length).toBeLessThanOrEqual(0.15)
  })

  it.each([
    ['MEDIA_TOO_LARGE', { retryable: false, refit: true }],
    ['NO_CHANNELS_LEFT', { retryable: false, noMms: true }],
    ['RECIPIENT_NOT_OPTED_IN', { retryable: false, optOut: true }],
    ['RATE_LIMITED', { retryable: true }],
    ['MEDIA_NOT_REACHABLE', { retryable: true }],
  ] as const)('%s means what follows from it', (code, facts) => {
    const { meaning, ...found } = REASONS[REASON_OF[code]]
    expect(meaning).not.toBe('')
    expect(found).toEqual(facts)
  })
})

describe('an account', () => {
  it.each([
    [{}, {}, 'credentials.key_id'],
    [{ key_id: 'a', key_secret: 'b', webhook_secret: 'c' }, { project_id: 'p' }, 'settings.app_id'],
    [{}, { transport: 'mms', service_id: '1' }, 'credentials.api_key'],
    [{ nope: 'x' }, {}, 'credentials.nope'],
    [{}, { region: 'mars' }, 'settings.region'],
    [{}, { api_url: 'http://a.example' }, 'settings.api_url'],
    [{}, { auth_url: 'https://user:pw@a.example' }, 'settings.auth_url'],
  ])('%j %j is refused by field', (credentials, settings, field) => {
    expect(checkAccount(credentials, settings)).toMatchObject({ ok: false, field })
  })

  it.each([
    [account().credentials, account().settings],
    [MMS.credentials, MMS.settings],
  ])('%# is taken', (credentials, settings) => {
    expect(checkAccount(credentials, settings)).toMatchObject({ ok: true, credentials })
  })
})
