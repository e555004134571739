import fc from 'fast-check'
import sharp, { type TiffOptions } from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { readTiffHeader, type TiffHeader } from '../../../../src/media/formats/tiff/header.ts'
import { openTiff } from '../../../../src/media/formats/tiff/open.ts'
import { fit as fitMedia, inspect } from '../../../../src/media/index.ts'
import { be, bytesOf, le, zeros } from '../../bytes-of.ts'
import { readRows } from '../../read-rows.ts'

function decode(bytes: Uint8Array) {
  const header = readTiffHeader(bytes)
  if (header === undefined || typeof header === 'string') throw new Error(`no header: ${header}`)
  return { ...readRows(openTiff(bytes, header as TiffHeader), 7), header }
}

const width = 83
const height = 61
const pixels = (channels: 1 | 3 | 4) =>
  sharp(
    Buffer.from(
      Array.from({ length: width * height * channels }, (_, at) =>
        at % 7 === 0 ? Math.imul(at, 2654435761) >>> 24 : (at >> 5) & 255,
      ),
    ),
    { raw: { width, height, channels } },
  )

const compressions: TiffOptions['compression'][] = ['none', 'lzw', 'deflate', 'packbits']
const variants = compressions.flatMap((compression) =>
  ([1, 3, 4] as const).flatMap((channels) =>
    (['none', 'horizontal'] as const).map((predictor) => ({
      compression: compression!,
      channels,
      predictor,
    })),
  ),
)

describe('a TIFF decodes as libtiff has it', () => {
  test.each(variants)(
    '$compression, $channels channels, predictor $predictor',
    async ({ compression, channels, predictor }) => {
      const source = await (channels === 1 ? pixels(1).toColourspace('b-w') : pixels(channels))
        .tiff({ compression, predictor })
        .toBuffer()
      const wanted = await (channels === 1 ? sharp(source).toColourspace('b-w') : sharp(source))
        .raw()
        .toBuffer()
      const got = decode(source)
      expect([got.width, got.height, got.rowsRead, got.channels]).toEqual([width, height, height, channels])
      expect(got.data.equals(wanted)).toBe(true)
    },
  )

  test.each(['none', 'lzw', 'packbits'] as const)('%s, one and four bits', async (compression) => {
    for (const bitdepth of [1, 4] as const) {
      const source = await pixels(1)
        .toColourspace('b-w')
        .tiff({ compression, bitdepth, predictor: 'none' })
        .toBuffer()
      const wanted = await sharp(source).toColourspace('b-w').raw().toBuffer()
      expect(readTiffHeader(source)).toMatchObject({ depth: bitdepth })
      expect(decode(source).data.equals(wanted)).toBe(true)
    }
  })

  test.each(['none', 'lzw', 'deflate'] as const)('%s, 16 bits and CMYK', async (compression) => {
    const wide = await pixels(3)
      .toColourspace('rgb16')
      .tiff({ compression, predictor: 'horizontal' })
      .toBuffer()
    const seen = decode(wide)
    expect(seen.header.depth).toBe(16)
    const wanted = await sharp(wide).toColourspace('srgb').raw().toBuffer()
    expect(seen.data.every((byte, at) => Math.abs(byte - wanted[at]!) <= 1)).toBe(true)
    const cmyk = await pixels(3).toColourspace('cmyk').tiff({ compression }).toBuffer()
    expect(decode(cmyk)).toMatchObject({ channels: 3, rowsRead: height })
  })
})

/** A TIFF made by hand: one strip of grey, tags as given besides. */
function writeTiff(tags: [number, number, number, number][], body: Iterable<number>, little = true) {
  const number = little ? le : be
  const data = bytesOf(body)
  const all = [...tags].sort((a, b) => a[0] - b[0])
  const entries = all.map(([tag, type, count, value]) =>
    bytesOf(
      number(tag, 2),
      number(type, 2),
      number(count, 4),
      type === 3 && count === 1 ? [...number(value, 2), 0, 0] : number(value, 4),
    ),
  )
  return bytesOf(
    little ? 'II*\0' : 'MM\0*',
    number(8 + data.length, 4),
    data,
    number(all.length, 2),
    ...entries,
    zeros(4),
  )
}
const grey = (
  more: [number, number, number, number][] = [],
  size = 4,
): [number, number, number, number][] => {
  const base: [number, number, number, number][] = [
    [256, 3, 1, size],
    [257, 3, 1, size],
    [258, 3, 1, 8],
    [259, 3, 1, 1],
    [262, 3, 1, 1],
    [273, 4, 1, 8],
    [278, 3, 1, size],
    [279, 4, 1, size * size],
  ]
  return [...base.filter(([tag]) => !more.some(([other]) => other === tag)), ...more]
}

describe('a TIFF made by hand', () => {
  const body = Array.from({ length: 16 }, (_, at) => at * 10)

  test.each([true, false])('little-endian %s', (little) => {
    expect([...decode(writeTiff(grey(), body, little)).data]).toEqual(body)
  })

  test('where white is zero', () => {
    expect([...decode(writeTiff(grey([[262, 3, 1, 0]]), body)).data]).toEqual(
      body.map((value) => 255 - value),
    )
  })

  test('without the lengths of its strip', () => {
    expect([
      ...decode(
        writeTiff(
          grey().filter(([tag]) => tag !== 279),
          body,
        ),
      ).data,
    ]).toEqual(body)
  })

  test('of which a strip is missing is white there', () => {
    const cut = decode(writeTiff(grey([[279, 4, 1, 9]]), body))
    expect(cut.rowsRead).toBe(2)
    expect([...cut.data.subarray(8)]).toEqual(new Array(8).fill(255))
  })

  test.each<[string, Uint8Array, object]>([
    ['tiles', writeTiff(grey([[322, 3, 1, 16]]), body), { feature: 'tiles' }],
    ['fax coding', writeTiff(grey([[259, 3, 1, 4]]), body), { feature: 'compression 4' }],
    ['JPEG inside', writeTiff(grey([[259, 3, 1, 7]]), body), { feature: 'compression 7' }],
    ['floating point', writeTiff(grey([[339, 3, 1, 3]]), body), { code: 'unsupported_feature' }],
    ['no directory', bytesOf('II*\0', le(9999, 4)), { code: 'malformed_media' }],
    ['a directory that is itself', bytesOf('II*\0', le(0, 4), zeros(20)), { code: 'malformed_media' }],
    [
      'no strip',
      writeTiff(
        grey().filter(([tag]) => tag !== 273),
        body,
      ),
      { code: 'malformed_media' },
    ],
    [
      'too many pixels',
      writeTiff(
        grey([
          [256, 4, 1, 60_000],
          [257, 4, 1, 60_000],
        ]),
        body,
      ),
      { code: 'too_many_pixels' },
    ],
    [
      'pixels that are not there',
      writeTiff(
        grey([
          [256, 4, 1, 5_000],
          [257, 4, 1, 5_000],
        ]),
        body,
      ),
      { code: 'malformed_media' },
    ],
  ])('%s is refused', async (_what, source, failure) => {
    expect(await fitMedia(source, { budget: 1e5 })).toMatchObject({ ok: false, failure })
  })
})

describe('a TIFF leaves', () => {
  let source: Uint8Array
  beforeAll(async () => {
    source = await pixels(4)
      .withExif({ IFD0: { Artist: 'CANARY' } })
      .tiff({ compression: 'lzw' })
      .toBuffer()
  })

  test('as JPEG, upright, without its tags', async () => {
    const fitted = await fitMedia(source, { budget: 50_000 })
    if (!fitted.ok) throw new Error(JSON.stringify(fitted.failure))
    expect(fitted.value).toMatchObject({ type: 'image/jpeg', width, height })
    expect(Buffer.from(fitted.value.bytes).includes('CANARY')).toBe(false)
    const turned = await pixels(3).withMetadata({ orientation: 6 }).tiff({ compression: 'lzw' }).toBuffer()
    expect(inspect(turned)).toMatchObject({ value: { orientation: 6, width: height, height: width } })
    expect(await fitMedia(turned, { budget: 50_000 })).toMatchObject({
      value: { width: height, height: width },
    })
  })

  test('or is refused in words, cut or damaged anywhere', async () => {
    for (let at = 0; at < 40; at++)
      await fitMedia(source.subarray(0, Math.floor((source.length * at) / 40)), { budget: 1e5 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(source.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          const damaged = source.slice()
          for (const [at, byte] of changes) damaged[at] = byte
          const result = await fitMedia(damaged, { budget: 1e5 })
          if (!result.ok) expect(result.failure.code).not.toMatch(/verification_failed|codec_failed/)
        },
      ),
      { numRuns: 200 },
    )
  })
})
