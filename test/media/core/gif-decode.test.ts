import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import type { GifExports } from '../../../src/media/formats/gif/core.ts'
import { GifFilm } from '../../../src/media/formats/gif/gif-film.ts'
import { listPictures } from '../../../src/media/formats/gif/pictures.ts'
import { type TestPicture, type TestScreen, testColors, writeGif } from '../formats/gif/write-gif.ts'
import { coreInstances } from './instances.ts'

let fresh: () => GifExports
let freshChecked: () => GifExports

beforeAll(async () => {
  fresh = (await coreInstances('release')) as () => GifExports
  freshChecked = (await coreInstances('debug')) as () => GifExports
}, 120_000)

/** Every frame's RGBA as the core puts it on the screen. */
function played(core: GifExports, gif: Uint8Array): Uint8Array[] {
  const film = new GifFilm(gif, listPictures(gif, 500)!)
  film.begin(core)
  film.rewind()
  const frames: Uint8Array[] = []
  while (film.next(core) !== undefined)
    frames.push(new Uint8Array(core.memory.buffer, core.anim_screen(), film.width * film.height * 4).slice())
  expect(film.damaged).toBe(0)
  expect(film.leftover).toBe(0)
  return frames
}

/** The same from another decoder; what is transparent is 0. */
async function expected(gif: Uint8Array, frames: number): Promise<Uint8Array[]> {
  const pages = Array.from({ length: frames }, async (_, page) => {
    const pixels = new Uint8Array(await sharp(gif, { page }).ensureAlpha().raw().toBuffer())
    for (let at = 0; at < pixels.length; at += 4) if (pixels[at + 3] === 0) pixels.fill(0, at, at + 4)
    return pixels
  })
  return Promise.all(pages)
}

const screen: TestScreen = { width: 60, height: 44, colors: testColors(256), repeats: 0 }
const noise = (seed: number) => (x: number, y: number) =>
  (Math.imul(x * 7919 + y * 104729 + seed, 2654435761) >>> 24) & 255
const flat = (value: number) => () => value
const stripes = (x: number, y: number) => ((x >> 2) + (y >> 3) * 3) & 255
const whole = (index: TestPicture['index'], more: Partial<TestPicture> = {}): TestPicture => ({
  width: 60,
  height: 44,
  index,
  ...more,
})
const patch = (left: number, top: number, more: Partial<TestPicture> = {}): TestPicture => ({
  left,
  top,
  width: 20,
  height: 15,
  index: noise(left),
  ...more,
})

// Browsers empty a part that is taken away; the other decoder paints it where the picture has no transparent index.
const cases: [string, TestScreen, TestPicture[]][] = [
  ['one picture', screen, [whole(noise(1))]],
  ['long strings', screen, [whole(flat(9)), whole(stripes)]],
  [
    'a table that fills up',
    { ...screen, width: 200, height: 200 },
    [{ width: 200, height: 200, index: noise(2) }],
  ],
  ['two colours', { ...screen, colors: testColors(2) }, [whole((x, y) => (x ^ y) & 1, { bits: 2 })]],
  ['four bits', { ...screen, colors: testColors(16) }, [whole((x, y) => (x + y) & 15, { bits: 4 })]],
  ['rows in passes', screen, [whole(stripes, { interlaced: true }), patch(3, 5, { interlaced: true })]],
  ['frames that stay', screen, [whole(stripes), patch(5, 5), patch(30, 20, { disposal: 1 }), patch(10, 12)]],
  [
    'frames taken away',
    screen,
    [whole(stripes), patch(5, 5, { disposal: 2, transparent: 255 }), patch(30, 20), patch(8, 8)],
  ],
  [
    'frames that give back what was there',
    screen,
    [whole(stripes), patch(5, 5, { disposal: 3 }), patch(12, 9, { disposal: 3 }), patch(40, 29), patch(1, 1)],
  ],
  [
    'holes',
    screen,
    [
      patch(0, 0, { index: stripes, transparent: 0 }),
      patch(10, 10, { transparent: 77, index: (x) => (x % 3 ? 77 : 5), disposal: 2 }),
      patch(15, 12, { transparent: 1, index: (x, y) => (x + y) & 1 }),
    ],
  ],
  [
    'tables of their own',
    { ...screen },
    [whole(noise(3)), patch(9, 9, { colors: testColors(64, 5), index: (x, y) => (x * y) & 63, bits: 6 })],
  ],
  ['no table of the file', { width: 20, height: 15 }, [patch(0, 0, { colors: testColors(256, 2) })]],
]

describe('pictures of a GIF on the screen', () => {
  test.each(cases)('%s', async (_, frame, pictures) => {
    const gif = writeGif(frame, pictures)
    const frames = await expected(gif, pictures.length)
    expect(played(fresh(), gif)).toEqual(frames)
    expect(played(freshChecked(), gif)).toEqual(frames)
  })

  test('what lies outside the screen is left out', async () => {
    const inside = writeGif(screen, [whole(stripes), { ...patch(50, 35), width: 10, height: 9 }])
    const across = writeGif(screen, [whole(stripes), patch(50, 35)])
    const cut = played(fresh(), across)
    expect(cut[1]).toEqual(played(fresh(), inside)[1])
    expect(played(freshChecked(), across)).toEqual(cut)
  })

  test('a job leaves nothing behind for the next', () => {
    const core = fresh()
    const gif = writeGif(screen, [whole(noise(4)), patch(3, 3, { disposal: 3 }), patch(7, 7)])
    const first = played(core, gif)
    played(core, writeGif(screen, [whole(flat(200)), patch(20, 20, { disposal: 2 })]))
    expect(played(core, gif)).toEqual(first)
  })
})
