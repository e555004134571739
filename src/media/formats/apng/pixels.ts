import { Inflater } from '../../inflate.ts'
import type { PngHeader } from '../png/header.ts'
import type { PngSamples } from '../png/samples.ts'

/** The passes of an interlaced picture: first column and row, steps to the next ones. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const
const ONE_PASS = [[0, 0, 1, 1]] as const
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** RGBA of one picture of an animated PNG, not premultiplied; what its data lacks stays transparent. */
export function decodeFrame(
  data: readonly Uint8Array[],
  width: number,
  height: number,
  header: PngHeader,
  samples: PngSamples,
): Uint8Array {
  const pixels = new Uint8Array(width * height * 4)
  const pieces = data.values()
  const inflater = new Inflater(() => pieces.next().value)
  const bits = CHANNELS[header.colour]! * header.depth
  for (const [left, top, right, down] of header.interlaced ? PASSES : ONE_PASS) {
    const columns = Math.ceil((width - left) / right)
    const rows = Math.ceil((height - top) / down)
    if (columns <= 0 || rows <= 0) continue
    const bytes = Math.ceil((columns * bits) / 8)
    let above = new Uint8Array(bytes)
    let row = new Uint8Array(bytes)
    const filtered = new Uint8Array(bytes + 1)
    for (let y = 0; y < rows; y++) {
      if (inflater.read(filtered) < filtered.length) return pixels
      unfilter(filtered, row, above, Math.max(1, bits >> 3))
      const at = ((top + y * down) * width + left) * 4
      expand(row, columns, header.depth, samples, pixels, at, right * 4)
      ;[above, row] = [row, above]
    }
  }
  return pixels
}

/** Adds to each byte what its row's filter predicts (PNG specification, 9.2). */
function unfilter(filtered: Uint8Array, row: Uint8Array, above: Uint8Array, step: number): void {
  const filter = filtered[0]
  for (let i = 0; i < row.length; i++) {
    const left = i < step ? 0 : row[i - step]!
    const up = above[i]!
    const corner = i < step ? 0 : above[i - step]!
    row[i] = filtered[i + 1]! + predicted(filter, left, up, corner)
  }
}

function predicted(filter: number | undefined, left: number, up: number, corner: number): number {
  if (filter === 1) return left
  if (filter === 2) return up
  if (filter === 3) return (left + up) >> 1
  if (filter !== 4) return 0
  const byLeft = Math.abs(up - corner)
  const byUp = Math.abs(left - corner)
  const byCorner = Math.abs(left + up - 2 * corner)
  if (byLeft <= byUp && byLeft <= byCorner) return left
  return byUp <= byCorner ? up : corner
}

/** Writes a row's samples as RGBA, a pixel every `step` bytes. */
function expand(
  row: Uint8Array,
  columns: number,
  depth: number,
  { kind, colors, key }: PngSamples,
  into: Uint8Array,
  start: number,
  step: number,
): void {
  const wide = depth === 16 ? 2 : 1
  const parts = kind === 0 ? 1 : kind
  // Kinds 1 to 4 have as many samples as their number says: grey, then RGB, with opacity as one more.
  const count = kind === 2 ? 3 : kind === 3 ? 2 : parts
  for (let x = 0, to = start; x < columns; x++, to += step) {
    if (kind === 0) {
      const bit = x * depth
      const index = (row[bit >> 3]! >> (8 - depth - (bit & 7))) & (2 ** depth - 1)
      for (let c = 0; c < 4; c++) into[to + c] = colors[index * 4 + c]!
      continue
    }
    const at = x * count * wide
    const coloured = count >= 3
    for (let c = 0; c < 3; c++) into[to + c] = row[at + (coloured ? c * wide : 0)]!
    into[to + 3] =
      count % 2 === 0 ? row[at + (count - 1) * wide]! : isKey(row, at, wide, coloured, key) ? 0 : 255
  }
}

/** Whether a pixel is of the one value that is transparent. */
function isKey(
  row: Uint8Array,
  at: number,
  wide: number,
  coloured: boolean,
  key: PngSamples['key'],
): boolean {
  if (key === undefined) return false
  for (let c = 0; c < (coloured ? 3 : 1); c++) {
    const from = at + c * wide
    const value = wide === 2 ? (row[from]! << 8) | row[from + 1]! : row[from]!
    if (value !== key[c]) return false
  }
  return true
}
