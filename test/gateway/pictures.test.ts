import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { samplesOf, tiled } from '../media/formats/heif/pictures.ts'
import { property } from '../media/formats/heif/write-heif.ts'
import { type Gateway, startGateway } from './harness.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway?.close())

const drawing = (frames: number) =>
  sharp(Buffer.from(Array.from({ length: 160 * 120 * 3 * frames }, (_, at) => (at >> 4) & 255)), {
    raw: { width: 160, height: 120 * frames, channels: 3, pageHeight: 120 },
  })

/** A phone's picture: tiles, on its side. */
const heic = () => tiled(samplesOf(128, 96), 32, 120, 90, property.turn(3))

describe('pictures that phones do not show, in workerd', () => {
  test.each<[string, () => Promise<Uint8Array>, object]>([
    ['HEIC', async () => heic(), { type: 'image/jpeg', width: 90, height: 120 }],
    [
      'AVIF',
      () => drawing(1).avif({ effort: 1 }).toBuffer(),
      { type: 'image/jpeg', width: 160, height: 120 },
    ],
    ['WebP', () => drawing(1).webp().toBuffer(), { type: 'image/jpeg', width: 160, height: 120 }],
    [
      'animated WebP',
      () =>
        drawing(3)
          .webp({ delay: [80, 80, 80] })
          .toBuffer(),
      { type: 'image/gif', width: 160, height: 120 },
    ],
  ])('%s', async (_what, make, wanted) => {
    const body = new Uint8Array(await make())
    const report = await gateway.json('/v1/fit?budget=60000', {
      method: 'POST',
      body,
      headers: { accept: 'application/json' },
    })
    expect(report).toMatchObject({ status: 200, body: wanted })
    expect(report.body.bytes).toBeLessThanOrEqual(60_000)
  })

  test('a HEIC in a message arrives as JPEG', async () => {
    const form = new FormData()
    form.append('to', '+16135550123')
    form.append('media', new Blob([heic()]), 'IMG_0001.HEIC')
    const sent = await gateway.json('/v1/messages', { method: 'POST', body: form })
    expect(sent.status).toBe(202)
    await gateway.settled(sent.body.id)
    const inbox = await gateway.simulator('/handsets/+16135550123/messages')
    expect(JSON.stringify(inbox.body)).toContain('image/jpeg')
    expect(JSON.stringify(inbox.body)).not.toContain('heic')
  })
})
