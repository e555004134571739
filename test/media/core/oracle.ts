import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import decode, { init as initDecoder } from '@jsquash/jpeg/decode.js'
import encode, { init as initEncoder } from '@jsquash/jpeg/encode.js'
import type { SamplePlanes } from '../../../src/media/core/decode-planes.ts'
import { seeded } from './jpeg-writer.ts'

const { resolve } = createRequire(import.meta.url)

/** Readies mozjpeg, the decoder and encoder that ours is held against. */
export async function readyOracle(): Promise<void> {
  // The package wants an ImageData, which Node has not.
  ;(globalThis as { ImageData?: unknown }).ImageData ??= class {
    readonly data: Uint8ClampedArray
    readonly width: number
    readonly height: number
    constructor(data: Uint8ClampedArray, width: number, height: number) {
      this.data = data
      this.width = width
      this.height = height
    }
  }
  const compile = (path: string) => WebAssembly.compile(readFileSync(resolve(path)))
  await initDecoder((await compile('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm')) as never)
  await initEncoder((await compile('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm')) as never)
}

/** Pixels as mozjpeg decodes them, RGBA. */
export async function oraclePixels(
  bytes: Uint8Array,
): Promise<{ width: number; height: number; data: Uint8ClampedArray }> {
  return decode(bytes.slice().buffer as ArrayBuffer)
}

/** A JPEG as mozjpeg encodes it. */
export async function oracleJpeg(
  picture: { width: number; height: number; data: Uint8ClampedArray },
  options: Parameters<typeof encode>[1],
): Promise<Uint8Array> {
  return new Uint8Array(await encode(picture as never, options))
}

/** A picture with slopes, edges and grain, whose colors stay inside what YCbCr of 8 bits can say. */
export function syntheticPicture(width: number, height: number, seed = 1) {
  const random = seeded(seed)
  const data = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const edge = ((x >> 4) ^ (y >> 3)) & 1 ? 30 : -30
      const light = 128 + 40 * Math.sin(x / 19 + y / 31) + edge + 20 * (random() - 0.5)
      const at = (y * width + x) * 4
      data[at] = light + 25 * Math.sin(x / 50)
      data[at + 1] = light
      data[at + 2] = light + 25 * Math.cos(y / 60)
      data[at + 3] = 255
    }
  return { width, height, data }
}

/** Mean and greatest difference of two rows of numbers. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): { mean: number; max: number } {
  let sum = 0
  let max = 0
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i]! - b[i]!)
    sum += d
    if (d > max) max = d
  }
  return { mean: sum / a.length, max }
}

/**
 * The oracle's RGB as planes of the shape that ours have: luma as it is, chroma averaged over the pixels that share a
 * sample. Where a sample hangs over the edge, over those that exist.
 */
export function asPlanes(
  rgba: { width: number; height: number; data: Uint8ClampedArray },
  like: SamplePlanes,
): Float64Array[] {
  const hMax = Math.max(...like.planes.map(({ h }) => h))
  const vMax = Math.max(...like.planes.map(({ v }) => v))
  return like.planes.map((plane, c) => {
    const [wide, tall] = [hMax / plane.h, vMax / plane.v]
    const out = new Float64Array(plane.width * plane.height)
    for (let y = 0; y < plane.height; y++)
      for (let x = 0; x < plane.width; x++) {
        let sum = 0
        let count = 0
        for (let py = y * tall; py < Math.min(rgba.height, (y + 1) * tall); py++)
          for (let px = x * wide; px < Math.min(rgba.width, (x + 1) * wide); px++) {
            const at = (py * rgba.width + px) * 4
            sum += component(c, rgba.data[at]!, rgba.data[at + 1]!, rgba.data[at + 2]!)
            count++
          }
        out[y * plane.width + x] = sum / count
      }
    return out
  })
}

function component(c: number, r: number, g: number, b: number): number {
  if (c === 0) return 0.299 * r + 0.587 * g + 0.114 * b
  if (c === 1) return 128 - 0.168735892 * r - 0.331264108 * g + 0.5 * b
  return 128 + 0.5 * r - 0.418687589 * g - 0.081312411 * b
}
