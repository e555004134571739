import type { Bitmap } from '../../bitmap.ts'
import { u16le, u32le } from '../../bytes.ts'
import type { BmpHeader } from './header.ts'
import { unpackRuns } from './runs.ts'

/** Opens a BMP for reading from the top. Rows lie in the file as they are; only those of run lengths are unpacked here. */
export function openBmp(bytes: Uint8Array, header: BmpHeader): Bitmap {
  const { width, height, depth, topDown, runs } = header
  const indices = runs === 0 ? undefined : unpackRuns(bytes.subarray(header.pixels), width, height, runs)
  const stride = runs === 0 ? Math.ceil((width * depth) / 32) * 4 : width
  const body = indices?.pixels ?? bytes.subarray(header.pixels)
  const channels = depth > 8 && header.masks[3] !== 0 && hasOpacity(body, header, stride) ? 4 : 3
  const convert =
    depth <= 8
      ? fromPalette(header, runs === 0 ? depth : 8)
      : depth === 24
        ? from24
        : fromFields(header, channels)
  let y = 0
  let rowsRead = 0
  const read = (into: Uint8Array, rows: number) => {
    for (let i = 0; i < rows; i++, y++) {
      const at = (topDown ? y : height - 1 - y) * stride
      const row = body.subarray(at, at + stride)
      const to = i * width * channels
      // The last row of a file may lack the bytes that only fill it up.
      if (row.length * 8 < width * (runs === 0 ? depth : 8)) into.fill(255, to, to + width * channels)
      else {
        convert(row, width, into, to)
        rowsRead++
      }
    }
  }
  const damaged = indices?.damaged ?? false
  return { rows: { width, height, channels, read }, state: () => ({ rowsRead, damaged }) }
}

type Convert = (row: Uint8Array, width: number, into: Uint8Array, to: number) => void

function fromPalette({ palette, paletteStep }: BmpHeader, bits: number): Convert {
  const most = (1 << bits) - 1
  return (row, width, into, to) => {
    for (let x = 0, at = to; x < width; x++, at += 3) {
      const bit = x * bits
      const entry = ((row[bit >> 3]! >> (8 - bits - (bit & 7))) & most) * paletteStep
      into[at] = palette[entry + 2] ?? 0
      into[at + 1] = palette[entry + 1] ?? 0
      into[at + 2] = palette[entry] ?? 0
    }
  }
}

const from24: Convert = (row, width, into, to) => {
  for (let x = 0, from = 0, at = to; x < width; x++, from += 3, at += 3) {
    into[at] = row[from + 2]!
    into[at + 1] = row[from + 1]!
    into[at + 2] = row[from]!
  }
}

/** Each channel moved down to bit 0 and stretched to 255. */
function fromFields({ masks, depth }: BmpHeader, channels: number): Convert {
  const parts = masks.slice(0, channels).map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask)
    const most = mask >>> shift
    return { mask, shift, scale: most === 0 ? 0 : 255 / most }
  })
  const step = depth / 8
  return (row, width, into, to) => {
    for (let x = 0, at = to; x < width; x++) {
      const value = step === 2 ? u16le(row, x * 2) : u32le(row, x * 4)
      for (const { mask, shift, scale } of parts) into[at++] = ((value & mask) >>> shift) * scale + 0.5
    }
  }
}

/** Many programs declare opacity and leave it zero everywhere, which would show nothing at all. */
function hasOpacity(body: Uint8Array, { masks, depth, width, height }: BmpHeader, stride: number): boolean {
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * stride + x * (depth / 8)
      const value = depth === 16 ? u16le(body, at) : u32le(body, at)
      if (value < 0) return false
      if ((value & masks[3]) !== 0) return true
    }
  return false
}
