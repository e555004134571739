import { describe, expect, it } from 'vitest'
import type { Message, Part } from '../../../src/domain/message.ts'
import { createMm7Poster } from '../../../src/vendors/mm7/poster.ts'
import { split, submitRsp } from './far-side.ts'

const AT = 1_790_000_000_000
const part = (state: Part['state']): Part => ({
  media: 'med_1',
  name: 'image1.gif',
  type: 'image/gif',
  bytes: 3,
  sha256: 'a',
  state,
})
const message = (parts: readonly Part[]): Message =>
  ({
    id: 'msg_1',
    account: 'acc_one',
    from: '+16135550123',
    to: ['+14165550100', '+16135550111'],
    subject: 'Hi <you>',
    text: 'x'.repeat(9000),
    parts,
    createdAt: AT,
  }) as unknown as Message

const event = (type: string, recipients: object[] = []) =>
  JSON.stringify({
    type,
    id: 'evt_1',
    created_at: '2026-09-21T14:13:20.000Z',
    data: {
      number: '+14165550100',
      message: { id: 'msg_1', from: '+14165550100', recipients, vendor_text: null },
    },
  })

function stage(parts: readonly Part[], answer: (body: string) => Response) {
  const sent: { type: string; body: string }[] = []
  const post = createMm7Poster({
    fetch: async (url, init) => {
      const request = new Request(url, init)
      let body = ''
      for (const byte of new Uint8Array(await request.arrayBuffer())) body += String.fromCharCode(byte)
      sent.push({ type: request.headers.get('content-type') ?? '', body })
      return answer(body)
    },
    message: async (account) => (account === 'acc_one' ? message(parts) : null),
    media: async () => Uint8Array.of(71, 73, 70),
  })
  const target = { account: 'acc_one', url: 'https://vasp.example/', webhook: 'whk_one' }
  return { sent, post: (body: string) => post(target, body, AbortSignal.timeout(5000)) }
}

const taken = (body: string): Response =>
  new Response(submitRsp(/>([^<]+)<\/TransactionID>/.exec(body)?.[1] ?? '', ''))

describe('telling a provider of services', () => {
  it('delivers the whole message, the group for display, in the order of the schema', async () => {
    const { sent, post } = stage([part('stored'), part('unavailable')], taken)
    expect(await post(event('message.received'))).toBe(204)
    const boundary = /boundary="([^"]+)"$/.exec(sent[0]!.type)?.[1] ?? ''
    const [soap, content] = split(sent[0]!.body, boundary)
    expect(
      soap?.body.match(/<(?:MM7Version|LinkedID|Sender|Recipients|TimeStamp|Priority|Subject|Content)\b/g),
    ).toEqual(
      'MM7Version LinkedID Sender Recipients TimeStamp Priority Subject Content'
        .split(' ')
        .map((one) => `<${one}`),
    )
    expect(soap?.body).toContain(
      '<To><Number displayOnly="false">14165550100</Number><Number displayOnly="true">16135550111</Number></To>',
    )
    expect(soap?.body).toContain('<Subject>Hi &lt;you&gt;</Subject>')
    const inner = /boundary="([^"]+)"/.exec(content?.headers['content-type'] ?? '')?.[1] ?? ''
    const parts = split(content!.body, inner)
    expect(parts.map((one) => one.headers['content-type']?.split(';')[0])).toEqual([
      'application/smil',
      'text/plain',
      'image/gif',
    ])
    expect(parts[1]?.body).toHaveLength(9000)
  })

  it('waits for media that is still being copied', async () => {
    const { sent, post } = stage([part('pending')], taken)
    expect(await post(event('message.received'))).toBe(503)
    expect(sent).toEqual([])
  })

  it.each([
    ['delivered', 'Retrieved'],
    ['failed', 'Rejected'],
    ['expired', 'Expired'],
    ['unconfirmed', 'Indeterminate'],
  ])('reports %s as %s, once for each recipient', async (state, status) => {
    const { sent, post } = stage([], taken)
    const recipients = ['+16135550111', '+16135550122'].map((address) => ({ address, state }))
    expect(
      await post(event(`message.${state}`, [...recipients, { address: '+16135550133', state: 'submitted' }])),
    ).toBe(204)
    expect(sent.map((one) => /<Recipient><Number>(\d+)</.exec(one.body)?.[1])).toEqual([
      '16135550111',
      '16135550122',
    ])
    expect(sent[0]?.body).toContain(`<MMStatus>${status}</MMStatus>`)
  })

  it.each<[string, (body: string) => Response, number]>([
    ['a refusal', () => new Response(submitRsp('evt_1', '', 2007)), 502],
    ['another transaction', () => new Response(submitRsp('evt_2', '')), 502],
    ['no MM7', () => new Response('OK'), 502],
    ['a server error', () => new Response('', { status: 500 }), 500],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: '/' } }), 302],
  ])('is not done with %s', async (_, answer, status) => {
    const { post } = stage([], answer)
    expect(await post(event('message.received'))).toBe(status)
  })

  it('says nothing of what concerns nobody there', async () => {
    const { sent, post } = stage([], taken)
    for (const body of [
      event('message.accepted'),
      event('webhook.test'),
      '{"type":"consent.changed","id":"e","data":{}}',
    ])
      expect(await post(body)).toBe(204)
    expect(sent).toEqual([])
  })
})
