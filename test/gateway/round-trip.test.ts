import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gateway, startGateway } from './harness.ts'
import { form, photo } from './photo.ts'
import { until } from './until.ts'

const HANDSET = '+16135550140'
let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway?.close())

describe('a photo goes out', () => {
  it('fits, arrives upright without metadata, and its receipts come back', async () => {
    const source = await photo(3000, 2000, { orientation: 6 })
    const sent = await gateway.json('/v1/messages', {
      method: 'POST',
      body: form({ to: HANDSET, text: 'Look at this' }, [source]),
    })
    expect(sent.status).toBe(202)
    expect(sent.body.parts[0]).toMatchObject({
      name: 'image1.jpg',
      type: 'image/jpeg',
      source: { bytes: source.length },
    })
    expect(sent.body.wire_bytes).toBeLessThanOrEqual(300_000)
    const message = await gateway.settled(sent.body.id)
    expect(message).toMatchObject({ state: 'delivered', certainty: 'handset' })
    const events = message.timeline.map((entry: { event: string }) => entry.event)
    for (const event of ['accepted', 'submitted', 'delivered']) expect(events).toContain(event)

    const { body: thread } = await gateway.simulator(`/handsets/${encodeURIComponent(HANDSET)}/messages`)
    const arrived = thread.messages.find((one: { reference: string }) => one.reference === sent.body.id)
    expect(arrived.facts.bytes).toBe(sent.body.wire_bytes)
    expect(arrived.facts.text).toBe('Look at this')
    const index = arrived.facts.parts.findIndex((part: { type: string }) => part.type === 'image/jpeg')
    const response = await gateway.api(
      `/v1/simulator/handsets/${encodeURIComponent(HANDSET)}/messages/${arrived.id}/parts/${index}`,
    )
    const picture = new Uint8Array(await response.arrayBuffer())
    expect(Buffer.from(picture).includes('CanaryPhone')).toBe(false)
    const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true })
    expect(info.height).toBeGreaterThan(info.width)
    // Orientation 6 turns the picture clockwise: what was above (red) is at the right.
    const at = (x: number, y: number) => (y * info.width + x) * info.channels
    const right = at(info.width - 20, info.height >> 1)
    const left = at(20, info.height >> 1)
    expect(data[right]! - data[right + 2]!).toBeGreaterThan(80)
    expect(data[left + 2]! - data[left]!).toBeGreaterThan(80)
  })

  it("comes back: a phone's picture is kept byte for byte", async () => {
    const original = await photo(640, 480, { orientation: 1 })
    const reply = new FormData()
    reply.append('to', '+14165550100')
    reply.append('text', 'Here is mine')
    reply.append('media', new Blob([original]), 'IMG_0001.JPG')
    const answered = await gateway.api(`/v1/simulator/handsets/${encodeURIComponent(HANDSET)}/reply`, {
      method: 'POST',
      body: reply,
    })
    expect(answered.status).toBeLessThan(300)
    const found = await until('the reply', async () => {
      const { body } = await gateway.json('/v1/conversations')
      const conversation = body.conversations.find((one: { members: string[] }) => one.members[0] === HANDSET)
      if (conversation === undefined) return null
      const { body: list } = await gateway.json(`/v1/conversations/${conversation.id}/messages`)
      return list.messages.find((one: { direction: string }) => one.direction === 'inbound')
    })
    expect(found).toMatchObject({
      state: 'received',
      text: 'Here is mine',
      from: HANDSET,
      parts: [{ state: 'stored', type: 'image/jpeg', bytes: original.length }],
    })
    const { body: media } = await gateway.json(`/v1/media/${found.parts[0].media}?original=true`)
    const file = new Uint8Array(await (await fetch(media.url)).arrayBuffer())
    expect(Buffer.compare(file, original)).toBe(0)
    const { body: shown } = await gateway.json(`/v1/media/${found.parts[0].media}`)
    const cleaned = Buffer.from(await (await fetch(shown.url)).arrayBuffer())
    expect(cleaned.includes('CanaryPhone')).toBe(false)
    expect((await sharp(cleaned).metadata()).width).toBe(640)
  })
})

describe('order', () => {
  it('200 messages of 10 clients arrive in the order of their sequence numbers while receipts are duplicated, delayed and reordered', async () => {
    const to = '+16135550141'
    const chaos = await gateway.simulator('/chaos', {
      method: 'PUT',
      json: {
        seed: 11,
        faults: [
          { kind: 'duplicate', probability: 0.4 },
          { kind: 'delay', probability: 0.4, ms: 300 },
          { kind: 'reorder', probability: 0.4 },
        ],
      },
    })
    expect(chaos.status).toBeLessThan(300)
    const ids: string[] = []
    const sequences = new Map<string, number>()
    await Promise.all(
      Array.from({ length: 10 }, async (_, client) => {
        for (let n = 0; n < 20; n++) {
          const sent = await gateway.send({ to, text: `${client}.${n}` })
          expect(sent.status).toBe(202)
          ids.push(sent.body.id)
          sequences.set(sent.body.id, sent.body.sequence)
        }
      }),
    )
    for (const id of ids)
      expect(await gateway.settled(id)).toMatchObject({ state: 'delivered', certainty: 'handset' })
    await gateway.simulator('/chaos', { method: 'PUT', json: { faults: [] } })
    const { body: thread } = await gateway.simulator(`/handsets/${encodeURIComponent(to)}/messages`)
    const arrived = thread.messages.map((one: { reference: string }) => sequences.get(one.reference))
    expect(arrived).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
    expect(thread.messages.every((one: { seen: number }) => one.seen === 1)).toBe(true)
    // The index agrees with the object once it rests.
    const row = await until('the index', async () => {
      const { body } = await gateway.json('/v1/conversations?limit=200')
      const found = body.conversations.find((one: { members: string[] }) => one.members[0] === to)
      return found?.messages === 200 && found.last_message.state === 'delivered' ? found : null
    })
    expect(row.members).toEqual([to])
    // Pages give every message once, newest first.
    const seen: number[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { body } = await gateway.json(
        `/v1/conversations/${row.id}/messages?limit=30${cursor && `&cursor=${cursor}`}`,
      )
      seen.push(...body.messages.map((one: { sequence: number }) => one.sequence))
      cursor = body.next
    }
    expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => 200 - i))
  })
})

describe('idempotency', () => {
  it('F-14: one key a hundred times at once is one message', async () => {
    const to = '+16135550142'
    const answers = await Promise.all(
      Array.from({ length: 100 }, () =>
        gateway.send({ to, text: 'Once' }, { headers: { 'idempotency-key': 'same-key' } }),
      ),
    )
    const ok = answers.filter((one) => one.status === 202)
    expect(ok.length).toBeGreaterThan(0)
    expect(new Set(ok.map((one) => one.body.id)).size).toBe(1)
    for (const other of answers.filter((one) => one.status !== 202))
      expect(other).toMatchObject({
        status: 409,
        body: { error: { code: 'idempotency_in_progress', retryable: true } },
      })
    await gateway.settled(ok[0]!.body.id)
    const { body: thread } = await gateway.simulator(`/handsets/${encodeURIComponent(to)}/messages`)
    expect(thread.messages).toHaveLength(1)
    const again = await gateway.send({ to, text: 'Once' }, { headers: { 'idempotency-key': 'same-key' } })
    expect(again.body).toEqual(ok[0]!.body)
    const other = await gateway.send({ to, text: 'Twice' }, { headers: { 'idempotency-key': 'same-key' } })
    expect(other).toMatchObject({ status: 422, body: { error: { code: 'idempotency_mismatch' } } })
  })

  it('a file sent twice under one key is one message, and one upload', async () => {
    const file = await photo(400, 300)
    const post = () =>
      gateway.json('/v1/messages', {
        method: 'POST',
        body: form({ to: '+16135550143' }, [file]),
        headers: { 'idempotency-key': 'with-a-file' },
      })
    const first = await post()
    expect(first.status).toBe(202)
    expect((await post()).body).toEqual(first.body)
    const upload = () =>
      gateway.json('/v1/media', { method: 'POST', body: file, headers: { 'idempotency-key': 'an-upload' } })
    const stored = await upload()
    expect(stored.status).toBe(201)
    expect((await upload()).body.id).toBe(stored.body.id)
  })

  it('a request that was refused leaves its key free', async () => {
    const headers = { 'idempotency-key': 'refused-first' }
    expect(
      (await gateway.send({ to: HANDSET, media: [{ id: 'med_0000000000000000000000' }] }, { headers }))
        .status,
    ).toBe(404)
    expect((await gateway.send({ to: HANDSET, text: 'Better' }, { headers })).status).toBe(202)
  })
})

describe('public media', () => {
  it('S-6, B-12: opens with its token only, with true headers, in ranges', async () => {
    const file = await photo(320, 200)
    const { body: uploaded } = await gateway.json('/v1/media', { method: 'POST', body: file })
    const { body: stored } = await gateway.json(`/v1/media/${uploaded.id}?original=true`)
    const response = await fetch(stored.url)
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': String(file.length),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'cross-origin',
    })
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(file)
    const head = await fetch(stored.url, { method: 'HEAD' })
    expect(head.headers.get('content-length')).toBe(String(file.length))
    const part = await fetch(stored.url, { headers: { range: 'bytes=10-19' } })
    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe(`bytes 10-19/${file.length}`)
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(file.slice(10, 20))
    expect((await fetch(stored.url, { headers: { range: `bytes=${file.length}-` } })).status).toBe(416)
    const etag = response.headers.get('etag')!
    expect((await fetch(stored.url, { headers: { 'if-none-match': etag } })).status).toBe(304)
    const [token, name] = new URL(stored.url).pathname.split('/').slice(2)
    const flipped = `${token!.slice(0, -2)}${token!.at(-2) === 'A' ? 'B' : 'A'}${token!.at(-1)}`
    expect((await gateway.api(`/m/${flipped}/${name}`, { key: null })).status).toBe(404)
    const [id, , mac] = token!.split('.')
    expect((await gateway.api(`/m/${id}.zzzzzzzzz.${mac}/${name}`, { key: null })).status).toBe(404)
  })
})
