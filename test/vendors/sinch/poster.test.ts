import { describe, expect, it } from 'vitest'
import type { DialectRecord, DialectRecords } from '../../../src/domain/dialect-records.ts'
import type { Message, Part } from '../../../src/domain/message.ts'
import { createSinchPoster } from '../../../src/vendors/sinch/poster.ts'
import { TAG } from '../../../src/vendors/sinch/represent.ts'

/** Records in memory. */
function memory(rows: readonly DialectRecord[]): DialectRecords {
  const kept = new Map(rows.map((row) => [`${row.kind} ${row.id}`, row]))
  const unused = async (): Promise<never> => {
    throw new Error('Nobody asks for that here')
  }
  return {
    find: async (_, kind, id) => kept.get(`${kind} ${id}`) ?? null,
    add: async (row) => {
      const place = `${row.kind} ${row.id}`
      if (kept.has(place)) return false
      kept.set(place, row)
      return true
    },
    several: unused,
    page: unused,
    put: unused,
    remove: unused,
  }
}
const row = (kind: string, id: string, more: Partial<DialectRecord>): DialectRecord => ({
  account: 'acc_one',
  kind,
  id,
  parent: '',
  subject: null,
  body: {},
  secrets: null,
  createdAt: 1,
  updatedAt: 1,
  ...more,
})
const part = (state: Part['state']): Part => ({
  media: 'med_1',
  name: 'image1.jpg',
  type: 'image/jpeg',
  bytes: 3,
  sha256: 'a',
  state,
})
const message = (more: Partial<Message> = {}): Message =>
  ({
    id: 'msg_1',
    account: 'acc_one',
    conversation: 'cnv_1',
    direction: 'inbound',
    channel: 'mms',
    from: '+16135550140',
    to: ['+14165550100'],
    subject: null,
    text: 'words',
    parts: [],
    state: 'received',
    reason: null,
    vendorText: null,
    createdAt: 5,
    updatedAt: 5,
    ...more,
  }) as Message

type Stage = { triggers?: string[]; override?: true; target?: string; secret?: string; status?: number }

/** An endpoint of app `one`, whose default sender is +14165550100; app `two` has +12125550101. */
function stage(
  now: Message,
  { triggers = [], override, target = 'https://c.example/', secret, status = 200 }: Stage = {},
) {
  const posted: { url: string; headers: Record<string, string>; body: Record<string, unknown> }[] = []
  const body = { target, triggers, ...(override === undefined ? {} : { override }) }
  const secrets = secret === undefined ? null : { secret }
  const post = createSinchPoster({
    clock: { now: () => 10 },
    records: memory([
      row('sinch_webhook', 'whk_1', { parent: 'one', body, secrets }),
      row('sinch_sender', '+14165550100', { parent: 'one' }),
      row('sinch_sender', '+12125550101', { parent: 'two' }),
    ]),
    message: async () => now,
    publicUrl: async (id, name) => `https://belino.example/m/${id}.token/${name}`,
    fetch: async (url, init) => {
      const headers = init.headers as Record<string, string>
      posted.push({ url, headers, body: JSON.parse(init.body as string) })
      return new Response(null, { status })
    },
  })
  const tell = (type: string, data: Record<string, unknown>, webhook = 'whk_1') =>
    post(
      { account: 'acc_one', url: 'https://c.example/', webhook },
      JSON.stringify({ type, id: 'evt_1', created_at: '2026-01-02T03:04:05.000Z', data }),
      AbortSignal.timeout(5000),
    )
  return { posted, tell }
}
const came = { number: '+14165550100', message: { id: 'msg_1' } }

describe('what came in', () => {
  it('waits for what is still being copied', async () => {
    const { tell, posted } = stage(message({ parts: [part('pending')] }))
    expect(await tell('message.received', came)).toBe(503)
    expect(posted).toEqual([])
  })

  it.each([
    ['unavailable', 'MEDIA_NOT_REACHABLE'],
    ['blocked', 'MEDIA_TYPE_UNSUPPORTED'],
  ] as const)('says of a part that is %s that it cannot be had', async (state, code) => {
    const { tell, posted } = stage(message({ parts: [part('stored'), part(state)] }))
    expect(await tell('message.received', { ...came, attachment: 2 })).toBe(204)
    expect(posted[0]?.body.message).toMatchObject({
      id: 'msg_1P2',
      contact_message: { fallback_message: { raw_message: 'words', reason: { code } } },
    })
  })

  it('names the address of our own that shows a cleaned file', async () => {
    const { tell, posted } = stage(message({ text: null, parts: [part('stored')] }))
    await tell('message.received', came)
    expect(posted[0]?.body).toMatchObject({
      app_id: 'one',
      project_id: 'acc_one',
      message: {
        contact_message: {
          media_message: { url: 'https://belino.example/dialects/sinch/media/med_1.token/image1.jpg' },
        },
      },
    })
  })

  it("is for the app of the number, and for all where it is nobody's", async () => {
    for (const [number, times] of [
      ['+14165550100', 1],
      ['+12125550101', 0],
      ['+18335550102', 1],
    ] as const) {
      const { tell, posted } = stage(message())
      expect(await tell('message.received', { ...came, number })).toBe(204)
      expect(posted).toHaveLength(times)
    }
  })
})

describe('what went out', () => {
  const sent = message({
    direction: 'outbound',
    from: '+14165550100',
    to: ['+16135550140'],
    state: 'delivered',
  })
  const tagged = (tags: Record<string, string>) => ({ message: { id: 'msg_1', metadata: tags } })

  it('is told to the app that sent it alone', async () => {
    for (const [tags, times] of [
      [{ [TAG.app]: 'one' }, 1],
      [{ [TAG.app]: 'two' }, 0],
      [{}, 0],
    ] as const) {
      const { tell, posted } = stage(sent)
      expect(await tell('message.delivered', tagged(tags))).toBe(204)
      expect(posted).toHaveLength(times)
    }
  })

  it('is told to the URL of the message, query and all, and then to nobody else', async () => {
    const own = { [TAG.app]: 'one', [TAG.callback]: 'https://c.example/hook?order=7' }
    const app = stage(sent)
    await app.tell('message.delivered', tagged(own))
    expect(app.posted).toEqual([])
    const override = stage(sent, { override: true, target: 'https://c.example/hook' })
    await override.tell('message.delivered', tagged(own))
    expect(override.posted.map((one) => one.url)).toEqual(['https://c.example/hook?order=7'])
    const other = stage(sent, { override: true, target: 'https://c.example/other' })
    await other.tell('message.delivered', tagged(own))
    await other.tell('message.delivered', tagged({ [TAG.app]: 'one' }))
    await other.tell('message.received', came)
    expect(other.posted).toEqual([])
  })

  it('has one end of two, and no word for what nobody reported', async () => {
    const { tell, posted } = stage(message({ ...sent, state: 'expired', reason: 'expired' }))
    await tell('message.expired', tagged({ [TAG.app]: 'one' }))
    expect(posted[0]?.body.message_delivery_report).toMatchObject({
      status: 'FAILED',
      reason: { code: 'MESSAGE_EXPIRED' },
    })
    await tell('message.unconfirmed', tagged({ [TAG.app]: 'one' }))
    await tell('message.canceled', tagged({ [TAG.app]: 'one' }))
    expect(posted).toHaveLength(1)
  })
})

describe('an endpoint', () => {
  it('hears of the triggers that it named', async () => {
    const { tell, posted } = stage(message(), { triggers: ['OPT_OUT'] })
    await tell('message.received', came)
    await tell('consent.changed', { address: '+16135550140', state: 'in' })
    expect(posted).toEqual([])
    await tell('consent.changed', { address: '+16135550140', state: 'out' })
    expect(posted[0]?.body.opt_out_notification).toMatchObject({
      identity: '16135550140',
      status: 'OPT_OUT_SUCCEEDED',
    })
  })

  it('is told of a new contact by the event that made it, however often that is told', async () => {
    const { tell, posted } = stage(message())
    const created = { number: '+14165550100', conversation: 'cnv_1', members: ['+16135550140'] }
    await tell('conversation.created', created)
    await tell('conversation.created', created)
    expect(posted.map((one) => Object.keys(one.body).at(-1))).toEqual([
      'contact_create_notification',
      'conversation_start_notification',
      'contact_create_notification',
      'conversation_start_notification',
    ])
  })

  it('signs with a secret and without one not; its status is the answer; the unknown one has left', async () => {
    const bare = stage(message(), { status: 500 })
    expect(await bare.tell('message.received', came)).toBe(500)
    expect(Object.keys(bare.posted[0]?.headers ?? {})).toEqual(['content-type'])
    const signed = stage(message(), { secret: 's' })
    expect(await signed.tell('message.received', came)).toBe(204)
    expect(signed.posted[0]?.headers).toMatchObject({ 'x-sinch-webhook-signature-algorithm': 'HmacSHA256' })
    expect(await signed.tell('message.received', came, 'whk_gone')).toBe(204)
    expect(await signed.tell('webhook.test', {})).toBe(204)
    expect(signed.posted).toHaveLength(1)
  })
})
