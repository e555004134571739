import fc from 'fast-check'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildCore } from '../../../../scripts/build-core.mjs'
import { openHeicTiles } from '../../../../src/media/formats/heic/decode.ts'
import { type HeifItems, readHeifItems } from '../../../../src/media/formats/heif/items.ts'
import { openHeif } from '../../../../src/media/formats/heif/open.ts'
import { type HeifPicture, readHeifPicture } from '../../../../src/media/formats/heif/picture.ts'
import { orientationOf } from '../../../../src/media/formats/heif/turns.ts'
import { fit as fitMedia, inspect } from '../../../../src/media/index.ts'
import { type ForeignInstance, keptBytes, takeInstance } from '../../../../src/media/instance-slot.ts'
import { zeros } from '../../bytes-of.ts'
import { readRows } from '../../read-rows.ts'
import { coded, ramp, rgbOf, samplesOf, single, tiled, USUAL } from './pictures.ts'
import { gridOf, property, type WrittenItem, writeHeif } from './write-heif.ts'
import type { HevcSamples } from './write-hevc.ts'

beforeAll(() => buildCore('release'), 120_000)

function pictureOf(bytes: Uint8Array): { items: HeifItems; picture: HeifPicture } {
  const items = readHeifItems(bytes)
  if (items === undefined || typeof items === 'string') throw new Error(`no items: ${items}`)
  const picture = readHeifPicture(items)
  if (!('colour' in picture)) throw new Error(JSON.stringify(picture))
  return { items, picture }
}

async function decode(bytes: Uint8Array) {
  const { items, picture } = pictureOf(bytes)
  const decoder = await openHeicTiles(bytes, items)
  try {
    return readRows(openHeif(picture, decoder), 7)
  } finally {
    decoder.close()
  }
}

/** The largest difference between what came and what the samples are, over all channels. */
function furthest(
  got: Awaited<ReturnType<typeof decode>>,
  wanted: (x: number, y: number) => readonly number[],
): number {
  let most = 0
  for (let y = 0; y < got.height; y++)
    for (let x = 0; x < got.width; x++) {
      const at = (y * got.width + x) * got.channels
      for (const [c, value] of wanted(x, y).entries())
        most = Math.max(most, Math.abs(got.data[at + c]! - value))
    }
  return most
}

const samples = samplesOf(96, 64)

describe('a HEIC decodes to the samples that are in it', () => {
  test('in one piece', async () => {
    const got = await decode(single(samples))
    expect(got).toMatchObject({ width: 96, height: 64, channels: 3, rowsRead: 64, damaged: false })
    expect(furthest(got, (x, y) => rgbOf(samples, x, y))).toBeLessThan(1.1)
  })
  test('in tiles, the last of which are cut', async () => {
    const got = await decode(tiled(samples, 32, 83, 61))
    expect(got).toMatchObject({ width: 83, height: 61, rowsRead: 61 })
    expect(furthest(got, (x, y) => rgbOf(samples, x, y))).toBeLessThan(1.1)
  })
  test('with ten bits a sample', async () => {
    const ten = samplesOf(96, 64, 10)
    for (const file of [single(ten), tiled(ten, 32, 90, 60)])
      expect(furthest(await decode(file), (x, y) => rgbOf(ten, x, y))).toBeLessThan(1.6)
  })
  test('in grey', async () => {
    const grey: HevcSamples = { width: 64, height: 48, colours: USUAL, planes: [ramp(64, 48, 3)] }
    expect(furthest(await decode(single(grey)), (x, y) => rgbOf(grey, x, y))).toBeLessThan(1.1)
  })
  test('by the colours of the file, else by those of the stream', async () => {
    const stream = { primaries: 1, transfer: 13, matrix: 1, fullRange: false }
    const ofStream = await decode(single({ ...samples, colours: stream }))
    const ofFile = await decode(single(samples, property.colours(1, 13, 1, false)))
    expect(ofFile.data.equals(ofStream.data)).toBe(true)
    const [luma, cb, cr] = [samples.planes[0]![0]!, samples.planes[1]![0]!, samples.planes[2]![0]!]
    const red = ((luma - 16) * 255) / 219 + (1.5748 * (cr - 128) * 255) / 224
    const blue = ((luma - 16) * 255) / 219 + (1.8556 * (cb - 128) * 255) / 224
    const clamp = (value: number) => Math.min(255, Math.max(0, value))
    expect(Math.abs(ofFile.data[0]! - clamp(red))).toBeLessThan(1.1)
    expect(Math.abs(ofFile.data[2]! - clamp(blue))).toBeLessThan(1.1)
  })
  test('with its opacity, whatever the colours are multiplied by', async () => {
    const cover = ramp(96, 64, 2)
    const alpha = coded({ width: 96, height: 64, planes: [cover] }, property.auxiliary(ALPHA))
    const plain = writeHeif([coded(samples), { ...alpha, references: { auxl: [1] } }])
    const got = await decode(plain)
    expect(got.channels).toBe(4)
    expect(furthest(got, (x, y) => [...rgbOf(samples, x, y), cover[y * 96 + x]!])).toBeLessThan(1.1)
    const multiplied = writeHeif([
      { ...coded(samples), references: { prem: [2] } },
      { ...alpha, references: { auxl: [1] } },
    ])
    const undone = (x: number, y: number) =>
      rgbOf(samples, x, y).map((value) => Math.min(255, (value * 255) / cover[y * 96 + x]!))
    expect(furthest(await decode(multiplied), undone)).toBeLessThan(12)
  })
  test('within its clean aperture', async () => {
    const aperture = property.aperture([50, 1], [40, 1], [-3, 1], [2, 1])
    const got = await decode(tiled(samples, 32, 96, 64, aperture))
    expect(got).toMatchObject({ width: 50, height: 40 })
    expect(furthest(got, (x, y) => rgbOf(samples, x + 20, y + 14))).toBeLessThan(1.1)
  })
  test('out of an item in several pieces', async () => {
    const file = writeHeif([coded(samples)], { pieces: 3 })
    expect(furthest(await decode(file), (x, y) => rgbOf(samples, x, y))).toBeLessThan(1.1)
  })
})

const ALPHA = 'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha'

describe('turning and mirroring', () => {
  const { turn, mirror } = property
  // What is turned anticlockwise by the property needs EXIF's opposite; each case is a picture that can be drawn.
  test.each([
    ['nothing', [], 1],
    ['a quarter', [turn(1)], 8],
    ['a half', [turn(2)], 3],
    ['three quarters', [turn(3)], 6],
    ['top and bottom', [mirror(0)], 4],
    ['left and right', [mirror(1)], 2],
    ['a quarter, then left and right', [turn(1), mirror(1)], 7],
    ['a quarter, then top and bottom', [turn(1), mirror(0)], 5],
    ['left and right, then a quarter', [mirror(1), turn(1)], 5],
    ['both mirrors', [mirror(0), mirror(1)], 3],
  ])('%s', (_what, boxes, orientation) => {
    const { picture } = pictureOf(single(samples, ...boxes))
    expect(picture.orientation).toBe(orientation)
  })

  test('is undone in the result', async () => {
    // Dark at the left of what is stored, which a quarter anticlockwise brings to the bottom.
    const dark: HevcSamples = {
      width: 96,
      height: 64,
      colours: USUAL,
      planes: [
        Uint8Array.from({ length: 96 * 64 }, (_, at) => (at % 96 < 48 ? 20 : 220)),
        new Uint8Array(48 * 32).fill(128),
        new Uint8Array(48 * 32).fill(128),
      ],
    }
    const file = single(dark, property.turn(1))
    expect(inspect(file)).toMatchObject({ ok: true, value: { width: 64, height: 96, orientation: 1 } })
    const fitted = await fitMedia(file, { budget: 1e5 })
    if (!fitted.ok) throw new Error(fitted.failure.code)
    const { data, info } = await sharp(fitted.value.bytes)
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect([info.width, info.height]).toEqual([64, 96])
    expect([data[10 * 64 + 32]! > 200, data[86 * 64 + 32]! < 40]).toEqual([true, true])
  })
})

describe('a HEIC becomes a JPEG', () => {
  test('whose colours are those of the profile or of the code points', async () => {
    const flat: HevcSamples = {
      width: 64,
      height: 64,
      colours: USUAL,
      planes: [
        new Uint8Array(4096).fill(110),
        new Uint8Array(1024).fill(100),
        new Uint8Array(1024).fill(180),
      ],
    }
    const p3 = (await sharp(new Uint8Array(12), { raw: { width: 2, height: 2, channels: 3 } })
      .withIccProfile('p3')
      .png()
      .toBuffer()
      .then((png) => sharp(png).metadata())) as { icc: Buffer }
    const colourOf = async (file: Uint8Array) => {
      const fitted = await fitMedia(file, { budget: 1e5 })
      if (!fitted.ok) throw new Error(fitted.failure.code)
      const { data } = await sharp(fitted.value.bytes).raw().toBuffer({ resolveWithObject: true })
      return [...data.subarray(0, 3)]
    }
    const plain = await colourOf(single(flat))
    const byProfile = await colourOf(single(flat, property.profile(p3.icc)))
    const byPoints = await colourOf(single(flat, property.colours(12, 13, 6, true)))
    // Display P3 reaches further: the same numbers are a stronger red.
    expect(byProfile[0]! - plain[0]!).toBeGreaterThan(8)
    for (const c of [0, 1, 2]) expect(Math.abs(byProfile[c]! - byPoints[c]!)).toBeLessThan(4)
  })
  test('and says so when there is less of it than it promises', async () => {
    const file = tiled(samples, 32, 96, 64)
    const fitted = await fitMedia(file.subarray(0, file.length - 4000), { budget: 1e5 })
    expect(fitted).toMatchObject({ ok: true, value: { warnings: [{ code: 'truncated' }] } })
  })
  test('with nothing of it left in the memory that is kept', async () => {
    const file = single(samples)
    expect(await fitMedia(file, { budget: 1e5 })).toMatchObject({ ok: true })
    expect(keptBytes()).toBeGreaterThan(0)
    const instance = await takeInstance<ForeignInstance>('libheif', () =>
      Promise.reject(new Error('it was not kept')),
    )
    const left = Buffer.from(instance.memory()).indexOf(file.subarray(file.length - 64))
    expect(left).toBe(-1)
  })
})

describe('bad input', () => {
  const tile = coded(samplesOf(32, 32))
  const grid = (columns: number, rows: number, dimg: number[], width = 64, height = 32): WrittenItem => ({
    type: 'grid',
    data: gridOf(columns, rows, width, height),
    properties: [property.extent(width, height)],
    references: { dimg },
  })
  const big = (side: number): WrittenItem => ({
    ...tile,
    properties: [property.extent(side, side), tile.properties![1]!],
  })

  test.each<[string, Uint8Array, object]>([
    [
      'ten thousand tiles',
      writeHeif([grid(250, 40, [2]), tile]),
      { code: 'unsupported_feature', feature: 'a grid of 10000 tiles' },
    ],
    [
      'ten thousand items',
      writeHeif(Array.from({ length: 10_000 }, () => ({ type: 'hvc1', data: [] }))),
      { code: 'unsupported_feature', feature: 'more than 2000 items' },
    ],
    ['a grid of itself', writeHeif([grid(2, 1, [1, 1])]), { feature: 'a grid of grids' }],
    [
      'two grids of each other',
      writeHeif([grid(1, 1, [2]), grid(1, 1, [1])]),
      { feature: 'a grid of grids' },
    ],
    [
      'too few tiles',
      writeHeif([grid(2, 1, [2]), tile]),
      { code: 'malformed_media', detail: '1 tiles of 2' },
    ],
    ['a tile that is not there', writeHeif([grid(2, 1, [2, 9]), tile]), { detail: 'no tile 9' }],
    [
      'tiles that do not reach',
      writeHeif([grid(2, 1, [2, 2], 65, 32), tile]),
      { detail: 'tiles that do not cover the picture' },
    ],
    [
      'tiles that nobody sees',
      writeHeif([grid(2, 1, [2, 2], 32, 32), tile]),
      { detail: 'tiles that do not cover the picture' },
    ],
    ['a primary item that is not there', writeHeif([tile], { primary: 7 }), { detail: 'no primary item' }],
    [
      'a picture laid over others',
      writeHeif([{ type: 'iovl', data: [], properties: [property.extent(9, 9)] }]),
      { code: 'unsupported_feature', feature: 'a picture of the kind iovl' },
    ],
    [
      'an aperture outside',
      writeHeif([coded(samplesOf(32, 32), property.aperture([40, 1], [40, 1], [0, 1], [0, 1]))]),
      { detail: 'a clean aperture outside of the picture' },
    ],
    [
      'an aperture over nothing',
      writeHeif([coded(samplesOf(32, 32), property.aperture([40, 0], [40, 0], [0, 0], [0, 0]))]),
      { detail: 'a clean aperture outside of the picture' },
    ],
    [
      'colours that are not known',
      single(samples, property.colours(1, 13, 8, true)),
      { feature: 'the colour matrix 8' },
    ],
    [
      'a picture of 12 megapixels in one piece',
      writeHeif([big(3500)]),
      { code: 'too_many_pixels', width: 3500, height: 3500, limit: 9_000_000 },
    ],
    [
      'a picture of 65,535 x 65,535',
      writeHeif([big(65_535)]),
      { code: 'too_many_pixels', width: 65_535, height: 65_535 },
    ],
    [
      'no items',
      Uint8Array.from([...single(samples).subarray(0, 24), ...zeros(40)]),
      { code: 'malformed_media' },
    ],
  ])('%s', async (_what, file, failure) => {
    expect(inspect(file)).toMatchObject({ ok: false, failure })
    expect(await fitMedia(file, { budget: 1e5 })).toMatchObject({ ok: false, failure })
  })

  test.each([
    [64, 32],
    [640, 640],
  ])('a tile that is not of the size that the file says: %i x %i', async (width, height) => {
    const picture = coded(samples)
    const properties = [property.extent(width, height), picture.properties![1]!]
    expect(await fitMedia(writeHeif([{ ...picture, properties }]), { budget: 1e5 })).toMatchObject({
      ok: false,
      failure: { code: 'malformed_media' },
    })
  })

  test('any damage ends in a picture or in words', async () => {
    const file = tiled(samples, 32, 96, 64)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(file.length),
        async (changes, end) => {
          const damaged = file.slice(0, end % 3 === 0 ? end : file.length)
          for (const [at, value] of changes) damaged[at] = value
          const fitted = await fitMedia(damaged, { budget: 1e5 })
          if (!fitted.ok) expect(fitted.failure.code).not.toBe('codec_failed')
        },
      ),
      { numRuns: 60 },
    )
  })
  test('and the next picture is as it was', async () => {
    expect(furthest(await decode(single(samples)), (x, y) => rgbOf(samples, x, y))).toBeLessThan(1.1)
  })
})

test('properties that are no turning change nothing', () => {
  expect(orientationOf([{ type: 'ispe', start: 0, data: new Uint8Array(12), end: 12 }])).toBe(1)
})
