import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stageOf } from '../features/stage.ts'
import { bytesOf } from '../media/bytes-of.ts'
import { h264, quickTimeAac, writeMovie } from '../media/formats/mp4/write-movie.ts'
import { amrFrames, mp3Frames } from '../media/sounds.ts'
import { type Gateway, startGateway } from './harness.ts'
import { photo } from './photo.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway?.close())
const { upload, arrives } = stageOf(() => gateway)

/** Text-like marks on white: what a screenshot is made of. */
async function screenshot(width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const pixels = Buffer.alloc(width * height * 3, 255)
  let seed = 3
  for (let y = 12; y < height - 12; y += 14)
    for (let x = 12; x < width - 12; x += 2) {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
      if (seed >>> 30 === 0) pixels.fill(20, (y * width + x) * 3, (y * width + x + 1) * 3)
    }
  const raw = { width, height, channels: 3 as const }
  return new Uint8Array(await sharp(pixels, { raw }).png().toBuffer())
}

const clear = async () => {
  const background = { r: 0, g: 130, b: 250, alpha: 0.4 }
  return new Uint8Array(
    await sharp({ create: { width: 600, height: 400, channels: 4, background } })
      .png()
      .toBuffer(),
  )
}

const sample = (value: number, length: number) => new Uint8Array(length).fill(value)
/** A movie of a phone: two tracks, and the place where it was taken, in three forms. */
const movie = () =>
  writeMovie('qt  ', [
    { handler: 'vide', entry: h264, chunks: [[sample(1, 4000), sample(2, 3000)], [sample(3, 5000)]] },
    { handler: 'soun', entry: quickTimeAac, chunks: [[sample(101, 70)], [sample(102, 60)]] },
  ])
const contact = bytesOf('BEGIN:VCARD\r\nVERSION:3.0\r\nN:Doe;Jane\r\nFN:Jane Doe\r\nEND:VCARD\r\n')
const date = bytesOf(
  'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20270101T120000Z\r\nSUMMARY:Lunch\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
)

describe('ten files of all kinds in one message', () => {
  const phone = '+16135550611'
  const media: { id: string }[] = []
  beforeAll(async () => {
    const files = [
      await photo(1800, 1350),
      await photo(1200, 1600, { orientation: 6 }),
      await photo(700, 500),
      await screenshot(1080, 1600),
      await clear(),
      movie(),
      mp3Frames(30),
      amrFrames(50),
      contact,
      date,
    ]
    for (const file of files) media.push(await upload(file as Uint8Array<ArrayBuffer>))
  })

  it.each([300_000, 1_000_000])('fit %d bytes, and arrive as the report says', async (budget) => {
    const { sent, arrived } = await arrives(phone, { text: 'All of it', subject: 'Ten', budget, media })
    expect(sent.wire_bytes).toBeLessThanOrEqual(budget)
    expect(arrived.facts).toMatchObject({ attachments: 10, bytes: sent.wire_bytes })
    const attached = arrived.facts.parts.slice(-10)
    for (const [index, part] of sent.parts.entries()) {
      const { type, bytes, sha256 } = attached[index]
      expect({ type: type.toLowerCase(), bytes, sha256 }).toEqual({
        type: part.type.toLowerCase(),
        bytes: part.bytes,
        sha256: part.sha256,
      })
      expect(part.reason).toMatch(/\.$/)
      expect(part.source.bytes).toBeGreaterThan(0)
      if (part.type.startsWith('image/')) expect(part.score).toBeGreaterThan(0)
      else expect(part.score).toBeNull()
    }
    const scores: number[] = sent.parts.slice(0, 2).map((part: { score: number }) => part.score)
    // Both large photos have to give up bytes; neither much more than the other.
    if (budget === 300_000) expect(Math.abs(scores[0]! - scores[1]!)).toBeLessThan(8)
  })

  it('a movie leaves as MP4, without the place where it was taken', async () => {
    const { sent } = await arrives(phone, { subject: 'Film', media: [media[5]!] })
    const [part] = sent.parts
    expect(part.type).toBe('video/mp4')
    const { body } = await gateway.json(`/v1/media/${part.media}`)
    const bytes = Buffer.from(await (await fetch(body.url)).arrayBuffer())
    expect(bytes.length).toBe(part.bytes)
    expect(bytes.includes('ftyp')).toBe(true)
    for (const word of ['CANARY', '+51.5', 'udta', '\xa9xyz'])
      expect(bytes.includes(word, 0, 'latin1')).toBe(false)
  })

  it('a picture that would look worse than asked is refused, with the best that could be had', async () => {
    const poor = { to: phone, subject: 'P', budget: 30_000, media: [media[0]!] }
    const shown = await gateway.json('/v1/messages:preview', { json: poor })
    const { score } = shown.body.parts[0]
    const refused = await gateway.send({ ...poor, minimum_quality: Math.ceil(score + 5) })
    expect([refused.status, refused.body.error.code]).toEqual([422, 'cannot_fit'])
    expect(refused.body.error.message).toContain(`${score} of 100`)
    const taken = await gateway.send({ ...poor, minimum_quality: Math.floor(score) })
    expect([taken.status, taken.body.parts[0].score]).toEqual([202, score])
    const nonsense = await gateway.send({ ...poor, minimum_quality: 101 })
    expect([nonsense.status, nonsense.body.error.code]).toEqual([400, 'invalid_field'])
  })

  it('POST /v1/fit says the score, and refuses by it', async () => {
    const file = await photo(1200, 900)
    const at = (query: string) =>
      gateway.json(`/v1/fit?${query}`, {
        method: 'POST',
        body: file,
        headers: { accept: 'application/json' },
      })
    const fitted = await at('budget=60000')
    expect(fitted.body.score).toBeGreaterThan(0)
    const refused = await at('budget=60000&minimum_quality=100')
    expect([refused.status, refused.body.error.code]).toEqual([422, 'cannot_fit'])
    expect(refused.body.error.message).toContain(`${fitted.body.score} of 100`)
  })
})
