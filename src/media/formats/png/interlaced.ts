import type { PngHeader } from './header.ts'
import type { PngPixels } from './pixels.ts'
import { ADAM7 } from './size.ts'

/** Pixels of an interlaced picture that are kept at most; beyond, each kept one is the mean of a square of them. */
const KEPT_PIXELS = 4e6

/** A picture put together from its passes, made smaller by a whole number where it would not fit in memory. */
export type Assembled = {
  readonly width: number
  readonly height: number
  /** Copies one row. */
  row(y: number, into: Uint8Array, at: number): void
}

/** Reads all passes. Their pixels come in no order that an encoder could use, so all of them are held, or their sums. */
export function assemble(pixels: PngPixels, { width, height }: PngHeader): Assembled {
  const shrink = Math.min(16, Math.ceil(Math.sqrt((width * height) / KEPT_PIXELS)))
  const { channels } = pixels
  const [across, down] = [Math.ceil(width / shrink), Math.ceil(height / shrink)]
  // Sixteen by sixteen bytes add up to less than 65,536.
  const sums =
    shrink === 1 ? new Uint8Array(across * down * channels) : new Uint16Array(across * down * channels)
  for (const [left, top, right, below] of ADAM7) {
    const columns = Math.ceil((width - left) / right)
    if (columns <= 0) continue
    pixels.startPass(columns)
    const line = new Uint8Array(columns * channels)
    for (let y = top; y < height; y += below) {
      pixels.readRow(columns, line, 0)
      const base = Math.floor(y / shrink) * across
      for (let i = 0, x = left, from = 0; i < columns; i++, x += right) {
        let to = (base + Math.floor(x / shrink)) * channels
        for (let c = 0; c < channels; c++) sums[to++]! += line[from++]!
      }
    }
  }
  return {
    width: across,
    height: down,
    row(y, into, at) {
      const rows = Math.min(shrink, height - y * shrink)
      for (let x = 0, from = y * across * channels, to = at; x < across; x++) {
        const count = rows * Math.min(shrink, width - x * shrink)
        for (let c = 0; c < channels; c++) into[to++] = sums[from++]! / count + (shrink === 1 ? 0 : 0.5)
      }
    },
  }
}
