// What of a frame has to be drawn: the pixels that differ visibly from what is shown already, and how far off each may be.

import { alloc } from '../memory.ts'
import { lengthOf, placeOf } from '../pixel/quantise-space.ts'
import { colorOf, indexOf, placeOfIndex } from './colors.ts'
import { small, smallHeight, smallWidth } from './shrink.ts'

/** The largest tolerance of the frames so far: what was good enough then need not be drawn again now. */
let lenience: f32 = 0
/** What is shown, as the file has it. */
export let shown: usize = 0
/** For each square of {@link SQUARE} pixels how much more may be off in it than where it is even, f32. */
let leeway: usize = 0
let squares: i32 = 0
const SQUARE: i32 = 4
/** The variance that hides as much error again as may be in an even area; and the most times of it. */
const HIDING: f32 = 40
const MOST_LEEWAY: f32 = 14

/** The part to be drawn. */
export let partLeft: i32 = 0
export let partTop: i32 = 0
export let partWidth: i32 = 0
export let partHeight: i32 = 0
/** Its pixels, in order: color, the squared error that is allowed, that of leaving what is shown (or NEVER), nearest index. */
export let wantedColors: usize = 0
export let allowances: usize = 0
export let keptErrors: usize = 0
export let nearest: usize = 0
/** The error of leaving what is shown where it cannot be left. */
export const NEVER: f32 = 1e9

/** Takes the memory, for the small screen that there is. */
export function beginDifference(): void {
  let pixels = <usize>smallWidth * <usize>smallHeight
  shown = alloc(pixels * 4 + 64)
  squares = (smallWidth + SQUARE - 1) / SQUARE
  leeway = alloc(<usize>(squares * ((smallHeight + SQUARE - 1) / SQUARE)) * 4)
  wantedColors = alloc(pixels * 4)
  allowances = alloc(pixels * 4)
  keptErrors = alloc(pixels * 4)
  nearest = alloc(pixels)
  forgetShown()
}

/** As before the first frame. */
export function forgetShown(): void {
  lenience = 0
  memory.fill(shown, 0, ((<usize>smallWidth * <usize>smallHeight) << 2) + 64)
}

/** Measures how much the picture hides errors, in the given part of the small screen. */
export function measureLeeway(left: i32, top: i32, right: i32, bottom: i32): void {
  left &= ~(SQUARE - 1)
  top &= ~(SQUARE - 1)
  for (let y = top; y < bottom; y += SQUARE) {
    for (let x = left; x < right; x += SQUARE) {
      let sum = 0
      let squared = 0
      let endX = min(x + SQUARE, smallWidth)
      let endY = min(y + SQUARE, smallHeight)
      for (let v = y; v < endY; v++) {
        for (let u = x; u < endX; u++) {
          let color = load<u32>(small + ((<usize>(v * smallWidth + u)) << 2))
          let light = <i32>(((color & 255) * 5 + ((color >> 8) & 255) * 9 + ((color >> 16) & 255) * 2) >> 4)
          sum += light
          squared += light * light
        }
      }
      let count = <f32>((endX - x) * (endY - y))
      let mean = <f32>sum / count
      let variance = <f32>squared / count - mean * mean
      let at = leeway + ((<usize>((y / SQUARE) * squares + x / SQUARE)) << 2)
      store<f32>(at, min<f32>(MOST_LEEWAY, 1 + variance / HIDING))
    }
  }
}

export function leewayAt(x: i32, y: i32): f32 {
  return load<f32>(leeway + ((<usize>((y / SQUARE) * squares + x / SQUARE)) << 2))
}

/** The squared difference of a pixel from what is shown there, NEVER where one of them is a hole. */
function staleness(color: u32, old: u32): f32 {
  if (color === old) return 0
  if (!color || !old) return NEVER
  return lengthOf(f32x4.sub(placeOf(color), placeOf(old)))
}

/** Whether a pixel has to be drawn: what is shown is too far off, and the palette can do better. */
function isStale(color: u32, old: u32, allowed: f32): bool {
  return color !== 0 && staleness(color, old) > allowed && colorOf(indexOf(color)) !== old
}

/**
 * Finds the part that has to be drawn. `whole`: all that is opaque, since nothing will be shown any more.
 *
 * @param tolerance the squared error that is allowed in even areas
 * @returns whether there is any
 */
export function findPart(tolerance: f32, whole: bool): bool {
  let keeping = max(tolerance, lenience)
  let left = smallWidth
  let right = 0
  let top = smallHeight
  let bottom = 0
  for (let y = 0; y < smallHeight; y++) {
    let row = (<usize>(y * smallWidth)) << 2
    let x = 0
    while (x < smallWidth) {
      let at = row + ((<usize>x) << 2)
      if (x + 4 <= smallWidth) {
        let same = v128.xor(v128.load(small + at), v128.load(shown + at))
        if ((i64x2.extract_lane(same, 0) | i64x2.extract_lane(same, 1)) === 0 && !whole) {
          x += 4
          continue
        }
      }
      let color = load<u32>(small + at)
      let old = load<u32>(shown + at)
      let stale = whole ? color !== 0 : isStale(color, old, keeping * leewayAt(x, y))
      if (stale) {
        if (x < left) left = x
        if (x >= right) right = x + 1
        if (y < top) top = y
        bottom = y + 1
      }
      x++
    }
  }
  partLeft = min(left, right)
  partTop = min(top, bottom)
  partWidth = right - partLeft
  partHeight = bottom - partTop
  return partWidth > 0 && partHeight > 0
}

/** Lists the pixels of the part for the codes. */
export function listPart(tolerance: f32, whole: bool): void {
  let keeping = max(tolerance, lenience)
  let i: usize = 0
  for (let y = partTop; y < partTop + partHeight; y++) {
    let at = (<usize>(y * smallWidth + partLeft)) << 2
    for (let x = partLeft; x < partLeft + partWidth; x++) {
      let color = load<u32>(small + at)
      let old = load<u32>(shown + at)
      at += 4
      store<u32>(wantedColors + (i << 2), color)
      let allowed: f32 = 0
      let kept: f32 = 0
      let index = 0
      if (color) {
        kept = whole ? NEVER : staleness(color, old)
        allowed = tolerance * leewayAt(x, y)
        index = indexOf(color)
        // What the palette cannot do better is no reason to break off.
        let least = lengthOf(f32x4.sub(placeOf(color), placeOfIndex(index)))
        if (least >= allowed) allowed = least + <f32>0.01
        if (kept <= keeping * leewayAt(x, y)) kept = min<f32>(kept, allowed)
      }
      store<f32>(allowances + (i << 2), allowed)
      store<f32>(keptErrors + (i << 2), kept)
      store<u8>(nearest + i, index)
      i++
    }
  }
}

/** What the part shows from now on: its indices, of which `transparent` leaves what there is. */
export function showPart(indices: usize, transparent: i32, tolerance: f32): void {
  lenience = max(lenience, tolerance)
  for (let y = partTop; y < partTop + partHeight; y++) {
    let at = shown + ((<usize>(y * smallWidth + partLeft)) << 2)
    for (let end = at + ((<usize>partWidth) << 2); at < end; at += 4) {
      let index = <i32>load<u8>(indices++)
      if (index !== transparent) store<u32>(at, colorOf(index))
    }
  }
}

/** Makes one pixel the part, for a frame that draws nothing. */
export function showNothing(): void {
  partLeft = 0
  partTop = 0
  partWidth = 1
  partHeight = 1
}
