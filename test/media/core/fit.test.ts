import { readFileSync } from 'node:fs'
import sharp, { type SharpOptions } from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildCore } from '../../../scripts/build-core.mjs'
import { type FittedJpeg, fitJpeg, fitRows, type JpegTarget } from '../../../src/media/formats/jpeg/fit.ts'
import { readJpegHeader } from '../../../src/media/formats/jpeg/header.ts'
import { jpegSegments } from '../../../src/media/formats/jpeg/segments.ts'
import { meanDifference, meanLabDifference } from './colors.ts'
import { oracleJpeg, oraclePixels, readyOracle, syntheticPicture } from './oracle.ts'

beforeAll(async () => {
  await buildCore('release')
  await readyOracle()
}, 120_000)

const BOUND = { width: 2592, height: 2592 }

async function fitted(source: Uint8Array, target: Partial<JpegTarget> = {}): Promise<FittedJpeg> {
  const result = await fitJpeg(source, { budget: 100_000, bound: BOUND, ...target })
  if (!result.ok) throw new Error(JSON.stringify(result.failure))
  return result.value
}

type Rgba = ReturnType<typeof syntheticPicture>

function rowsOf({ width, height, data }: Rgba, channels: 1 | 3 | 4 = 4) {
  return () => {
    let at = 0
    return {
      width,
      height,
      channels,
      read(into: Uint8Array, rows: number) {
        for (let i = 0; i < rows * width; i++, at++)
          for (let c = 0; c < channels; c++) into[i * channels + c] = data[at * 4 + c]!
      },
    }
  }
}

async function fittedRows(picture: Rgba, target: Partial<JpegTarget>, channels: 1 | 3 | 4 = 4) {
  const result = await fitRows(rowsOf(picture, channels), { budget: 100_000, bound: BOUND, ...target })
  if (!result.ok) throw new Error(JSON.stringify(result.failure))
  return result.value
}

/** RGB of a JPEG or of any file that sharp reads, in sRGB. */
async function rgbOf(bytes: Uint8Array): Promise<Uint8Array> {
  return sharp(bytes).toColourspace('srgb').removeAlpha().raw().toBuffer()
}

function lumaOf(data: ArrayLike<number>, channels: number): Float64Array {
  return Float64Array.from({ length: data.length / channels }, (_, i) => {
    const at = i * channels
    return 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!
  })
}

describe('the budget', () => {
  const picture = syntheticPicture(900, 700, 3)
  for (const effort of ['best', 'fast'] as const)
    for (const budget of [12_000, 30_000, 75_000, 140_000])
      test(`${budget} bytes, ${effort}: filled, never passed`, async () => {
        const source = await oracleJpeg(picture, { quality: 96 })
        expect(source.length).toBeGreaterThan(budget)
        const { bytes, quality } = await fitted(source, { budget, effort })
        expect(bytes.length).toBeLessThanOrEqual(budget)
        if (quality < 95) expect(bytes.length / budget).toBeGreaterThanOrEqual(0.97)
      })

  test('best looks better than fast in the same bytes', async () => {
    const source = await oracleJpeg(picture, { quality: 96 })
    const size = { width: 900, height: 700 }
    const error = async (effort: 'best' | 'fast') => {
      const { bytes } = await fitted(source, { budget: 60_000, effort, size })
      return meanDifference(await rgbOf(bytes), await rgbOf(source))
    }
    expect(await error('best')).toBeLessThan(await error('fast'))
  })

  test('a picture that fits at high quality is not inflated', async () => {
    const flat = { width: 600, height: 400, data: new Uint8ClampedArray(600 * 400 * 4).fill(200) }
    const { bytes, quality } = await fitted(await oracleJpeg(flat, { quality: 90 }), { budget: 300_000 })
    expect(bytes.length).toBeLessThan(5_000)
    expect(quality).toBeGreaterThanOrEqual(92)
  })

  test('a picture that is brought down fills what it is given', async () => {
    const source = await oracleJpeg(syntheticPicture(1600, 1200, 4), { quality: 97 })
    const { bytes, quality } = await fitted(source, { budget: 400_000, bound: { width: 700, height: 700 } })
    expect(bytes.length / 400_000).toBeGreaterThan(quality < 99 ? 0.97 : 0)
    expect(bytes.length).toBeLessThanOrEqual(400_000)
  })

  test('a budget that nothing fits says how small it got', async () => {
    const source = await oracleJpeg(picture, { quality: 90 })
    const result = await fitJpeg(source, { budget: 400, bound: BOUND })
    expect(result.ok).toBe(false)
    if (!result.ok) expect(result.failure).toMatchObject({ code: 'cannot_fit' })
    if (!result.ok && result.failure.code === 'cannot_fit')
      expect(result.failure.smallest).toBeGreaterThan(400)
  })

  test('a small budget makes a smaller picture, not a refusal', async () => {
    const { bytes, width } = await fitted(await oracleJpeg(picture, { quality: 95 }), { budget: 6_000 })
    expect(bytes.length).toBeLessThanOrEqual(6_000)
    expect(width).toBeLessThan(900)
  })
})

describe('the file', () => {
  test('is baseline JFIF with one scan and nothing else', async () => {
    const source = await sharp(syntheticPicture(320, 240).data, {
      raw: { width: 320, height: 240, channels: 4 },
    })
      .withMetadata({ orientation: 1, exif: { IFD0: { Copyright: 'nobody' } } })
      .jpeg()
      .toBuffer()
    const { bytes } = await fitted(source)
    const markers = [...jpegSegments(bytes)].map(({ marker }) => marker)
    expect(new Set(markers)).toEqual(new Set([0xd8, 0xe0, 0xdb, 0xc0, 0xc4, 0xda, 0xd9]))
    expect(markers.filter((marker) => marker === 0xda)).toHaveLength(1)
    expect([...bytes.subarray(-2)]).toEqual([0xff, 0xd9])
    expect(bytes.indexOf(0xd8, 2)).not.toBe(3)
    expect(readJpegHeader(bytes)?.components.map(({ h, v }) => [h, v])).toEqual([
      [2, 2],
      [1, 1],
      [1, 1],
    ])
  })

  test('decodes to what went in', async () => {
    for (const [width, height] of [
      [1, 1],
      [1, 40],
      [40, 1],
      [7, 9],
      [16, 16],
      [17, 33],
      [203, 151],
    ] as const) {
      const picture = syntheticPicture(width, height)
      const { bytes, ...size } = await fittedRows(picture, { budget: 200_000, size: { width, height } })
      expect([size.width, size.height]).toEqual([width, height])
      const decoded = await oraclePixels(bytes)
      expect([decoded.width, decoded.height]).toEqual([width, height])
      expect(meanDifference(lumaOf(decoded.data, 4), lumaOf(picture.data, 4))).toBeLessThan(3)
    }
  })

  test('a grey picture has one component', async () => {
    const grey = await sharp(syntheticPicture(300, 200).data, {
      raw: { width: 300, height: 200, channels: 4 },
    })
      .toColourspace('b-w')
      .jpeg({ quality: 95 })
      .toBuffer()
    const { bytes } = await fitted(grey, { size: { width: 300, height: 200 } })
    expect(readJpegHeader(bytes)?.components).toHaveLength(1)
    expect(meanDifference(await rgbOf(bytes), await rgbOf(grey))).toBeLessThan(3)
  })
})

describe('size', () => {
  test('agrees with the resampling of another library', async () => {
    const source = await oracleJpeg(syntheticPicture(1000, 750, 9), { quality: 98, chroma_subsample: 1 })
    for (const width of [900, 640, 500, 333, 120]) {
      const height = Math.round(width * 0.75)
      const { bytes } = await fitted(source, { size: { width, height }, budget: 400_000 })
      const theirs = await sharp(source)
        .resize(width, height, { kernel: 'lanczos3', fit: 'fill' })
        .raw()
        .toBuffer()
      const ours = await rgbOf(bytes)
      expect(ours.length).toBe(theirs.length)
      expect(meanDifference(lumaOf(ours, 3), lumaOf(theirs, 3)), `at ${width}`).toBeLessThan(5)
    }
  })

  test('never enlarges and stays within its bound', async () => {
    const source = await oracleJpeg(syntheticPicture(400, 300), { quality: 90 })
    expect(await fitted(source, { budget: 5_000_000 })).toMatchObject({ width: 400, height: 300 })
    const small = await fitted(source, { bound: { width: 200, height: 120 } })
    expect(small.width).toBeLessThanOrEqual(160)
    expect(small.height).toBeLessThanOrEqual(120)
  })

  test('a flat colour stays what it is at every scale', async () => {
    const flat = syntheticPicture(640, 480)
    for (let i = 0; i < flat.data.length; i += 4) flat.data.set([180, 90, 40, 255], i)
    for (const width of [640, 479, 211, 33]) {
      const { bytes } = await fittedRows(flat, { size: { width, height: Math.round(width * 0.75) } })
      const rgb = await rgbOf(bytes)
      for (let i = 0; i < rgb.length; i++)
        expect(Math.abs(rgb[i]! - [180, 90, 40][i % 3]!)).toBeLessThanOrEqual(2)
    }
  })
})

describe('orientation', () => {
  for (let orientation = 1; orientation <= 8; orientation++)
    for (const [width, height] of [
      [240, 180],
      [181, 97],
    ] as const)
      test(`${orientation} of ${width} x ${height} stands upright`, async () => {
        const source = await sharp(syntheticPicture(width, height).data, {
          raw: { width, height, channels: 4 },
        })
          .jpeg({ quality: 98, chromaSubsampling: '4:4:4' })
          .withMetadata({ orientation })
          .toBuffer()
        const upright = sharp(source).rotate().removeAlpha()
        const { data, info } = await upright.raw().toBuffer({ resolveWithObject: true })
        const { bytes, ...size } = await fitted(source)
        expect([size.width, size.height]).toEqual([info.width, info.height])
        expect(meanDifference(await rgbOf(bytes), data)).toBeLessThan(4)
      })
})

describe('colour', () => {
  /** Smooth, so that what is compared is colour and not how chroma is enlarged. */
  function colors(width: number, height: number): Rgba {
    const data = new Uint8ClampedArray(width * height * 4)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const turn = (x / width) * 2 * Math.PI
        const light = 60 + (140 * y) / height
        for (let c = 0; c < 3; c++)
          data[(y * width + x) * 4 + c] = light + 55 * Math.sin(turn + (c * 2 * Math.PI) / 3)
        data[(y * width + x) * 4 + 3] = 255
      }
    return { width, height, data }
  }
  const raw = { width: 320, height: 240, channels: 4 } as const

  test('Display P3 becomes sRGB as another library converts it', async () => {
    const source = await sharp(colors(320, 240).data, { raw })
      .withIccProfile('p3')
      .jpeg({ quality: 98, chromaSubsampling: '4:4:4' })
      .toBuffer()
    const { bytes } = await fitted(source)
    const expected = await rgbOf(source)
    expect(meanLabDifference(await rgbOf(bytes), expected)).toBeLessThan(1)
    // What would have come out without the conversion is far away, or this test says nothing.
    const ignored = await sharp(source, { ignoreIcc: true } as SharpOptions)
      .removeAlpha()
      .raw()
      .toBuffer()
    expect(meanLabDifference(ignored, expected)).toBeGreaterThan(2)
  })

  test('CMYK comes out near what its inks show', async () => {
    const source = await sharp(colors(320, 240).data, { raw })
      .removeAlpha()
      .toColourspace('cmyk')
      .jpeg({ quality: 95 })
      .toBuffer()
    expect(readJpegHeader(source)?.components).toHaveLength(4)
    const { bytes } = await fitted(source)
    expect(meanLabDifference(await rgbOf(bytes), await rgbOf(source))).toBeLessThan(12)
  })

  test('transparent pixels show a white page', async () => {
    const picture = colors(64, 64)
    for (let i = 3; i < picture.data.length; i += 4) picture.data[i] = 0
    const { bytes } = await fittedRows(picture, {})
    expect(Math.min(...(await rgbOf(bytes)))).toBeGreaterThan(250)
  })

  test('what has no colour is written as grey, whoever it comes from', async () => {
    const grey = syntheticPicture(320, 240)
    for (let i = 0; i < grey.data.length; i += 4) grey.data.fill(grey.data[i + 1]!, i, i + 3)
    const wide = await oracleJpeg(grey, { quality: 92 })
    expect(readJpegHeader(wide)?.components).toHaveLength(3)
    for (const { bytes } of [
      await fitted(wide, { budget: 12_000 }),
      await fittedRows(grey, { budget: 12_000, size: { width: 201, height: 151 } }, 3),
    ])
      expect(readJpegHeader(bytes)?.components).toHaveLength(1)
    const { bytes } = await fittedRows(grey, { budget: 60_000 })
    expect(
      meanDifference(
        await rgbOf(bytes),
        grey.data.filter((_, i) => i % 4 < 3),
      ),
    ).toBeLessThan(3)
    // One pixel of colour is colour.
    grey.data.set([200, 40, 40], 4 * 20_001)
    const spotted = await fittedRows(grey, { budget: 60_000 })
    expect(readJpegHeader(spotted.bytes)?.components).toHaveLength(3)
  })

  test('drawings with sharp edges of colour keep their colour whole, photos halve it', async () => {
    const drawing = colors(320, 240)
    for (let i = 0; i < 320 * 240; i++)
      drawing.data.set((i >> 1) % 7 === 0 ? [230, 20, 30, 255] : [245, 245, 250, 255], i * 4)
    const sampling = async (picture: Rgba, budget: number) =>
      readJpegHeader((await fittedRows(picture, { budget })).bytes)?.components[0]?.h
    expect(await sampling(drawing, 100_000)).toBe(1)
    expect(await sampling(drawing, 9_000)).toBe(2)
    expect(await sampling(colors(320, 240), 100_000)).toBe(2)
  })

  test('RGB and RGBA rows of the same pixels give the same file, whatever came before', async () => {
    const picture = colors(200, 150)
    const [four, three] = [await fittedRows(picture, {}, 4), await fittedRows(picture, {}, 3)]
    expect(Buffer.compare(four.bytes, three.bytes)).toBe(0)
  })
})

describe('one instance after another job', () => {
  test('a job gives what it gives on a fresh instance, after any other', async () => {
    const target = { budget: 20_000 }
    const b = await oracleJpeg(syntheticPicture(500, 400, 5), { quality: 92 })
    const first = await fitted(b, target)
    const others = [
      await sharp(syntheticPicture(700, 300, 6).data, { raw: { width: 700, height: 300, channels: 4 } })
        .withIccProfile('p3')
        .jpeg()
        .withMetadata({ orientation: 6 })
        .toBuffer(),
      await oracleJpeg(syntheticPicture(64, 900, 7), { quality: 40 }),
    ]
    for (const other of others) {
      await fitted(other, { budget: 15_000 })
      expect(Buffer.compare((await fitted(b, target)).bytes, first.bytes)).toBe(0)
    }
    await fitJpeg(b.subarray(0, 300), { budget: 20_000, bound: BOUND })
    expect(Buffer.compare((await fitted(b, target)).bytes, first.bytes)).toBe(0)
  })
})

describe('the checked core', () => {
  test('finds no access outside what is owned, and gives the same bytes', async () => {
    const path = await buildCore('debug')
    const checked = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path)), {}).exports as never
    const released = new WebAssembly.Instance(
      new WebAssembly.Module(readFileSync(await buildCore('release'))),
      {},
    ).exports as never
    for (const [width, height, orientation, w, h] of [
      [333, 221, 1, 250, 166],
      [97, 180, 6, 97, 180],
      [640, 20, 3, 101, 3],
    ] as const) {
      const picture = syntheticPicture(width, height)
      const results = [checked, released].map((core) => drive(core, picture, { orientation, w, h }))
      expect(results[0]!.length).toBeGreaterThan(300)
      expect(Buffer.compare(results[0]!, results[1]!)).toBe(0)
    }
  })
})

type Bare = Record<string, (...args: number[]) => number> & { memory: WebAssembly.Memory }

/** Runs a job of rows by the exports alone, small stage included. */
function drive(core: Bare, picture: Rgba, to: { orientation: number; w: number; h: number }): Uint8Array {
  const { width, height, data } = picture
  core.bitmap_begin!(width, height, 4, 1000, to.w, to.h, 2)
  for (let top = 0; top < height; top += 16) {
    const rows = Math.min(16, height - top)
    new Uint8Array(core.memory.buffer).set(
      data.subarray(top * width * 4, (top + rows) * width * 4),
      core.bitmap_pixels!(),
    )
    core.bitmap_rows!(top, rows)
  }
  expect(core.fit_encode!(to.w, to.h, to.orientation, 2, 20_000, 1, 1, 0.1, 8)).toBe(1)
  return new Uint8Array(core.memory.buffer, core.fit_output!(), core.fit_output_bytes!()).slice()
}
