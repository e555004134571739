// A palette for the colors that a histogram holds: boxes split at the mean of their widest axis, the widest box first,
// then a few rounds in which every palette color moves to the mean of the colors nearest to it.

import { alloc, mark, release } from '../memory.ts'
import { colorCount, exactColors, listColors } from './quantise-histogram.ts'
import { nearestColor, nearestDistance, setPalette } from './quantise-nearest.ts'
import { colorAt, placeOf } from './quantise-space.ts'

/** Rounds of the refinement. */
const ROUNDS: i32 = 4
/** A color with this part of its palette color's weight is met exactly: flat areas stay flat. */
const DOMINANT: f32 = 0.4

/** The palette: 256 u32 of RGBA, red lowest, and the place of each. */
export const PALETTE: usize = memory.data(256 * 4, 16)
export const PALETTE_PLACES: usize = memory.data(256 * 16, 16)
export let paletteSize: i32 = 0
/** The palette has every color of the picture. */
export let paletteExact: bool = false

/** Colors: their places, weights and values. */
let places: usize = 0
let weights: usize = 0
let colors: usize = 0
let count: usize = 0

/** Boxes: first color, one past the last, weight, worth of a split, its axis; and the mean. */
const BOX_FIRST: usize = 0
const BOX_END: usize = 4
const BOX_WORTH: usize = 8
const BOX_AXIS: usize = 12
const BOX_MEAN: usize = 16
const BOX_BYTES: usize = 32
const BOXES: usize = memory.data(256 * 32, 16)

/** Makes a palette of at most `most` colors (2 to 256) from the histogram; `beginNearest` came before. */
export function makePalette(most: i32): void {
  let start = mark()
  count = <usize>colorCount
  colors = alloc(count * 4)
  weights = alloc(count * 4)
  places = alloc(count * 16)
  listColors(colors, weights)
  paletteExact = exactColors() && count <= <usize>most
  if (paletteExact) {
    paletteSize = <i32>count
    memory.copy(PALETTE, colors, count * 4)
  } else {
    for (let i: usize = 0; i < count; i++)
      store<v128>(places + (i << 4), placeOf(load<u32>(colors + (i << 2))))
    split(most)
    for (let round = 0; round < ROUNDS; round++) refine(round === ROUNDS - 1)
  }
  settle()
  release(start)
}

/** Opaque colors last, dark before light; places of what the bytes really say. */
function settle(): void {
  for (let i = 1; i < paletteSize; i++) {
    let color = load<u32>(PALETTE + ((<usize>i) << 2))
    let key = sortKey(color)
    let j = i
    while (j > 0 && sortKey(load<u32>(PALETTE + ((<usize>(j - 1)) << 2))) > key) {
      store<u32>(PALETTE + ((<usize>j) << 2), load<u32>(PALETTE + ((<usize>(j - 1)) << 2)))
      j--
    }
    store<u32>(PALETTE + ((<usize>j) << 2), color)
  }
  for (let i: usize = 0; i < <usize>paletteSize; i++)
    store<v128>(PALETTE_PLACES + (i << 4), placeOf(load<u32>(PALETTE + (i << 2))))
  setPalette(PALETTE_PLACES, paletteSize)
}

function sortKey(color: u32): u32 {
  let light = (color & 255) * 3 + ((color >> 8) & 255) * 6 + ((color >> 16) & 255)
  return (color >> 24 === 255 ? 1 << 16 : 0) | light
}

function box(i: i32): usize {
  return BOXES + <usize>i * BOX_BYTES
}

/** Splits the box that gains most until there are enough. The places of the palette are the means. */
function split(most: i32): void {
  let boxes = 1
  store<u32>(box(0) + BOX_FIRST, 0)
  store<u32>(box(0) + BOX_END, <u32>count)
  measure(box(0))
  while (boxes < most) {
    let best = 0
    for (let i = 1; i < boxes; i++)
      if (load<f32>(box(i) + BOX_WORTH) > load<f32>(box(best) + BOX_WORTH)) best = i
    if (load<f32>(box(best) + BOX_WORTH) <= 0) break
    let middle = partition(box(best))
    if (middle === 0) {
      store<f32>(box(best) + BOX_WORTH, 0)
      continue
    }
    store<u32>(box(boxes) + BOX_FIRST, middle)
    store<u32>(box(boxes) + BOX_END, load<u32>(box(best) + BOX_END))
    store<u32>(box(best) + BOX_END, middle)
    measure(box(best))
    measure(box(boxes))
    boxes++
  }
  paletteSize = boxes
  for (let i = 0; i < boxes; i++)
    store<v128>(PALETTE_PLACES + ((<usize>i) << 4), v128.load(box(i) + BOX_MEAN))
}

/** Mean, widest axis and what a split along it is worth. */
function measure(at: usize): void {
  let first = <usize>load<u32>(at + BOX_FIRST)
  let end = <usize>load<u32>(at + BOX_END)
  let sum = f32x4.splat(0)
  let total: f32 = 0
  for (let i = first; i < end; i++) {
    let weight = load<f32>(weights + (i << 2))
    total += weight
    sum = f32x4.add(sum, f32x4.mul(v128.load(places + (i << 4)), f32x4.splat(weight)))
  }
  let mean = f32x4.mul(sum, f32x4.splat(1 / total))
  let spread = f32x4.splat(0)
  for (let i = first; i < end; i++) {
    let apart = f32x4.sub(v128.load(places + (i << 4)), mean)
    spread = f32x4.add(spread, f32x4.mul(f32x4.mul(apart, apart), v128.load32_splat(weights + (i << 2))))
  }
  let axis = 0
  let worth = f32x4.extract_lane(spread, 0)
  if (f32x4.extract_lane(spread, 1) > worth) {
    axis = 1
    worth = f32x4.extract_lane(spread, 1)
  }
  if (f32x4.extract_lane(spread, 2) > worth) {
    axis = 2
    worth = f32x4.extract_lane(spread, 2)
  }
  if (f32x4.extract_lane(spread, 3) > worth) {
    axis = 3
    worth = f32x4.extract_lane(spread, 3)
  }
  store<v128>(at + BOX_MEAN, mean)
  store<i32>(at + BOX_AXIS, axis)
  store<f32>(at + BOX_WORTH, end - first > 1 ? worth : 0)
}

/** Moves the colors below the mean to the front; returns the first of the others, or 0 when nothing lies apart. */
function partition(at: usize): u32 {
  let axis = (<usize>load<i32>(at + BOX_AXIS)) << 2
  let middle = load<f32>(at + BOX_MEAN + axis)
  let low = <usize>load<u32>(at + BOX_FIRST)
  let high = <usize>load<u32>(at + BOX_END)
  let first = low
  let end = high
  while (low < high) {
    if (load<f32>(places + (low << 4) + axis) < middle) low++
    else {
      high--
      exchange(low, high)
    }
  }
  return low === first || low === end ? 0 : <u32>low
}

function exchange(a: usize, b: usize): void {
  let place = v128.load(places + (a << 4))
  store<v128>(places + (a << 4), v128.load(places + (b << 4)))
  store<v128>(places + (b << 4), place)
  let weight = load<u32>(weights + (a << 2))
  store<u32>(weights + (a << 2), load<u32>(weights + (b << 2)))
  store<u32>(weights + (b << 2), weight)
  let color = load<u32>(colors + (a << 2))
  store<u32>(colors + (a << 2), load<u32>(colors + (b << 2)))
  store<u32>(colors + (b << 2), color)
}

/** For each palette color: sum of places (v128), weight, heaviest color's weight and its index. */
const SUMS: usize = memory.data(256 * 32, 16)

/** One round: every palette color moves to the mean of the colors that are nearest to it. */
function refine(last: bool): void {
  setPalette(PALETTE_PLACES, paletteSize)
  memory.fill(SUMS, 0, <usize>paletteSize * 32)
  let worst: f32 = -1
  let stray: usize = 0
  for (let i: usize = 0; i < count; i++) {
    let place = v128.load(places + (i << 4))
    let weight = load<f32>(weights + (i << 2))
    let at = SUMS + ((<usize>nearestColor(place)) << 5)
    store<v128>(at, f32x4.add(v128.load(at), f32x4.mul(place, f32x4.splat(weight))))
    store<f32>(at, load<f32>(at, 16) + weight, 16)
    if (weight > load<f32>(at, 20)) {
      store<f32>(at, weight, 20)
      store<u32>(at, <u32>i, 24)
    }
    if (nearestDistance * weight > worst) {
      worst = nearestDistance * weight
      stray = i
    }
  }
  for (let p: usize = 0; p < <usize>paletteSize; p++) {
    let at = SUMS + (p << 5)
    let weight = load<f32>(at, 16)
    let to = PALETTE_PLACES + (p << 4)
    // A palette color that nobody needs goes where the need is greatest.
    if (weight === 0) store<v128>(to, v128.load(places + (stray << 4)))
    else store<v128>(to, f32x4.mul(v128.load(at), f32x4.splat(1 / weight)))
    if (!last) continue
    let heaviest = <usize>load<u32>(at, 24)
    let exact = weight > 0 && load<f32>(at, 20) > weight * DOMINANT
    store<u32>(PALETTE + (p << 2), exact ? load<u32>(colors + (heaviest << 2)) : colorAt(v128.load(to)))
  }
}
