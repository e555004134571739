import sharp, { type Sharp } from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { fit as fitMedia, inspect } from '../../src/media/index.ts'

/** A picture of smooth colour with a little grain, so that it compresses as photos do. */
async function photo(width: number, height: number): Promise<Sharp> {
  const data = Buffer.alloc(width * height * 3)
  let seed = 1
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
      const grain = (seed >>> 24) / 8
      data[at++] = 120 + 90 * Math.sin(x / 37) + grain
      data[at++] = 120 + 90 * Math.cos(y / 53) + grain
      data[at++] = 120 + 60 * Math.sin((x + y) / 71) + grain
    }
  return sharp(data, { raw: { width, height, channels: 3 } })
}

const exif = {
  IFD0: { Make: 'CanaryPhone', Copyright: 'CanaryPerson' },
  IFD3: { GPSLatitude: '51/1 30/1 0/1' },
}

describe('a JPEG', () => {
  let large: Uint8Array
  beforeAll(async () => {
    large = await (await photo(1600, 1200)).jpeg({ quality: 95 }).withExif(exif).toBuffer()
  })

  test.each([20_000, 60_000, 150_000, 300_000])('fits %d bytes, without its metadata', async (budget) => {
    const fitted = await fitMedia(large, { budget })
    if (!fitted.ok) throw new Error(JSON.stringify(fitted.failure))
    expect(fitted.value.bytes.length).toBeLessThanOrEqual(budget)
    expect(fitted.value.bytes.length).toBeGreaterThan(budget / 2)
    expect(fitted.value).toMatchObject({ type: 'image/jpeg', extension: 'jpg', changed: true })
    expect(Buffer.from(fitted.value.bytes).includes('Canary')).toBe(false)
    const seen = await sharp(fitted.value.bytes).metadata()
    expect(seen).toMatchObject({ format: 'jpeg', width: fitted.value.width, height: fitted.value.height })
    expect(seen.exif ?? seen.icc ?? seen.xmp).toBeUndefined()
  })

  test('within its budget keeps its pixels to the bit', async () => {
    const fitted = await fitMedia(large, { budget: large.length })
    if (!fitted.ok) throw new Error(JSON.stringify(fitted.failure))
    expect(fitted.value.changed).toBe(true)
    const [before, after] = await Promise.all([
      sharp(large).raw().toBuffer(),
      sharp(fitted.value.bytes).raw().toBuffer(),
    ])
    expect(after.equals(before)).toBe(true)
    const again = await fitMedia(fitted.value.bytes, { budget: large.length })
    expect(again).toMatchObject({ ok: true, value: { changed: false } })
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('of orientation %d stands upright', async (orientation) => {
    // Left half red, right half blue, top row brighter: every orientation gives another picture.
    const [width, height] = [320, 200]
    const data = Buffer.alloc(width * height * 3)
    for (let at = 0; at < width * height; at++) {
      const [x, y] = [at % width, Math.floor(at / width)]
      data[at * 3] = x < width / 2 ? 200 : 20
      data[at * 3 + 1] = y < height / 2 ? 160 : 0
      data[at * 3 + 2] = x < width / 2 ? 20 : 200
    }
    const source = await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 95 })
      .withMetadata({ orientation })
      .toBuffer()
    const fitted = await fitMedia(source, { budget: 60_000 })
    if (!fitted.ok) throw new Error(JSON.stringify(fitted.failure))
    const wanted = await sharp(source).autoOrient().raw().toBuffer({ resolveWithObject: true })
    const got = await sharp(fitted.value.bytes).raw().toBuffer({ resolveWithObject: true })
    expect([got.info.width, got.info.height]).toEqual([wanted.info.width, wanted.info.height])
    const difference = wanted.data.reduce((sum, byte, at) => sum + Math.abs(byte - got.data[at]!), 0)
    expect(difference / wanted.data.length).toBeLessThan(3)
  })

  test('is scaled to the limits of the target', async () => {
    const fitted = await fitMedia(large, { budget: 1e6, maxWidth: 640, maxHeight: 640 })
    expect(fitted).toMatchObject({ ok: true, value: { width: 640, height: 480 } })
  })

  test('that cannot be had in so few bytes is refused with the fewest that were reached', async () => {
    const fitted = await fitMedia(large, { budget: 300 })
    expect(fitted).toMatchObject({ ok: false, failure: { code: 'cannot_fit', budget: 300 } })
    if (!fitted.ok && fitted.failure.code === 'cannot_fit')
      expect(fitted.failure.smallest).toBeGreaterThan(300)
  })
})

describe('a PNG', () => {
  test('becomes a JPEG on white', async () => {
    const clear = { r: 255, g: 0, b: 0, alpha: 0 }
    const source = await sharp({ create: { width: 300, height: 200, channels: 4, background: clear } })
      .png()
      .toBuffer()
    const fitted = await fitMedia(source, { budget: 50_000, types: ['image/jpeg'] })
    if (!fitted.ok) throw new Error(JSON.stringify(fitted.failure))
    expect(fitted.value).toMatchObject({ type: 'image/jpeg', warnings: [{ code: 'transparency_flattened' }] })
    const [pixel] = await sharp(fitted.value.bytes).raw().toBuffer()
    expect(pixel).toBeGreaterThan(250)
  })
})

describe('a header that promises too much', () => {
  const side = [0xff, 0xff]
  test.each([
    [
      'JPEG',
      [0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, ...side, ...side, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1, 0xff, 0xd9],
    ],
    [
      'PNG',
      [
        0x89,
        80,
        78,
        71,
        13,
        10,
        26,
        10,
        0,
        0,
        0,
        13,
        73,
        72,
        68,
        82,
        0,
        0,
        ...side,
        0,
        0,
        ...side,
        8,
        6,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
      ],
    ],
  ])('of a %s is refused unread', (_name, bytes) => {
    expect(inspect(Uint8Array.from(bytes))).toMatchObject({
      ok: false,
      failure: { code: 'too_many_pixels', width: 65535, height: 65535 },
    })
  })
})
