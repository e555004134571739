// How much an animation looks like its source: the mean structural similarity of light, in windows of 8 x 8, over moments
// spread evenly. At each moment the frame that is shown is enlarged to the source's size and compared with the source's.
import sharp from 'sharp'

/** Moments that are looked at. */
const MOMENTS = 24
const C1 = 6.5025
const C2 = 58.5225

/** @typedef {{ width: number, height: number, starts: number[], total: number, file: Uint8Array }} Film */

/** @param {Uint8Array} file @returns {Promise<Film>} */
export async function filmOf(file) {
  const { width = 0, height = 0, pageHeight = height, delay = [100] } = await sharp(file).metadata()
  let total = 0
  const starts = delay.map((one) => {
    const start = total
    total += one
    return start
  })
  return { width, height: pageHeight, starts, total, file }
}

/** @param {Film} film @param {number} time */
function pageAt({ starts }, time) {
  let page = 0
  while (page + 1 < starts.length && /** @type {number} */ (starts[page + 1]) <= time) page++
  return page
}

/** @param {Film} film @param {number} page @param {{ width: number, height: number }} size */
async function lightOf({ file }, page, { width, height }) {
  const { data } = await sharp(file, { page })
    .flatten({ background: '#fff' })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const light = new Float32Array(width * height)
  for (let i = 0; i < light.length; i++)
    light[i] = 0.299 * data[3 * i] + 0.587 * data[3 * i + 1] + 0.114 * data[3 * i + 2]
  return light
}

/** Frames of the source, kept from one comparison to the next. @type {WeakMap<Uint8Array, Map<number, Float32Array>>} */
const kept = new WeakMap()

/** @param {Film} film @param {number} page */
async function keptLight(film, page) {
  const pages = kept.get(film.file) ?? new Map()
  kept.set(film.file, pages)
  const light = pages.get(page) ?? (await lightOf(film, page, film))
  pages.set(page, light)
  return /** @type {Float32Array} */ (light)
}

/** Mean likeness, at most 1. @param {Film} source @param {Uint8Array} file */
export async function likeness(source, file) {
  const film = await filmOf(file)
  let sum = 0
  for (let i = 0; i < MOMENTS; i++) {
    const time = ((i + 0.5) * source.total) / MOMENTS
    const a = await keptLight(source, pageAt(source, time))
    const b = await lightOf(film, pageAt(film, time), source)
    sum += similarity(a, b, source.width, source.height)
  }
  return sum / MOMENTS
}

/** @param {Float32Array} a @param {Float32Array} b @param {number} width @param {number} height */
function similarity(a, b, width, height) {
  let sum = 0
  let count = 0
  for (let top = 0; top + 8 <= height; top += 4)
    for (let left = 0; left + 8 <= width; left += 4) {
      let [sa, sb, aa, bb, ab] = [0, 0, 0, 0, 0]
      for (let y = top; y < top + 8; y++)
        for (let at = y * width + left; at < y * width + left + 8; at++) {
          const i = /** @type {number} */ (a[at])
          const j = /** @type {number} */ (b[at])
          sa += i
          sb += j
          aa += i * i
          bb += j * j
          ab += i * j
        }
      const [ma, mb] = [sa / 64, sb / 64]
      const variances = aa / 64 - ma * ma + (bb / 64 - mb * mb)
      const shared = ab / 64 - ma * mb
      sum += ((2 * ma * mb + C1) * (2 * shared + C2)) / ((ma * ma + mb * mb + C1) * (variances + C2))
      count++
    }
  return sum / count
}
