// 200 points of an animation: ten sizes, five tolerances, two palettes, all frames or every second one, written by the
// core without any plan. What does not fit the budget is out.
import { readFileSync } from 'node:fs'
import { lendCore } from '../../src/media/codec.ts'
import { GifFilm } from '../../src/media/formats/gif/gif-film.ts'
import { joined } from '../../src/media/formats/gif/part.ts'
import { listPictures } from '../../src/media/formats/gif/pictures.ts'
import { filmOf, likeness } from './gif-likeness.mjs'

const SCALES = [0.3, 0.38, 0.46, 0.54, 0.62, 0.7, 0.78, 0.86, 0.94, 1]
const TOLERANCES = [4, 6.5, 10, 15, 22]
const COLORS = [63, 255]
const EVERY = [1, 2]

/**
 * Says how near a likeness comes to the best of the points.
 *
 * @param {string} path
 * @param {number} ours
 * @param {number} budget
 */
export async function nearest(path, ours, budget) {
  const bytes = new Uint8Array(readFileSync(path))
  const source = await filmOf(bytes)
  let best = 0
  let at = ''
  let fitting = 0
  for (const scale of SCALES)
    for (const every of EVERY)
      for (const colors of COLORS)
        for (const tolerance of TOLERANCES) {
          const file = await write(bytes, { scale, every, colors, tolerance }, budget)
          if (file === undefined) continue
          fitting++
          const value = await likeness(source, file)
          if (value > best) {
            best = value
            at = `${scale} of the width, tolerance ${tolerance}, ${colors} colours, ${every === 1 ? 'all frames' : 'every second frame'}`
          }
          process.stderr.write(
            `${scale} ${every} ${colors} ${tolerance}: ${file.length} ${value.toFixed(4)}\n`,
          )
        }
  const part = ((ours / best) * 100).toFixed(1)
  return `; SSIM ${part} % of the best of 200 points (${best.toFixed(4)} at ${at}; ${fitting} fit)`
}

/** @param {Uint8Array} bytes @param {{ scale: number, every: number, colors: number, tolerance: number }} point @param {number} budget */
async function write(bytes, { scale, every, colors, tolerance }, budget) {
  const plan = listPictures(bytes, 500)
  if (plan === undefined) throw new Error('not a GIF')
  const film = new GifFilm(bytes, plan)
  const [width, height] = [Math.round(plan.width * scale), Math.round(plan.height * scale)]
  const lent = await lendCore(
    async (/** @type {import('../../src/media/formats/gif/core.ts').GifExports} */ core) => {
      film.begin(core)
      core.anim_size(width, height, budget)
      await play(core, film, every, () => {
        core.anim_count(1)
        return true
      })
      const whole = core.anim_fact(3)
      core.anim_palette(colors)
      core.anim_size(width, height, budget)
      core.anim_header(0)
      let place = -1
      let from = 0
      const fits = await play(core, film, every, (i, time) => {
        const count = core.anim_write(tolerance ** 2, whole, i === 0 ? 1 : 0)
        if (count < 0) return false
        if (count === 0) return true
        if (place >= 0) core.anim_delay(place, Math.round((time - from) / 10))
        place = core.anim_keep(whole)
        from = time
        return true
      })
      if (!fits) return undefined
      const total = plan.pictures.reduce((sum, { delay }) => sum + Math.max(2, delay || 10) * 10, 0)
      core.anim_delay(place, Math.max(2, Math.round((total - from) / 10)))
      if (core.anim_end() === 0) return undefined
      return new Uint8Array(core.memory.buffer, core.anim_file(), core.anim_file_bytes()).slice()
    },
  )
  if (!lent.ok) throw new Error(lent.failure.code)
  return lent.value
}

/**
 * @param {import('../../src/media/formats/gif/core.ts').GifExports} core
 * @param {GifFilm} film
 * @param {number} every
 * @param {(frame: number, time: number) => boolean} each
 */
async function play(core, film, every, each) {
  film.rewind()
  let time = 0
  /** @type {import('../../src/media/formats/gif/part.ts').Part | undefined} */
  let part
  for (let i = 0; ; i++) {
    const frame = film.next(core)
    if (frame === undefined) return true
    part = joined(part, frame.part)
    if (i % every === 0) {
      core.anim_shrink(part.left, part.top, part.width, part.height)
      part = undefined
      if (!each(i, time)) return false
    }
    time += frame.delay
  }
}
