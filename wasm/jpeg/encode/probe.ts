// Sizes without files: the picture is quantised plainly and its symbols are counted, the whole of it or some rows.

import { ln, power } from '../../math.ts'
import { countFrame } from './count.ts'
import { frameComponents, mcuRows } from './frame.ts'
import { clearCounts, counts, TABLES } from './histogram.ts'
import { buildCodes } from './huffman.ts'
import { setQuantizer } from './quantizer.ts'
import { headerBytes } from './write.ts'

/** What stuffing adds to a scan, about. */
const STUFFING: f64 = 1.002
/** d log(bytes) / d log(scale), about: the first step of a search. */
export const SCALE_SLOPE: f64 = -0.7
/** Rounds after which a search takes what it has. */
const MOST_ROUNDS: i32 = 14

/** Bytes of the smallest whole file that was thought of: what a failure reports. */
export let smallestBytes: i32 = 0
/** Probes of this job. */
export let probes: i32 = 0

/** What the quantiser and the histogram stand for now. */
let probedScale: f64 = 0
let probedEvery: i32 = 0

/** Forgets the last job. */
export function resetProbes(): void {
  smallestBytes = i32.MAX_VALUE
  probes = 0
  probedScale = 0
}

/** Notes a size that was reached. */
export function noteBytes(bytes: f64): void {
  if (bytes < f64(smallestBytes)) smallestBytes = i32(bytes)
}

/** Bytes of the file for the codes as they are, when the scan takes `bits`. */
export function fileBytes(bits: f64): f64 {
  return f64(headerBytes()) + (bits / 8) * STUFFING + 3
}

/**
 * Bytes of the whole picture, plainly quantised at this scale. The histogram and the codes are those of what was counted.
 *
 * @param every 1 counts all; n each nth row of MCUs, and takes the rest to be like them
 */
export function probe(scale: f64, every: i32): f64 {
  setQuantizer(scale)
  clearCounts()
  countFrame(every)
  probes++
  probedScale = scale
  probedEvery = every
  let rows = (mcuRows - (every >> 1) + every - 1) / every
  let bytes = fileBytes((f64(buildCodes(frameComponents)) * f64(mcuRows)) / f64(rows))
  noteBytes(bytes)
  return bytes
}

/** Makes the quantiser and the histogram those of all of the picture at this scale, if they are not. */
export function ensureProbe(scale: f64): void {
  if (probedScale !== scale || probedEvery !== 1) probe(scale, 1)
}

/** Says that the quantiser or the histogram were used for something else. */
export function forgetProbe(): void {
  probedScale = 0
}

/** Symbols that the histogram holds: the tokens of the pass that it counted. */
export function symbolsCounted(): usize {
  let sum: usize = 0
  for (let t = 0; t < TABLES; t++) {
    for (let s: usize = 0; s < 256; s++) sum += <usize>load<u32>(counts(t) + s * 4)
  }
  return sum
}

/**
 * The scale between `finest` and `coarsest` at which plain quantisation makes `target` bytes.
 *
 * @param tolerance part of the target by which the result may miss it
 * @param every as {@link probe} has it
 * @returns `finest` when that makes less, 0 when even `coarsest` makes more
 */
export function searchScale(
  target: f64,
  tolerance: f64,
  guess: f64,
  finest: f64,
  coarsest: f64,
  every: i32,
): f64 {
  let fine = finest
  let coarse = coarsest
  let fineBytes: f64 = 0
  let coarseBytes: f64 = 0
  let scale = min<f64>(max<f64>(guess, finest), coarsest)
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let bytes = probe(scale, every)
    if (abs<f64>(bytes / target - 1) <= tolerance) return scale
    if (bytes < target) {
      if (scale <= finest) return scale
      coarse = scale
      coarseBytes = bytes
    } else {
      if (scale >= coarsest) return 0
      fine = scale
      fineBytes = bytes
    }
    if (coarse / fine < 1.0005) break
    if (fineBytes > 0 && coarseBytes > 0) {
      // Between two known sizes: a straight line in logarithms, kept away from the ends so that it always closes in.
      let part = ln(fineBytes / target) / ln(fineBytes / coarseBytes)
      scale = fine * power(coarse / fine, min<f64>(max<f64>(part, 0.05), 0.95))
    } else {
      scale = scale * power(target / bytes, 1 / SCALE_SLOPE)
      scale = min<f64>(max<f64>(scale, finest), coarsest)
    }
  }
  return coarseBytes > 0 ? coarse : 0
}
