// The encoders alone: the same pixels, the same bytes, ours against mozjpeg as @jsquash/jpeg brings it.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import sharp from 'sharp'
import { butteraugli, decoded, ssim } from './quality.mjs'

const require = createRequire(import.meta.url)
const SIDE = 1600
/** Qualities of mozjpeg that give about 0.7 and 1.3 bits a pixel on photos. */
const QUALITIES = [60, 78]

/** Lines of markdown. @param {readonly import('./pictures.mjs').Picture[]} pictures */
export async function compareEncoders(pictures) {
  const encoder = await import('@jsquash/jpeg/encode.js')
  const path = require.resolve('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm')
  await encoder.init(/** @type {any} */ (await WebAssembly.compile(readFileSync(path))))
  const lines = [
    'The encoders alone, on the same pixels and to the same bytes (ours / mozjpeg through @jsquash/jpeg, less than 1 is better): 1 - SSIM, and butteraugli.',
    '',
    '| picture | bits a pixel | mozjpeg | bytes | 1 - SSIM | butteraugli |',
    '|---|---|---|---|---|---|',
  ]
  /** @type {Record<string, { error: number[], butter: number[] }>} */
  const ratios = {}
  for (const { name, path: file } of pictures) {
    if (name.includes('profile')) continue
    const small = await pixels(file).catch(() => undefined)
    if (small === undefined) continue
    const { width, height, data } = small
    const rgba = new Uint8ClampedArray(width * height * 4).fill(255)
    for (let i = 0; i < width * height; i++) rgba.set(data.subarray(3 * i, 3 * i + 3), 4 * i)
    for (const quality of QUALITIES)
      for (const progressive of [false, true]) {
        const theirs = new Uint8Array(
          await encoder.default(/** @type {any} */ ({ width, height, data: rgba }), { quality, progressive }),
        )
        const ours = await sameBytes(small, theirs.length)
        if (ours === undefined) continue
        const [a, b] = [await decoded(ours), await decoded(theirs)]
        const error = (1 - ssim(small, a)) / (1 - ssim(small, b))
        const [x, y] = [await butteraugli(small, a), await butteraugli(small, b)]
        const butter = x === undefined || y === undefined ? Number.NaN : x / y
        const kind = progressive ? 'progressive' : 'baseline'
        ratios[kind] ??= { error: [], butter: [] }
        ratios[kind].error.push(error)
        ratios[kind].butter.push(butter)
        const bits = ((theirs.length * 8) / (width * height)).toFixed(2)
        const size = (ours.length / theirs.length).toFixed(4)
        lines.push(
          `| ${name} | ${bits} | ${kind} ${quality} | ${size} | ${error.toFixed(3)} | ${butter.toFixed(3)} |`,
        )
        console.log(lines.at(-1))
      }
  }
  for (const [kind, { error, butter }] of Object.entries(ratios))
    lines.push(
      `| **median** (worst) | | ${kind} | | **${median(error)}** (${Math.max(...error).toFixed(3)}) | **${median(butter)}** (${Math.max(...butter).toFixed(3)}) |`,
    )
  return lines
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return (sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2).toFixed(3)
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

/** Our file of these pixels that comes nearest to `bytes` without passing it. */
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
  let best
  // The search aims a little below its budget, so the budget is moved until the file is as large as theirs.
  for (let budget = bytes, round = 0; round < 4; round++) {
    const made = await fitRows(open, { budget: Math.round(budget), bound: size, size, minimumQuality: 3 })
    if (!made.ok) return best
    const length = made.value.bytes.length
    if (length <= bytes && length > (best?.length ?? 0)) best = made.value.bytes
    if (best && best.length >= bytes * 0.998) break
    budget *= (bytes * 0.9995) / length
  }
  return best
}
