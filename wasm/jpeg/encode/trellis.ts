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
/**
 * One record for the DC and for each coefficient that rounding keeps: what its best path costs, what dropping it costs
 * (both in bits), its place in the zigzag, the record before it on that path, and its level there.
 */
const NODES: usize = memory.data(64 * 32, 16)
const COST: usize = 0
const DROP: usize = 4
const PLACE: usize = 8
const FROM: usize = 12
const CHOSEN: usize = 16
const NODE: usize = 32
/** Records of the winning path, last first. */
const PATH: usize = memory.data(64 * 4, 16)

/** Dropping a coefficient that costs this many bits of error never pays: the longest code and its value bits. */
const NEVER_DROPPED: f32 = 32

/** What an error of the highest frequency weighs beyond one of the lowest: the tables are already coarse there. */
const EMPHASIS: f32 = 0.42

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
  let base = bitsPerError * activityWeight(block, t)
  let emphasis = base * (EMPHASIS / 64)
  base -= base * (EMPHASIS / 4)
  let endCost = load<f32>(rates + <usize>EOB * 4)
  let zrlCost = load<f32>(rates + <usize>ZRL * 4)

  let node = NODES
  store<f32>(node, 0, COST)
  store<i32>(node, 0, PLACE)
  // Bits of error if every kept coefficient so far were dropped.
  let dropped: f32 = 0
  // Ends are compared by what they cost beyond dropping everything behind them.
  let bestEnd = endCost
  let last = NODES
  while (mask !== 0) {
    let k = <i32>ctz<u64>(mask)
    mask &= mask - 1
    node += NODE
    let level = int16(WORK, k)
    let weight = base + emphasis * f32(k)
    let exact = f32(abs<i32>(int16(block, k))) / f32(int16(step, k) << 3)
    let error = exact - f32(level)
    let drop = exact * exact * weight
    store<i32>(node, k, PLACE)
    store<f32>(node, drop, DROP)
    let size = category(level)
    reach(node, k, rates + ((<usize>size) << 2), zrlCost)
    let best = reachedCost + error * error * weight
    let from = reachedFrom
    let chosen = level
    // One less only pays where it saves a value bit.
    if (level > 1 && (level & (level - 1)) === 0) {
      reach(node, k, rates + ((<usize>(size - 1)) << 2), zrlCost)
      let cost = reachedCost + (error + 1) * (error + 1) * weight
      if (cost < best) {
        best = cost
        from = reachedFrom
        chosen = level - 1
      }
    }
    store<f32>(node, best, COST)
    store<usize>(node, from, FROM)
    store<i32>(node, chosen, CHOSEN)
    dropped += drop
    let end = best - dropped + (k === 63 ? 0 : endCost)
    if (end < bestEnd) {
      bestEnd = end
      last = node
    }
  }
  emitPath(block, table, last)
}

/** What {@link reach} found: the cheapest way to a node, its own error apart, and the node before it. */
let reachedCost: f32 = 0
let reachedFrom: usize = 0

/** Finds the cheapest path to a coefficient at place k whose symbols' prices begin at `prices` (of run 0). */
function reach(node: usize, k: i32, prices: usize, zrlCost: f32): void {
  let best = f32.MAX_VALUE
  let from = node
  let between: f32 = 0
  do {
    node -= NODE
    let run = k - load<i32>(node, PLACE) - 1
    let cost = load<f32>(node, COST) + between
    if (run > 15) {
      cost += zrlCost * f32(run >> 4)
      run &= 15
    }
    cost += load<f32>(prices + ((<usize>run) << 6))
    if (cost < best) {
      best = cost
      from = node
    }
    between += load<f32>(node, DROP)
  } while (node !== NODES && between <= NEVER_DROPPED)
  reachedCost = best
  reachedFrom = from
}

function int16(at: usize, k: i32): i32 {
  return <i32>load<i16>(at + ((<usize>k) << 1))
}

/** Sends the path that ends at this node. */
function emitPath(block: usize, table: i32, node: usize): void {
  let length: usize = 0
  for (; node !== NODES; node = load<usize>(node, FROM)) {
    store<usize>(PATH + (length << 2), node)
    length++
  }
  let previous = 0
  while (length > 0) {
    length--
    node = load<usize>(PATH + (length << 2))
    let k = load<i32>(node, PLACE)
    let level = load<i32>(node, CHOSEN)
    emitAc(table, k - previous - 1, int16(block, k) < 0 ? -level : level)
    previous = k
  }
  if (previous < 63) emitEndOfBlock(table)
}
