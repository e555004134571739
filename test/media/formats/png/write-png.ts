import { crc32, deflateSync } from 'node:zlib'
import { be, bytesOf } from '../../bytes-of.ts'

/** One chunk, checksum included. */
export function chunk(name: string, ...data: Parameters<typeof bytesOf>): Uint8Array<ArrayBuffer> {
  const body = bytesOf(name, ...data)
  return bytesOf(be(body.length - 4, 4), body, be(crc32(body), 4))
}

/** The eight bytes before the first chunk. */
export const signature = bytesOf('\x89PNG\r\n\x1a\n')

/** How a test picture is written. */
export type Shape = {
  readonly width: number
  readonly height: number
  readonly colour: 0 | 2 | 3 | 4 | 6
  readonly depth: number
  readonly interlaced?: boolean
  /** Filter of row `y`; every one in turn unless said. */
  readonly filter?: (y: number) => number
  /** Chunks between IHDR and IDAT. */
  readonly before?: readonly Uint8Array[]
  /** Chunks behind IDAT. */
  readonly behind?: readonly Uint8Array[]
  readonly level?: number
}

const SAMPLES = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

/** A PNG of the samples that `sample(x, y, c)` gives, each below 2 ** depth. */
export function writePng(
  shape: Shape,
  sample: (x: number, y: number, c: number) => number,
): Uint8Array<ArrayBuffer> {
  const {
    width,
    height,
    colour,
    depth,
    interlaced = false,
    filter = (y) => y % 5,
    before = [],
    behind = [],
    level = 6,
  } = shape
  const count = SAMPLES[colour]
  const step = Math.max(1, (count * depth) >> 3)
  const rows: number[] = []
  for (const [left, top, across, down] of interlaced ? PASSES : ([[0, 0, 1, 1]] as const)) {
    if (left >= width) continue
    let above: number[] = []
    for (let y = top, i = 0; y < height; y += down, i++) {
      let bits = ''
      for (let x = left; x < width; x += across)
        for (let c = 0; c < count; c++) bits += sample(x, y, c).toString(2).padStart(depth, '0')
      const row = (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2))
      const kind = filter(i)
      const filtered = row.map((byte, at) => {
        const a = row[at - step] ?? 0
        const b = above[at] ?? 0
        const c = above[at - step] ?? 0
        const p = a + b - c
        const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)]
        const paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c
        return (byte - [0, a, b, (a + b) >> 1, paeth][kind]!) & 255
      })
      rows.push(kind, ...filtered)
      above = row
    }
  }
  const data = deflateSync(Uint8Array.from(rows), { level })
  const header = bytesOf(be(width, 4), be(height, 4), depth, colour, 0, 0, interlaced ? 1 : 0)
  // Two data chunks, cut at an odd place, as a picture may have any number of them.
  const cut = Math.min(data.length, 7)
  const idat = [chunk('IDAT', data.subarray(0, cut)), chunk('IDAT', data.subarray(cut))]
  return bytesOf(signature, chunk('IHDR', header), ...before, ...idat, ...behind, chunk('IEND'))
}

/** A pattern that differs in every sample, within the depth. */
export function pattern(depth: number): (x: number, y: number, c: number) => number {
  return (x, y, c) => (Math.imul(x * 31 + y * 17 + c * 101, 2654435761) >>> 7) % 2 ** depth
}
