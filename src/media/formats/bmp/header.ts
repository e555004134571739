import { hasAt, u16le, u32le } from '../../bytes.ts'

/** How the pixels of a BMP lie in the file. */
export type BmpHeader = {
  readonly width: number
  readonly height: number
  /** Rows from the top; most files have the lowest row first. */
  readonly topDown: boolean
  /** Bits a pixel: 1, 4, 8, 16, 24 or 32. */
  readonly depth: number
  /** 4 and 8 stand for run lengths of so many bits, 0 for none. */
  readonly runs: 0 | 4 | 8
  /** Bits of red, green, blue and opacity in a pixel of 16 or 32. */
  readonly masks: readonly [number, number, number, number]
  /** Blue, green, red and, in the later kind, one unused byte for each entry. */
  readonly palette: Uint8Array
  readonly paletteStep: 3 | 4
  /** Offset of the pixels. */
  readonly pixels: number
}

/** Reads the two headers; a text is the feature that is not supported, `undefined` is no BMP. */
export function readBmpHeader(bytes: Uint8Array): BmpHeader | string | undefined {
  if (!hasAt(bytes, 0, 'BM') || bytes.length < 26) return undefined
  const size = u32le(bytes, 14)
  const old = size === 12
  if (!old && size < 40) return 'a header of OS/2'
  const width = old ? u16le(bytes, 18) : u32le(bytes, 18) | 0
  const rows = old ? u16le(bytes, 20) : u32le(bytes, 22) | 0
  const depth = u16le(bytes, old ? 24 : 28)
  const compression = old ? 0 : u32le(bytes, 30)
  if (width <= 0 || rows === 0 || rows === -(2 ** 31)) return undefined
  if (![1, 4, 8, 16, 24, 32].includes(depth)) return `${depth} bits a pixel`
  const runs = compression === 1 && depth === 8 ? 8 : compression === 2 && depth === 4 ? 4 : 0
  const fields = (compression === 3 || compression === 6) && (depth === 16 || depth === 32)
  if (compression !== 0 && runs === 0 && !fields) return `compression ${compression}`
  if (runs !== 0 && rows < 0) return undefined
  const masks = fields ? readMasks(bytes, size, compression) : depth === 16 ? FIVES : EIGHTS
  // Masks lie within the later headers, behind the first one.
  const behind = 14 + size + (fields && size === 40 ? (compression === 6 ? 16 : 12) : 0)
  const paletteStep = old ? 3 : 4
  const most = depth <= 8 ? 2 ** depth : 0
  const used = old ? most : Math.min(most, u32le(bytes, 46) || most)
  const palette = bytes.subarray(behind, behind + used * paletteStep)
  return {
    width,
    height: Math.abs(rows),
    topDown: rows < 0,
    depth,
    runs,
    masks,
    palette,
    paletteStep,
    pixels: u32le(bytes, 10),
  }
}

const FIVES = [0x7c00, 0x3e0, 0x1f, 0] as const
const EIGHTS = [0xff0000, 0xff00, 0xff, 0] as const

function readMasks(bytes: Uint8Array, size: number, compression: number): BmpHeader['masks'] {
  const mask = (at: number) => Math.max(0, u32le(bytes, 54 + at * 4))
  const alpha = size >= 56 || compression === 6 ? mask(3) : 0
  return [mask(0), mask(1), mask(2), alpha]
}
