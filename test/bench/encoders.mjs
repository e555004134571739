// The encoders alone: the same pixels, the same bytes, ours against mozjpeg as @jsquash/jpeg brings it.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import sharp from 'sharp'
import { median } from './peer-process.mjs'
import { butteraugli, decoded, scoreOf, ssim } from './quality.mjs'

const require = createRequire(import.meta.url)
const SIDE = 1600
/** Qualities of mozjpeg that give about 0.7 and 1.3 bits a pixel on photos. */
const QUALITIES = [60, 78]

/**
 * @param {readonly import('./pictures.mjs').Picture[]} pictures
 * @param {string} [score] a command that scores: see media.mjs
 * @returns lines of markdown, and the ratios by kind of mozjpeg's file
 */
export async function compareEncoders(pictures, score) {
  const encoder = await import('@jsquash/jpeg/encode.js')
  const path = require.resolve('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm')
  await encoder.init(/** @type {any} */ (await WebAssembly.compile(readFileSync(path))))
  const lines = [
    'The encoders alone, on the same pixels and to the same bytes (ours / mozjpeg through @jsquash/jpeg, less than 1 is better): 1 - SSIM, and butteraugli; and how many points of another score ours is ahead, where one was measured.',
    '',
    '| picture | bits a pixel | mozjpeg | bytes | 1 - SSIM | butteraugli | points |',
    '|---|---|---|---|---|---|---|',
  ]
  /** @type {Record<string, import('./summary.mjs').Ratios>} */
  const ratios = {}
  /** @type {import('./quality.mjs').Rgb[]} */
  const seen = []
  for (const { name, path: file } of pictures) {
    if (/ profile$/.test(name)) continue
    const small = await pixels(file).catch(() => undefined)
    if (small === undefined) continue
    if (seen.some((other) => isSame(other, small))) continue
    seen.push(small)
    const { width, height, data } = small
    const rgba = new Uint8ClampedArray(width * height * 4).fill(255)
    for (let i = 0; i < width * height; i++) rgba.set(data.subarray(3 * i, 3 * i + 3), 4 * i)
    for (const quality of QUALITIES)
      for (const progressive of [false, true]) {
        const theirs = new Uint8Array(
          await encoder.default(/** @type {any} */ ({ width, height, data: rgba }), { quality, progressive }),
        )
        const ours = await sameBytes(small, theirs.length)
        if (ours.length === 0) continue
        const reach = async (/** @type {Uint8Array} */ bytes) => {
          const made = await decoded(bytes)
          return {
            size: bytes.length / theirs.length,
            error: 1 - ssim(small, made),
            butter: (await butteraugli(small, made)) ?? Number.NaN,
            points: score ? await scoreOf(score, small, made) : Number.NaN,
          }
        }
        const b = await reach(theirs)
        const a = between(await Promise.all(ours.map(reach)))
        const [error, butter] = [a.error / b.error, a.butter / b.butter]
        const points = score ? a.points - b.points : undefined
        const kind = progressive ? 'progressive' : 'baseline'
        ratios[kind] ??= { error: [], butter: [], score: [] }
        ratios[kind].error.push(error)
        ratios[kind].butter.push(butter)
        if (points !== undefined) ratios[kind].score.push(points)
        const bits = ((theirs.length * 8) / (width * height)).toFixed(2)
        const size = ours.map(({ length }) => (length / theirs.length).toFixed(4)).join(', ')
        lines.push(
          `| ${name} | ${bits} | ${kind} ${quality} | ${size} | ${error.toFixed(3)} | ${butter.toFixed(3)} | ${points?.toFixed(2) ?? ''} |`,
        )
        console.log(lines.at(-1))
      }
  }
  for (const [kind, { error, butter, score: points }] of Object.entries(ratios)) {
    const cell = (/** @type {number[]} */ values) =>
      `**${median(values).toFixed(3)}** (${Math.max(...values).toFixed(3)})`
    const ahead = points.length ? `**${median(points).toFixed(2)}** (${Math.min(...points).toFixed(2)})` : ''
    lines.push(`| **median** (worst) | | ${kind} | | ${cell(error)} | ${cell(butter)} | ${ahead} |`)
  }
  return { lines, ratios }
}

/** Whether these are copies of one photo. @param {import('./quality.mjs').Rgb} a @param {import('./quality.mjs').Rgb} b */
function isSame(a, b) {
  if (a.width !== b.width || a.height !== b.height) return false
  let sum = 0
  for (let i = 0; i < a.data.length; i++) sum += Math.abs((a.data[i] ?? 0) - (b.data[i] ?? 0))
  return sum / a.data.length < 4
}

/** @param {string} path */
async function pixels(path) {
  const { data, info } = await sharp(path)
    .rotate()
    .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true, kernel: 'lanczos3' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error('grey')
  return { width: info.width, height: info.height, data }
}

// Imported by a value, so that the sources are checked by their own configuration and not by that of the scripts.
const { fitRows } = await import(String(new URL('../../src/media/formats/jpeg/fit.ts', import.meta.url)))

/**
 * Our files of these pixels that come nearest to `bytes` from below and from above, or one that is within a
 * thousandth of it.
 */
async function sameBytes({ width, height, data }, bytes) {
  const size = { width, height }
  const open = () => {
    let at = 0
    return {
      width,
      height,
      channels: /** @type {const} */ (3),
      read(/** @type {Uint8Array} */ into, /** @type {number} */ rows) {
        into.set(data.subarray(at, at + rows * width * 3))
        at += rows * width * 3
      },
    }
  }
  let below = new Uint8Array(0)
  let above = new Uint8Array(0)
  // A search takes what nearly fills its budget.
  for (let factor = 1; factor < 1.03 && above.length === 0; factor += 0.004) {
    const made = await fitRows(open, {
      budget: Math.round(bytes * factor),
      bound: size,
      size,
      minimumQuality: 3,
    })
    if (!made.ok) continue
    const file = made.value.bytes
    if (Math.abs(file.length / bytes - 1) < 0.0015) return [file]
    if (file.length > bytes) above = file
    else if (file.length > below.length) below = file
  }
  return [below, above].filter(({ length }) => length > 0)
}

/** What lies at the very size between two results: in logarithms, but for the points. */
function between([first, second]) {
  if (second === undefined) return first
  const part = Math.log(1 / first.size) / Math.log(second.size / first.size)
  const line = (/** @type {'error' | 'butter'} */ what) => first[what] * (second[what] / first[what]) ** part
  return {
    ...first,
    error: line('error'),
    butter: line('butter'),
    points: first.points + part * (second.points - first.points),
  }
}
