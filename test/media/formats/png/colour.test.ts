import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { readPngColour } from '../../../../src/media/formats/png/colour.ts'
import { readPngHeader } from '../../../../src/media/formats/png/header.ts'
import { fit as fitMedia } from '../../../../src/media/index.ts'
import { be, bytesOf } from '../../bytes-of.ts'
import { chunk, writePng } from './write-png.ts'

const plain = { width: 160, height: 120, colour: 2, depth: 8 } as const
/** Sixteen fields of steady colour. */
const fields = (x: number, y: number, c: number) =>
  [40, 110, 170, 220][(Math.floor(x / 40) * (c + 1) + Math.floor(y / 30) * (3 - c)) % 4]!
const kindOf = (...before: Uint8Array[]) =>
  readPngColour(readPngHeader(writePng({ ...plain, before }, fields))!).kind
const primaries = (...values: number[]) => chunk('cHRM', ...values.map((value) => be(value * 100_000, 4)))

describe('how the samples of a PNG are meant', () => {
  test.each<[string, Uint8Array[], string]>([
    ['nothing said', [], 'srgb'],
    ['sRGB', [chunk('sRGB', 0)], 'srgb'],
    ['the gamma of sRGB', [chunk('gAMA', be(45_455, 4))], 'srgb'],
    ['the gamma of sRGB, written otherwise', [chunk('gAMA', be(45_000, 4))], 'srgb'],
    ['sRGB counts more than gamma', [chunk('sRGB', 0), chunk('gAMA', be(100_000, 4))], 'srgb'],
    ['linear light', [chunk('gAMA', be(100_000, 4))], 'matrix'],
    ['the primaries of sRGB', [primaries(0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)], 'srgb'],
    ['the primaries of Adobe RGB', [primaries(0.3127, 0.329, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)], 'matrix'],
    ['primaries on one line', [primaries(0.3127, 0.329, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3)], 'srgb'],
    ['a profile that does not unpack', [chunk('iCCP', 'x\0\0nothing')], 'unsupported'],
    ['a profile of no method', [chunk('iCCP', 'x\0\x01', deflateSync('x'))], 'unsupported'],
    ['high dynamic range', [chunk('cICP', 9, 16, 0, 1)], 'unsupported'],
  ])('%s', (_what, before, kind) => {
    expect(kindOf(...before)).toBe(kind)
  })
})

async function decoded(source: Uint8Array) {
  const fitted = await fitMedia(source, { budget: 100_000, types: ['image/jpeg'] })
  if (!fitted.ok) throw new Error(JSON.stringify(fitted.failure))
  const { data, info } = await sharp(fitted.value.bytes).raw().toBuffer({ resolveWithObject: true })
  return { ...fitted.value, data, info }
}

/** The colour in the middle of each field. */
const middles = (data: Uint8Array) =>
  Array.from({ length: 16 }, (_, at) => {
    const pixel = ((Math.floor(at / 4) * 30 + 15) * 160 + (at % 4) * 40 + 20) * 3
    return [...data.subarray(pixel, pixel + 3)]
  })

function worst(a: number[][], b: number[][]): number {
  return Math.max(...a.flatMap((colour, at) => colour.map((value, c) => Math.abs(value - b[at]![c]!))))
}

describe('a PNG leaves in sRGB', () => {
  test('from Display P3, as libvips converts it', async () => {
    const source = await sharp(writePng(plain, fields)).withIccProfile('p3').png().toBuffer()
    const wanted = await sharp(source).toColourspace('srgb').raw().toBuffer()
    const got = await decoded(source)
    expect(got.warnings).toEqual([])
    expect(worst(middles(got.data), middles(wanted))).toBeLessThanOrEqual(6)
    // The samples themselves differ by more, or the test would say nothing.
    expect(
      worst(middles(await sharp(source).raw().keepIccProfile().toBuffer()), middles(wanted)),
    ).toBeGreaterThan(12)
  })

  test('from linear light', async () => {
    const source = writePng({ ...plain, before: [chunk('gAMA', be(100_000, 4))] }, fields)
    const encode = (value: number) => {
      const v = value / 255
      return Math.round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055))
    }
    const wanted = middles(await sharp(writePng(plain, fields)).raw().toBuffer()).map((colour) =>
      colour.map(encode),
    )
    expect(worst(middles((await decoded(source)).data), wanted)).toBeLessThanOrEqual(6)
  })

  test('with a warning where its profile cannot be applied', async () => {
    const source = writePng({ ...plain, before: [chunk('iCCP', 'x\0\0nothing')] }, fields)
    expect((await decoded(source)).warnings).toEqual([{ code: 'profile_ignored' }])
  })
})

test.each([1, 2, 3, 4, 5, 6, 7, 8])('a PNG of orientation %d stands upright', async (orientation) => {
  const exif = chunk(
    'eXIf',
    bytesOf(
      'MM\0*',
      be(8, 4),
      be(1, 2),
      be(0x112, 2),
      be(3, 2),
      be(1, 4),
      be(orientation, 2),
      0,
      0,
      be(0, 4),
    ),
  )
  const got = await decoded(writePng({ ...plain, before: [exif] }, fields))
  const jpeg = await sharp(writePng(plain, fields))
    .jpeg({ quality: 100 })
    .withMetadata({ orientation })
    .toBuffer()
  const { data, info } = await sharp(jpeg).autoOrient().raw().toBuffer({ resolveWithObject: true })
  expect([got.info.width, got.info.height]).toEqual([info.width, info.height])
  const difference = data.reduce((sum, byte, at) => sum + Math.abs(byte - got.data[at]!), 0) / data.length
  expect(difference).toBeLessThan(4)
})
