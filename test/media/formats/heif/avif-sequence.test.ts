import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildCore } from '../../../../scripts/build-core.mjs'
import { playAvif } from '../../../../src/media/formats/avif/play.ts'
import { readAvifSequence } from '../../../../src/media/formats/avif/sequence.ts'
import { readHeifItems } from '../../../../src/media/formats/heif/items.ts'
import { fit as fitMedia, inspect } from '../../../../src/media/index.ts'
import { be, bytesOf, zeros } from '../../bytes-of.ts'
import { box } from '../mp4/write-movie.ts'
import { property, writeHeif } from './write-heif.ts'

beforeAll(() => buildCore('release'), 120_000)

const width = 96
const height = 64
const COLOURS = [
  { r: 200, g: 30, b: 40 },
  { r: 20, g: 160, b: 60 },
  { r: 40, g: 60, b: 220 },
]

/** A coded picture of one colour. */
async function unitOf(background: { r: number; g: number; b: number }): Promise<Uint8Array> {
  const file = await sharp({ create: { width, height, channels: 3, background } })
    .avif({ effort: 1 })
    .toBuffer()
  const items = readHeifItems(file)
  if (items === undefined || typeof items === 'string') throw new Error('no items')
  return items.content(items.items.get(items.primary)!)!
}

/** A sequence of these units, the first of which is its still; `delays` are in hundredths of a second. */
function writeSequence(
  units: readonly Uint8Array[],
  delays: readonly number[],
  { offset = 0, wide = width, handler = 'pict' } = {},
): Uint8Array<ArrayBuffer> {
  const still = writeHeif(
    [
      {
        type: 'av01',
        data: units[0]!,
        properties: [property.extent(width, height), property.av1([0x81, 0, 0, 0])],
      },
    ],
    { brand: 'avis' },
  )
  const entry = box(
    'av01',
    zeros(6),
    be(1, 2),
    zeros(16),
    be(wide, 2),
    be(height, 2),
    zeros(50),
    box('av1C', [0x81, 0, 0, 0]),
  )
  const count = be(units.length, 4)
  const tables = [
    box('stsd', zeros(4), be(1, 4), entry),
    box('stts', zeros(4), count, ...delays.map((delay) => [...be(1, 4), ...be(delay, 4)])),
    box('stsc', zeros(4), be(1, 4), be(1, 4), count, be(1, 4)),
    box('stsz', zeros(8), count, ...units.map(({ length }) => be(length, 4))),
    box('stco', zeros(4), be(1, 4), be(still.length + 8 + offset, 4)),
  ]
  const media = box(
    'mdia',
    box('mdhd', zeros(12), be(100, 4), be(0, 4), zeros(4)),
    box('hdlr', zeros(8), handler, zeros(13)),
    box('minf', box('stbl', ...tables)),
  )
  return bytesOf(still, box('mdat', ...units), box('moov', box('mvhd', zeros(100)), box('trak', media)))
}

describe('an AVIF sequence', () => {
  let units: Uint8Array[]
  beforeAll(async () => {
    units = await Promise.all(COLOURS.map(unitOf))
  })

  test('is watched picture by picture, as often as needed', async () => {
    const sequence = readAvifSequence(writeSequence(units, [10, 4, 50]))!
    const { animation, close } = await playAvif(sequence)
    expect(animation).toMatchObject({ width, height, frames: 3 })
    for (const _ of [1, 2]) {
      const seen = Array.from(
        animation.open() as Iterable<{ pixels: Uint8Array; delayMs: number }>,
        (frame) => [...frame.pixels.subarray(0, 3), frame.delayMs],
      )
      for (const [at, { r, g, b }] of COLOURS.entries())
        for (const [c, value] of [r, g, b].entries()) expect(Math.abs(seen[at]![c]! - value)).toBeLessThan(5)
      expect(seen.map((frame) => frame[3])).toEqual([100, 40, 500])
    }
    close()
  })
  test('becomes an animated GIF', async () => {
    const file = writeSequence(units, [10, 10, 20])
    expect(inspect(file)).toMatchObject({
      ok: true,
      value: { type: 'image/avif', animated: true, frames: 3, durationMs: 400 },
    })
    const fitted = await fitMedia(file, { budget: 50_000 })
    expect(fitted).toMatchObject({ ok: true, value: { type: 'image/gif', width, height } })
    if (fitted.ok)
      expect(inspect(fitted.value.bytes)).toMatchObject({
        value: { animated: true, frames: 3, durationMs: 400 },
      })
  })
  test('becomes its still where no GIF may leave', async () => {
    expect(
      await fitMedia(writeSequence(units, [10, 10, 20]), { budget: 50_000, types: ['image/jpeg'] }),
    ).toMatchObject({
      ok: true,
      value: { type: 'image/jpeg', warnings: expect.arrayContaining([{ code: 'animation_dropped' }]) },
    })
  })
  test('with a picture that does not decode shows the one before it longer', async () => {
    const broken = [units[0]!, new Uint8Array(units[1]!.length).fill(0x55), units[2]!]
    const { animation, close } = await playAvif(readAvifSequence(writeSequence(broken, [10, 10, 10]))!)
    const reds = Array.from(animation.open() as Iterable<{ pixels: Uint8Array }>, ({ pixels }) => pixels[0]!)
    expect(reds.map((red) => red > 120)).toEqual([true, true, false])
    close()
  })
  test.each([
    ['past the end of the file', { offset: 1e6 }],
    ['of no width', { wide: 0 }],
    ['of sounds', { handler: 'soun' }],
  ])('whose track is %s is its still', async (_what, options) => {
    const file = writeSequence(units, [10, 10, 10], options)
    expect(readAvifSequence(file)).toBeUndefined()
    expect(await fitMedia(file, { budget: 50_000 })).toMatchObject({
      ok: true,
      value: { type: 'image/jpeg' },
    })
  })
  test('of pictures larger than its track says keeps what was there', async () => {
    const { animation, close } = await playAvif(
      readAvifSequence(writeSequence(units, [10, 10, 10], { wide: 32 }))!,
    )
    const corners = Array.from(
      animation.open() as Iterable<{ pixels: Uint8Array }>,
      ({ pixels }) => pixels[0]!,
    )
    expect(corners).toEqual([255, 255, 255])
    close()
  })
})
