// The budget: which scale of the tables and which lambda make the file just fit. Sizes are counted, not written; a file is
// written when its count says that it fits, which is once, or twice where the zeros stuffed behind 0xff bytes pass the limit.

import { ln, power } from '../../math.ts'
import { alloc, mark, release } from '../../memory.ts'
import { frameComponents, mcuRows } from './frame.ts'
import { clearCounts } from './histogram.ts'
import { buildCodes } from './huffman.ts'
import {
  ensureProbe,
  fileBytes,
  forgetProbe,
  noteBytes,
  probe,
  resetProbes,
  SCALE_SLOPE,
  searchScale,
  symbolsCounted,
} from './probe.ts'
import { tokenEnd, tokenizePlain } from './tokens.ts'
import { takeRates, tokenizeOptimized } from './trellis.ts'
import { writeHeader, writeScan } from './write.ts'

/** Squared steps of error that a bit is worth at scale 1, before the last percent is made with it, and its exponent. */
const LAMBDA: f64 = 0.056
const LAMBDA_FALL: f64 = -0.25
/** Part of the budget that the search aims at. */
const AIM: f64 = 0.993
/** A result that fills this much of the budget is taken. */
const ENOUGH: f64 = 0.981
/** How far plain counting may miss what the search aims at. */
const TOLERANCE: f64 = 0.006
/** d log(bytes) / d log(lambda), about: the first step of its search. */
const LAMBDA_SLOPE: f64 = -0.16
/** Rows of MCUs from one to the next that the first probes count, and that the gain is learned from. */
const PROBE_EVERY: i32 = 4
const LEARN_EVERY: i32 = 8
/** What optimised quantisation usually makes of a byte of plain: where the gain is learned. */
const TYPICAL_GAIN: f64 = 0.89
/** Lambda moves by no more than this factor; past it the tables move. */
const MOST_LAMBDA: f64 = 2
/** Passes with the same tables after which the best that fitted is taken; one or two are usual. */
const MOST_PASSES: i32 = 6
/** Times that the tables move. */
const MOST_SCALES: i32 = 8

/** {@link LAMBDA} at the scale that the search is near. */
let usualLambda: f64 = 0

/** Where the file lies. */
export let outputAt: usize = 0
/** Where the tokens lie that it was written from, until something else is made. */
export let tokensAt: usize = 0
/** Its bytes; 0 when nothing fits. */
export let outputBytes: i32 = 0
/** The scale of the tables that it was written with. */
export let outputScale: f64 = 0
/** The lambda that it was written with, 0 for plain quantisation. */
export let outputLambda: f64 = 0
/** Full passes of quantisation that the search took. */
export let passes: i32 = 0

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
  passes = 0
  resetProbes()
  return optimized
    ? encodeOptimized(budget, guess, finest, coarsest)
    : encodePlain(budget, guess, finest, coarsest)
}

/** Each how manyth row of MCUs is sampled: small pictures need them all. */
function sampling(most: i32): i32 {
  return max<i32>(1, min<i32>(most, mcuRows >> 3))
}

/** Room for the tokens of the pass that the histogram counted, and behind it for the file. */
function allocTokens(budget: i32): usize {
  tokensAt = alloc(symbolsCounted() * 4 + 64)
  outputAt = alloc(<usize>budget + 64)
  return tokensAt
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

function encodePlain(budget: i32, guess: f64, finest: f64, coarsest: f64): bool {
  let target = f64(budget) * AIM
  let rough = searchScale(target, 0.03, guess, finest, coarsest, sampling(PROBE_EVERY))
  let scale = searchScale(target, TOLERANCE, rough === 0 ? coarsest : rough, finest, coarsest, 1)
  if (scale === 0) return false
  while (scale <= coarsest) {
    ensureProbe(scale)
    let start = mark()
    let tokens = allocTokens(budget)
    clearCounts()
    tokenizePlain(tokens)
    buildCodes(frameComponents)
    passes++
    if (write(tokens, budget)) {
      outputScale = scale
      return true
    }
    release(start)
    scale *= 1.015
  }
  return false
}

/** Bytes that optimised quantisation makes of one byte of plain at this scale, learned from some rows of MCUs. */
function learnGain(scale: f64): f64 {
  let every = sampling(LEARN_EVERY)
  probe(scale, every)
  let plain = f64(buildCodes(frameComponents))
  let start = mark()
  let tokens = alloc(symbolsCounted() * 4 + 64)
  let optimized: f64 = 0
  // The plain codes are the first prices; those of what came out are better ones.
  for (let round = 0; round < 2; round++) {
    takeRates()
    clearCounts()
    tokenizeOptimized(tokens, usualLambda, every)
    optimized = f64(buildCodes(frameComponents))
  }
  takeRates()
  forgetProbe()
  release(start)
  return optimized / plain
}

function encodeOptimized(budget: i32, guess: f64, finest: f64, coarsest: f64): bool {
  let target = f64(budget) * AIM
  let every = sampling(PROBE_EVERY)
  let scale = searchScale(target / TYPICAL_GAIN, 0.04, guess, finest, coarsest, every)
  if (scale === 0) scale = coarsest
  usualLambda = LAMBDA * power(scale, LAMBDA_FALL)
  let gain = learnGain(scale)
  let next = scale * power(TYPICAL_GAIN / gain, 1 / SCALE_SLOPE)
  scale = searchScale(target / gain, TOLERANCE, next, finest, coarsest, 1)
  if (scale === 0) scale = coarsest
  let start = mark()
  for (let round = 0; round < MOST_SCALES; round++) {
    ensureProbe(scale)
    let tokens = allocTokens(budget)
    if (searchLambda(tokens, budget, scale <= finest)) {
      outputScale = scale
      return true
    }
    // Lambda alone does not reach it.
    if (scale >= coarsest && lastBytes > target) return false
    let step = power(target / lastBytes, 1 / SCALE_SLOPE)
    scale = min<f64>(max<f64>(scale * step, finest), coarsest)
    forgetProbe()
    release(start)
  }
  return false
}

/** Bytes of the last optimised pass. */
let lastBytes: f64 = 0

/** One pass over everything; the count of its bytes is {@link lastBytes}. */
function optimizedPass(tokens: usize, lambda: f64): void {
  clearCounts()
  tokenizeOptimized(tokens, lambda, 1)
  passes++
  lastBytes = fileBytes(f64(buildCodes(frameComponents)))
}

/**
 * Finds the lambda that fills the budget with the tables as they are, and writes the file.
 *
 * @param finest whether a file that is smaller than it could be will do, since the tables are the finest there are
 * @returns false when lambda would have to leave its bounds; `lastBytes` says how far off it was
 */
function searchLambda(tokens: usize, budget: i32, finest: bool): bool {
  let target = f64(budget) * AIM
  let lambda = usualLambda
  // The largest lambda known to make too many bytes, and the smallest known to fit, with their bytes.
  let low: f64 = 0
  let lowBytes: f64 = 0
  let high: f64 = 0
  let highBytes: f64 = 0
  for (let round = 0; round < MOST_PASSES; round++) {
    optimizedPass(tokens, lambda)
    noteBytes(lastBytes)
    if (lastBytes <= f64(budget) && write(tokens, budget)) {
      lastBytes = f64(outputBytes)
      outputLambda = lambda
      let fill = lastBytes / f64(budget)
      if (fill >= ENOUGH || (finest && lambda <= usualLambda)) return true
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
    let bound = high > 0 ? usualLambda / MOST_LAMBDA : usualLambda * MOST_LAMBDA
    if (lambda === bound) return false
    lambda *= power(target / lastBytes, 1 / LAMBDA_SLOPE)
    lambda = high > 0 ? max<f64>(lambda, bound) : min<f64>(lambda, bound)
  }
  if (high === 0) return false
  // Short of what was wanted, but it fits.
  optimizedPass(tokens, high)
  outputLambda = high
  return write(tokens, budget)
}
