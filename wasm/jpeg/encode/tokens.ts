// The quantised picture as tokens in scan order, one u32 each: (table * 256 + symbol) << 16 | value bits. The symbol's
// low nibble says how many value bits follow its code. The writer only has to look codes up.

import { BLOCK_BYTES, blockSide, coefficients, frameComponents, mcuColumns, mcuRows } from './frame.ts'
import { AC_LUMA, category, countSymbol, counts, DC_LUMA, EOB, ZRL } from './histogram.ts'
import { quantizeBlock, quantizeDc, ROUND, reciprocals, steps } from './quantizer.ts'

const WORK: usize = memory.data(128, 16)
const LAST_DC: usize = memory.data(16, 16)

/** Where the next token goes. */
export let tokenEnd: usize = 0

/** Starts a token stream at this address; the DC predictors are zero. */
export function beginTokens(at: usize): void {
  tokenEnd = at
  restartDc()
}

/** Sets the DC predictors to zero, as a sampled row of MCUs does that has no row before it. */
export function restartDc(): void {
  memory.fill(LAST_DC, 0, 16)
}

/** Appends a symbol with its value bits and counts it. */
export function emitToken(table: i32, symbol: i32, value: i32): void {
  store<u32>(tokenEnd, ((<u32>((table << 8) | symbol)) << 16) | <u32>value)
  tokenEnd += 4
  countSymbol(counts(table), symbol)
}

/** Appends the DC level of the next block of component c. */
export function emitDc(c: i32, level: i32): void {
  let at = LAST_DC + <usize>c * 4
  let difference = level - load<i32>(at)
  store<i32>(at, level)
  let size = category(abs<i32>(difference))
  emitToken(DC_LUMA + (c === 0 ? 0 : 1), size, valueBits(difference, size))
}

/** Appends an AC level after `run` zeros. */
export function emitAc(table: i32, run: i32, level: i32): void {
  while (run > 15) {
    emitToken(table, ZRL, 0)
    run -= 16
  }
  let size = category(abs<i32>(level))
  emitToken(table, (run << 4) | size, valueBits(level, size))
}

/** Ends a block whose last coefficient is zero. */
export function emitEndOfBlock(table: i32): void {
  emitToken(table, EOB, 0)
}

/** Negative values are sent as their ones' complement (T.81 F.1.2.1). */
function valueBits(value: i32, size: i32): i32 {
  return (value + (value >> 31)) & ((1 << size) - 1)
}

/** Quantises the whole frame plainly into tokens from `at`, counting them into the histogram. */
export function tokenizePlain(at: usize): void {
  beginTokens(at)
  for (let mcu = 0; mcu < mcuColumns * mcuRows; mcu++) {
    for (let c = 0; c < frameComponents; c++) {
      let blocks = blockSide(c) * blockSide(c)
      let block = coefficients(c) + <usize>(mcu * blocks) * BLOCK_BYTES
      let t = c === 0 ? 0 : 1
      let dcStep = <i32>load<i16>(steps(t))
      for (let b = 0; b < blocks; b++) {
        emitDc(c, quantizeDc(<i32>load<i16>(block), dcStep))
        let mask = quantizeBlock(block, reciprocals(t), ROUND, WORK)
        let previous = 0
        while (mask !== 0) {
          let k = <i32>ctz<u64>(mask)
          mask &= mask - 1
          let level = <i32>load<i16>(WORK + ((<usize>k) << 1))
          if (load<i16>(block + ((<usize>k) << 1)) < 0) level = -level
          emitAc(AC_LUMA + t, k - previous - 1, level)
          previous = k
        }
        if (previous < 63) emitEndOfBlock(AC_LUMA + t)
        block += BLOCK_BYTES
      }
    }
  }
}
