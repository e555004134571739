// The size probe: quantises plainly and counts symbols, and writes nothing.

import { BLOCK_BYTES, blockCount, blocksInMcuRow, coefficients, frameComponents, mcuRows } from './frame.ts'
import { AC_LUMA, category, countSymbol, counts, DC_LUMA, EOB, ZRL } from './histogram.ts'
import { quantizeBlock, quantizeDc, ROUND, reciprocals, steps } from './quantizer.ts'

const WORK: usize = memory.data(128, 16)

/**
 * Counts the symbols of a plainly quantised frame, on top of what the histogram holds.
 *
 * @param every 1 for the whole frame; n for each nth row of MCUs only, of which `every / 2` is the first
 */
export function countFrame(every: i32): void {
  for (let c = 0; c < frameComponents; c++) {
    if (every === 1) countBlocks(c, coefficients(c), blockCount(c))
    else {
      let blocks = blocksInMcuRow(c)
      for (let row = every >> 1; row < mcuRows; row += every) {
        countBlocks(c, coefficients(c) + <usize>(row * blocks) * BLOCK_BYTES, blocks)
      }
    }
  }
}

/** Counts `blocks` blocks that follow each other, of component c. */
export function countBlocks(c: i32, block: usize, blocks: i32): void {
  let t = c === 0 ? 0 : 1
  let dc = counts(DC_LUMA + t)
  let ac = counts(AC_LUMA + t)
  let reciprocal = reciprocals(t)
  let dcStep = <i32>load<i16>(steps(t))
  let lastDc = 0
  for (let end = block + <usize>blocks * BLOCK_BYTES; block < end; block += BLOCK_BYTES) {
    let level = quantizeDc(<i32>load<i16>(block), dcStep)
    countSymbol(dc, category(abs<i32>(level - lastDc)))
    lastDc = level
    let mask = quantizeBlock(block, reciprocal, ROUND, WORK)
    let previous = 0
    while (mask !== 0) {
      let k = <i32>ctz<u64>(mask)
      mask &= mask - 1
      let run = k - previous - 1
      previous = k
      while (run > 15) {
        countSymbol(ac, ZRL)
        run -= 16
      }
      countSymbol(ac, (run << 4) | category(<i32>load<u16>(WORK + ((<usize>k) << 1))))
    }
    if (previous < 63) countSymbol(ac, EOB)
  }
}
