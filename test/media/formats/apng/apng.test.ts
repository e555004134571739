import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildCore } from '../../../../scripts/build-core.mjs'
import { readApng } from '../../../../src/media/formats/apng/frames.ts'
import { decodeFrame } from '../../../../src/media/formats/apng/pixels.ts'
import { playApng } from '../../../../src/media/formats/apng/play.ts'
import { pngChunks } from '../../../../src/media/formats/png/chunks.ts'
import { readPngHeader } from '../../../../src/media/formats/png/header.ts'
import { pngSamples } from '../../../../src/media/formats/png/samples.ts'
import { fit as fitMedia, inspect } from '../../../../src/media/index.ts'
import { be, bytesOf } from '../../bytes-of.ts'
import { chunk, type Shape, signature, writePng } from '../png/write-png.ts'

beforeAll(() => buildCore('release'), 120_000)

const dataOf = (png: Uint8Array) =>
  [...pngChunks(png)].filter(({ name }) => name === 'IDAT').map(({ data }) => data)

type Picture = {
  readonly left?: number
  readonly top?: number
  readonly width: number
  readonly height: number
  readonly rgba: readonly number[]
  readonly delay?: readonly [number, number]
  /** 0 stays, 1 is emptied, 2 gets back what it was. */
  readonly disposal?: number
  /** 0 in place of what is there, 1 over it. */
  readonly blend?: number
}

/** An animated PNG of pictures of one colour each. */
function writeApng(
  width: number,
  height: number,
  pictures: readonly Picture[],
  { loops = 0, hidden = false, count = pictures.length } = {},
): Uint8Array<ArrayBuffer> {
  let sequence = 0
  const plain = (wide: number, high: number, rgba: readonly number[]) =>
    writePng({ width: wide, height: high, colour: 6, depth: 8 }, (_x, _y, c) => rgba[c]!)
  const parts = pictures.flatMap((picture, index) => {
    const { left = 0, top = 0, delay = [1, 10], disposal = 0, blend = 0, rgba } = picture
    const control = chunk(
      'fcTL',
      be(sequence++, 4),
      ...[picture.width, picture.height, left, top].map((value) => be(value, 4)),
      be(delay[0], 2),
      be(delay[1], 2),
      disposal,
      blend,
    )
    const data = dataOf(plain(picture.width, picture.height, rgba)).map((piece) =>
      index === 0 && !hidden ? chunk('IDAT', piece) : chunk('fdAT', be(sequence++, 4), piece),
    )
    return [control, ...data]
  })
  return bytesOf(
    signature,
    chunk('IHDR', be(width, 4), be(height, 4), 8, 6, 0, 0, 0),
    chunk('acTL', be(count, 4), be(loops, 4)),
    ...(hidden ? dataOf(plain(width, height, [9, 9, 9, 255])).map((piece) => chunk('IDAT', piece)) : []),
    ...parts,
    chunk('IEND'),
  )
}

/** What is seen after each picture at some places. */
function watch(file: Uint8Array, ...places: readonly (readonly [number, number])[]) {
  const header = readPngHeader(file)!
  const film = playApng(readApng(file, header.width, header.height), header)
  return Array.from(film.open() as Iterable<{ pixels: Uint8Array }>, ({ pixels }) =>
    places.map(([x, y]) => {
      const at = (y * header.width + x) * 4
      return [...pixels.subarray(at, at + 4)]
    }),
  )
}

describe('a picture decodes as libpng has it', () => {
  const shapes: Shape[] = ([0, 2, 3, 4, 6] as const).flatMap((colour) =>
    [1, 2, 4, 8, 16]
      .filter((depth) => (colour === 3 ? depth <= 8 : colour === 0 || depth >= 8))
      .flatMap((depth) =>
        [false, true].map((interlaced) => ({ width: 21, height: 13, colour, depth, interlaced })),
      ),
  )
  test.each(shapes)('colour $colour, $depth bits, interlaced $interlaced', async (shape) => {
    const palette = chunk(
      'PLTE',
      Array.from({ length: 2 ** Math.min(8, shape.depth) * 3 }, (_, at) => (at * 7) & 255),
    )
    const before = shape.colour === 3 ? [palette, chunk('tRNS', [0, 90])] : []
    const most = 2 ** shape.depth
    const png = writePng({ ...shape, before }, (x, y, c) => (x * 40_503 + y * 9973 + c * 77) % most)
    const header = readPngHeader(png)!
    const got = decodeFrame(dataOf(png), 21, 13, header, pngSamples(header))
    const wanted = await sharp(png).toColourspace('srgb').ensureAlpha().raw().toBuffer()
    expect(Math.max(...got.map((value, at) => Math.abs(value - wanted[at]!)))).toBeLessThanOrEqual(
      shape.depth === 16 ? 1 : 0,
    )
  })
  test.each([
    [0, [0, 7]],
    [2, [0, 7, 0, 7, 0, 7]],
  ] as const)('with one value that is transparent, colour %i', async (colour, key) => {
    const shape: Shape = { width: 9, height: 7, colour, depth: 8, before: [chunk('tRNS', key)] }
    const png = writePng(shape, (x, y) => (x === y ? 7 : 200))
    const header = readPngHeader(png)!
    const got = decodeFrame(dataOf(png), 9, 7, header, pngSamples(header))
    expect([got[3], got[7]]).toEqual([0, 255])
  })
})

const RED = [255, 0, 0, 255] as const
const BLUE = [0, 0, 255, 255] as const
const NOTHING = [0, 0, 0, 0] as const

describe('an animated PNG', () => {
  const ground = { width: 4, height: 4, rgba: RED }
  const patch = { left: 1, top: 1, width: 2, height: 2 }
  const last = { left: 0, top: 0, width: 1, height: 1, rgba: BLUE }

  test.each([
    ['stays', 0, BLUE],
    ['is emptied', 1, NOTHING],
    ['gets back what was there', 2, RED],
  ] as const)('whose second picture %s', (_what, disposal, left) => {
    const file = writeApng(4, 4, [ground, { ...patch, rgba: BLUE, disposal }, last])
    const seen = watch(file, [1, 1], [3, 3])
    expect(seen).toEqual([
      [RED, RED],
      [BLUE, RED],
      [left, RED],
    ])
  })
  test('whose first picture would get back what there never was', () => {
    const file = writeApng(4, 4, [{ ...ground, disposal: 2 }, last])
    expect(watch(file, [0, 0], [3, 3])).toEqual([
      [RED, RED],
      [BLUE, NOTHING],
    ])
  })
  test('laid over, and put in place', () => {
    const half = [0, 0, 255, 128]
    const over = watch(writeApng(4, 4, [ground, { ...patch, rgba: half, blend: 1 }]), [1, 1])
    const instead = watch(writeApng(4, 4, [ground, { ...patch, rgba: half, blend: 0 }]), [1, 1])
    expect(over[1]).toEqual([[127, 0, 128, 255]])
    expect(instead[1]).toEqual([half])
    const onNothing = writeApng(4, 4, [
      { ...ground, rgba: NOTHING },
      { ...patch, rgba: half, blend: 1 },
    ])
    expect(watch(onNothing, [1, 1])[1]).toEqual([half])
  })
  test('with a picture of its own for readers of stills', () => {
    const file = writeApng(4, 4, [ground, last], { hidden: true, loops: 2 })
    expect(watch(file, [0, 0])).toEqual([[RED], [BLUE]])
    expect(readApng(file, 4, 4).loops).toBe(2)
  })
  test('says how many pictures it has and how long they take', () => {
    const file = writeApng(4, 4, [
      { ...ground, delay: [1, 4] },
      { ...last, delay: [3, 0] },
    ])
    expect(inspect(file)).toMatchObject({
      ok: true,
      value: { type: 'image/apng', animated: true, frames: 2, durationMs: 280 },
    })
  })
  test('becomes an animated GIF', async () => {
    const big = { width: 120, height: 90 }
    const file = writeApng(120, 90, [
      { ...big, rgba: RED },
      { ...big, rgba: BLUE },
      { ...big, left: 0, rgba: [0, 200, 0, 255] },
    ])
    const fitted = await fitMedia(file, { budget: 50_000 })
    expect(fitted).toMatchObject({ ok: true, value: { type: 'image/gif', width: 120, height: 90 } })
    if (fitted.ok)
      expect(inspect(fitted.value.bytes)).toMatchObject({
        value: { animated: true, frames: 3, durationMs: 300 },
      })
  })
  test('becomes a still where no GIF may leave', async () => {
    const file = writeApng(4, 4, [ground, last])
    expect(await fitMedia(file, { budget: 50_000, types: ['image/png', 'image/jpeg'] })).toMatchObject({
      ok: true,
      value: { warnings: expect.arrayContaining([{ code: 'animation_dropped' }]) },
    })
  })

  test.each<[string, Picture]>([
    ['past the canvas', { left: 3, width: 2, height: 1, rgba: BLUE }],
    ['far past the canvas', { left: 2 ** 31 - 1, width: 2, height: 1, rgba: BLUE }],
    ['of a disposal that there is not', { ...last, disposal: 3 }],
  ])('ends before a picture %s', (_what, wrong) => {
    const file = writeApng(4, 4, [ground, last, wrong, last])
    expect(readApng(file, 4, 4).frames).toHaveLength(2)
  })
  test('of more pictures than are worked on is cut short', () => {
    const file = writeApng(1, 1, new Array<Picture>(2_100).fill({ width: 1, height: 1, rgba: RED }))
    expect(readApng(file, 1, 1).frames).toHaveLength(2_000)
  })
  test('whose data breaks off shows what came', () => {
    const file = writeApng(64, 64, [{ width: 64, height: 64, rgba: RED }])
    const header = readPngHeader(file)!
    const [data] = readApng(file, 64, 64).frames[0]!.data
    const pixels = decodeFrame([data!.subarray(0, data!.length / 3)], 64, 64, header, pngSamples(header))
    expect(pixels[pixels.length - 1]).toBe(0)
  })
})
