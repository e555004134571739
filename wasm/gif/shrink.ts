// The screen at a smaller size. Only the part that changed is made again. Rows are narrowed first, to four i16 a pixel, and
// kept in a ring until all rows that need them are made. Two samples are weighed at once, so windows have even lengths.

import { alloc } from '../memory.ts'
import { screen, screenHeight, screenWidth } from './screen.ts'

/** The small screen: opaque pixels have alpha 255, all others are 0. */
export let small: usize = 0
export let smallWidth: i32 = 0
export let smallHeight: i32 = 0
/** Whether it has, or had, a pixel that is not opaque. */
export let sawHole: bool = false
/** Whether a pixel that was opaque is not any more. */
export let sawClear: bool = false

/** What the weights of a window sum to; a narrowed sample has this many bits more than a byte. */
const ONE: i32 = 1 << 14
const NARROWED: i32 = 6
/** Windows of an axis: source sample that each starts at, weights that each has, i16. */
let startsX: usize = 0
let weightsX: usize = 0
let tapsX: i32 = 0
let startsY: usize = 0
let weightsY: usize = 0
let tapsY: i32 = 0
/** Narrowed rows, and which source row lies in each of them plus one. */
let ring: usize = 0
let ringTags: usize = 0
let ringWidth: usize = 0
/** Addresses of the narrowed rows of one window. */
let rows: usize = 0

/** Half the width of the kernel, in pixels of the small screen. */
const REACH: f64 = 2

/** Takes the memory of a small screen of this size, which is at most the screen's. */
export function beginShrink(width: i32, height: i32): void {
  smallWidth = width
  smallHeight = height
  let pixels = <usize>width * <usize>height
  small = alloc(pixels * 4 + 64)
  memory.fill(small, 0, pixels * 4 + 64)
  sawHole = false
  sawClear = false
  tapsX = tapsOf(<i32>screenWidth, width)
  startsX = alloc(<usize>width * 4)
  weightsX = alloc(<usize>width * <usize>even(tapsX) * 2)
  windows(startsX, weightsX, tapsX, <i32>screenWidth, width)
  tapsY = tapsOf(<i32>screenHeight, height)
  startsY = alloc(<usize>height * 4)
  weightsY = alloc(<usize>height * <usize>even(tapsY) * 2)
  windows(startsY, weightsY, tapsY, <i32>screenHeight, height)
  ringWidth = <usize>even(width) * 8
  ring = alloc(<usize>tapsY * ringWidth)
  rows = alloc(<usize>even(tapsY) * 4)
  ringTags = alloc(<usize>tapsY * 4)
}

function tapsOf(from: i32, to: i32): i32 {
  return from === to ? 1 : min(from, <i32>ceil<f64>((2 * REACH * <f64>from) / <f64>to) + 1)
}

/** Mitchell and Netravali's cubic: smooth, and it hardly overshoots. */
function kernel(x: f64): f64 {
  x = abs<f64>(x)
  if (x < 1) return (7 * x * x * x - 12 * x * x + 16 / 3.0) / 6
  if (x < 2) return (((-7 / 3.0) * x + 12) * x * x - 20 * x + 32 / 3.0) / 6
  return 0
}

function windows(starts: usize, weights: usize, taps: i32, from: i32, to: i32): void {
  let step = <f64>from / <f64>to
  for (let i = 0; i < to; i++) {
    let center = (<f64>i + 0.5) * step
    let start = taps === 1 ? i : <i32>ceil<f64>(center - REACH * step - 0.5)
    start = max(0, min(start, from - taps))
    store<i32>(starts + ((<usize>i) << 2), start)
    let at = weights + <usize>i * <usize>even(taps) * 2
    let sum: f64 = 0
    for (let t = 0; t < taps; t++) sum += weightAt(start + t, center, step, taps)
    // Rounded so that the sum stays exact, and even areas keep their colors.
    let given = 0
    let exact: f64 = 0
    for (let t = 0; t < even(taps); t++) {
      if (t < taps) exact += (weightAt(start + t, center, step, taps) / sum) * <f64>ONE
      let weight = <i32>nearest<f64>(exact) - given
      store<i16>(at + ((<usize>t) << 1), <i16>weight)
      given += weight
    }
  }
}

function even(count: i32): i32 {
  return (count + 1) & ~1
}

function weightAt(sample: i32, center: f64, step: f64, taps: i32): f64 {
  return taps === 1 ? 1 : kernel((<f64>sample + 0.5 - center) / step)
}

/** What of the small screen the last {@link shrinkPart} made. */
export let madeLeft: i32 = 0
export let madeTop: i32 = 0
export let madeRight: i32 = 0
export let madeBottom: i32 = 0

/** Makes what depends on a part of the screen again. */
export function shrinkPart(left: i32, top: i32, width: i32, height: i32): void {
  madeLeft = firstOf(startsX, tapsX, smallWidth, left)
  madeRight = endOf(startsX, smallWidth, left + width)
  madeTop = firstOf(startsY, tapsY, smallHeight, top)
  madeBottom = endOf(startsY, smallHeight, top + height)
  if (madeRight <= madeLeft) return
  if (tapsX === 1 && tapsY === 1) {
    copyPart()
    return
  }
  memory.fill(ringTags, 0, <usize>tapsY * 4)
  for (let y = madeTop; y < madeBottom; y++) {
    let start = load<i32>(startsY + ((<usize>y) << 2))
    for (let t = 0; t < tapsY; t++) narrow(start + t)
    for (let t = 0; t < even(tapsY); t++)
      store<usize>(rows + ((<usize>t) << 2), ring + <usize>((start + t) % tapsY) * ringWidth)
    let weights = weightsY + <usize>y * <usize>even(tapsY) * 2
    let to = small + ((<usize>(y * smallWidth)) << 2)
    for (let x = madeLeft & ~1; x < madeRight; x += 2) joinRows(weights, x, to + ((<usize>x) << 2))
  }
}

/** Two pixels from the narrowed rows. */
function joinRows(weights: usize, x: i32, to: usize): void {
  let low = i32x4.splat(1 << (13 + NARROWED))
  let high = low
  let column = (<usize>x) << 3
  let row = rows
  for (let end = row + ((<usize>tapsY) << 2); row < end; row += 8) {
    let a = v128.load(load<usize>(row) + column)
    let b = v128.load(load<usize>(row, 4) + column)
    let weight = v128.load32_splat(weights)
    weights += 4
    low = i32x4.add(low, i32x4.dot_i16x8_s(i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11), weight))
    high = i32x4.add(high, i32x4.dot_i16x8_s(i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15), weight))
  }
  if (x >= madeLeft) put(to, settled(i32x4.shr_s(low, 14 + NARROWED)))
  if (x + 1 < madeRight) put(to + 4, settled(i32x4.shr_s(high, 14 + NARROWED)))
}

function put(to: usize, color: u32): void {
  if (!color && load<u32>(to)) sawClear = true
  store<u32>(to, color)
}

/** The same for a small screen that is as large as the screen. */
function copyPart(): void {
  for (let y = madeTop; y < madeBottom; y++) {
    let offset = (<usize>(y * smallWidth + madeLeft)) << 2
    let end = offset + ((<usize>(madeRight - madeLeft)) << 2)
    for (; offset < end; offset += 4) {
      let color = load<u32>(screen + offset)
      if (color >> 24 !== 255) {
        let words = i16x8.extend_low_i8x16_u(v128.load32_zero(screen + offset))
        color = settled(i32x4.extend_low_i16x8_u(words))
      }
      put(small + offset, color)
    }
  }
}

/** First window that reaches `from`. */
function firstOf(starts: usize, taps: i32, count: i32, from: i32): i32 {
  let i = 0
  while (i < count && load<i32>(starts + ((<usize>i) << 2)) + taps <= from) i++
  return i
}

/** One past the last window that begins before `to`. */
function endOf(starts: usize, count: i32, to: i32): i32 {
  let i = count
  while (i > 0 && load<i32>(starts + ((<usize>(i - 1)) << 2)) >= to) i--
  return i
}

/** Narrows a row of the screen into the ring, unless it lies there. */
function narrow(row: i32): void {
  let slot = <usize>(row % tapsY)
  if (load<i32>(ringTags + (slot << 2)) === row + 1) return
  store<i32>(ringTags + (slot << 2), row + 1)
  let from = screen + ((<usize>row * screenWidth) << 2)
  let to = ring + slot * ringWidth
  for (let x = madeLeft; x < madeRight; x++) {
    let at = from + ((<usize>load<i32>(startsX + ((<usize>x) << 2))) << 2)
    let weights = weightsX + <usize>x * <usize>even(tapsX) * 2
    let sum = i32x4.splat(1 << (13 - NARROWED))
    for (let end = at + ((<usize>tapsX) << 2); at < end; at += 8) {
      let two = v128.load64_zero(at)
      let pairs = i8x16.shuffle(two, two, 0, 4, 1, 5, 2, 6, 3, 7, 0, 4, 1, 5, 2, 6, 3, 7)
      let words = i16x8.extend_low_i8x16_u(pairs)
      sum = i32x4.add(sum, i32x4.dot_i16x8_s(words, v128.load32_splat(weights)))
      weights += 4
    }
    sum = i32x4.shr_s(sum, 14 - NARROWED)
    v128.store64_lane(to + ((<usize>x) << 3), i16x8.narrow_i32x4_s(sum, sum), 0)
  }
}

/** A sum as a pixel: opaque, its color no longer multiplied, or nothing. */
function settled(sum: v128): u32 {
  let alpha = i32x4.extract_lane(sum, 3)
  if (alpha < 255) {
    sawHole = true
    if (alpha < 128) return 0
    let color = f32x4.mul(f32x4.convert_i32x4_s(sum), f32x4.splat(255 / <f32>alpha))
    sum = i32x4.trunc_sat_f32x4_s(f32x4.add(color, f32x4.splat(0.5)))
  }
  let halves = i16x8.narrow_i32x4_s(sum, sum)
  return <u32>i32x4.extract_lane(i8x16.narrow_i16x8_u(halves, halves), 0) | 0xff000000
}
