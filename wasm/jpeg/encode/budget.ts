// The budget: which scale of the tables and which lambda make the file just fit. Sizes are counted, not written; the file
// is written once (twice where the zeros stuffed behind 0xff bytes pass the limit).

import { ln, power } from '../../math.ts'
import { alloc, mark, release } from '../../memory.ts'
import { countFrame } from './count.ts'
import { frameComponents, mcuRows } from './frame.ts'
import { clearCounts, counts, TABLES } from './histogram.ts'
import { buildCodes } from './huffman.ts'
import { setQuantizer } from './quantizer.ts'
import { tokenEnd, tokenizePlain } from './tokens.ts'
import { takeRates, tokenizeOptimized } from './trellis.ts'
import { headerBytes, writeHeader, writeScan } from './write.ts'

/** Squared steps of error that a bit is worth, before the last percent is made with it. */
const LAMBDA: f64 = 0.051
/** Part of the budget that the search aims at. */
const AIM: f64 = 0.995
/** A result that fills this much of the budget is taken. */
const ENOUGH: f64 = 0.985
/** What stuffing adds to a scan, about. */
const STUFFING: f64 = 1.002
/** d log(bytes) / d log(scale) and / d log(lambda), about: the first step of each search. */
const SCALE_SLOPE: f64 = -0.7
const LAMBDA_SLOPE: f64 = -0.16
/** Rows of MCUs from one sampled row to the next. */
const SAMPLE_EVERY: i32 = 8
/** What optimised quantisation usually makes of a byte of plain: where the gain is learned. */
const TYPICAL_GAIN: f64 = 0.87
/** Lambda moves by no more than this factor; past it the tables move. */
const MOST_LAMBDA: f64 = 2
/** Passes with the same tables after which the best that fitted is taken; one or two are usual. */
const MOST_PASSES: i32 = 6
/** Times that the tables move. */
const MOST_SCALES: i32 = 8

/** Where the file lies. */
export let outputAt: usize = 0
/** Its bytes; 0 when nothing fits. */
export let outputBytes: i32 = 0
/** The scale of the tables that it was written with. */
export let outputScale: f64 = 0
/** The lambda that it was written with, 0 for plain quantisation. */
export let outputLambda: f64 = 0
/** The smallest file that was tried, bytes: what a failure reports. */
export let smallestBytes: i32 = 0
/** Full passes over the picture that the search took: probes and optimised ones. */
export let probes: i32 = 0
export let passes: i32 = 0

/** Bytes of the file for the codes as they are, when the scan takes `bits`. */
function fileBytes(bits: u64): f64 {
  return f64(headerBytes()) + (f64(bits) / 8) * STUFFING + 3
}

/** Bytes of the whole picture, plainly quantised at this scale. */
function probe(scale: f64): f64 {
  setQuantizer(scale)
  clearCounts()
  countFrame(1)
  probes++
  return fileBytes(buildCodes(frameComponents))
}

/** Symbols that the histogram holds: the tokens of the pass that it counted. */
function symbolsCounted(): usize {
  let sum: usize = 0
  for (let t = 0; t < TABLES; t++) {
    for (let s: usize = 0; s < 256; s++) sum += <usize>load<u32>(counts(t) + s * 4)
  }
  return sum
}

/**
 * The scale at which plain quantisation makes `target` bytes (never finer than `finest`).
 *
 * @param tolerance part of the target that the result may stay below it
 * @returns 0 when even `coarsest` makes more
 */
function searchScale(target: f64, tolerance: f64, guess: f64, finest: f64, coarsest: f64): f64 {
  let fine = finest
  let coarse = coarsest
  let fineBytes: f64 = 0
  let coarseBytes: f64 = 0
  let scale = min<f64>(max<f64>(guess, finest), coarsest)
  for (let round = 0; round < 14; round++) {
    let bytes = probe(scale)
    if (smallestBytes === 0 || bytes < f64(smallestBytes)) smallestBytes = i32(bytes)
    if (bytes <= target) {
      if (bytes > target * (1 - tolerance) || scale <= finest) return scale
      coarse = scale
      coarseBytes = bytes
    } else {
      if (scale >= coarsest) return 0
      fine = scale
      fineBytes = bytes
    }
    if (coarse / fine < 1.0005) return coarse
    let aim = target * (1 - tolerance / 2)
    if (fineBytes > 0 && coarseBytes > 0) {
      // Between two known sizes: a straight line in logarithms, kept away from the ends so that it always closes in.
      let part = ln(fineBytes / aim) / ln(fineBytes / coarseBytes)
      part = min<f64>(max<f64>(part, 0.05), 0.95)
      scale = fine * power(coarse / fine, part)
    } else {
      scale = scale * power(aim / bytes, 1 / SCALE_SLOPE)
      scale = min<f64>(max<f64>(scale, finest), coarsest)
    }
  }
  return coarseBytes > 0 ? coarse : 0
}

/** Writes the tokens with the codes as they are; false when the file would pass the budget. */
function write(tokens: usize, budget: i32): bool {
  let body = writeHeader(outputAt)
  let limit = outputAt + <usize>budget - body
  let end: usize = <i32>(body - outputAt) >= budget ? 0 : writeScan(body, limit, tokens, tokenEnd)
  if (end === 0) return false
  outputBytes = <i32>(end - outputAt)
  return true
}

/**
 * Encodes the transformed frame within a budget.
 *
 * @param budget bytes of the whole file
 * @param optimized rate-distortion optimised, or plain quantisation (faster)
 * @param guess where the search for the scale begins
 * @param finest smallest scale: a picture that fits with it is not inflated further
 * @param coarsest largest scale that is acceptable
 * @returns whether it fits; the file is at {@link outputAt}
 */
export function encodeToBudget(budget: i32, optimized: bool, guess: f64, finest: f64, coarsest: f64): bool {
  outputAt = 0
  outputBytes = 0
  outputScale = 0
  outputLambda = 0
  smallestBytes = 0
  probes = 0
  passes = 0
  return optimized
    ? encodeOptimized(budget, guess, finest, coarsest)
    : encodePlain(budget, guess, finest, coarsest)
}

/** Room for the tokens of the pass that the histogram counted, and behind it for the file. */
function allocTokens(budget: i32): usize {
  let tokens = alloc(symbolsCounted() * 4 + 64)
  outputAt = alloc(<usize>budget + 64)
  return tokens
}

function encodePlain(budget: i32, guess: f64, finest: f64, coarsest: f64): bool {
  let scale = searchScale(f64(budget) * AIM, 0.005, guess, finest, coarsest)
  if (scale === 0) return false
  probe(scale)
  // A coarser retry has no more tokens than this.
  let tokens = allocTokens(budget)
  while (scale <= coarsest) {
    setQuantizer(scale)
    clearCounts()
    tokenizePlain(tokens)
    buildCodes(frameComponents)
    passes++
    if (write(tokens, budget)) {
      outputScale = scale
      return true
    }
    scale *= 1.02
  }
  return false
}

/** Bytes that optimised quantisation makes of one byte of plain, learned from some rows of MCUs. */
function learnGain(): f64 {
  let every = max<i32>(1, min<i32>(SAMPLE_EVERY, mcuRows >> 2))
  let start = mark()
  let tokens = alloc(symbolsCounted() * 4 + 64)
  // The plain codes of the whole frame are the first prices; the sample's own are better ones.
  takeRates()
  for (let round = 0; round < 2; round++) {
    clearCounts()
    tokenizeOptimized(tokens, LAMBDA, every)
    sampledBits = buildCodes(frameComponents)
    takeRates()
  }
  clearCounts()
  countFrame(every)
  let plain = buildCodes(frameComponents)
  release(start)
  return f64(sampledBits) / f64(plain)
}

function encodeOptimized(budget: i32, guess: f64, finest: f64, coarsest: f64): bool {
  let target = f64(budget) * AIM
  let scale = searchScale(target / TYPICAL_GAIN, 0.05, guess, finest, coarsest)
  if (scale === 0) {
    scale = coarsest
    probe(scale)
  }
  scale = searchScale(target / learnGain(), 0.005, scale, finest, coarsest)
  if (scale === 0) scale = coarsest
  let start = mark()
  for (let round = 0; round < MOST_SCALES; round++) {
    probe(scale)
    let tokens = allocTokens(budget)
    if (searchLambda(tokens, budget, scale <= finest)) {
      outputScale = scale
      return true
    }
    // Lambda alone does not reach it.
    if (scale >= coarsest && lastBytes > target) return false
    let step = power(target / lastBytes, 1 / SCALE_SLOPE)
    scale = min<f64>(max<f64>(scale * step, finest), coarsest)
    release(start)
  }
  return false
}

let sampledBits: u64 = 0
/** Bytes of the last optimised pass. */
let lastBytes: f64 = 0

/**
 * Finds the lambda that fills the budget with the tables as they are, and writes the file.
 *
 * @param enough whether a file that is smaller than it could be will do, since the tables are the finest there are
 * @returns false when lambda would have to leave its bounds; `lastBytes` says how far off it was
 */
function searchLambda(tokens: usize, budget: i32, enough: bool): bool {
  let target = f64(budget) * AIM
  let lambda = LAMBDA
  // The largest lambda known to make too many bytes, and the smallest known to fit, with their bytes.
  let low: f64 = 0
  let lowBytes: f64 = 0
  let high: f64 = 0
  let highBytes: f64 = 0
  for (let round = 0; round < MOST_PASSES; round++) {
    clearCounts()
    tokenizeOptimized(tokens, lambda, 1)
    passes++
    lastBytes = fileBytes(buildCodes(frameComponents))
    if (lastBytes < f64(smallestBytes)) smallestBytes = i32(lastBytes)
    if (lastBytes <= f64(budget) && write(tokens, budget)) {
      lastBytes = f64(outputBytes)
      outputLambda = lambda
      let fill = lastBytes / f64(budget)
      if (fill >= ENOUGH || (enough && lambda <= LAMBDA) || (round >= 2 && fill >= ENOUGH - 0.01)) return true
      high = lambda
      highBytes = lastBytes
    } else {
      // What stuffing added is not in the count.
      lastBytes = max<f64>(lastBytes, f64(budget) * 1.0005)
      low = lambda
      lowBytes = lastBytes
    }
    if (low > 0 && high > 0) {
      let part = ln(lowBytes / target) / ln(lowBytes / highBytes)
      lambda = low * power(high / low, min<f64>(max<f64>(part, 0.1), 0.9))
      continue
    }
    let bound = high > 0 ? LAMBDA / MOST_LAMBDA : LAMBDA * MOST_LAMBDA
    if (lambda === bound) return false
    lambda *= power(target / lastBytes, 1 / LAMBDA_SLOPE)
    lambda = high > 0 ? max<f64>(lambda, bound) : min<f64>(lambda, bound)
  }
  if (high === 0) return false
  // Short of what was wanted, but it fits.
  clearCounts()
  tokenizeOptimized(tokens, high, 1)
  passes++
  buildCodes(frameComponents)
  return write(tokens, budget)
}
