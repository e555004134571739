/** The rows in work: memory for one row of MCUs of each component, and how they are handed over. */
import { alloc } from '../../memory.ts'
import { plane } from '../../pixel/planes.ts'
import { component, count, mcusX } from './frame.ts'
import { fillBlock, idct2, idct4, idct8 } from './idct.ts'

/** Allocates the strips, after the scales are known. */
export function allocStrips(): void {
  for (let c = 0; c < count; c++) {
    const part = component(c)
    const used = mcusX * part.h * part.n
    part.stride = (used + 16 + 15) & ~15
    const rows = part.v * part.n
    part.strip = alloc((part.stride * rows + 64) as usize)
    // Samples are written before they are read; what hangs over is read by wide loads and never written again.
    for (let y = 0; y <= rows; y++) {
      const from = y < rows ? used : 0
      const to = y < rows ? part.stride : 64
      memory.fill(part.strip + ((y * part.stride + from) as usize), 0, (to - from) as usize)
    }
    const out = plane(c)
    out.ptr = part.strip
    out.stride = part.stride
  }
}

/** Says in the plane records that row `m` of the MCUs lies in the strips. */
export function handOver(m: i32): void {
  for (let c = 0; c < count; c++) {
    const part = component(c)
    const out = plane(c)
    const rows = part.v * part.n
    out.top = m * rows
    out.rows = max(0, min(rows, out.height - out.top))
  }
}

/** Transforms a block of n x n coefficients to samples. */
export function transform(block: usize, dst: usize, stride: usize, n: i32): void {
  if (n === 4) idct4(block, dst, stride)
  else if (n === 8) idct8(block, dst, stride)
  else if (n === 2) idct2(block, dst, stride)
  else fillBlock(load<i16>(block), dst, stride, 1)
}
