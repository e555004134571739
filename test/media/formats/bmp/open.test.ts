import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { type BmpHeader, readBmpHeader } from '../../../../src/media/formats/bmp/header.ts'
import { openBmp } from '../../../../src/media/formats/bmp/open.ts'
import { fit as fitMedia, inspect } from '../../../../src/media/index.ts'
import { be, bytesOf, le, zeros } from '../../bytes-of.ts'
import { readRows } from '../../read-rows.ts'

type Kind = {
  width: number
  height: number
  depth: number
  compression?: number
  masks?: number[]
  palette?: number[]
  old?: boolean
  size?: number
}

/** A BMP around pixels that are given as they lie in the file. */
function writeBmp(
  { width, height, depth, compression = 0, masks = [], palette = [], old = false, size = 40 }: Kind,
  pixels: Iterable<number>,
) {
  const header = old
    ? bytesOf(le(12, 4), le(width, 2), le(height, 2), le(1, 2), le(depth, 2))
    : bytesOf(
        le(size, 4),
        le(width, 4),
        le(height >>> 0, 4),
        le(1, 2),
        le(depth, 2),
        le(compression, 4),
        zeros(20),
        ...masks.map((mask) => le(mask, 4)),
        zeros(size - 40 - (size > 40 ? masks.length * 4 : 0)),
      )
  const start = 14 + header.length + palette.length
  const body = bytesOf(header, palette, pixels)
  return bytesOf('BM', le(14 + body.length, 4), zeros(4), le(start, 4), body)
}

function decode(bytes: Uint8Array) {
  const header = readBmpHeader(bytes)
  if (header === undefined || typeof header === 'string') throw new Error(`no header: ${header}`)
  return readRows(openBmp(bytes, header as BmpHeader))
}

/** Rows of two pixels in red, green / blue, white; padded to four bytes. */
const rows24 = { top: [0, 0, 255, 0, 255, 0, 0, 0], bottom: [255, 0, 0, 255, 255, 255, 0, 0] }
const seen = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]
const palette = [0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0]

describe('a BMP', () => {
  test.each<[string, Uint8Array]>([
    [
      'of 24 bits, lowest row first',
      writeBmp({ width: 2, height: 2, depth: 24 }, [...rows24.bottom, ...rows24.top]),
    ],
    [
      'of 24 bits, from the top',
      writeBmp({ width: 2, height: -2, depth: 24 }, [...rows24.top, ...rows24.bottom]),
    ],
    ['of OS/2', writeBmp({ width: 2, height: 2, depth: 24, old: true }, [...rows24.bottom, ...rows24.top])],
    [
      'of 32 bits',
      writeBmp(
        { width: 2, height: 2, depth: 32 },
        [255, 0, 0, 9, 255, 255, 255, 9, 0, 0, 255, 9, 0, 255, 0, 9],
      ),
    ],
    [
      'of 16 bits',
      writeBmp({ width: 2, height: 2, depth: 16 }, [
        ...le(0x1f, 2),
        ...le(0x7fff, 2),
        ...le(0x7c00, 2),
        ...le(0x3e0, 2),
      ]),
    ],
    [
      'of 16 bits in fields',
      writeBmp({ width: 2, height: 2, depth: 16, compression: 3, masks: [0xf800, 0x7e0, 0x1f] }, [
        ...le(0x1f, 2),
        ...le(0xffff, 2),
        ...le(0xf800, 2),
        ...le(0x7e0, 2),
      ]),
    ],
    [
      'of 32 bits in fields of its own order',
      writeBmp(
        { width: 2, height: 2, depth: 32, compression: 3, masks: [0xff, 0xff00, 0xff0000] },
        [0, 0, 255, 0, 255, 255, 255, 0, 255, 0, 0, 0, 0, 255, 0, 0],
      ),
    ],
    ['of 8 bits', writeBmp({ width: 2, height: 2, depth: 8, palette }, [2, 3, 0, 0, 0, 1, 0, 0])],
    ['of 4 bits', writeBmp({ width: 2, height: 2, depth: 4, palette }, [0x23, 0, 0, 0, 0x01, 0, 0, 0])],
    [
      'of 8 bits in runs',
      writeBmp(
        { width: 2, height: 2, depth: 8, compression: 1, palette },
        [1, 2, 1, 3, 0, 0, 0, 2, 0, 1, 0, 1].slice(0, 6).concat([1, 0, 1, 1, 0, 1]),
      ),
    ],
    [
      'of 4 bits in runs',
      writeBmp({ width: 2, height: 2, depth: 4, compression: 2, palette }, [2, 0x23, 0, 0, 2, 0x01, 0, 1]),
    ],
  ])('%s', (_what, bytes) => {
    const { data, channels, damaged, rowsRead } = decode(bytes)
    expect([...data]).toEqual(seen)
    expect({ channels, damaged, rowsRead }).toEqual({ channels: 3, damaged: false, rowsRead: 2 })
  })

  test('of one bit', () => {
    const { data } = decode(
      writeBmp(
        { width: 10, height: 1, depth: 1, palette: [0, 0, 0, 0, 255, 255, 255, 0] },
        [0b10101010, 0b01000000, 0, 0],
      ),
    )
    expect([...data].filter((_, at) => at % 3 === 0)).toEqual([255, 0, 255, 0, 255, 0, 255, 0, 0, 255])
  })

  test('of runs that copy, skip and end early', () => {
    const runs = [0, 3, 1, 2, 3, 0, 0, 0, 0, 2, 2, 0, 1, 1, 0, 1]
    const { data } = decode(writeBmp({ width: 4, height: 3, depth: 8, compression: 1, palette }, runs))
    const entries = Array.from(
      { length: 12 },
      (_, at) =>
        palette.findIndex(
          (_b, p) =>
            p % 4 === 0 &&
            palette[p + 2] === data[at * 3] &&
            palette[p + 1] === data[at * 3 + 1] &&
            palette[p] === data[at * 3 + 2],
        ) / 4,
    )
    expect(entries).toEqual([0, 0, 0, 0, 0, 0, 1, 0, 1, 2, 3, 0])
  })

  test('with opacity has it, unless it is zero everywhere', () => {
    const kind = {
      width: 2,
      height: 1,
      depth: 32,
      compression: 3,
      masks: [0xff0000, 0xff00, 0xff, 0xff000000],
      size: 56,
    }
    expect(decode(writeBmp(kind, [1, 2, 3, 128, 4, 5, 6, 255])).data).toEqual(
      Buffer.from([3, 2, 1, 128, 6, 5, 4, 255]),
    )
    expect(decode(writeBmp(kind, [1, 2, 3, 0, 4, 5, 6, 0]))).toMatchObject({ channels: 3 })
  })

  test('leaves as JPEG', async () => {
    const [width, height] = [200, 100]
    const pixels = Array.from({ length: width * height }, (_, at) => [at % 200, 90, 255 - (at % 200)]).flat()
    const fitted = await fitMedia(writeBmp({ width, height, depth: 24 }, pixels), { budget: 20_000 })
    expect(fitted).toMatchObject({
      ok: true,
      value: { type: 'image/jpeg', width, height, source: { type: 'image/bmp' } },
    })
    if (!fitted.ok) return
    const { data } = await sharp(fitted.value.bytes).raw().toBuffer({ resolveWithObject: true })
    const [red, , blue] = data.subarray((50 * width + 10) * 3)
    expect(Math.abs(red! - 245)).toBeLessThan(8)
    expect(Math.abs(blue! - 10)).toBeLessThan(8)
  })

  test.each<[string, Uint8Array, object]>([
    ['of no pixels', writeBmp({ width: 0, height: 1, depth: 24 }, []), { code: 'malformed_media' }],
    ['of too many', writeBmp({ width: 65_535, height: 65_535, depth: 24 }, []), { code: 'too_many_pixels' }],
    [
      'of too many in runs',
      writeBmp({ width: 9_000, height: 9_000, depth: 8, compression: 1, palette }, [0, 1]),
      { code: 'too_many_pixels' },
    ],
    [
      'with a JPEG in it',
      writeBmp({ width: 9, height: 9, depth: 24, compression: 4 }, []),
      { code: 'unsupported_feature', feature: 'compression 4' },
    ],
    ['of three bits', writeBmp({ width: 9, height: 9, depth: 3 }, []), { code: 'unsupported_feature' }],
    [
      'without its pixels',
      writeBmp({ width: 99, height: 99, depth: 24 }, zeros(300)),
      { code: 'malformed_media' },
    ],
  ])('%s is refused', async (_what, bytes, failure) => {
    expect(await fitMedia(bytes, { budget: 1e5 })).toMatchObject({ ok: false, failure })
  })

  test('damaged anywhere gives a rendition or a failure of its own', async () => {
    const source = writeBmp(
      { width: 20, height: 20, depth: 8, compression: 1, palette },
      Array.from({ length: 200 }, (_, at) => (at * 7) & 31),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(source.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }),
        async (changes) => {
          const damaged = source.slice()
          for (const [at, byte] of changes) damaged[at] = byte
          const result = await fitMedia(damaged, { budget: 1e5 })
          if (!result.ok) expect(result.failure.code).not.toMatch(/verification_failed|codec_failed/)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('a wireless bitmap', () => {
  test('is black where a bit is not set', async () => {
    const source = bytesOf(
      0,
      0,
      0x81,
      0x48,
      100,
      Array.from({ length: 2500 }, (_, at) => (at % 25 < 12 ? 0 : 0xff)),
    )
    expect(inspect(source)).toMatchObject({ value: { type: 'image/vnd.wap.wbmp', width: 200, height: 100 } })
    const fitted = await fitMedia(source, { budget: 20_000 })
    if (!fitted.ok) throw new Error(JSON.stringify(fitted.failure))
    const { data, info } = await sharp(fitted.value.bytes)
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true })
    const at = (x: number) => data[(50 * info.width + x) * info.channels]!
    expect(at(20)).toBeLessThan(20)
    expect(at(180)).toBeGreaterThan(235)
    expect(be(info.width, 2)).toEqual([0, 200])
  })
})
