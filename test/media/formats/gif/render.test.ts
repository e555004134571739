import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { fitAnimation } from '../../../../src/media/formats/gif/animate.ts'
import type { AnimationFrame } from '../../../../src/media/formats/gif/animation.ts'
import { listPictures } from '../../../../src/media/formats/gif/pictures.ts'
import { verifyGif } from '../../../../src/media/formats/gif/verify.ts'
import { fit as fitMedia, type Rendition, type Target } from '../../../../src/media/index.ts'
import { bytesOf } from '../../bytes-of.ts'
import { type TestPicture, testColors, writeGif } from './write-gif.ts'

const comment = bytesOf(0x21, 0xfe, 11, 'GPS 52.1 4.3', 0).fill(12, 2, 3)
const xmp = bytesOf(0x21, 0xff, 11, 'XMP DataXMP', 4, 'name', 0)

async function fitted(gif: Uint8Array, target: Target): Promise<Rendition> {
  const result = await fitMedia(gif, target)
  if (!result.ok) throw new Error(JSON.stringify(result.failure))
  expect(result.value.bytes.length).toBeLessThanOrEqual(target.budget)
  return result.value
}

/** RGBA of a frame, by another decoder. */
async function frame(gif: Uint8Array, page: number): Promise<Uint8Array> {
  return new Uint8Array(await sharp(gif, { page }).ensureAlpha().raw().toBuffer())
}

/** A photo that is panned over: nothing of a frame is where it was. */
function pan(count: number, width: number, height: number, more: Partial<TestPicture> = {}): TestPicture[] {
  const index = (x: number, y: number) =>
    Math.floor(32 + 16 * Math.sin(x / 9 + y / 23) + 10 * Math.sin(y / 5) + ((x * 7 + y * 13) % 5)) & 63
  return Array.from({ length: count }, (_, i) => ({
    width,
    height,
    index: (x, y) => index(x + i * 6, y + i),
    bits: 6,
    ...more,
  }))
}

const grey = Array.from({ length: 64 * 3 }, (_, at) => Math.floor(at / 3) * 4)
const screen = { width: 240, height: 180, colors: grey, repeats: 0 }

describe('a GIF that fits', () => {
  test('passes with the same pictures and without words', async () => {
    const gif = writeGif({ ...screen, extras: bytesOf(comment, xmp) }, [
      ...pan(2, 240, 180, { delay: 7 }),
      {
        left: 9,
        top: 9,
        width: 30,
        height: 20,
        index: (x) => x & 15,
        colors: testColors(16),
        bits: 4,
        disposal: 3,
      },
      {
        left: 3,
        top: 4,
        width: 30,
        height: 20,
        index: (x) => x & 63,
        bits: 6,
        interlaced: true,
        transparent: 5,
      },
    ])
    const out = await fitted(bytesOf(gif, 'more words'), { budget: 1e6 })
    expect(out.reason).toBe('It fits; only its metadata was taken out.')
    expect(Buffer.from(out.bytes).toString('latin1')).not.toMatch(/GPS|XMP|words/)
    expect(verifyGif(gif)).toMatch(/extension/)
    expect(verifyGif(bytesOf(out.bytes, 'x'))).toMatch(/behind/)
    for (let page = 0; page < 4; page++) expect(await frame(out.bytes, page)).toEqual(await frame(gif, page))
    const again = await fitted(out.bytes, { budget: 1e6 })
    expect(again.changed).toBe(false)
  })

  test('is written anew when something hides behind the codes of a picture', async () => {
    const gif = writeGif(screen, pan(2, 240, 180))
    const { end } = listPictures(gif, 1)!.pictures[0]!
    const hidden = bytesOf(gif.subarray(0, end - 1), 12, 'GPS 52.1 4.3', gif.subarray(end - 1))
    const out = await fitted(hidden, { budget: 1e6 })
    expect(Buffer.from(out.bytes).toString('latin1')).not.toMatch(/GPS/)
  })

  test('shows no picture for less than two hundredths of a second', async () => {
    const gif = writeGif(screen, [...pan(1, 240, 180, { delay: 1 }), ...pan(1, 240, 180, { delay: 0 })])
    const { bytes } = await fitted(gif, { budget: 1e6 })
    expect((await sharp(bytes).metadata()).delay).toEqual([20, 100])
  })
})

describe('a GIF that does not fit', () => {
  const gif = writeGif(screen, pan(24, 240, 180, { delay: 8 }))

  test.each([0.5, 0.25, 0.1])(
    'becomes an animation of %f of its bytes, all of its time kept',
    async (part) => {
      const budget = Math.floor(gif.length * part)
      const out = await fitted(gif, { budget })
      const { pages = 0, delay = [], loop } = await sharp(out.bytes).metadata()
      expect(out.type).toBe('image/gif')
      expect(out.bytes.length).toBeGreaterThan(budget * 0.8)
      expect(pages).toBeGreaterThanOrEqual(12)
      expect(delay.reduce((sum, one) => sum + one, 0)).toBe(24 * 80)
      expect(loop).toBe(0)
      expect(verifyGif(out.bytes)).toBeUndefined()
    },
  )

  test('is never over its budget, whatever that is', async () => {
    for (let budget = 1_500; budget < gif.length; budget = Math.floor(budget * 2.3)) {
      const result = await fitMedia(gif, { budget })
      if (result.ok) expect(result.value.bytes.length, `${budget}`).toBeLessThanOrEqual(budget)
      else expect(result.failure.code).toBe('cannot_fit')
    }
  })

  test('becomes its first picture when not even little of it fits, unless it has to be kept', async () => {
    const still = await fitted(gif, { budget: 4_000 })
    expect(still).toMatchObject({ type: 'image/jpeg', warnings: [{ code: 'animation_dropped' }] })
    expect(await fitMedia(gif, { budget: 4_000, keepAnimation: true })).toMatchObject({
      ok: false,
      failure: { code: 'cannot_fit', budget: 4_000 },
    })
  })

  test('is within the size that is asked for', async () => {
    const out = await fitted(gif, { budget: 1e6, maxWidth: 100 })
    expect([out.width, out.height]).toEqual([100, 75])
  })

  test('leaves as JPEG where GIF may not', async () => {
    const out = await fitted(gif, { budget: 30_000, types: ['image/jpeg'] })
    expect(out).toMatchObject({ type: 'image/jpeg', width: 240, warnings: [{ code: 'animation_dropped' }] })
    expect(await fitMedia(gif, { budget: 1e6, types: ['image/png'] })).toMatchObject({
      ok: false,
      failure: { code: 'type_not_accepted' },
    })
  })
})

describe('what moves in a GIF', () => {
  const square = (i: number, more: Partial<TestPicture> = {}): TestPicture => ({
    width: 200,
    height: 150,
    index: (x, y) => (x >= i * 9 && x < i * 9 + 30 && y >= 40 && y < 70 ? 1 : 0),
    bits: 2,
    ...more,
  })

  test('is all that is drawn: frames are cropped to it', async () => {
    const noise = (x: number, y: number) => (Math.imul(x * 31 + y * 57, 2654435761) >>> 26) & 63
    const pictures = Array.from({ length: 12 }, (_, i) => ({
      width: 200,
      height: 150,
      bits: 6,
      index: (x: number, y: number) => (y < 20 && x > i * 15 && x < i * 15 + 12 ? 63 : noise(x, y)),
    }))
    const gif = writeGif({ width: 200, height: 150, colors: grey, repeats: 0 }, pictures)
    const out = await fitted(gif, { budget: Math.floor(gif.length / 5) })
    const later = listPictures(out.bytes, 99)!.pictures.slice(1)
    expect(later.length).toBe(11)
    for (const { height } of later) expect(height).toBeLessThan(out.height! / 4)
  })

  test('keeps its holes, and takes away what was seen through them', async () => {
    const pictures = Array.from({ length: 14 }, (_, i) => square(i, { transparent: 0, disposal: 2 }))
    const gif = writeGif({ width: 200, height: 150, colors: testColors(4, 1), repeats: 2 }, pictures)
    const out = await fitted(gif, { budget: 1e6, maxWidth: 150 })
    expect((await sharp(out.bytes).metadata()).loop).toBe(3)
    for (const page of [0, 5, 13]) {
      const pixels = await frame(out.bytes, page)
      const width = out.width!
      const alpha = (x: number, y: number) => pixels[(y * width + Math.round((x * width) / 200)) * 4 + 3]
      expect(alpha(page * 9 + 15, 41)).toBe(255)
      expect(alpha((page * 9 + 115) % 200, 41)).toBe(0)
      expect(alpha(page * 9 + 15, 10)).toBe(0)
    }
  })
})

describe('frames that come as pixels', () => {
  const [width, height] = [120, 90]
  const colors = testColors(40, 3)
  /** Letters and blocks that move. */
  function pixels(i: number): Uint8Array {
    const out = new Uint8Array(width * height * 4)
    for (let at = 0; at < width * height; at++) {
      const [x, y] = [at % width, Math.floor(at / width)]
      const color = ((x + i * 3) >> 4) + (y >> 4) * 5
      out.set([...colors.slice((color % 40) * 3, (color % 40) * 3 + 3), 255], at * 4)
    }
    return out
  }
  function* frames(): Generator<AnimationFrame> {
    for (let i = 0; i < 6; i++) yield { pixels: pixels(i), delayMs: i === 2 ? 5 : 120 }
  }
  async function* later(): AsyncGenerator<AnimationFrame> {
    for (const one of frames()) {
      await Promise.resolve()
      yield one
    }
  }
  const source = { width, height, frames: 6, loops: 0 }
  const target = { budget: 100_000, bound: { width: 500, height: 500 } }

  test('are the same as they were where there is room', async () => {
    const result = await fitAnimation({ ...source, open: frames }, target)
    if (!result.ok) throw new Error(result.failure.code)
    expect(result.value).toMatchObject({ width, height, frames: 6, framesBefore: 6, durationMs: 620 })
    for (let i = 0; i < 6; i++) expect(await frame(result.value.bytes, i)).toEqual(pixels(i))
  })

  test('give the same file when each has to be waited for', async () => {
    const one = await fitAnimation({ ...source, open: frames }, target)
    const other = await fitAnimation({ ...source, open: later }, target)
    expect(other).toEqual(one)
  })

  test('that are the same as those before them only add their time', async () => {
    function* same(): Generator<AnimationFrame> {
      for (const one of frames()) {
        yield one
        yield { ...one, changed: { left: 0, top: 0, width: 0, height: 0 } }
      }
    }
    const result = await fitAnimation({ ...source, frames: 12, open: same }, target)
    expect(result).toMatchObject({ ok: true, value: { frames: 6, framesBefore: 12, durationMs: 1240 } })
  })

  test('fewer than were promised, or none, are no trap', async () => {
    const few = await fitAnimation({ ...source, frames: 400, open: frames }, target)
    expect(few).toMatchObject({ ok: true, value: { framesBefore: 6, shortened: false } })
    const none = await fitAnimation({ ...source, open: () => [] }, target)
    expect(none).toMatchObject({ ok: false })
  })
})
