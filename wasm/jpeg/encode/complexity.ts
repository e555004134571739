// How many bits a plane would take: a sample of its blocks, transformed and counted. The choice of the final size is made
// on it, before that size exists.

import { alloc, mark, release } from '../../memory.ts'
import { countBlocks } from './count.ts'
import { forwardDct } from './fdct.ts'
import { BLOCK_BYTES } from './frame.ts'
import { AC_LUMA, clearCounts, DC_LUMA } from './histogram.ts'
import { buildCode } from './huffman.ts'
import { setQuantizer } from './quantizer.ts'
import { toZigzag } from './zigzag.ts'

/** Rows of blocks from one that is looked at to the next. */
const EVERY: i32 = 12

/**
 * Bits a sample that luma of this plane takes at one scale of the tables, plainly quantised.
 *
 * @param plane first sample; at least 8 rows of at least 8 samples, else the answer is 0
 */
export function bitsPerSample(plane: usize, stride: i32, width: i32, height: i32, scale: f64): f64 {
  let columns = width >> 3
  let rows = height >> 3
  if (columns === 0 || rows === 0) return 0
  let start = mark()
  let work = alloc(BLOCK_BYTES)
  let line = alloc(<usize>columns * BLOCK_BYTES)
  setQuantizer(scale)
  clearCounts()
  let every = max<i32>(1, min<i32>(EVERY, rows / 8))
  let seen = 0
  for (let row = every >> 1; row < rows; row += every) {
    let from = plane + <usize>(row * 8) * <usize>stride
    for (let column = 0; column < columns; column++) {
      forwardDct(from + <usize>column * 8, stride, work)
      toZigzag(work, line + <usize>column * BLOCK_BYTES)
    }
    countBlocks(0, line, columns)
    seen += columns
  }
  release(start)
  return f64(buildCode(DC_LUMA) + buildCode(AC_LUMA)) / f64(seen * 64)
}
