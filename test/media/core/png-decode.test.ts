import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { runJobOn } from '../../../src/media/core/run-job.ts'
import { be, bytesOf } from '../bytes-of.ts'
import { chunk, pattern, type Shape, signature, writePng } from '../formats/png/write-png.ts'
import { coreInstances } from './instances.ts'
import { PngPlanes, type TestedPngExports } from './png-planes.ts'

let core: TestedPngExports
let fresh: () => TestedPngExports

beforeAll(async () => {
  fresh = (await coreInstances('release')) as () => TestedPngExports
  core = fresh()
}, 120_000)

function decode(bytes: Uint8Array, on = core, size?: { width: number; height: number }) {
  const { result } = runJobOn(on, bytes, new PngPlanes(bytes, size))
  if (!result.ok) throw new Error(JSON.stringify(result.failure))
  return result.value
}

/** A palette of as many colours as a depth has values. */
const palette = (depth: number) =>
  chunk(
    'PLTE',
    Array.from({ length: 3 * 2 ** depth }, (_, at) => (at * 37) & 255),
  )
const depths: [Shape['colour'], number[]][] = [
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4]],
  [4, [8, 16]],
  [6, [8, 16]],
]
const keys: Partial<Record<Shape['colour'], Uint8Array>> = {
  0: chunk('tRNS', be(1, 2)),
  2: chunk('tRNS', be(7, 2), be(7, 2), be(7, 2)),
  3: chunk('tRNS', [0, 60]),
}
const shapes = depths.flatMap(([colour, list]) =>
  list.flatMap((depth) =>
    [false, true].flatMap((interlaced) =>
      (keys[colour] ? [false, true] : [false]).map((keyed) => ({ colour, depth, interlaced, keyed })),
    ),
  ),
)

describe('a PNG decodes as libvips has it', () => {
  test.each(shapes)(
    'colour $colour, $depth bits, interlaced $interlaced, keyed $keyed',
    async ({ colour, depth, interlaced, keyed }) => {
      const sizes = [
        [53, 29],
        [1, 1],
        [3, 9],
        [16, 2],
      ] as const
      for (const [i, [width, height]] of sizes.entries()) {
        const before = [...(colour === 3 ? [palette(depth)] : []), ...(keyed ? [keys[colour]!] : [])]
        const shape = { width, height, colour, depth, interlaced, before, level: i * 3 }
        const sample = keyed && colour === 2 ? (x: number) => (x % 3 ? x : 7) : pattern(depth)
        const png = writePng(shape, sample)
        const got = decode(png)
        expect(got).toMatchObject({ width, height, exact: true, truncated: false, damaged: false })
        const wanted = await sharp(png).ensureAlpha().toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer()
        for (let at = 0; at < wanted.length; at++) {
          // What is transparent has no colour.
          if (wanted[at | 3] === 0 && (at & 3) < 3) continue
          // Of 16 bits libvips cuts where we round.
          const off = Math.abs(got.data[at]! - wanted[at]!)
          expect(off, `byte ${at}`).toBeLessThanOrEqual(depth === 16 ? 1 : 0)
        }
      }
    },
  )

  test('in any number of chunks, and with every kind of block', async () => {
    const [width, height] = [300, 200]
    const rows = Buffer.from(
      Array.from({ length: height * (1 + width * 3) }, (_, at) =>
        at % (1 + width * 3) === 0 ? 0 : (Math.imul(at % 977, 40503) >>> 5) & 255,
      ),
    )
    const header = chunk('IHDR', be(width, 4), be(height, 4), 8, 2, 0, 0, 0)
    const packed = [0, 1, 6, 9].map((level) => deflateSync(rows, { level }))
    const fixed = deflateSync(rows, { strategy: 4 })
    for (const data of [...packed, fixed])
      for (const size of [1, 13, 4096, data.length]) {
        const pieces: Uint8Array[] = [chunk('IDAT')]
        for (let at = 0; at < data.length; at += size)
          pieces.push(chunk('IDAT', data.subarray(at, at + size)))
        const got = decode(Uint8Array.from(Buffer.concat([signature, header, ...pieces, chunk('IEND')])))
        expect(got.exact).toBe(true)
        expect([...got.data.subarray(0, 8)]).toEqual([
          ...rows.subarray(1, 4),
          255,
          ...rows.subarray(4, 7),
          255,
        ])
        const last = rows.subarray(-3)
        expect([...got.data.subarray(-4)]).toEqual([...last, 255])
      }
  })
})

describe('orientation', () => {
  const names = [1, 2, 3, 4, 5, 6, 7, 8]
  test.each(names)('%i stands upright', async (orientation) => {
    const exif = chunk(
      'eXIf',
      bytesOf('II*\0', 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0),
    )
    const shape = { width: 37, height: 20, colour: 2, depth: 8 } as const
    const got = decode(writePng({ ...shape, before: [exif] }, pattern(8)))
    const plain = () => sharp(writePng(shape, pattern(8)))
    const turned = [
      plain(),
      plain().flop(),
      plain().rotate(180),
      plain().flip(),
      // A mirror and a turn in one pipeline would come in the library's order.
      sharp(await plain().flop().png().toBuffer()).rotate(270),
      plain().rotate(90),
      sharp(await plain().flop().png().toBuffer()).rotate(90),
      plain().rotate(270),
    ][orientation - 1]!
    const { data, info } = await turned.ensureAlpha().raw().toBuffer({ resolveWithObject: true })
    expect([got.width, got.height]).toEqual([info.width, info.height])
    expect(Buffer.from(got.data).equals(data)).toBe(true)
  })
})

describe('a large picture', () => {
  /** Grey squares, so that a small file holds many pixels. */
  function squares(width: number, height: number, colour: 2 | 6, interlaced: boolean): Promise<Buffer> {
    const channels = colour === 2 ? 3 : 4
    const data = Buffer.alloc(width * height * channels, 255)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x += 64)
        if (((x >> 6) + (y >> 6)) % 2 === 0)
          data.fill(40, (y * width + x) * channels, (y * width + Math.min(x + 64, width)) * channels)
    return sharp(data, { raw: { width, height, channels } })
      .png({ compressionLevel: 1, progressive: interlaced })
      .toBuffer()
  }

  test.each([
    ['from top to bottom', 6000, 4000, 2, false, 12],
    ['tall', 1080, 10_000, 2, false, 12],
    ['interlaced', 4000, 3000, 2, true, 40],
    ['interlaced, in alpha', 3000, 2000, 6, true, 40],
  ] as const)('%s never lies in memory whole', async (_how, width, height, colour, interlaced, most) => {
    const size = { width: Math.floor(width / 5), height: Math.floor(height / 5) }
    const got = decode(Uint8Array.from(await squares(width, height, colour, interlaced)), fresh(), size)
    expect(got).toMatchObject({ ...size, truncated: false })
    expect(got.peakBytes / 2 ** 20).toBeLessThan(most)
    // The middles of two squares beside each other.
    const at = (x: number, y: number) => got.data[(Math.floor(y / 5) * size.width + Math.floor(x / 5)) * 4]!
    for (const [x, y] of [
      [32, 32],
      [992, 96],
      [992, 1888],
    ] as const) {
      const odd = ((x >> 6) + (y >> 6)) % 2
      expect(Math.abs(at(x, y) - (odd ? 255 : 40))).toBeLessThanOrEqual(3)
    }
  })
})
