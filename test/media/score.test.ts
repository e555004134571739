import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { describeMediaFailure, fit as fitMedia, type Rendition, type Target } from '../../src/media/index.ts'

/** Waves of many lengths and some edges: detail at every frequency, as photos have. */
function scene(width: number, height: number): Buffer {
  const data = Buffer.alloc(width * height * 3)
  let seed = 9
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
      const waves = 40 * Math.sin(x / 31 + y / 47) + 25 * Math.sin(x / 5) + 18 * Math.cos(y * 0.9 + x * 0.7)
      const edge = (x >> 6) % 3 === (y >> 6) % 3 ? 40 : 0
      const grain = (seed >>> 24) / 30
      data[at++] = 90 + waves + edge + grain
      data[at++] = 100 + waves + grain
      data[at++] = 110 - waves / 2 + edge + grain
    }
  return data
}

async function fitted(source: Uint8Array, target: Target): Promise<Rendition> {
  const made = await fitMedia(source, target)
  if (!made.ok) throw new Error(JSON.stringify(made.failure))
  return made.value
}

describe('the score', () => {
  const size = { width: 1200, height: 900 }
  let photo: Uint8Array
  beforeAll(async () => {
    const raw = { ...size, channels: 3 as const }
    photo = await sharp(scene(size.width, size.height), { raw }).jpeg({ quality: 95 }).toBuffer()
  })

  test('is 100 where no pixel changes', async () => {
    expect((await fitted(photo, { budget: photo.length + 100 })).score).toBe(100)
  })

  test('grows with the bytes', async () => {
    const scores: number[] = []
    for (const budget of [30_000, 60_000, 120_000, 240_000])
      scores.push((await fitted(photo, { budget })).score ?? -1)
    for (const [i, score] of scores.entries()) expect(score).toBeGreaterThan(i === 0 ? 0 : scores[i - 1]!)
    expect(scores[3]).toBeGreaterThan(70)
    expect(scores[3]).toBeLessThan(100)
  })

  test('counts the pixels that scaling takes', async () => {
    const whole = await fitted(photo, { budget: 240_000 })
    const half = await fitted(photo, { budget: 240_000, maxWidth: 600 })
    const quarter = await fitted(photo, { budget: 240_000, maxWidth: 300 })
    expect(half.score).toBeLessThan(whole.score! - 3)
    expect(quarter.score).toBeLessThan(half.score! - 5)
  })

  test('is about the same for a picture that lies on its side', async () => {
    const lying = await sharp(photo).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer()
    const [a, b] = [await fitted(photo, { budget: 90_000 }), await fitted(lying, { budget: 90_000 })]
    expect(Math.abs(a.score! - b.score!)).toBeLessThan(4)
  })

  test('judges grey pictures, whole chroma and tiny ones', async () => {
    const grey = await sharp(photo).greyscale().jpeg({ quality: 95 }).toBuffer()
    const [low, high] = [await fitted(grey, { budget: 30_000 }), await fitted(grey, { budget: 120_000 })]
    expect(low.score).toBeLessThan(high.score!)
    const whole = await sharp(photo).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer()
    expect((await fitted(whole, { budget: 120_000 })).score).toBeGreaterThan(40)
    const tiny = await sharp(photo).resize(20, 9).png().toBuffer()
    expect((await fitted(tiny, { budget: 9_000, types: ['image/jpeg'] })).score).toBeGreaterThan(60)
  })

  test('is the same for the same picture, whatever the core did before', async () => {
    const [dark, light] = await Promise.all(
      [10, 250].map((red) =>
        sharp({ create: { width: 64, height: 64, channels: 3, background: { r: red, g: red, b: red } } })
          .jpeg()
          .withMetadata({ orientation: 3 })
          .toBuffer(),
      ),
    )
    const small = await sharp(photo)
      .resize(200)
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      .withMetadata({ orientation: 3 })
      .toBuffer()
    const scores: (number | undefined)[] = []
    for (const before of [dark!, light!]) {
      await fitted(before, { budget: 5_000 })
      scores.push((await fitted(small, { budget: 60_000 })).score)
    }
    expect(scores[0]).toBeGreaterThan(50)
    expect(scores[1]).toBe(scores[0])
  })

  test('judges palettes by what they did to the pixels', async () => {
    const png = await sharp(photo).png().toBuffer()
    const target = { types: ['image/png'] } as const
    const [few, many] = [
      await fitted(png, { ...target, budget: 60_000 }),
      await fitted(png, { ...target, budget: 600_000 }),
    ]
    expect(few.type).toBe('image/png')
    expect(few.score).toBeLessThan(many.score! - 5)
    const raw = { width: 64, height: 64, channels: 3 as const }
    const flat = Buffer.alloc(64 * 64 * 3, 7)
    const exact = await sharp(flat, { raw }).png({ compressionLevel: 0 }).toBuffer()
    expect((await fitted(exact, { budget: 3_000 })).score).toBe(100)
  })
})

describe('a least score', () => {
  test('refuses what would look worse, with the best that could be had', async () => {
    const raw = { width: 1200, height: 900, channels: 3 as const }
    const photo = await sharp(scene(1200, 900), { raw }).jpeg({ quality: 95 }).toBuffer()
    const enough = await fitted(photo, { budget: 60_000 })
    const refused = await fitMedia(photo, { budget: 60_000, minimumQuality: Math.ceil(enough.score! + 1) })
    if (refused.ok) throw new Error('taken')
    expect(refused.failure).toMatchObject({ code: 'cannot_fit', bestScore: enough.score })
    expect(describeMediaFailure(refused.failure).message).toContain(`${enough.score} of 100`)
    const taken = await fitMedia(photo, { budget: 60_000, minimumQuality: Math.floor(enough.score!) })
    expect(taken.ok).toBe(true)
  })
})
