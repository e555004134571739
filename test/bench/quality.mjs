// How near a result is to its source at the same size: SSIM of luma, and butteraugli where its tool is installed.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'

/** @typedef {{ width: number, height: number, data: Buffer }} Rgb */

/** What a result should look like: upright, sRGB, scaled by another library. @param {Uint8Array} source */
export async function reference(source, width, height) {
  return rgb(sharp(source).rotate().resize(width, height, { fit: 'fill', kernel: 'lanczos3' }))
}

/** @param {Uint8Array} bytes */
export async function decoded(bytes) {
  return rgb(sharp(bytes))
}

/** @param {import('sharp').Sharp} picture @returns {Promise<Rgb>} */
async function rgb(picture) {
  const { data, info } = await picture
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  if (info.channels === 3) return { width: info.width, height: info.height, data }
  const wide = Buffer.alloc(info.width * info.height * 3)
  for (let i = 0; i < wide.length; i++) wide[i] = data[Math.floor(i / 3) * info.channels]
  return { width: info.width, height: info.height, data: wide }
}

/** Weights of the window: a Gaussian of 1.5 samples, as Wang's paper has it. */
const WINDOW = Array.from({ length: 11 }, (_, i) => Math.exp(-((i - 5) ** 2) / 4.5))
const SUM = WINDOW.reduce((a, b) => a + b)

/** @param {Float32Array} plane */
function blurred(plane, width, height) {
  const across = new Float32Array(plane.length)
  const out = new Float32Array(plane.length)
  for (let y = 0; y < height; y++)
    for (let x = 5; x < width - 5; x++) {
      const at = y * width + x
      let sum = 0
      for (let k = 0; k < 11; k++) sum += WINDOW[k] * plane[at + k - 5]
      across[at] = sum / SUM
    }
  for (let y = 5; y < height - 5; y++)
    for (let x = 5; x < width - 5; x++) {
      const at = y * width + x
      let sum = 0
      for (let k = 0; k < 11; k++) sum += WINDOW[k] * across[at + (k - 5) * width]
      out[at] = sum / SUM
    }
  return out
}

/** @param {Rgb} picture */
function luma({ data }) {
  return Float32Array.from(
    { length: data.length / 3 },
    (_, i) => 0.299 * data[3 * i] + 0.587 * data[3 * i + 1] + 0.114 * data[3 * i + 2],
  )
}

/** Mean structural similarity, 1 for the same picture. @param {Rgb} first @param {Rgb} second */
export function ssim(first, second) {
  const { width, height } = first
  const [a, b] = [luma(first), luma(second)]
  const product = (/** @type {Float32Array} */ p, /** @type {Float32Array} */ q) => p.map((v, i) => v * q[i])
  const [ma, mb] = [blurred(a, width, height), blurred(b, width, height)]
  const aa = blurred(product(a, a), width, height)
  const bb = blurred(product(b, b), width, height)
  const ab = blurred(product(a, b), width, height)
  let sum = 0
  let count = 0
  for (let y = 5; y < height - 5; y++)
    for (let x = 5; x < width - 5; x++) {
      const i = y * width + x
      const means = ma[i] * mb[i]
      const squares = ma[i] ** 2 + mb[i] ** 2
      const above = (2 * means + 6.5025) * (2 * (ab[i] - means) + 58.5225)
      sum += above / ((squares + 6.5025) * (aa[i] + bb[i] - squares + 58.5225))
      count++
    }
  return count ? sum / count : 1
}

let installed = true

/** Butteraugli's 3-norm (less is better), or nothing where its tool is not installed. */
export async function butteraugli(first, second) {
  if (!installed) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'belino-bench-'))
  try {
    const paths = [join(folder, 'a.png'), join(folder, 'b.png')]
    for (const [i, { data, width, height }] of [first, second].entries())
      await sharp(data, { raw: { width, height, channels: 3 } })
        .png({ compressionLevel: 1 })
        .toFile(paths[i])
    const text = execFileSync('butteraugli_main', paths, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return Number(/3-norm: ([\d.]+)/.exec(text)?.[1])
  } catch {
    installed = false
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * What a command says of two pictures, which it finds as PPM files where it has `{a}` and `{b}`: its first number.
 *
 * @param {string} command
 * @param {Rgb} first
 * @param {Rgb} second
 */
export async function scoreOf(command, first, second) {
  const folder = mkdtempSync(join(tmpdir(), 'belino-bench-'))
  try {
    const paths = ['a', 'b'].map((name) => join(folder, `${name}.ppm`))
    for (const [i, { data, width, height }] of [first, second].entries())
      writeFileSync(paths[i] ?? '', Buffer.concat([Buffer.from(`P6 ${width} ${height} 255\n`), data]))
    const [program = '', ...words] = command.split(' ')
    const filled = words.map((word) => word.replace('{a}', paths[0] ?? '').replace('{b}', paths[1] ?? ''))
    return Number.parseFloat(execFileSync(program, filled, { encoding: 'utf8' }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
