// Separable resampling of one plane, rows streaming: each output row is made as soon as the source rows under its window
// exist. The vertical pass runs first, so the (dearer) horizontal pass sees only as many rows as the target has, and the
// source may be a ring of rows instead of a whole plane.

import { alloc } from '../memory.ts'
import { axisStarts, axisTaps, axisWeights, buildAxis } from './kernel.ts'

/** Byte offsets of a resampler's state. */
const SOURCE: usize = 0
const SOURCE_STRIDE: usize = 4
const SOURCE_ROWS: usize = 8
const RING_ROWS: usize = 12
const TARGET: usize = 16
const TARGET_STRIDE: usize = 20
const TARGET_ROWS: usize = 24
const TARGET_PADDED: usize = 28
const NEXT: usize = 32
const AXIS_X: usize = 36
const AXIS_Y: usize = 40
const LINE: usize = 44
const ROW_TABLE: usize = 48
const SOURCE_WIDTH: usize = 52
const TARGET_WIDTH: usize = 56
const STATE_BYTES: usize = 64

/** Source rows that must be held at once for a vertical step (source rows an output row). */
export function windowRows(step: f64): i32 {
  return i32(ceil<f64>(6.0 * max<f64>(step, 1.0))) + 2
}

/**
 * Prepares the resampling of one plane.
 *
 * @param source first row of the plane, or of the ring
 * @param ringRows rows of the ring (row y lies at y modulo this); at least `sourceHeight` for a whole plane
 * @param target rows of `paddedWidth` samples at `targetStride`; rows past `targetHeight` up to `paddedHeight` repeat the last
 * @param stepX stepY source samples a target sample, at least 1 (this never enlarges)
 * @param offsetX offsetY source position of the target's top left corner, in source samples
 * @returns the state's address, for {@link resampleRows}
 */
export function resampler(
  source: usize,
  sourceStride: i32,
  sourceWidth: i32,
  sourceHeight: i32,
  ringRows: i32,
  target: usize,
  targetStride: i32,
  targetWidth: i32,
  targetHeight: i32,
  paddedWidth: i32,
  paddedHeight: i32,
  stepX: f64,
  offsetX: f64,
  stepY: f64,
  offsetY: f64,
): usize {
  let state = alloc(STATE_BYTES)
  store<usize>(state + SOURCE, source)
  store<i32>(state + SOURCE_STRIDE, sourceStride)
  store<i32>(state + SOURCE_ROWS, sourceHeight)
  store<i32>(state + RING_ROWS, ringRows)
  store<usize>(state + TARGET, target)
  store<i32>(state + TARGET_STRIDE, targetStride)
  store<i32>(state + TARGET_ROWS, targetHeight)
  store<i32>(state + TARGET_PADDED, paddedHeight)
  store<i32>(state + NEXT, 0)
  // Eight outputs leave the horizontal loop at once.
  let axisX = buildAxis(targetWidth, (paddedWidth + 7) & ~7, stepX, offsetX, sourceWidth, 8)
  let axisY = buildAxis(targetHeight, targetHeight, stepY, offsetY, sourceHeight, 2)
  store<usize>(state + AXIS_X, axisX)
  store<usize>(state + AXIS_Y, axisY)
  store<i32>(state + SOURCE_WIDTH, sourceWidth)
  store<i32>(state + TARGET_WIDTH, (paddedWidth + 7) & ~7)
  // The last window's zero weights may read past the row's end: any finite value serves, but it must be the job's own.
  let lineBytes = (<usize>((sourceWidth + 15) & ~15) + <usize>axisTaps(axisX)) * 2
  let line = alloc(lineBytes)
  memory.fill(line, 0, lineBytes)
  store<usize>(state + LINE, line)
  store<usize>(state + ROW_TABLE, alloc(<usize>axisTaps(axisY) * 4))
  return state
}

/** First source row that output rows still to come need; earlier ring rows may be overwritten. */
export function firstNeededRow(state: usize): i32 {
  let next = load<i32>(state + NEXT)
  if (next >= load<i32>(state + TARGET_ROWS)) return i32.MAX_VALUE
  return load<i32>(axisStarts(load<usize>(state + AXIS_Y)) + <usize>next * 4)
}

/** Makes every output row whose source rows lie below `available` (rows that exist so far); returns rows made in all. */
export function resampleRows(state: usize, available: i32): i32 {
  let axisY = load<usize>(state + AXIS_Y)
  let axisX = load<usize>(state + AXIS_X)
  let taps = axisTaps(axisY)
  let starts = axisStarts(axisY)
  let weights = axisWeights(axisY)
  let rows = load<i32>(state + TARGET_ROWS)
  let sourceRows = load<i32>(state + SOURCE_ROWS)
  let ringRows = load<i32>(state + RING_ROWS)
  let stride = load<i32>(state + TARGET_STRIDE)
  let target = load<usize>(state + TARGET)
  let sourceStride = <usize>load<i32>(state + SOURCE_STRIDE)
  let source = load<usize>(state + SOURCE)
  let line = load<usize>(state + LINE)
  let table = load<usize>(state + ROW_TABLE)
  let sourceWidth = load<i32>(state + SOURCE_WIDTH)
  let width = load<i32>(state + TARGET_WIDTH)
  let y = load<i32>(state + NEXT)
  while (y < rows) {
    let start = load<i32>(starts + <usize>y * 4)
    if (min<i32>(start + taps, sourceRows) > available) break
    for (let t = 0; t < taps; t++) {
      let row = min<i32>(start + t, sourceRows - 1) % ringRows
      store<usize>(table + <usize>t * 4, source + <usize>row * sourceStride)
    }
    vertical(line, table, weights + <usize>y * <usize>taps * 2, taps, sourceWidth)
    let out = target + <usize>y * <usize>stride
    if (axisTaps(axisX) === 8) horizontal8(out, line, axisStarts(axisX), axisWeights(axisX), width)
    else horizontal(out, line, axisStarts(axisX), axisWeights(axisX), axisTaps(axisX), width)
    y++
  }
  if (y === rows && load<i32>(state + NEXT) < rows) {
    let last = target + <usize>(rows - 1) * <usize>stride
    let padded = load<i32>(state + TARGET_PADDED)
    for (let r = rows; r < padded; r++) memory.copy(target + <usize>r * <usize>stride, last, width)
  }
  store<i32>(state + NEXT, y)
  return y
}

/** Weighs `taps` (even) rows of samples into one line of Q6 values: i16 holds the kernel's overshoot at that scale. */
function vertical(line: usize, table: usize, weights: usize, taps: i32, width: i32): void {
  let round = i32x4.splat(128)
  for (let x: usize = 0; x < <usize>width; x += 16) {
    let a = round
    let b = round
    let c = round
    let d = round
    for (let t: usize = 0; t < <usize>taps; t += 2) {
      let r0 = v128.load(load<usize>(table + t * 4) + x)
      let r1 = v128.load(load<usize>(table + t * 4, 4) + x)
      let w = v128.load32_splat(weights + t * 2)
      let lo = i8x16.shuffle(r0, r1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
      let hi = i8x16.shuffle(r0, r1, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
      a = i32x4.add(a, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(lo), w))
      b = i32x4.add(b, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(lo), w))
      c = i32x4.add(c, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(hi), w))
      d = i32x4.add(d, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(hi), w))
    }
    v128.store(line + x * 2, i16x8.narrow_i32x4_s(i32x4.shr_s(a, 8), i32x4.shr_s(b, 8)))
    v128.store(line + x * 2, i16x8.narrow_i32x4_s(i32x4.shr_s(c, 8), i32x4.shr_s(d, 8)), 16)
  }
}

/** The sums of four vectors, one a lane. */
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  let ab = i32x4.add(
    i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23),
    i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31),
  )
  let cd = i32x4.add(
    i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23),
    i8x16.shuffle(c, d, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31),
  )
  return i32x4.add(
    i8x16.shuffle(ab, cd, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
    i8x16.shuffle(ab, cd, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31),
  )
}

/** Q20 sums to samples, eight of them to `out`. */
function storeSamples(out: usize, low: v128, high: v128): void {
  let round = i32x4.splat(1 << 19)
  let words = i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(low, round), 20),
    i32x4.shr_s(i32x4.add(high, round), 20),
  )
  v128.store64_lane(out, i8x16.narrow_i16x8_u(words, words), 0)
}

/** One product of eight weights for the output whose window start lies at `starts`. */
function window8(line: usize, starts: usize, weights: usize): v128 {
  return i32x4.dot_i16x8_s(v128.load(line + <usize>load<i32>(starts) * 2), v128.load(weights))
}

/** The horizontal pass for windows of eight, the usual case (a step of up to 4/3). */
function horizontal8(out: usize, line: usize, starts: usize, weights: usize, width: i32): void {
  let end = out + <usize>width
  while (out < end) {
    let low = sums(
      window8(line, starts, weights),
      window8(line, starts + 4, weights + 16),
      window8(line, starts + 8, weights + 32),
      window8(line, starts + 12, weights + 48),
    )
    let high = sums(
      window8(line, starts + 16, weights + 64),
      window8(line, starts + 20, weights + 80),
      window8(line, starts + 24, weights + 96),
      window8(line, starts + 28, weights + 112),
    )
    storeSamples(out, low, high)
    out += 8
    starts += 32
    weights += 128
  }
}

/** The window sum of one output for any multiple of eight weights. */
function windowAny(at: usize, weights: usize, taps: i32): v128 {
  let sum = i32x4.dot_i16x8_s(v128.load(at), v128.load(weights))
  for (let t: usize = 8; t < <usize>taps; t += 8) {
    sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load(at + t * 2), v128.load(weights + t * 2)))
  }
  return sum
}

function horizontal(out: usize, line: usize, starts: usize, weights: usize, taps: i32, width: i32): void {
  let bytes = <usize>taps * 2
  let four = i32x4.splat(0)
  for (let x = 0; x < width; x += 8) {
    let low = four
    for (let half = 0; half < 2; half++) {
      let a = windowAny(line + <usize>load<i32>(starts) * 2, weights, taps)
      let b = windowAny(line + <usize>load<i32>(starts, 4) * 2, weights + bytes, taps)
      let c = windowAny(line + <usize>load<i32>(starts, 8) * 2, weights + bytes * 2, taps)
      let d = windowAny(line + <usize>load<i32>(starts, 12) * 2, weights + bytes * 3, taps)
      let total = sums(a, b, c, d)
      if (half === 0) low = total
      else storeSamples(out + <usize>x, low, total)
      starts += 16
      weights += bytes * 4
    }
  }
}
