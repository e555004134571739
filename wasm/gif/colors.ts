// The colors of the frames: counted over many frames, brought to a palette, and found again for each pixel.

import { alloc, mark, release } from '../memory.ts'
import { makePalette, PALETTE, PALETTE_PLACES, paletteSize } from '../pixel/quantise.ts'
import { beginHistogram, colorCount, countColor, listColors } from '../pixel/quantise-histogram.ts'
import { beginNearest, nearestColor, nearestDistance } from '../pixel/quantise-nearest.ts'
import { placeOf } from '../pixel/quantise-space.ts'
import { madeBottom, madeLeft, madeRight, madeTop, small, smallWidth } from './shrink.ts'

const KNOWN_BITS: u32 = 13
/** For each hash of a color the one that was looked up last, and its index plus one. */
let known: usize = 0

/** Colors of the palette in use, the transparent one not counted. */
export let colorsUsed: i32 = 0

/** Takes the memory. */
export function beginColors(): void {
  known = alloc(8 << KNOWN_BITS)
  beginNearest(false)
}

/** Takes the memory for the counts, which are none yet. */
export function beginCounts(): void {
  beginHistogram()
}

/** Counts the opaque pixels of what was made last, of every `every`th row. */
export function countPart(every: i32): void {
  for (let y = madeTop; y < madeBottom; y += every) {
    let at = small + ((<usize>(y * smallWidth + madeLeft)) << 2)
    let end = at + ((<usize>(madeRight - madeLeft)) << 2)
    let last: u32 = 0
    let weight: u32 = 0
    for (; at < end; at += 4) {
      let color = load<u32>(at)
      if (color === last) {
        weight++
        continue
      }
      if (last && weight) countColor(last, weight)
      last = color
      weight = 1
    }
    if (last && weight) countColor(last, weight)
  }
}

/** Makes a palette of at most `most` colors, 2 to 255, of what was counted; returns its mean squared error. */
export function choosePalette(most: i32): f32 {
  makePalette(most)
  colorsUsed = paletteSize
  memory.fill(known, 0, 8 << KNOWN_BITS)
  let start = mark()
  let count = <usize>colorCount
  let colors = alloc(count * 4)
  let weights = alloc(count * 4)
  listColors(colors, weights)
  let sum: f32 = 0
  let total: f32 = 0
  for (let i: usize = 0; i < count << 2; i += 4) {
    nearestColor(placeOf(load<u32>(colors + i)))
    sum += nearestDistance * load<f32>(weights + i)
    total += load<f32>(weights + i)
  }
  release(start)
  return total > 0 ? sum / total : 0
}

/** The index of the color that looks most like an opaque one. */
export function indexOf(color: u32): i32 {
  let at = known + ((<usize>((color * 0x9e3779b1) >> (32 - KNOWN_BITS))) << 3)
  if (load<u32>(at) === color) return load<i32>(at, 4)
  let index = nearestColor(placeOf(color))
  store<u32>(at, color)
  store<i32>(at, index, 4)
  return index
}

/** The color of an index. */
export function colorOf(index: i32): u32 {
  return load<u32>(PALETTE + ((<usize>index) << 2))
}

/** The place of an index. */
export function placeOfIndex(index: i32): v128 {
  return v128.load(PALETTE_PLACES + ((<usize>index) << 4))
}
