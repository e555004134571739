// What is measured: the JPEGs of a folder, or pictures made here.
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { displayP3, withProfile } from './profile.mjs'

/**
 * @typedef {{ name: string, path: string, width: number, height: number, orientation: number }} Picture width and height
 *   are upright
 */

/**
 * Every JPEG of the folder of a million pixels and more (smaller ones are not brought down), and the first of 12 MP
 * without a profile and with that of an iPhone.
 *
 * @param {string} folder
 */
export async function picturesOf(folder) {
  const found = []
  for (const name of readdirSync(folder).sort()) {
    if (!/\.jpe?g$/i.test(name)) continue
    const picture = await describe(name, join(folder, name))
    if (picture && picture.width * picture.height >= 1e6) found.push(picture)
  }
  const main = found.find(({ width, height }) => width * height > 10e6 && width * height < 14e6) ?? found[0]
  return main ? [...profiled(main), ...found] : found
}

/** @param {string} name @param {string} path @returns {Promise<Picture | undefined>} */
async function describe(name, path) {
  try {
    const { width, height, orientation = 1 } = await sharp(path).metadata()
    return orientation >= 5
      ? { name, path, width: height, height: width, orientation }
      : { name, path, width, height, orientation }
  } catch {
    return undefined
  }
}

/** The words that the names of the two copies end with. */
export const PLAIN = 'without its profile'
export const P3 = 'with a Display P3 profile'

/** The same picture without a profile, and with the one that iPhones write. @param {Picture} picture */
function profiled(picture) {
  const folder = mkdtempSync(join(tmpdir(), 'belino-bench-'))
  const source = new Uint8Array(readFileSync(picture.path))
  return /** @type {const} */ ([
    [PLAIN, undefined],
    [P3, displayP3()],
  ]).map(([words, profile], i) => {
    const path = join(folder, `${i}.jpg`)
    writeFileSync(path, withProfile(source, profile))
    return { ...picture, name: `${picture.name} ${words}`, path }
  })
}

/** Pictures with slopes, edges and grain at many scales: no photos, and said to be none. */
export async function syntheticPictures() {
  const folder = mkdtempSync(join(tmpdir(), 'belino-bench-'))
  const made = []
  for (const [name, width, height, options] of /** @type {const} */ ([
    ['synthetic 12 MP baseline', 4032, 3024, { quality: 92 }],
    ['synthetic 12 MP progressive', 3024, 4032, { quality: 92, progressive: true }],
    ['synthetic 48 MP baseline', 8064, 6048, { quality: 88 }],
  ])) {
    const path = join(folder, `${name.replaceAll(' ', '-')}.jpg`)
    const small = { width: width / 4, height: height / 4, channels: /** @type {const} */ (3) }
    const grain = Buffer.from(landscape(small.width, small.height))
    await sharp(grain, { raw: small })
      .resize(width, height, { kernel: 'cubic' })
      .sharpen()
      .jpeg({ ...options })
      .toFile(path)
    made.push(await describe(name, path))
  }
  return [...profiled(/** @type {Picture} */ (made[0])), ...made]
}

/** @param {number} width @param {number} height */
function landscape(width, height) {
  const data = new Uint8Array(width * height * 3)
  let state = 7
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const ground = y > height * (0.45 + 0.08 * Math.sin(x / 97))
      const grain = ground ? 55 * (random() - 0.5) : 5 * (random() - 0.5)
      const shape = ground ? 30 * Math.sin(x / 13 + Math.sin(y / 7)) : 25 * Math.sin(x / 150 + y / 60)
      const light = (ground ? 95 : 185) + shape + grain
      const at = (y * width + x) * 3
      data[at] = Math.max(0, Math.min(255, light + (ground ? 12 : -15)))
      data[at + 1] = Math.max(0, Math.min(255, light + 5))
      data[at + 2] = Math.max(0, Math.min(255, light + (ground ? -30 : 25)))
    }
  return data
}
