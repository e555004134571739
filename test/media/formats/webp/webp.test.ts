import fc from 'fast-check'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildCore } from '../../../../scripts/build-core.mjs'
import { openAnimation } from '../../../../src/media/formats/webp/animation.ts'
import { WebpDecoder } from '../../../../src/media/formats/webp/decoder.ts'
import { readWebpHeader } from '../../../../src/media/formats/webp/header.ts'
import { decodeLossless, decodeLossy } from '../../../../src/media/formats/webp/open.ts'
import { fit as fitMedia, inspect } from '../../../../src/media/index.ts'
import { bytesOf, le, zeros } from '../../bytes-of.ts'
import { readRows } from '../../read-rows.ts'

beforeAll(() => buildCore('release'), 120_000)

const width = 90
const height = 61
const noise = (count: number) => Array.from({ length: count }, (_, at) => Math.imul(at, 2654435761) >>> 24)
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
const film = (frames: number) =>
  sharp(Buffer.from(noise(width * height * frames * 4)), {
    raw: { width, height: height * frames, channels: 4, pageHeight: height },
  })

async function decode(file: Uint8Array, size?: { width: number; height: number }) {
  const header = readWebpHeader(file)!
  const decoder = await WebpDecoder.open(file)
  try {
    const picture = header.lossless ? decodeLossless(decoder, size ?? header) : decodeLossy(decoder, header)
    return picture && readRows(picture.open(), 7)
  } finally {
    decoder.close()
  }
}

function apart(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length)
  return a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0) / a.length
}

/** The means of two by two pixels. */
function halved(data: Uint8Array, channels: number): Uint8Array {
  const size = (width >> 1) * (height >> 1) * channels
  return Uint8Array.from({ length: size }, (_, at) => {
    const [c, x, y] = [
      at % channels,
      Math.floor(at / channels) % (width >> 1),
      Math.floor(at / channels / (width >> 1)),
    ]
    const of = (right: number, down: number) => data[((2 * y + down) * width + 2 * x + right) * channels + c]!
    return (of(0, 0) + of(1, 0) + of(0, 1) + of(1, 1)) / 4
  })
}

describe('a WebP decodes as libvips has it', () => {
  test.each([3, 4] as const)('without loss, %i channels', async (channels) => {
    const file = await drawing(channels).webp({ lossless: true, exact: true }).toBuffer()
    const got = (await decode(file))!
    const wanted = await sharp(file).ensureAlpha().raw().toBuffer()
    expect(got).toMatchObject({ width, height, channels: 4, rowsRead: height })
    expect(got.data.equals(wanted)).toBe(true)
  })
  test.each([3, 4] as const)('with loss, %i channels', async (channels) => {
    const file = await drawing(channels).webp({ quality: 90 }).toBuffer()
    const got = (await decode(file))!
    expect(got).toMatchObject({ width, height, channels, rowsRead: height })
    // Chroma is smoothed there and repeated here, which is the same in the mean of four pixels.
    const wanted = halved(await sharp(file).raw().toBuffer(), channels)
    expect(apart(halved(got.data, channels), wanted)).toBeLessThan(1.5)
  })
  test('without loss, at another size', async () => {
    const file = await drawing(3).webp({ lossless: true }).toBuffer()
    const got = (await decode(file, { width: 45, height: 30 }))!
    const wanted = await sharp(file).resize(45, 30, { fit: 'fill' }).ensureAlpha().raw().toBuffer()
    expect(apart(got.data, wanted)).toBeLessThan(4)
  })
  test('as far as the file goes', async () => {
    const whole = await sharp(Buffer.from(noise(400 * 400 * 3)), {
      raw: { width: 400, height: 400, channels: 3 },
    })
      .webp({ quality: 90 })
      .toBuffer()
    const got = (await decode(whole.subarray(0, whole.length / 2)))!
    expect(got.rowsRead).toBeGreaterThan(120)
    expect(got.rowsRead).toBeLessThan(280)
    const fitted = await fitMedia(whole.subarray(0, whole.length / 2), { budget: 1e5 })
    expect(fitted).toMatchObject({ ok: true, value: { warnings: [{ code: 'truncated' }] } })
  })
})

describe('a WebP becomes a JPEG', () => {
  test('upright', async () => {
    const file = await drawing(3).withMetadata({ orientation: 6 }).webp().toBuffer()
    expect(inspect(file)).toMatchObject({ ok: true, value: { width: height, height: width, orientation: 6 } })
    const fitted = await fitMedia(file, { budget: 1e5 })
    expect(fitted).toMatchObject({ ok: true, value: { type: 'image/jpeg', width: height, height: width } })
  })
  test('in the colours of its profile', async () => {
    const red = { r: 220, g: 40, b: 30 }
    const file = await sharp({ create: { width: 64, height: 64, channels: 3, background: red } })
      .withIccProfile('p3')
      .webp({ lossless: true })
      .toBuffer()
    const [stored] = await sharp(file, { ignoreIcc: true }).raw().toBuffer()
    const fitted = await fitMedia(file, { budget: 1e5 })
    if (!fitted.ok) throw new Error(fitted.failure.code)
    const [got] = await sharp(fitted.value.bytes).raw().toBuffer()
    expect(Math.abs(stored! - 220)).toBeGreaterThan(8)
    expect(Math.abs(got! - 220)).toBeLessThan(5)
  })
  test('from the one frame of an animation', async () => {
    const file = await film(1).webp({ loop: 0 }).toBuffer()
    expect(await fitMedia(file, { budget: 1e5 })).toMatchObject({ ok: true, value: { width, height } })
  })
})

describe('an animated WebP', () => {
  test('is drawn frame by frame', async () => {
    const file = await film(4)
      .webp({ delay: [100, 40, 250, 60], lossless: true, exact: true, loop: 3 })
      .toBuffer()
    const decoder = await WebpDecoder.open(file)
    const animation = openAnimation(decoder)!
    expect(animation).toMatchObject({ width, height, frames: 4, loops: 3 })
    const wanted = await sharp(file, { animated: true }).ensureAlpha().raw().toBuffer()
    // Twice: an encoder looks at all frames before it writes them.
    for (const _ of [1, 2]) {
      const delays: number[] = []
      for (const { pixels, delayMs } of animation.open()) {
        const at = delays.push(delayMs) - 1
        const size = width * height * 4
        expect(Buffer.from(pixels).equals(wanted.subarray(at * size, (at + 1) * size))).toBe(true)
      }
      expect(delays).toEqual([100, 40, 250, 60])
    }
    decoder.close()
  })
  test('becomes an animated GIF', async () => {
    const file = await film(5)
      .webp({ delay: [100, 100, 100, 100, 300] })
      .toBuffer()
    const fitted = await fitMedia(file, { budget: 200_000 })
    expect(fitted).toMatchObject({ ok: true, value: { type: 'image/gif' } })
    if (!fitted.ok) return
    const gif = inspect(fitted.value.bytes)
    expect(gif).toMatchObject({ ok: true, value: { animated: true, frames: 5, durationMs: 700 } })
  })
  test('becomes a JPEG of its first frame where no GIF may leave', async () => {
    const file = await film(3)
      .webp({ delay: [100, 100, 100] })
      .toBuffer()
    expect(await fitMedia(file, { budget: 1e5, types: ['image/jpeg'] })).toMatchObject({
      ok: true,
      value: { type: 'image/jpeg', warnings: expect.arrayContaining([{ code: 'animation_dropped' }]) },
    })
  })
})

describe('bad input', () => {
  const riff = (...chunks: Uint8Array[]) =>
    bytesOf('RIFF', le(4 + chunks.reduce((sum, { length }) => sum + length, 0), 4), 'WEBP', ...chunks)
  const chunk = (name: string, ...data: (string | number | Iterable<number>)[]) => {
    const content = bytesOf(...data)
    return bytesOf(name, le(content.length, 4), content, zeros(content.length & 1))
  }
  const extended = (flags: number, wide: number, high: number) =>
    chunk('VP8X', flags, 0, 0, 0, le(wide - 1, 3), le(high - 1, 3))
  const lossless = (wide: number, high: number) =>
    chunk('VP8L', 0x2f, le((wide - 1) | ((high - 1) << 14), 4), zeros(20))

  test.each<[string, Uint8Array, object]>([
    ['2^24 x 2^24', riff(extended(0, 2 ** 24, 2 ** 24)), { code: 'too_many_pixels', width: 2 ** 24 }],
    [
      'lossless, 16384 x 16384',
      riff(lossless(16_384, 16_384)),
      { code: 'too_many_pixels', limit: 8_500_000 },
    ],
    ['lossless, 3000 x 3000', riff(lossless(3000, 3000)), { code: 'too_many_pixels', limit: 8_500_000 }],
    [
      'an animation on a large canvas',
      riff(extended(2, 2000, 2000), chunk('ANMF', zeros(24)), chunk('ANMF', zeros(24))),
      { code: 'too_many_pixels', limit: 3_600_000 },
    ],
    ['nothing in it', riff(), { code: 'malformed_media' }],
    ['a picture of zeros', riff(lossless(40, 40)), { code: 'malformed_media' }],
    ['a canvas without pictures', riff(extended(2, 40, 40)), { code: 'malformed_media' }],
  ])('%s', async (_what, file, failure) => {
    expect(await fitMedia(file, { budget: 1e5 })).toMatchObject({ ok: false, failure })
  })

  test('an animation of more pictures than are worked on is cut short, and says so', async () => {
    const two = await sharp(Buffer.from(noise(16 * 12 * 2 * 3)), {
      raw: { width: 16, height: 24, channels: 3, pageHeight: 12 },
    })
      .webp({ delay: [40, 40], quality: 40 })
      .toBuffer()
    const from = two.indexOf('ANMF')
    const many = Array.from({ length: 2_000 }, () => two.subarray(from))
    const file = riff(two.subarray(12, from), ...many)
    expect(inspect(file)).toMatchObject({ ok: true, value: { frames: 4_000 } })
    expect(await fitMedia(file, { budget: 300_000 })).toMatchObject({
      ok: true,
      value: { type: 'image/gif', warnings: [{ code: 'animation_shortened' }] },
    })
  })

  test('any damage ends in a picture or in words', async () => {
    const files = await Promise.all([
      drawing(4).webp({ lossless: true }).toBuffer(),
      drawing(4).webp({ quality: 60 }).toBuffer(),
      film(3)
        .webp({ delay: [100, 100, 100] })
        .toBuffer(),
    ])
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.nat(20_000), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (file, changes) => {
          const damaged = Uint8Array.from(file)
          for (const [at, value] of changes) damaged[at % damaged.length] = value
          const fitted = await fitMedia(damaged, { budget: 1e5 })
          if (!fitted.ok) expect(fitted.failure.code).not.toBe('codec_failed')
        },
      ),
      { numRuns: 30 },
    )
  })
})
