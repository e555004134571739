// The budget: which scale of the tables and which lambda make the file just fit. Sizes are counted, not written; the file
// is written once (twice where the zeros stuffed behind 0xff bytes pass the limit).

import { alloc, mark, release } from '../../memory.ts'
import { countFrame } from './count.ts'
import { frameComponents } from './frame.ts'
import { clearCounts, counts, TABLES } from './histogram.ts'
import { buildCodes } from './huffman.ts'
import { setQuantizer } from './quantizer.ts'
import { tokenEnd, tokenizePlain } from './tokens.ts'
import { takeRates, tokenizeOptimized } from './trellis.ts'
import { headerBytes, writeHeader, writeScan } from './write.ts'

/** Squared steps of error that a bit is worth, before the last percent is made with it. */
const LAMBDA: f64 = 0.08
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
const MOST_LAMBDA: f64 = 2.5
/** Passes after which the search gives up; two are usual. */
const MOST_PASSES: i32 = 12

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

/** ln and exp by series: a search needs four digits of them, and the compiler's own bring kilobytes of tables. */
function ln(x: f64): f64 {
  let bits = reinterpret<u64>(x)
  let exponent = <i32>((bits >> 52) & 0x7ff) - 1023
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000)
  let u = (m - 1) / (m + 1)
  let s = u * u
  return (
    f64(exponent) * Math.LN2 +
    2 * u * (1 + s * (1 / 3.0 + s * (0.2 + s * (1 / 7.0 + s * (1 / 9.0 + s / 11.0)))))
  )
}

function exp(x: f64): f64 {
  let n = nearest<f64>(x * Math.LOG2E)
  let r = x - n * Math.LN2
  let y = 1 + r * (1 + r * (0.5 + r * (1 / 6.0 + r * (1 / 24.0 + r * (1 / 120.0 + r / 720.0)))))
  return y * reinterpret<f64>((<u64>(<i64>n + 1023)) << 52)
}

function power(base: f64, exponent: f64): f64 {
  return exp(ln(base) * exponent)
}

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

/** Bytes that optimised quantisation makes of one byte of plain, learned from every eighth row of MCUs. */
function learnGain(): f64 {
  let start = mark()
  let tokens = alloc(symbolsCounted() * 4 + 64)
  // The plain codes of the whole frame are the first prices; the sample's own are better ones.
  takeRates()
  clearCounts()
  tokenizeOptimized(tokens, LAMBDA, SAMPLE_EVERY)
  buildCodes(frameComponents)
  takeRates()
  clearCounts()
  tokenizeOptimized(tokens, LAMBDA, SAMPLE_EVERY)
  let optimized = f64(buildCodes(frameComponents))
  takeRates()
  clearCounts()
  countFrame(SAMPLE_EVERY)
  let plain = f64(buildCodes(frameComponents))
  release(start)
  return optimized / plain
}

/** One optimised pass over everything; returns the file's bytes. */
function optimizedPass(tokens: usize, lambda: f64): f64 {
  clearCounts()
  tokenizeOptimized(tokens, lambda, 1)
  passes++
  return fileBytes(buildCodes(frameComponents))
}

function encodeOptimized(budget: i32, guess: f64, finest: f64, coarsest: f64): bool {
  let target = f64(budget) * AIM
  let scale = searchScale(target / TYPICAL_GAIN, 0.05, guess, finest, coarsest)
  if (scale === 0) scale = coarsest
  let gain = learnGain()
  scale = searchScale(target / gain, 0.005, scale, finest, coarsest)
  if (scale === 0) scale = coarsest
  probe(scale)
  let tokens = allocTokens(budget)
  let lambda = LAMBDA
  // Bounds of lambda: the largest known to be too small, the smallest known to fit.
  let tooSmall: f64 = 0
  let fits: f64 = 0
  for (let round = 0; round < MOST_PASSES; round++) {
    let bytes = optimizedPass(tokens, lambda)
    if (bytes <= f64(budget) && write(tokens, budget)) {
      let enough = f64(outputBytes) >= f64(budget) * ENOUGH || (scale <= finest && lambda <= LAMBDA)
      if (enough || round >= 2) {
        outputScale = scale
        outputLambda = lambda
        return true
      }
      fits = lambda
      bytes = f64(outputBytes)
    } else {
      tooSmall = lambda
      bytes = max<f64>(bytes, f64(budget) * 1.001)
      if (bytes < f64(smallestBytes)) smallestBytes = i32(bytes)
    }
    lambda *= power(target / bytes, 1 / LAMBDA_SLOPE)
    if (fits > 0 && tooSmall > 0) lambda = power(fits * fits * tooSmall, 1 / 3.0)
    if (lambda > LAMBDA * MOST_LAMBDA) {
      // Lambda alone would cost more than it gives: coarser tables, which can only have fewer tokens.
      if (scale >= coarsest && tooSmall >= LAMBDA * MOST_LAMBDA) return false
      lambda = scale >= coarsest ? LAMBDA * MOST_LAMBDA : LAMBDA
      scale = min<f64>(scale * max<f64>(power(target / bytes, 1 / SCALE_SLOPE), 1.01), coarsest)
      setQuantizer(scale)
      tooSmall = 0
      fits = 0
    }
    lambda = max<f64>(lambda, LAMBDA / MOST_LAMBDA)
  }
  return false
}
