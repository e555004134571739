// The libraries that do the same job, each as it would be used for it: bytes of a JPEG in, bytes of a smaller one out.
// A `known` peer is given the quality that fits (`guess`, found before anything is measured), so it needs no search.
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const require = createRequire(import.meta.url)

/**
 * @typedef {{ width: number, height: number, budget: number, guess?: number }} Task
 * @typedef {(source: Uint8Array, task: Task) => Promise<Uint8Array>} Run
 * @typedef {{ name: string, version: () => string, native?: boolean, known?: boolean, alone?: boolean, ready: () => Promise<Run> }} Peer
 */

/** @param {string} name */
const versionOf = (name) => {
  const path = require.resolve(name)
  const folder = `node_modules/${name}/`
  const root = path.slice(0, path.lastIndexOf(folder))
  return JSON.parse(readFileSync(`${root}${folder}package.json`, 'utf8')).version
}

/** @param {string} path */
const compile = (path) => WebAssembly.compile(readFileSync(require.resolve(path)))

/**
 * The largest quality whose file fits, by bisection, and its file.
 *
 * @param {(quality: number) => Promise<Uint8Array> | Uint8Array} encode
 * @param {number} budget
 * @param {number} [rounds]
 */
export async function bisect(encode, budget, rounds = 7) {
  let [low, high] = [1, 100]
  let best
  let quality = 0
  for (let round = 0; round < rounds && low <= high; round++) {
    const middle = (low + high) >> 1
    const bytes = await encode(middle)
    if (bytes.length <= budget) {
      best = bytes
      quality = middle
      low = middle + 1
    } else high = middle - 1
  }
  return { bytes: best ?? (await encode(1)), quality }
}

// Imported by a value, so that the sources are checked by their own configuration and not by that of the scripts.
const FIT = new URL('../../src/media/formats/jpeg/fit.ts', import.meta.url)

/** As {@link bisect}, of an encoder that does not wait. @param {(quality: number) => Uint8Array} encode @param {number} budget */
function bisectNow(encode, budget) {
  let [low, high] = [1, 100]
  let best = new Uint8Array(0)
  for (let round = 0; round < 7 && low <= high; round++) {
    const middle = (low + high) >> 1
    const bytes = encode(middle)
    if (bytes.length <= budget) {
      best = bytes
      low = middle + 1
    } else high = middle - 1
  }
  return best
}

/** Ours, through the same door that the gateway uses. @param {'best' | 'fast'} effort @returns {Peer} */
const ours = (effort) => ({
  name: `belino, ${effort}`,
  version: () => '',
  async ready() {
    const { fitJpeg } = await import(String(FIT))
    return async (source, { width, height, budget }) => {
      const size = { width, height }
      const fitted = await fitJpeg(source, { budget, bound: size, size, effort, minimumQuality: 5 })
      if (!fitted.ok) throw new Error(JSON.stringify(fitted.failure))
      return fitted.value.bytes
    }
  },
})

/** @param {boolean} search @returns {Peer} */
const jsquash = (search) => ({
  name: search ? '@jsquash/jpeg + resize, bisection' : '@jsquash/jpeg + resize, known quality',
  known: !search,
  version: () => `${versionOf('@jsquash/jpeg')} + ${versionOf('@jsquash/resize')}`,
  async ready() {
    /** @type {any} */ const scope = globalThis
    scope.ImageData ??= class {
      /** @param {Uint8ClampedArray} data @param {number} width @param {number} height */
      constructor(data, width, height) {
        Object.assign(this, { data, width, height })
      }
    }
    const decoder = await import('@jsquash/jpeg/decode.js')
    const encoder = await import('@jsquash/jpeg/encode.js')
    const resizer = await import('@jsquash/resize')
    await decoder.init(/** @type {any} */ (await compile('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm')))
    await encoder.init(/** @type {any} */ (await compile('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm')))
    await resizer.initResize(
      /** @type {any} */ (await compile('@jsquash/resize/lib/resize/pkg/squoosh_resize_bg.wasm')),
    )
    return async (source, { width, height, budget, guess }) => {
      const pixels = await decoder.default(/** @type {any} */ (source.slice().buffer))
      const small = await resizer.default(pixels, { width, height, method: 'lanczos3', linearRGB: false })
      /** @param {number} quality */
      const encode = async (quality) => new Uint8Array(await encoder.default(small, { quality }))
      return search ? (await bisect(encode, budget)).bytes : encode(guess ?? 75)
    }
  },
})

/** @type {Peer} */
const photon = {
  name: '@cf-wasm/photon, known quality',
  known: true,
  version: () => versionOf('@cf-wasm/photon'),
  async ready() {
    const { PhotonImage, resize, SamplingFilter } = await import('@cf-wasm/photon/node')
    return async (source, { width, height, guess }) => {
      const image = PhotonImage.new_from_byteslice(source)
      const small = resize(image, width, height, SamplingFilter.Lanczos3)
      try {
        return small.get_bytes_jpeg(guess ?? 75)
      } finally {
        image.free()
        small.free()
      }
    }
  },
}

/** @param {boolean} search @returns {Peer} */
const magick = (search) => ({
  name: search ? '@imagemagick/magick-wasm, bisection' : '@imagemagick/magick-wasm, known quality',
  known: !search,
  version: () => versionOf('@imagemagick/magick-wasm'),
  async ready() {
    const { ImageMagick, initializeImageMagick, MagickFormat, MagickGeometry, MagickReadSettings } =
      await import('@imagemagick/magick-wasm')
    await initializeImageMagick(readFileSync(require.resolve('@imagemagick/magick-wasm/magick.wasm')))
    return async (source, { width, height, budget, guess }) => {
      const settings = new MagickReadSettings()
      // libjpeg's own scaling while it decodes, which takes less time. Asked for just the size it would decode below it.
      settings.setDefine(MagickFormat.Jpeg, 'size', `${Math.ceil(width * 1.25)}x${Math.ceil(height * 1.25)}`)
      return ImageMagick.read(source, settings, (image) => {
        const geometry = new MagickGeometry(width, height)
        geometry.ignoreAspectRatio = true
        image.resize(geometry)
        /** @param {number} quality */
        const encode = (quality) => {
          image.quality = quality
          return image.write(MagickFormat.Jpeg, (data) => data.slice())
        }
        if (!search) return encode(guess ?? 75)
        // What is read lives as long as this call, so the search may not wait.
        return bisectNow(encode, budget)
      })
    }
  },
})

/** @type {Peer} */
const sharpSeven = {
  name: 'sharp (native), 7 encodes',
  version: () => versionOf('sharp'),
  native: true,
  async ready() {
    const sharp = (await import('sharp')).default
    return async (source, { width, height, budget }) => {
      const { data, info } = await sharp(source)
        .resize(width, height, { fit: 'fill' })
        .raw()
        .toBuffer({ resolveWithObject: true })
      const encode = (/** @type {number} */ quality) =>
        sharp(data, { raw: info }).jpeg({ quality }).toBuffer()
      return (await bisect(encode, budget)).bytes
    }
  },
}

/**
 * The pipe of native tools. It starts new processes, and those take up to twice the time on a machine where other peers
 * hold gigabytes, so it has its turns before most of them begin; what it takes by itself is still less at times. Its CPU time is that of its children, which the shell counts; it is written to stderr.
 *
 * @type {Peer}
 */
const pipe = {
  name: 'djpeg into cjpeg -optimize (native), known quality',
  known: true,
  alone: true,
  version: () => spawnSync('cjpeg', ['-version'], { encoding: 'utf8' }).stderr?.split('\n')[0]?.trim() ?? '',
  native: true,
  async ready() {
    return async (source, { width, guess }) => {
      const input = join(tmpdir(), `belino-bench-${process.pid}.jpg`)
      const output = `${input}.out`
      writeFileSync(input, source)
      // It scales by eighths only: its picture is as large as the others' or somewhat larger.
      const eighths = Math.min(8, Math.max(1, Math.ceil((8 * width) / pictureWidth(source) - 1e-9)))
      const command = `djpeg -scale ${eighths}/8 "$0" | cjpeg -optimize -quality ${guess ?? 75} > "$1"; times >&2`
      const { stderr } = spawnSync('bash', ['-c', command, input, output], { encoding: 'utf8' })
      childCpu = childTime(stderr)
      return new Uint8Array(readFileSync(output))
    }
  },
}

/** Width by the frame's segment. @param {Uint8Array} bytes */
function pictureWidth(bytes) {
  for (let at = 2; at < bytes.length - 9; ) {
    const marker = bytes[at + 1]
    if (marker >= 0xc0 && marker <= 0xc2) return bytes[at + 7] * 256 + bytes[at + 8]
    at += 2 + bytes[at + 2] * 256 + bytes[at + 3]
  }
  return 1
}

/** CPU milliseconds of the last command that ran in children; nothing before one did. @type {number | undefined} */
export let childCpu

/** The second line of `times`: user and system time of a shell's children. @param {string} text */
function childTime(text) {
  const line = text.trim().split('\n').at(-1) ?? ''
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, m, s]) => sum + Number(m) * 60_000 + Number(s) * 1000,
    0,
  )
}

const hasPipe = () => {
  try {
    execFileSync('sh', ['-c', 'command -v djpeg && command -v cjpeg'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** @type {Readonly<Record<string, Peer>>} */
export const PEERS = {
  best: ours('best'),
  fast: ours('fast'),
  ...(hasPipe() ? { pipe } : {}),
  sharp: sharpSeven,
  magick: magick(false),
  magickBisection: magick(true),
  photon,
  jsquash: jsquash(false),
  bisection: jsquash(true),
}
