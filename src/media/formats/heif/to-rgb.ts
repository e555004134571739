import type { Cicp } from './picture.ts'
import type { Samples } from './samples.ts'

/** Writes `count` pixels of a tile's row `y` from column `x` on as RGB or RGBA; opacity is left as it is. */
export type RowConverter = (
  tile: Samples,
  y: number,
  x: number,
  count: number,
  into: Uint8ClampedArray,
  at: number,
  channels: 3 | 4,
) => void

/** The weights of red and blue in luma, by the matrix coefficients of ISO/IEC 23091-2. */
const WEIGHTS: Readonly<Record<number, readonly [number, number]>> = {
  1: [0.2126, 0.0722],
  4: [0.3, 0.11],
  5: [0.299, 0.114],
  6: [0.299, 0.114],
  7: [0.212, 0.087],
  9: [0.2627, 0.0593],
  10: [0.2627, 0.0593],
}
/** Those that follow from the primaries, where the matrix says just that. */
const WEIGHTS_OF_PRIMARIES: Readonly<Record<number, readonly [number, number]>> = {
  1: WEIGHTS[1]!,
  5: WEIGHTS[5]!,
  6: WEIGHTS[6]!,
  9: WEIGHTS[9]!,
  12: [0.22897, 0.07929],
}
/** Unspecified; what phones mean by it. */
const USUAL = WEIGHTS[6]!

/** The code points of what says nothing. */
export const UNSPECIFIED: Cicp = { primaries: 2, transfer: 2, matrix: 2, fullRange: true }

/** The converter for these colours, or what they are that is not supported. */
export function rgbConverter({ matrix, primaries, fullRange }: Cicp): RowConverter | string {
  const luma = lumaTable(fullRange)
  if (matrix === 0) return identity(luma)
  if (matrix === 8 || matrix === 11 || matrix > 13) return `the colour matrix ${matrix}`
  const derived = matrix === 12 || matrix === 13
  const [red, blue] = (derived ? WEIGHTS_OF_PRIMARIES[primaries] : WEIGHTS[matrix]) ?? USUAL
  return weighted(luma, red, blue, fullRange)
}

/** Luma in Q16 with half of the last bit added, brought to the full range. */
function lumaTable(fullRange: boolean): Int32Array {
  return Int32Array.from({ length: 256 }, (_, v) =>
    Math.round((fullRange ? v : ((v - 16) * 255) / 219) * 65536 + 32768),
  )
}

/** The planes are green, blue and red. */
function identity(luma: Int32Array): RowConverter {
  return (tile, y, x, count, into, at, channels) => {
    const [green, blue, red] = tile.chroma === undefined ? [0, 0, 0] : [0, 1, 2]
    const rows = [red, green, blue].map((plane) => tile.row(plane!, y))
    for (let i = 0, to = at; i < count; i++, to += channels)
      for (let c = 0; c < 3; c++) into[to + c] = luma[rows[c]![x + i]!]! >> 16
  }
}

function weighted(luma: Int32Array, red: number, blue: number, fullRange: boolean): RowConverter {
  const green = 1 - red - blue
  const table = (factor: number) =>
    Int32Array.from({ length: 256 }, (_, v) =>
      Math.round((v - 128) * factor * (fullRange ? 1 : 255 / 224) * 65536),
    )
  const crToRed = table(2 * (1 - red))
  const cbToBlue = table(2 * (1 - blue))
  const crToGreen = table((-2 * red * (1 - red)) / green)
  const cbToGreen = table((-2 * blue * (1 - blue)) / green)
  return (tile, y, x, count, into, at, channels) => {
    const { chroma } = tile
    const ys = tile.row(0, y)
    if (chroma === undefined) {
      for (let i = 0, to = at; i < count; i++, to += channels)
        into[to] = into[to + 1] = into[to + 2] = luma[ys[x + i]!]! >> 16
      return
    }
    // Chroma is repeated, not smoothed: the encoder takes the mean of what it repeats, so nothing is blurred twice.
    const cbs = tile.row(1, y >> chroma.y)
    const crs = tile.row(2, y >> chroma.y)
    const shift = chroma.x
    for (let i = x, to = at; i < x + count; i++, to += channels) {
      const l = luma[ys[i]!]!
      const cb = cbs[i >> shift]!
      const cr = crs[i >> shift]!
      into[to] = (l + crToRed[cr]!) >> 16
      into[to + 1] = (l + crToGreen[cr]! + cbToGreen[cb]!) >> 16
      into[to + 2] = (l + cbToBlue[cb]!) >> 16
    }
  }
}
