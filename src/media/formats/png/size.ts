import type { PngHeader } from './header.ts'

/** The seven passes of Adam7: first column and row, and the steps from there (PNG specification, 8.1). */
export const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

/** Bits of a pixel. */
export function pixelBits({ colour, depth }: PngHeader): number {
  return { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colour]! * depth
}

/** Bytes that the data of a picture unpacks to, filter bytes included. */
export function imageBytes(header: PngHeader): number {
  const { width, height, interlaced } = header
  const bits = pixelBits(header)
  const rows = (across: number, down: number) =>
    across === 0 ? 0 : down * (1 + Math.ceil((across * bits) / 8))
  if (!interlaced) return rows(width, height)
  return ADAM7.reduce((sum, [left, top, right, below]) => {
    const across = Math.max(0, Math.ceil((width - left) / right))
    return sum + rows(across, Math.max(0, Math.ceil((height - top) / below)))
  }, 0)
}
