// The resampling kernel as tables: for each output sample of one axis, where its window starts and what each source
// sample in it weighs. Tables are computed once an axis and job, so they may use floating point freely.

import { alloc } from '../memory.ts'

/** Weights are Q14: a window's weights sum to exactly this, so flat areas keep their value. */
export const WEIGHT_ONE: i32 = 16384

/** Half-width of the kernel, in samples of the coarser grid. */
const LOBES: f64 = 3.0

/** Byte offsets of an axis table. */
const AXIS_TAPS: usize = 0
const AXIS_STARTS: usize = 4
const AXIS_WEIGHTS: usize = 8
const AXIS_BYTES: usize = 16

/** sin(pi x) for any x that a kernel asks for. An odd polynomial on [-1/2, 1/2]; error under 1e-9, far below a weight's step. */
function sinPi(x: f64): f64 {
  let whole = nearest<f64>(x)
  let r = (x - whole) * Math.PI
  let s = r * r
  let y =
    r *
    (1.0 +
      s *
        (-0.16666666666666666 +
          s *
            (0.008333333333333333 +
              s * (-1.984126984126984e-4 + s * (2.7557319223985893e-6 - s * 2.505210838544172e-8)))))
  return (i32(whole) & 1) !== 0 ? -y : y
}

function lanczos(x: f64): f64 {
  if (x < 0) x = -x
  if (x < 1e-8) return 1
  if (x >= LOBES) return 0
  let px = Math.PI * x
  return (LOBES * sinPi(x) * sinPi(x / LOBES)) / (px * px)
}

/** Weights a window of this step needs; open ends, since the kernel is zero there. */
function tapsOf(step: f64, tapsMultiple: i32): i32 {
  let taps = i32(ceil<f64>(LOBES * max<f64>(step, 1.0) * 2.0))
  return ((taps + tapsMultiple - 1) / tapsMultiple) * tapsMultiple
}

/**
 * Builds the window table of one axis.
 *
 * @param count output samples, at least 1
 * @param padded windows to make, at least `count`: those past `count` repeat the last, which pads a plane for free
 * @param step source samples an output sample (may be fractional)
 * @param offset source position of the output's left edge, in source samples
 * @param available source samples that exist, at least 1; a window that would reach past an end repeats the end sample
 * @param tapsMultiple windows are padded with zero weights to a multiple of this; the padding may point past the source
 * @returns the table's address, for the `axis...` readers
 */
export function buildAxis(
  count: i32,
  padded: i32,
  step: f64,
  offset: f64,
  available: i32,
  tapsMultiple: i32,
): usize {
  let taps = tapsOf(step, tapsMultiple)
  let axis = alloc(AXIS_BYTES)
  let starts = alloc(<usize>padded * 4)
  let weights = alloc(<usize>padded * <usize>taps * 2)
  store<i32>(axis + AXIS_TAPS, taps)
  store<usize>(axis + AXIS_STARTS, starts)
  store<usize>(axis + AXIS_WEIGHTS, weights)
  let stretch = max<f64>(step, 1.0)
  let support = LOBES * stretch
  for (let i = 0; i < count; i++) {
    let row = weights + <usize>i * <usize>taps * 2
    memory.fill(row, 0, <usize>taps * 2)
    let centre = offset + (f64(i) + 0.5) * step - 0.5
    let first = i32(floor<f64>(centre - support)) + 1
    let last = i32(ceil<f64>(centre + support)) - 1
    let start = min<i32>(max<i32>(first, 0), available - 1)
    let sum: f64 = 0
    for (let s = first; s <= last; s++) sum += lanczos((f64(s) - centre) / stretch)
    let given = 0
    let heaviest = 0
    let heaviestWeight = i32.MIN_VALUE
    for (let s = first; s <= last; s++) {
      let w = i32(nearest<f64>((lanczos((f64(s) - centre) / stretch) / sum) * f64(WEIGHT_ONE)))
      let tap = min<i32>(max<i32>(s, 0), available - 1) - start
      let at = row + <usize>tap * 2
      let total = <i32>load<i16>(at) + w
      store<i16>(at, <i16>total)
      given += w
      if (total > heaviestWeight) {
        heaviestWeight = total
        heaviest = tap
      }
    }
    let at = row + <usize>heaviest * 2
    store<i16>(at, <i16>(<i32>load<i16>(at) + (WEIGHT_ONE - given)))
    store<i32>(starts + <usize>i * 4, start)
  }
  for (let i = count; i < padded; i++) {
    store<i32>(starts + <usize>i * 4, load<i32>(starts + <usize>(count - 1) * 4))
    memory.copy(
      weights + <usize>i * <usize>taps * 2,
      weights + <usize>(count - 1) * <usize>taps * 2,
      <usize>taps * 2,
    )
  }
  return axis
}

/** Weights a window of this axis holds. */
export function axisTaps(axis: usize): i32 {
  return load<i32>(axis + AXIS_TAPS)
}

/** Address of the i16 weights of output sample 0; the windows follow each other without gaps. */
export function axisWeights(axis: usize): usize {
  return load<usize>(axis + AXIS_WEIGHTS)
}

/** Address of the i32 window starts, one an output sample. */
export function axisStarts(axis: usize): usize {
  return load<usize>(axis + AXIS_STARTS)
}
