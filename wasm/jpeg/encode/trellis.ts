// Rate-distortion optimised quantisation. In each block the coefficients that plain rounding keeps are the only ones that
// may be kept; a path over them chooses which become zero (or one size category smaller), by what that saves in bits
// against what it costs in error. Errors are counted in squared steps, so the tables keep deciding what matters.

import {
  BLOCK_BYTES,
  blockSide,
  blocksInMcuRow,
  coefficients,
  frameComponents,
  mcuColumns,
  mcuRows,
} from './frame.ts'
import { AC_LUMA, category, EOB, ZRL } from './histogram.ts'
import { codes } from './huffman.ts'
import { activityWeight } from './masking.ts'
import { quantizeBlock, quantizeDc, ROUND, reciprocals, steps } from './quantizer.ts'
import { beginTokens, emitAc, emitDc, emitEndOfBlock, restartDc } from './tokens.ts'

/** Bits of each AC symbol with its value bits, f32, two tables of 256. */
const RATES: usize = memory.data(2 * 1024, 16)
const WORK: usize = memory.data(128, 16)
/** Per kept coefficient, index 1..63: zigzag place, level, error of zeroing it (in bits), path cost, path, path's level. */
const PLACE: usize = memory.data(64 * 4, 16)
const LEVEL: usize = memory.data(64 * 4, 16)
const DROP: usize = memory.data(64 * 4, 16)
const COST: usize = memory.data(64 * 4, 16)
const FROM: usize = memory.data(64 * 4, 16)
const CHOSEN: usize = memory.data(64 * 4, 16)
/** Places of the winning path, last first. */
const PATH: usize = memory.data(64 * 4, 16)

/** Dropping a coefficient that costs this many bits of error never pays: the longest code and its value bits. */
const NEVER_DROPPED: f32 = 32

/** A symbol that the last histogram did not have still can be chosen, at the price of a long code. */
const UNSEEN: i32 = 15

/** Takes the code lengths as they are as the price of each symbol. */
export function takeRates(): void {
  for (let t = 0; t < 2; t++) {
    for (let s = 0; s < 256; s++) {
      let length = <i32>(load<u32>(codes(AC_LUMA + t) + <usize>s * 4) & 0xff)
      if (length === 0) length = UNSEEN
      store<f32>(RATES + <usize>t * 1024 + <usize>s * 4, f32(length + (s & 15)))
    }
  }
}

/**
 * Quantises the frame into tokens from `at`, counting them into the histogram.
 *
 * @param lambda squared steps of error that one bit is worth
 * @param every 1 for the whole frame; n for each nth row of MCUs only, as `countFrame` samples
 */
export function tokenizeOptimized(at: usize, lambda: f64, every: i32): void {
  beginTokens(at)
  for (let row = every >> 1; row < mcuRows; row += every) {
    if (every > 1) restartDc()
    for (let column = 0; column < mcuColumns; column++) {
      for (let c = 0; c < frameComponents; c++) {
        let blocks = blockSide(c) * blockSide(c)
        let block = coefficients(c) + <usize>(row * blocksInMcuRow(c) + column * blocks) * BLOCK_BYTES
        for (let b = 0; b < blocks; b++) {
          optimizeBlock(c, block, f32(1 / lambda))
          block += BLOCK_BYTES
        }
      }
    }
  }
}

function f(at: usize, i: i32): f32 {
  return load<f32>(at + ((<usize>i) << 2))
}

function int(at: usize, i: i32): i32 {
  return load<i32>(at + ((<usize>i) << 2))
}

function optimizeBlock(c: i32, block: usize, bitsPerError: f32): void {
  let t = c === 0 ? 0 : 1
  let step = steps(t)
  emitDc(c, quantizeDc(<i32>load<i16>(block), <i32>load<i16>(step)))
  let mask = quantizeBlock(block, reciprocals(t), ROUND, WORK)
  let table = AC_LUMA + t
  if (mask === 0) {
    emitEndOfBlock(table)
    return
  }
  let rates = RATES + <usize>t * 1024
  let weight = bitsPerError * activityWeight(block, t)
  let endCost = load<f32>(rates + <usize>EOB * 4)
  let zrlCost = load<f32>(rates + <usize>ZRL * 4)

  let n = 0
  store<i32>(PLACE, 0)
  store<f32>(COST, 0)
  // Bits of error if every kept coefficient so far were dropped.
  let dropped: f32 = 0
  let bestEnd: f32 = 0
  let bestLast = 0
  while (mask !== 0) {
    let k = <i32>ctz<u64>(mask)
    mask &= mask - 1
    n++
    let level = int16(WORK, k)
    let exact = f32(abs<i32>(int16(block, k))) / f32(int16(step, k) << 3)
    let error = exact - f32(level)
    let keep = error * error * weight
    let drop = exact * exact * weight
    let size = category(level)
    // One less only pays where it saves a value bit.
    let smaller = level > 1 && (level & (level - 1)) === 0
    let smallerError = error + 1
    let keepSmaller = smallerError * smallerError * weight
    store<i32>(PLACE + ((<usize>n) << 2), k)
    store<f32>(DROP + ((<usize>n) << 2), drop)

    let best = f32.MAX_VALUE
    let from = 0
    let chosen = level
    let between: f32 = 0
    for (let j = n - 1; j >= 0; j--) {
      let run = k - int(PLACE, j) - 1
      let base = f(COST, j) + between
      if (run > 15) {
        base += zrlCost * f32(run >> 4)
        run &= 15
      }
      let cost = base + load<f32>(rates + ((<usize>((run << 4) | size)) << 2)) + keep
      if (cost < best) {
        best = cost
        from = j
        chosen = level
      }
      if (smaller) {
        cost = base + load<f32>(rates + ((<usize>((run << 4) | (size - 1))) << 2)) + keepSmaller
        if (cost < best) {
          best = cost
          from = j
          chosen = level - 1
        }
      }
      if (j === 0) break
      between += f(DROP, j)
      if (between > NEVER_DROPPED) break
    }
    store<f32>(COST + ((<usize>n) << 2), best)
    store<i32>(FROM + ((<usize>n) << 2), from)
    store<i32>(CHOSEN + ((<usize>n) << 2), chosen)
    // Ends are compared by what they cost beyond dropping everything behind them.
    dropped += drop
    let end = best - dropped + (k === 63 ? 0 : endCost)
    if (n === 1) bestEnd = endCost
    if (end < bestEnd) {
      bestEnd = end
      bestLast = n
    }
  }
  emitPath(block, table, bestLast)
}

function int16(at: usize, k: i32): i32 {
  return <i32>load<i16>(at + ((<usize>k) << 1))
}

/** Sends the path that ends at kept coefficient `last`. */
function emitPath(block: usize, table: i32, last: i32): void {
  let length = 0
  for (let i = last; i > 0; i = int(FROM, i)) {
    store<i32>(PATH + ((<usize>length) << 2), i)
    length++
  }
  let previous = 0
  while (length > 0) {
    let i = int(PATH, --length)
    let k = int(PLACE, i)
    let level = int(CHOSEN, i)
    emitAc(table, k - previous - 1, int16(block, k) < 0 ? -level : level)
    previous = k
  }
  if (previous < 63) emitEndOfBlock(table)
}
