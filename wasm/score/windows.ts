// What a viewer sees of an error, by windows of the picture: how much of the structure of each is lost, at three sizes of
// viewing, as models of vision count it. Windows are blocks of coefficients, so nothing is transformed back: a window's
// variance, and its covariance with what became of it, are sums over coefficients. `src/media/score.ts` makes a number of it.

import { exp, power } from '../math.ts'
import { lostBetween } from './spectrum.ts'

/** Luma at the size of viewing, at half of it and at a quarter; then blue and red differences. */
export const LUMA: i32 = 0
export const BLUE: i32 = 3
export const RED: i32 = 4
const KINDS: i32 = 5
const SIZES: i32 = 3

/** Sums of a kind of window: structure lost, error, softness, each by itself and to the fourth; and the windows. */
const STRUCTURE: usize = 0
const ERROR: usize = 16
const SOFT: usize = 32
const COUNT: usize = 48
const TALLY_BYTES: usize = 64
const TALLIES: usize = memory.data(5 * 64, 16)

/** What each coefficient's square counts in a window of a kind, f32, and its share of the highest octave. */
const WEIGHTS: usize = memory.data(5 * 256, 16)
const TOP: usize = memory.data(256, 16)
/** What differences between the means of neighbouring blocks count. */
const MEANS: usize = memory.data(16, 16)
/** Squared response to a step of a sample at 64 levels of light, f32. */
const RESPONSE: usize = memory.data(256, 16)
/** Energy that scaling took at each size of viewing over that of the highest octave which is left, f32. */
const LOST: usize = memory.data(16, 16)

/** Sums of one block: of the source, of the result, of both, at each size; and the source's highest octave. */
const OF_SOURCE: usize = 0
const OF_RESULT: usize = 16
const OF_BOTH: usize = 32
const OF_TOP: usize = 48
/** Blocks of luma that make one group. */
export const GROUP: i32 = 4
const BLOCK_SUMS: usize = 64
const SUMS: usize = memory.data(4 * 64, 16)
/** Means of the blocks of a group, source and result, f32. */
const BLOCK_MEANS: usize = memory.data(2 * 16, 16)

/** Square of what no eye sees, in the response's unit. */
const UNSEEN: f32 = 0.0009
/** Width of the Gaussian window in samples. */
const SIGMA: f64 = 1.5
/** Coefficients are 8 times the orthonormal ones; a block has 64. */
const UNIT: f64 = 1 / 4096.0
/** Energy under which a highest octave says nothing of what lay above it. */
const LITTLE: f64 = 0.05
/** Part of its frequencies that a smaller picture keeps well. */
const PASSED: f64 = 0.55
/** What was lost is never taken for more than so many times what is left of the highest octave. */
const MOST_LOST: f64 = 4

/**
 * Starts the sums.
 *
 * @param ratio samples of the result for one of the picture as it is viewed
 * @param stage samples of the stage, whose spectrum is known, for one of the result
 * @param step luma samples that one of chroma covers
 */
export function beginWindows(ratio: f64, stage: f64, step: i32): void {
  memory.fill(TALLIES, 0, TALLY_BYTES * <usize>KINDS)
  for (let kind = 0; kind < KINDS; kind++) {
    let size = kind < SIZES ? kind : 1
    let pitch = kind < SIZES ? ratio : ratio / f64(step)
    for (let k = 0; k < 64; k++) {
      let weight = weigh((f64(k & 7) / 16) * pitch, (f64(k >> 3) / 16) * pitch, size)
      store<f32>(WEIGHTS + ((<usize>(kind * 64 + k)) << 2), f32(weight * UNIT))
    }
  }
  for (let k = 0; k < 64; k++) {
    let top = (k & 7) >= 4 || k >> 3 >= 4
    store<f32>(TOP + ((<usize>k) << 2), top ? f32(UNIT) : 0)
  }
  let left = lostBetween(4 / stage, 8 / stage) + LITTLE
  let from = ratio < 0.97 ? 8 * PASSED : 8
  for (let size = 0; size < SIZES; size++) {
    store<f32>(MEANS + ((<usize>size) << 2), f32(weigh(ratio / 24, 0, size)))
    let end = 8 / (stage * ratio * f64(1 << size))
    let lost = lostBetween(from / stage, end) / left
    store<f32>(LOST + ((<usize>size) << 2), f32(min<f64>(lost, MOST_LOST)))
  }
  if (responds) return
  responds = true
  for (let i = 0; i < 64; i++) {
    let slope = (light(i * 4 + 4) - light(i * 4)) / 4
    store<f32>(RESPONSE + ((<usize>i) << 2), f32(slope * slope))
  }
}

/** What a wave of so many cycles a sample, across and down, counts at a size of viewing: halved so often, windowed. */
function weigh(across: f64, down: f64, size: i32): f64 {
  if (across === 0 && down === 0) return 0
  if (across > 0.5 || down > 0.5) return 0
  let kept: f64 = 1
  let scale: f64 = 1
  for (let i = 0; i < size; i++) {
    let x = halfWave(across * scale) * halfWave(down * scale)
    kept *= x * x
    scale *= 2
  }
  // Past this the window's own part is nothing, and the exponential has an end.
  let squared = min<f64>((across * across + down * down) * scale * scale, 4)
  return kept * (1 - exp(-4 * Math.PI * Math.PI * SIGMA * SIGMA * squared))
}

/** cos(pi x) for 0 to 1, to six digits: a quarter of the angle by its series, doubled twice. */
function halfWave(x: f64): f64 {
  let a = (x * Math.PI) / 4
  let s = a * a
  let c = 1 - s * (0.5 - s * (1 / 24.0 - s * (1 / 720.0 - s / 40320.0)))
  c = 2 * c * c - 1
  return 2 * c * c - 1
}

/** What the eye makes of a sample: the cube root of light. */
function light(sample: i32): f64 {
  let v = f64(sample) / 255
  let linear = v <= 0.04045 ? v / 12.92 : power((v + 0.055) / 1.055, 2.4)
  return power(linear + 0.0037930732552754493, 1 / 3.0)
}

/**
 * Takes block `b` of a group of luma.
 *
 * @param source result 64 f32 coefficients times 8, in the order of rows
 */
export function takeLuma(b: i32, source: usize, result: usize): void {
  let at = SUMS + <usize>b * BLOCK_SUMS
  for (let size = 0; size < SIZES; size++) {
    sumBlock(WEIGHTS + ((<usize>size) << 8), source, result)
    store<f32>(at + OF_SOURCE + ((<usize>size) << 2), sumSource)
    store<f32>(at + OF_RESULT + ((<usize>size) << 2), sumResult)
    store<f32>(at + OF_BOTH + ((<usize>size) << 2), sumBoth)
  }
  sumBlock(TOP, source, source)
  store<f32>(at + OF_TOP, sumSource)
  store<f32>(BLOCK_MEANS + ((<usize>b) << 2), load<f32>(source) * <f32>(1 / 64.0))
  store<f32>(BLOCK_MEANS + 16 + ((<usize>b) << 2), load<f32>(result) * <f32>(1 / 64.0))
  // Colour differences may come before the group ends.
  respond(load<f32>(source) * <f32>(1 / 64.0))
}

/** The responses are there: they are the same for every picture. */
let responds: bool = false

/** Response to light of what is in work. */
let response: f32 = 1

/** Takes the response at a mean of samples, whose middle is 0. */
function respond(mean: f32): void {
  let level = min<i32>(63, max<i32>(0, <i32>((mean + 128) * 0.25)))
  response = load<f32>(RESPONSE + ((<usize>level) << 2))
}

/** Ends a group of `blocks` blocks: its windows are counted. Chroma of the same place comes after it. */
export function endGroup(blocks: i32): void {
  let mean: f32 = 0
  for (let b = 0; b < blocks; b++) mean += load<f32>(BLOCK_MEANS + ((<usize>b) << 2))
  mean = mean / f32(blocks)
  respond(mean)
  let other: f32 = 0
  for (let b = 0; b < blocks; b++) other += load<f32>(BLOCK_MEANS + 16 + ((<usize>b) << 2))
  other = other / f32(blocks)
  let apart: f32 = 0
  let apartResult: f32 = 0
  let apartBoth: f32 = 0
  for (let b = 0; b < blocks; b++) {
    let x = load<f32>(BLOCK_MEANS + ((<usize>b) << 2)) - mean
    let y = load<f32>(BLOCK_MEANS + 16 + ((<usize>b) << 2)) - other
    apart += x * x
    apartResult += y * y
    apartBoth += x * y
  }
  for (let size = 0; size < SIZES; size++) {
    let share = load<f32>(LOST + ((<usize>size) << 2))
    let mostMeans = load<f32>(MEANS + ((<usize>size) << 2))
    let source: f32 = mostMeans * apart
    let result: f32 = mostMeans * apartResult
    let both: f32 = mostMeans * apartBoth
    for (let b = 0; b < blocks; b++) {
      let at = SUMS + <usize>b * BLOCK_SUMS + ((<usize>size) << 2)
      let lost = share * load<f32>(SUMS + <usize>b * BLOCK_SUMS + OF_TOP)
      let x = load<f32>(at + OF_SOURCE) + lost
      let y = load<f32>(at + OF_RESULT)
      let xy = load<f32>(at + OF_BOTH)
      if (size === 0) countWindow(LUMA, x, y, xy)
      source += x
      result += y
      both += xy
    }
    let one: f32 = <f32>1 / f32(blocks)
    if (size > 0) countWindow(LUMA + size, source * one, result * one, both * one)
  }
}

/** Takes a block of colour differences. */
export function takeChroma(kind: i32, source: usize, result: usize): void {
  sumBlock(WEIGHTS + ((<usize>kind) << 8), source, result)
  countWindow(kind, sumSource, sumResult, sumBoth)
}

let sumSource: f32 = 0
let sumResult: f32 = 0
let sumBoth: f32 = 0

function sumBlock(weights: usize, source: usize, result: usize): void {
  let xx = f32x4.splat(0)
  let yy = f32x4.splat(0)
  let xy = f32x4.splat(0)
  for (let i: usize = 0; i < 256; i += 16) {
    let w = v128.load(weights + i)
    let x = v128.load(source + i)
    let y = v128.load(result + i)
    let wx = f32x4.mul(w, x)
    xx = f32x4.add(xx, f32x4.mul(wx, x))
    xy = f32x4.add(xy, f32x4.mul(wx, y))
    yy = f32x4.add(yy, f32x4.mul(f32x4.mul(w, y), y))
  }
  sumSource = lanes(xx)
  sumResult = lanes(yy)
  sumBoth = lanes(xy)
}

function lanes(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3)
  )
}

function countWindow(kind: i32, x: f32, y: f32, xy: f32): void {
  x *= response
  y *= response
  xy *= response
  let at = TALLIES + <usize>kind * TALLY_BYTES
  count(at + STRUCTURE, max<f32>(0, 1 - (2 * xy + UNSEEN) / (x + y + UNSEEN)))
  count(at + ERROR, sqrt<f32>(max<f32>(0, x + y - 2 * xy)))
  count(at + SOFT, max<f32>(0, sqrt<f32>(x) - sqrt<f32>(y)))
  store<f64>(at + COUNT, load<f64>(at + COUNT) + 1)
}

function count(at: usize, value: f32): void {
  let squared = f64(value) * f64(value)
  store<f64>(at, load<f64>(at) + f64(value))
  store<f64>(at, load<f64>(at, 8) + squared * squared, 8)
}

/** Sum `which` of a kind of window over its windows: 0 2 4 means, 1 3 5 fourth roots of means of fourth powers. */
export function windowFact(kind: i32, which: i32): f64 {
  let at = TALLIES + <usize>kind * TALLY_BYTES
  let windows = load<f64>(at + COUNT)
  if (windows === 0) return 0
  let value = load<f64>(at + ((<usize>which) << 3)) / windows
  return which & 1 ? Math.sqrt(Math.sqrt(value)) : value
}
