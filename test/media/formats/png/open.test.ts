import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { readPngHeader } from '../../../../src/media/formats/png/header.ts'
import { openPng } from '../../../../src/media/formats/png/open.ts'
import { be, bytesOf } from '../../bytes-of.ts'
import { chunk, pattern, type Shape, writePng } from './write-png.ts'

/** The whole picture, read so many rows at a time. */
function decode(bytes: Uint8Array, step = 5) {
  const { rows, state } = openPng(bytes, readPngHeader(bytes)!)
  const { width, height, channels } = rows
  const data = Buffer.alloc(width * height * channels)
  for (let y = 0; y < height; y += step) {
    const count = Math.min(step, height - y)
    rows.read(data.subarray(y * width * channels, (y + count) * width * channels), count)
  }
  return { width, height, channels, data, pixels: state() }
}

const palette = chunk(
  'PLTE',
  Array.from({ length: 48 }, (_, at) => (at * 37) & 255),
)
const colours: [Shape['colour'], number[]][] = [
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4]],
  [4, [8, 16]],
  [6, [8, 16]],
]
const shapes = colours.flatMap(([colour, depths]) =>
  depths.flatMap((depth) => [false, true].map((interlaced) => ({ colour, depth, interlaced }))),
)

describe('a PNG decodes as libvips has it', () => {
  test.each(shapes)(
    'colour $colour, $depth bits, interlaced $interlaced',
    async ({ colour, depth, interlaced }) => {
      for (const [width, height] of [
        [37, 29],
        [1, 1],
        [3, 9],
        [8, 2],
      ] as const) {
        const before = colour === 3 ? [palette] : []
        const png = writePng({ width, height, colour, depth, interlaced, before }, pattern(depth))
        const got = decode(png)
        const wanted = await sharp(png)
          .toColourspace(got.channels === 1 ? 'b-w' : 'srgb')
          .raw()
          .toBuffer({ resolveWithObject: true })
        expect([got.width, got.height]).toEqual([wanted.info.width, wanted.info.height])
        const step = wanted.info.channels
        // Of 16 bits libvips rounds where we cut: one step of 255 at most.
        for (let at = 0; at < width * height; at++)
          for (let c = 0; c < got.channels; c++) {
            const other = wanted.data[at * step + Math.min(c, step - 1)]!
            expect(Math.abs(got.data[at * got.channels + c]! - other)).toBeLessThanOrEqual(
              depth === 16 ? 1 : 0,
            )
          }
      }
    },
  )

  test.each<[string, Shape, Uint8Array]>([
    ['grey key', { width: 16, height: 16, colour: 0, depth: 4 }, chunk('tRNS', be(5, 2))],
    [
      'colour key',
      { width: 16, height: 16, colour: 2, depth: 8, filter: () => 4 },
      chunk('tRNS', be(7, 2), be(7, 2), be(7, 2)),
    ],
    [
      'palette with opacity',
      { width: 16, height: 16, colour: 3, depth: 4 },
      chunk('tRNS', [0, 60, 120, 180]),
    ],
  ])('%s', async (_what, shape, transparency) => {
    const before = shape.colour === 3 ? [palette, transparency] : [transparency]
    const sample = shape.colour === 2 ? (x: number) => (x % 3 === 0 ? 7 : x) : pattern(shape.depth)
    const png = writePng({ ...shape, before }, sample)
    const got = decode(png)
    expect(got.channels).toBe(4)
    expect(got.data.equals(await sharp(png).ensureAlpha().raw().toBuffer())).toBe(true)
    expect(got.data.some((byte, at) => at % 4 === 3 && byte < 255)).toBe(true)
  })

  test('a large interlaced one is made smaller by a whole number', async () => {
    const [width, height] = [2501, 2003]
    const smooth = (x: number, y: number) => ((x + y) >> 5) & 255
    const data = Buffer.from(
      Array.from({ length: width * height }, (_, at) => smooth(at % width, Math.floor(at / width))),
    )
    const png = await sharp(data, { raw: { width, height, channels: 1 } })
      .png({ progressive: true, compressionLevel: 1 })
      .toBuffer()
    const got = decode(png)
    expect([got.width, got.height]).toEqual([1251, 1002])
    const [x, y] = [611, 333]
    const mean =
      (smooth(2 * x, 2 * y) +
        smooth(2 * x + 1, 2 * y) +
        smooth(2 * x, 2 * y + 1) +
        smooth(2 * x + 1, 2 * y + 1)) /
      4
    expect(Math.abs(got.data[(y * got.width + x) * got.channels]! - mean)).toBeLessThanOrEqual(1)
    // The last column and row have half a square each, and are not darker for it.
    expect(got.data[(y * got.width + 1250) * got.channels]).toBe(smooth(2500, 2 * y))
  })
})

describe('a damaged PNG', () => {
  const png = writePng({ width: 40, height: 40, colour: 2, depth: 8, level: 0 }, pattern(8))

  test('gives what came, and white for the rest', () => {
    const { data, pixels } = decode(png.subarray(0, png.length >> 1))
    const whole = decode(png).data
    expect(pixels.rowsRead).toBeGreaterThan(15)
    expect(pixels.rowsRead).toBeLessThan(25)
    const came = pixels.rowsRead * 120
    expect(data.subarray(0, came).equals(whole.subarray(0, came))).toBe(true)
    expect(data.subarray(came).every((byte) => byte === 255)).toBe(true)
  })

  test('with a wrong checksum says so', () => {
    const wrong = png.slice()
    wrong[wrong.indexOf(0x49, 60) + 200]! ^= 1
    expect(decode(wrong).pixels.damaged).toBe(true)
    expect(decode(png).pixels.damaged).toBe(false)
  })

  test('with a filter that does not exist says so', () => {
    const odd = writePng({ width: 4, height: 4, colour: 0, depth: 8, filter: () => 0, level: 0 }, () => 7)
    const at = Buffer.from(odd).indexOf(Buffer.from([0, 7, 7, 7, 7]))
    odd[at] = 9
    expect(decode(odd).pixels.damaged).toBe(true)
  })

  test('is no PNG at all when its header is outside the standard', () => {
    const header = (...values: Parameters<typeof bytesOf>) =>
      bytesOf('\x89PNG\r\n\x1a\n', chunk('IHDR', ...values), chunk('IEND'))
    for (const values of [
      [be(0, 4), be(1, 4), 8, 2, 0, 0, 0],
      [be(1, 4), be(1, 4), 3, 2, 0, 0, 0],
      [be(1, 4), be(1, 4), 8, 5, 0, 0, 0],
      [be(1, 4), be(1, 4), 8, 2, 1, 0, 0],
      [be(1, 4), be(1, 4), 8, 2, 0, 0, 2],
      [be(2 ** 31, 4), be(1, 4), 8, 2, 0, 0, 0],
      [be(1, 4), be(1, 4), 8, 3, 0, 0, 0],
    ])
      expect(readPngHeader(header(...values))).toBeUndefined()
  })
})
