import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Gateway, startGateway } from './harness.ts'
import { photo } from './photo.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway?.close())

/** Numbers from 0 to 1 that are the same on every run. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

it('what is previewed is what the phone then receives, byte for byte, in 50 random messages', async () => {
  const random = chance(5)
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!
  const files = [
    await photo(1600, 1200),
    await photo(900, 1200, { orientation: 6 }),
    await photo(300, 200),
    new Uint8Array(
      await sharp({ create: { width: 500, height: 300, channels: 4, background: '#08f8' } })
        .png()
        .toBuffer(),
    ),
    new TextEncoder().encode(
      'BEGIN:VCARD\r\nVERSION:3.0\r\nN:Doe;Jane\r\nFN:Jane Doe\r\nTEL:+16135550199\r\nEND:VCARD\r\n',
    ) as Uint8Array<ArrayBuffer>,
  ]
  const ids: string[] = []
  for (const file of files)
    ids.push((await gateway.json('/v1/media', { method: 'POST', body: file })).body.id)
  for (let n = 0; n < 50; n++) {
    const media = Array.from({ length: Math.floor(random() * 5) }, () => ({ id: pick(ids) }))
    const message = {
      to: random() < 0.2 ? ['+16135550181', '+16135550182'] : '+16135550180',
      text: pick(['', 'Hi', 'Grüße 👋 aus Köln', 'x'.repeat(900), 'a & b < c']),
      ...(random() < 0.5
        ? { subject: pick(['Photos', 'Été à Montréal', 'A subject of some length']) }
        : { subject: 'S' }),
      budget: pick([60_000, 300_000, 600_000]),
      media,
    }
    const shown = await gateway.json('/v1/messages:preview', { json: message })
    expect(shown.status, JSON.stringify(shown.body)).toBe(200)
    const sent = await gateway.send(message)
    expect(sent.status).toBe(202)
    await gateway.settled(sent.body.id)
    const to = [message.to].flat()[0]!
    const { body: thread } = await gateway.simulator(`/handsets/${encodeURIComponent(to)}/messages`)
    const arrived = thread.messages.find((one: { reference: string }) => one.reference === sent.body.id)
    expect(arrived.facts.bytes).toBe(shown.body.wire_bytes)
    expect(shown.body.wire_bytes).toBeLessThanOrEqual(shown.body.budget)
    const nodes = (parts: { type: string; name: string; bytes: number }[]) =>
      parts.map(({ type, name, bytes }) => ({ type: type.toLowerCase(), name, bytes }))
    expect(nodes(arrived.facts.parts)).toEqual(nodes(shown.body.mime))
    const hashes = arrived.facts.parts
      .slice(-media.length || arrived.facts.parts.length)
      .map((part: { sha256: string }) => part.sha256)
    expect(hashes).toEqual(shown.body.parts.map((part: { sha256: string }) => part.sha256))
    const first = shown.body.parts[0]
    if (n % 10 === 0 && first !== undefined) {
      const bytes = new Uint8Array(await (await fetch(first.url)).arrayBuffer())
      expect(bytes.length).toBe(first.bytes)
    }
  }
})
