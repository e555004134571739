import fc from 'fast-check'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildCore } from '../../../../scripts/build-core.mjs'
import { openAvifTiles } from '../../../../src/media/formats/avif/decode.ts'
import { readSequenceHeader } from '../../../../src/media/formats/avif/sequence-header.ts'
import { readHeifItems } from '../../../../src/media/formats/heif/items.ts'
import { openHeif } from '../../../../src/media/formats/heif/open.ts'
import { readHeifPicture } from '../../../../src/media/formats/heif/picture.ts'
import { fit as fitMedia, inspect } from '../../../../src/media/index.ts'
import { readRows } from '../../read-rows.ts'
import { gridOf, property, type WrittenItem, writeHeif } from './write-heif.ts'

beforeAll(() => buildCore('release'), 120_000)

const width = 96
const height = 64
const drawing = (channels: 3 | 4) =>
  sharp(
    Buffer.from(
      Array.from({ length: width * height * channels }, (_, at) => {
        const [c, x, y] = [
          at % channels,
          Math.floor(at / channels) % width,
          Math.floor(at / channels / width),
        ]
        return c === 3 ? 255 - y * 3 : Math.round(127 + 100 * Math.sin((x * (c + 1) + y * 2) / 20))
      }),
    ),
    { raw: { width, height, channels } },
  )

async function decode(bytes: Uint8Array) {
  const items = readHeifItems(bytes)
  if (items === undefined || typeof items === 'string') throw new Error(`no items: ${items}`)
  const picture = readHeifPicture(items)
  if (!('colour' in picture)) throw new Error(JSON.stringify(picture))
  const decoder = await openAvifTiles(bytes, items)
  try {
    return readRows(openHeif(picture, decoder), 7)
  } finally {
    decoder.close()
  }
}

/** The mean difference of two pictures' samples. */
function apart(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length)
  return a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0) / a.length
}

describe('an AVIF decodes as libavif has it', () => {
  test.each<[string, 3 | 4, object]>([
    ['4:4:4', 3, { chromaSubsampling: '4:4:4' }],
    ['4:2:0', 3, { chromaSubsampling: '4:2:0' }],
    ['ten bits', 3, { bitdepth: 10 }],
    ['opacity', 4, {}],
    ['lossless', 3, { lossless: true }],
  ])('%s', async (_what, channels, options) => {
    const file = await drawing(channels)
      .avif({ quality: 90, effort: 1, ...options })
      .toBuffer()
    const got = await decode(file)
    expect(got).toMatchObject({ width, height, channels, rowsRead: height })
    const wanted = await sharp(file).toColourspace('srgb').raw().toBuffer()
    // Chroma of half the size is smoothed there and repeated here.
    expect(apart(got.data, wanted)).toBeLessThan(1.2)
  })

  test('in tiles', async () => {
    const side = 64
    const whole = await sharp(await drawing(3).png().toBuffer())
      .resize(side * 2, side * 2, { fit: 'fill' })
      .png()
      .toBuffer()
    const tiles = await Promise.all(
      [0, 1, 2, 3].map(async (at) => {
        const cut = { left: (at % 2) * side, top: (at >> 1) * side, width: side, height: side }
        const file = await sharp(whole).extract(cut).avif({ quality: 90, effort: 1 }).toBuffer()
        const items = readHeifItems(file)
        if (items === undefined || typeof items === 'string') throw new Error('no items')
        const item = items.items.get(items.primary)!
        const properties = item.properties.map((one) =>
          file.subarray(at0(file, one.data), at0(file, one.data) + one.data.length + 8),
        )
        return { type: 'av01', data: items.content(item)!, properties } satisfies WrittenItem
      }),
    )
    const grid = {
      type: 'grid',
      data: gridOf(2, 2, 120, 110),
      properties: [property.extent(120, 110)],
      references: { dimg: [2, 3, 4, 5] },
    }
    const got = await decode(writeHeif([grid, ...tiles], { brand: 'avif' }))
    expect(got).toMatchObject({ width: 120, height: 110, rowsRead: 110 })
    const wanted = await sharp(whole).extract({ left: 0, top: 0, width: 120, height: 110 }).raw().toBuffer()
    expect(apart(got.data, wanted)).toBeLessThan(3)
  })
})

/** Where a property's box begins, from its content. */
function at0(file: Uint8Array, data: Uint8Array): number {
  return data.byteOffset - file.byteOffset - 8
}

describe('the sequence header', () => {
  test.each([
    ['4:4:4', 8, { x: 0, y: 0 }, { chromaSubsampling: '4:4:4' }],
    ['4:2:0', 8, { x: 1, y: 1 }, { chromaSubsampling: '4:2:0' }],
    ['10 bits', 10, { x: 0, y: 0 }, { bitdepth: 10 as const }],
  ])('%s', async (_what, bits, chroma, options) => {
    const file = await drawing(3)
      .avif({ effort: 1, ...options })
      .toBuffer()
    const items = readHeifItems(file)
    if (items === undefined || typeof items === 'string') throw new Error('no items')
    expect(readSequenceHeader(items.content(items.items.get(items.primary)!)!)).toMatchObject({
      width,
      height,
      bits,
      chroma,
      cicp: { fullRange: true },
    })
  })
  test('of nothing and of half of it', () => {
    expect(readSequenceHeader(new Uint8Array())).toBeUndefined()
    expect(readSequenceHeader(Uint8Array.of(0x0a, 0x01, 0x00))).toBeUndefined()
    expect(readSequenceHeader(new Uint8Array(200).fill(0xff))).toBeUndefined()
  })
})

describe('an AVIF becomes a JPEG', () => {
  test('of its own size and within the budget', async () => {
    const file = await drawing(4).avif({ effort: 1 }).toBuffer()
    expect(inspect(file)).toMatchObject({ ok: true, value: { width, height, alpha: true, animated: false } })
    expect(await fitMedia(file, { budget: 20_000 })).toMatchObject({
      ok: true,
      value: { type: 'image/jpeg', width, height, warnings: [{ code: 'transparency_flattened' }] },
    })
  })

  test('unless it would take too much memory, which is said in numbers', async () => {
    const big = (side: number, flags: number) =>
      writeHeif(
        [
          {
            type: 'av01',
            data: [],
            properties: [property.extent(side, side), property.av1([0x81, 0, flags, 0])],
          },
        ],
        { brand: 'avif' },
      )
    const refused = (limit: number) => ({ ok: false, failure: { code: 'too_many_pixels', limit } })
    // 4:2:0 takes one and a half bytes a pixel, 4:4:4 three, and each twice as much with ten bits.
    expect(inspect(big(5001, 0x0c))).toMatchObject(refused(25_000_000))
    expect(inspect(big(5000, 0x0c))).toMatchObject({ ok: true })
    expect(inspect(big(3600, 0))).toMatchObject(refused(12_500_000))
    expect(inspect(big(3600, 0x4c))).toMatchObject(refused(12_500_000))
    expect(inspect(big(2600, 0x40))).toMatchObject(refused(6_250_000))
  })

  test('and any damage ends in a picture or in words', async () => {
    const file = await drawing(4).avif({ effort: 1 }).toBuffer()
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(file.length),
        async (changes, end) => {
          const damaged = Uint8Array.from(file.subarray(0, end % 3 === 0 ? end : file.length))
          for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value
          const fitted = await fitMedia(damaged, { budget: 1e5 })
          if (!fitted.ok) expect(fitted.failure.code).not.toBe('codec_failed')
        },
      ),
      { numRuns: 80 },
    )
  })
})
