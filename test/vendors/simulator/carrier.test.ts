import { describe, expect, it } from 'vitest'
import { createSimulatorCarrier } from '../../../src/vendors/simulator/carrier.ts'
import { parseEntity } from '../../../src/vendors/simulator/mime-tree.ts'
import { signHook, unwrap, wrap } from '../../../src/vendors/simulator/wire.ts'
import { ACCOUNT, hookKey, jpeg, OURS, PHONE, part, START, submission } from './far-side.ts'

const carrierOf = (answer: (request: Request) => Response | Promise<Response>, patience = 1000) =>
  createSimulatorCarrier({
    fetch: async (request) => answer(request),
    clock: { now: () => START },
    secret: () => hookKey(),
    patience,
  })

const said = (code: string, status: number, headers: HeadersInit = {}): Response =>
  Response.json({ error: { code, message: 'words' } }, { status, headers })

describe('what an answer means', () => {
  it.each([
    ['taken', () => Response.json({ id: 'sim_1', seen: 1 }), { kind: 'accepted', vendorId: 'sim_1' }],
    ['taken, unsaid as what', () => Response.json({ ok: true }), { kind: 'unknown' }],
    ['taken, in no JSON', () => new Response('ok'), { kind: 'unknown' }],
    [
      'refused in our words',
      () => said('spam_filtered', 400),
      { kind: 'refused', reason: 'spam_filtered', vendorCode: 'spam_filtered', vendorText: 'words' },
    ],
    [
      'refused in strange words',
      () => said('moon_phase', 400),
      { kind: 'refused', reason: 'carrier_rejected', vendorCode: 'moon_phase' },
    ],
    [
      'refused in the words of every object',
      () => said('toString', 400),
      { kind: 'refused', reason: 'carrier_rejected' },
    ],
    [
      'refused without words',
      () => new Response('no', { status: 413 }),
      { kind: 'refused', reason: 'too_large', vendorCode: '413', vendorText: null },
    ],
    [
      'a pause in seconds',
      () => said('rate_limited', 429, { 'retry-after': '7' }),
      { kind: 'later', reason: 'rate_limited', retryAfter: 7000 },
    ],
    [
      'a pause until a date',
      () => said('rate_limited', 429, { 'retry-after': new Date(START + 9000).toUTCString() }),
      { kind: 'later', retryAfter: 9000 },
    ],
    [
      'a pause that nobody understands',
      () => new Response('', { status: 429, headers: { 'retry-after': 'soon' } }),
      { kind: 'later', reason: 'rate_limited', retryAfter: null },
    ],
    [
      'down, by its own word',
      () => said('vendor_unavailable', 503),
      { kind: 'later', reason: 'vendor_unavailable' },
    ],
    ['a proxy that lost it', () => new Response('Bad Gateway', { status: 502 }), { kind: 'unknown' }],
    [
      'an error page',
      () => new Response('<html>', { status: 500 }),
      { kind: 'unknown', detail: expect.stringContaining('500') },
    ],
    [
      'a broken connection',
      () => {
        throw new TypeError('network')
      },
      { kind: 'unknown', detail: expect.stringContaining('network') },
    ],
  ])('%s', async (_name, answer, outcome) => {
    expect(await carrierOf(answer).submit(submission())).toMatchObject(outcome)
  })

  it('silence is not waited for, before the headers or after', async () => {
    const never = carrierOf(() => new Promise<Response>(() => {}), 30)
    expect(await never.submit(submission())).toMatchObject({ kind: 'unknown' })
    expect(await never.query(submission())).toEqual({ kind: 'later' })
    const half = carrierOf(() => new Response(new ReadableStream({ pull: () => new Promise(() => {}) })), 30)
    expect(await half.submit(submission())).toMatchObject({ kind: 'unknown' })
  })

  it('nothing leaves when storage does not answer', async () => {
    let asked = 0
    const carrier = carrierOf(() => {
      asked++
      return Response.json({ id: 'sim_1', seen: 1 })
    })
    const broken = {
      ...part('image1.jpg', 'image/jpeg', jpeg(1, 1)),
      read: async () => {
        throw new Error('storage')
      },
    }
    expect(await carrier.submit(submission({ parts: [broken] }))).toMatchObject({
      kind: 'later',
      reason: 'media_unreachable',
    })
    expect(asked).toBe(0)
  })

  it.each([
    ['found', () => Response.json({ id: 'sim_1', seen: 2 }), { kind: 'found', vendorId: 'sim_1' }],
    ['absent by its own word', () => said('not_found', 404), { kind: 'absent' }],
    ['a 404 of somebody else', () => new Response('Not Found', { status: 404 }), { kind: 'later' }],
    ['down', () => said('vendor_unavailable', 503), { kind: 'later' }],
    ['nonsense', () => new Response('yes'), { kind: 'later' }],
  ])('a query: %s', async (_name, answer, outcome) => {
    expect(await carrierOf(answer).query(submission())).toEqual(outcome)
  })
})

describe('what is submitted', () => {
  it('is the same bytes on every attempt', async () => {
    const bodies: string[] = []
    const carrier = carrierOf(async (request) => {
      const wrapped = unwrap(request.headers.get('content-type'), new Uint8Array(await request.arrayBuffer()))
      bodies.push(new TextDecoder('latin1').decode(wrapped!.entity!))
      return Response.json({ id: 'sim_1', seen: 1 })
    })
    const sent = submission({ text: 'Hi', subject: 'Two' })
    await carrier.submit(sent)
    await carrier.submit(sent)
    expect(bodies[0]).toBe(bodies[1])
    const tree = parseEntity(Uint8Array.from(bodies[0]!, (character) => character.charCodeAt(0)))
    expect(tree.ok && tree.value.parts.map((one) => one.location)).toEqual([
      'smil.xml',
      'text.txt',
      'image1.jpg',
    ])
  })
})

describe('webhooks', () => {
  const status = {
    type: 'message.status',
    event: 'evt_1',
    account: ACCOUNT,
    at: START,
    reference: 'msg_1',
    id: 'sim_1',
    recipient: PHONE,
    state: 'failed',
    certainty: 'carrier',
    code: 'moon_phase',
    text: null,
  }
  const receive = async (
    event: unknown,
    change: {
      key?: string
      at?: number
      account?: string
      method?: string
      spoil?: boolean
      drop?: string
    } = {},
    entity: Uint8Array | null = null,
  ) => {
    const { body, contentType } = wrap(event, entity)
    const signature = await signHook(await hookKey(change.key), { id: 'evt_1', at: change.at ?? START, body })
    const headers = new Headers({ ...signature, 'content-type': contentType })
    if (change.drop !== undefined) headers.delete(change.drop)
    if (change.spoil) body[body.length - 3]! ^= 1
    return carrierOf(() => new Response()).receive({
      method: change.method ?? 'POST',
      url: new URL(`https://gateway.invalid/hooks/simulator/${change.account ?? ACCOUNT}`),
      headers,
      body,
      now: START,
    })
  }

  it('are believed when signed; unknown words go to the nearest reason and are kept', async () => {
    expect(await receive(status)).toMatchObject({
      ok: true,
      account: ACCOUNT,
      events: [{ kind: 'receipt', state: 'failed', reason: 'carrier_rejected', vendorCode: 'moon_phase' }],
    })
  })

  it.each([
    ['another key', { key: 'another' }],
    ['a body changed on the way', { spoil: true }],
    ['an old one', { at: START - 301_000 }],
    ['one from the future', { at: START + 301_000 }],
    ["another account's address", { account: 'acc_0000000000000000000002' }],
    ['another method', { method: 'GET' }],
    ['no signature', { drop: 'webhook-signature' }],
    ['no time', { drop: 'webhook-timestamp' }],
    ['no id', { drop: 'webhook-id' }],
    ['no type', { drop: 'content-type' }],
  ])('are refused: %s', async (_name, change) => {
    expect(await receive(status, change)).toEqual({ ok: false })
  })

  it.each([
    ['an unknown event', { ...status, type: 'message.read' }, null],
    ['an unknown state', { ...status, state: 'eaten' }, null],
    ['a missing field', { ...status, id: undefined }, null],
    ['nothing', null, null],
    [
      'a picture message without its entity',
      { ...status, type: 'message.received', channel: 'mms', from: PHONE, to: OURS, others: [], text: null },
      null,
    ],
    [
      'a picture message that cannot be read',
      { ...status, type: 'message.received', channel: 'mms', from: PHONE, to: OURS, others: [], text: null },
      new Uint8Array([1, 2, 3]),
    ],
  ])('are refused though signed: %s', async (_name, event, entity) => {
    expect(await receive(event, {}, entity)).toEqual({ ok: false })
  })
})
