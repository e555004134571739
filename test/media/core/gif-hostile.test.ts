import { beforeAll, describe, expect, test } from 'vitest'
import type { GifExports } from '../../../src/media/formats/gif/core.ts'
import { fitFilmOn } from '../../../src/media/formats/gif/fit.ts'
import { GifFilm } from '../../../src/media/formats/gif/gif-film.ts'
import { listPictures } from '../../../src/media/formats/gif/pictures.ts'
import { verifyGif } from '../../../src/media/formats/gif/verify.ts'
import { fit as fitMedia, inspect } from '../../../src/media/index.ts'
import { bytesOf, le } from '../bytes-of.ts'
import { chain, type TestPicture, testColors, writeGif } from '../formats/gif/write-gif.ts'
import { coreInstances } from './instances.ts'
import { seeded } from './jpeg-writer.ts'
import { mutate } from './mutate.ts'

let fresh: () => GifExports
let freshChecked: () => GifExports

beforeAll(async () => {
  fresh = (await coreInstances('release')) as () => GifExports
  freshChecked = (await coreInstances('debug')) as () => GifExports
}, 120_000)

const moving =
  (step: number, colors: number) =>
  (x: number, y: number): number =>
    ((x + step) * 3 + y * 5 + ((x * y) >> 4)) % colors

function pictures(count: number, width: number, height: number, more: Partial<TestPicture> = {}) {
  return Array.from({ length: count }, (_, i) => ({
    width,
    height,
    index: moving(i * 2, 64),
    bits: 6,
    ...more,
  }))
}

const samples = [
  writeGif({ width: 60, height: 40, colors: testColors(64), repeats: 0 }, pictures(5, 60, 40)),
  writeGif({ width: 50, height: 50, colors: testColors(64), extras: [0x21, 0xfe, 3, 65, 66, 67, 0] }, [
    ...pictures(2, 50, 50, { transparent: 3, disposal: 2 }),
    ...pictures(3, 30, 20, { left: 9, top: 11, disposal: 3, interlaced: true }),
  ]),
  writeGif({ width: 33, height: 70 }, pictures(4, 33, 70, { colors: testColors(64, 3), transparent: 9 })),
]
const target = { budget: 2_500, bound: { width: 2592, height: 2592 } }

/** What fitting the file comes to on this instance: the bytes, or the name of a failure. */
async function outcome(core: GifExports, bytes: Uint8Array): Promise<string> {
  const plan = listPictures(bytes, 40)
  if (plan === undefined || plan.pictures.length === 0 || plan.width * plan.height > 1e5) return 'refused'
  if (plan.pictures.some(({ width, height }) => width * height > 1e5)) return 'too large for this test'
  const fitted = await fitFilmOn(core, new GifFilm(bytes, plan), target, bytes.length)
  if (!fitted.ok) return fitted.failure.code
  expect(fitted.value.bytes.length).toBeLessThanOrEqual(target.budget)
  expect(verifyGif(fitted.value.bytes)).toBeUndefined()
  return Buffer.from(fitted.value.bytes).toString('base64')
}

describe('broken GIFs', () => {
  test('cut at 102 points gives a picture or a typed failure, the same with and without checks', async () => {
    const [core, checked] = [fresh(), freshChecked()]
    for (const sample of samples)
      for (let i = 0; i < 34; i++) {
        const cut = sample.slice(0, Math.floor((sample.length * i) / 34))
        const result = await outcome(core, cut)
        if (i % 10 === 5) expect(await outcome(checked, cut), `cut ${i}`).toBe(result)
      }
  }, 120_000)

  test('150 with accidents trap nowhere', async () => {
    const random = seeded(20_261_122)
    const [core, checked] = [fresh(), freshChecked()]
    let fitted = 0
    for (let i = 0; i < 150; i++) {
      const broken = mutate(samples[i % 3]!, random, samples[(i + 1) % 3]!)
      const result = await outcome(core, broken)
      if (result.length > 40) fitted++
      if (i % 15 === 0) expect(await outcome(checked, broken), `accident ${i}`).toBe(result)
    }
    // Most accidents leave something to be seen.
    expect(fitted).toBeGreaterThan(50)
  }, 120_000)

  test('through the front door each is a rendition or a typed failure', async () => {
    const random = seeded(7)
    for (let i = 0; i < 60; i++) {
      const broken = mutate(samples[i % 3]!, random, samples[(i + 1) % 3]!)
      const fitted = await fitMedia(broken, { budget: 2_000 })
      if (fitted.ok) expect(fitted.value.bytes.length).toBeLessThanOrEqual(2_000)
      else expect(fitted.failure.code).not.toMatch(/codec_failed|verification_failed/)
    }
  }, 120_000)
})

describe('GIFs that ask for too much', () => {
  const colors = testColors(4)

  test('100,000 frames are cut short, with a warning', async () => {
    const frame: TestPicture = { width: 1, height: 1, index: () => 1, bits: 2, delay: 2 }
    const one = writeGif({ width: 90, height: 90, colors }, [frame])
    const start = writeGif(
      { width: 90, height: 90, colors },
      pictures(1, 90, 90, { index: moving(0, 4), bits: 2 }),
    )
    const block = one.subarray(13 + 12, -1)
    const many = new Uint8Array(start.length - 1 + block.length * 100_000 + 1)
    many.set(start)
    for (let i = 0; i < 100_000; i++) many.set(block, start.length - 1 + i * block.length)
    many[many.length - 1] = 0x3b
    const fitted = await fitMedia(many, { budget: 50_000 })
    if (!fitted.ok) throw new Error(JSON.stringify(fitted.failure))
    expect(fitted.value.warnings).toContainEqual({ code: 'animation_shortened' })
    expect(fitted.value.bytes.length).toBeLessThanOrEqual(50_000)
  }, 60_000)

  test('frames past 360 megapixels in all are left out', async () => {
    // A few bytes of codes a frame: what is missing of the later ones shows the first.
    const size = { width: 2900, height: 3000 }
    const all = Uint8Array.of(0x04, 0x02)
    const gif = writeGif(
      { ...size, colors },
      pictures(60, 2900, 3000, { index: () => 0, bits: 2, codes: all }),
    )
    const plan = listPictures(gif, 500)!
    expect(plan.pictures).toHaveLength(60)
    const facts = inspect(gif)
    expect(facts.ok && facts.value.frames).toBe(60)
    const wider = inspect(writeGif({ width: 3200, height: 3000, colors }, pictures(1, 9, 9)))
    expect(wider).toMatchObject({ ok: false, failure: { code: 'too_many_pixels', limit: 9e6 } })
  })

  test('a screen without pixels, and one of 65,535 x 65,535', () => {
    for (const [width, height] of [
      [0, 10],
      [10, 0],
      [0, 0],
    ] as const)
      expect(inspect(writeGif({ width, height, colors }, pictures(1, 4, 4)))).toMatchObject({
        ok: false,
        failure: { code: 'malformed_media' },
      })
    const huge = inspect(writeGif({ width: 65_535, height: 65_535, colors }, pictures(1, 4, 4)))
    expect(huge).toMatchObject({ ok: false, failure: { code: 'too_many_pixels', width: 65_535 } })
  })

  test('pictures without pixels, and pictures larger than any screen', async () => {
    const nothing = writeGif({ width: 40, height: 40, colors: testColors(64), repeats: 0 }, [
      ...pictures(2, 40, 40),
      ...pictures(3, 0, 7),
      ...pictures(3, 7, 0),
    ])
    const fitted = await fitMedia(nothing, { budget: 900 })
    expect(fitted.ok || fitted.failure.code).toBeTruthy()
    const wide = writeGif({ width: 40, height: 40, colors: testColors(64) }, pictures(2, 40, 40))
    // The second picture says that it is 65,535 x 65,535.
    const { data } = listPictures(wide, 2)?.pictures[1] ?? { data: 0 }
    wide.set(bytesOf(le(65_535, 2), le(65_535, 2)), data - 6)
    const refused = await fitMedia(wide, { budget: 900 })
    expect(refused).toMatchObject({ ok: false, failure: { code: 'too_many_pixels', width: 65_535 } })
  })

  test('codes that never end stop with the picture', async () => {
    const endless = chain(new Uint8Array(200_000).fill(0x55))
    const gif = writeGif({ width: 50, height: 50, colors }, [
      { width: 50, height: 50, index: moving(0, 4), bits: 2, codes: endless },
      { width: 50, height: 50, index: moving(3, 4), bits: 2 },
    ])
    const fitted = await fitMedia(gif, { budget: 3_000 })
    expect(fitted.ok ? fitted.value.bytes.length : fitted.failure.code).toBeTruthy()
    // Nothing of what lies behind the picture leaves.
    const passed = await fitMedia(gif, { budget: 9_000_000 })
    if (passed.ok) expect(passed.value.bytes.length).toBeLessThan(20_000)
  })

  test('a code that does not exist', async () => {
    const gif = writeGif({ width: 30, height: 30, colors: testColors(64), repeats: 0 }, [
      ...pictures(2, 30, 30),
      ...pictures(1, 30, 30, { codes: Uint8Array.of(0x40, 0xff, 0xff, 0xff) }),
    ])
    const fitted = await fitMedia(gif, { budget: 1_500 })
    if (!fitted.ok) throw new Error(JSON.stringify(fitted.failure))
    expect(fitted.value.warnings).toContainEqual({ code: 'damaged' })
  })
})
