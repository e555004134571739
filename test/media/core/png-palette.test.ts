import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { fit as fitMedia, type Target } from '../../../src/media/index.ts'
import { seeded } from './jpeg-writer.ts'

async function fitted(source: Uint8Array, target: Target) {
  const result = await fitMedia(source, target)
  if (!result.ok) throw new Error(JSON.stringify(result.failure))
  expect(result.value.bytes.length).toBeLessThanOrEqual(target.budget)
  return result.value
}

type Pixel = readonly [number, number, number, number]

/** A PNG of eight bits a channel, written as large as can be, so that it has to be encoded anew to fit. */
async function png(width: number, height: number, pixel: (x: number, y: number) => Pixel) {
  const data = Buffer.alloc(width * height * 4)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(pixel(x, y), (y * width + x) * 4)
  const file = await sharp(data, { raw: { width, height, channels: 4 } })
    .png({ compressionLevel: 0 })
    .toBuffer()
  return { data, file: Uint8Array.from(file) }
}

/** Lines of letters of blocks, in a few colors on a slow gradient, with edges as soft as a screen's. */
function page(x: number, y: number): Pixel {
  const line = Math.floor(y / 24)
  const letter = Math.floor(x / 12)
  const inLetter =
    x % 12 < 8 && y % 24 > 5 && y % 24 < 19 && letter % 7 !== 0 && letter < 60 + ((line * 13) % 40)
  const ink = Math.imul(line * 131 + letter, 2654435761) >>> (8 + ((x % 12) >> 1) + ((y % 24) >> 2))
  const soft = [0, 0.35, 0.8, 1][ink & 3]!
  const paper = [255 - (y >> 6), 255 - (x >> 7), 250] as const
  const color = [
    [20, 30, 40],
    [150, 20, 30],
    [10, 90, 160],
  ][line % 3]!
  const mixed = paper.map((p, c) => Math.round(inLetter ? p + (color[c]! - p) * soft : p))
  return [mixed[0]!, mixed[1]!, mixed[2]!, 255]
}

const random = seeded(7)
const noise = Uint8Array.from({ length: 1 << 16 }, () => random() * 60)
/** Shades with grain, as a camera gives them. */
function scene(x: number, y: number): Pixel {
  const grain = noise[(x * 31 + y * 977) & 0xffff]! + noise[(x * 7 + y * 331) & 0xffff]!
  const light = 60 + 50 * Math.sin(x / 90) + 40 * Math.cos(y / 70 + x / 200)
  return [light + grain, light * 0.8 + grain, light * 0.5 + grain, 255].map((v) =>
    Math.min(255, Math.max(0, Math.round(v))),
  ) as unknown as Pixel
}

describe('few colours stay as they are', () => {
  test.each([
    [2, 1],
    [3, 2],
    [4, 2],
    [16, 4],
    [17, 8],
    [256, 8],
  ])('%i of them, %i bits each', async (colors, depth) => {
    for (const clear of [false, true]) {
      const pixel = (x: number, y: number): Pixel => {
        const i = Math.floor(x / 3 + Math.floor(y / 5) * 7) % colors
        return [(i * 91) & 255, (i * 37) & 255, i, clear ? 255 - (i % 5) * 60 : 255]
      }
      const { data, file } = await png(301, 203, pixel)
      const value = await fitted(file, { budget: 60_000 })
      expect(value).toMatchObject({ type: 'image/png', width: 301, height: 203 })
      expect(value.reason).toMatch(/every pixel is as it was/)
      // Bits a sample and palette, in IHDR.
      expect([value.bytes[24], value.bytes[25]]).toEqual([depth, 3])
      const back = await sharp(value.bytes).ensureAlpha().raw().toBuffer()
      expect(back.equals(data)).toBe(true)
    }
  })
})

describe('the choice', () => {
  test('what was drawn stays PNG, its letters sharper than as a JPEG of the same bytes', async () => {
    const { file } = await png(1300, 900, page)
    for (const budget of [90_000, 40_000]) {
      const value = await fitted(file, { budget })
      expect(value.type).toBe('image/png')
      const jpeg = await fitted(file, { budget: value.bytes.length, types: ['image/jpeg'] })
      expect(jpeg.type).toBe('image/jpeg')
      const wanted = await grey(file)
      expect(difference(wanted, await grey(value.bytes))).toBeLessThan(
        difference(wanted, await grey(jpeg.bytes)),
      )
    }
  })

  test('what was photographed becomes a JPEG', async () => {
    const { file } = await png(900, 700, scene)
    const value = await fitted(file, { budget: 100_000 })
    expect(value.type).toBe('image/jpeg')
    expect(value.warnings).toEqual([])
  })

  test('unless only PNG is taken: then it shrinks', async () => {
    const { file } = await png(900, 700, scene)
    const value = await fitted(file, { budget: 100_000, types: ['image/png'] })
    expect(value.type).toBe('image/png')
    expect(value.width).toBeLessThan(900)
    expect(value.width! / value.height!).toBeCloseTo(9 / 7, 1)
  })

  test('a PNG that cannot be made small enough is refused', async () => {
    const { file } = await png(900, 700, scene)
    expect(await fitMedia(file, { budget: 2000, types: ['image/png'] })).toMatchObject({
      failure: { code: 'cannot_fit' },
    })
  })

  test('who prefers JPEG gets one', async () => {
    const { file } = await png(400, 300, page)
    expect((await fitted(file, { budget: 60_000, preferJpeg: true })).type).toBe('image/jpeg')
  })

  test('transparency stays where it can, soft edges too', async () => {
    const { data, file } = await png(500, 400, (x, y) => {
      const away = Math.hypot(x - 250, y - 200)
      const alpha = Math.round(255 * Math.min(1, Math.max(0, (150 - away) / 40)))
      return [200, (x >> 1) & 255, (y >> 1) & 255, alpha]
    })
    const value = await fitted(file, { budget: 40_000 })
    expect(value).toMatchObject({ type: 'image/png', width: 500, warnings: [] })
    const back = await sharp(value.bytes).ensureAlpha().raw().toBuffer()
    let off = 0
    for (let at = 3; at < data.length; at += 4) off += Math.abs(back[at]! - data[at]!)
    expect(off / (data.length / 4)).toBeLessThan(3)
    const small = await fitted(file, { budget: 40_000, types: ['image/jpeg'] })
    expect(small.warnings).toEqual([{ code: 'transparency_flattened' }])
  })

  test('a limit of pixels holds for PNG as for JPEG', async () => {
    const { file } = await png(1300, 900, page)
    const value = await fitted(file, { budget: 200_000, maxSide: 640 })
    expect(value.type).toBe('image/png')
    expect(value.width).toBeLessThanOrEqual(640)
    expect(value.width).toBeGreaterThan(630)
    expect(value.height).toBeLessThanOrEqual(444)
  })
})

async function grey(bytes: Uint8Array): Promise<Buffer> {
  return sharp(bytes).flatten().resize(1300, 900, { fit: 'fill' }).toColourspace('b-w').raw().toBuffer()
}

/** Mean squared difference. */
function difference(a: Buffer, b: Buffer): number {
  return a.reduce((sum, value, at) => sum + (value - b[at]!) ** 2, 0) / a.length
}
