// The picture as indices of a palette. The error of a pixel is passed on to its neighbours where that helps: in smooth
// areas, which would show steps. Letters and lines keep their exact colors, and texture hides its errors by itself.

import { alloc, mark, release } from '../memory.ts'
import { makePalette, PALETTE_PLACES, paletteExact } from '../pixel/quantise.ts'
import { beginHistogram, countColor } from '../pixel/quantise-histogram.ts'
import { beginNearest, nearestColor } from '../pixel/quantise-nearest.ts'
import { lengthOf, MOST_ALPHA, MOST_BLUE, MOST_GREEN, MOST_RED, placeOf } from '../pixel/quantise-space.ts'
import { pictureHeight, pictureParts, picturePlane, pictureStride, pictureWidth } from './picture.ts'
import { SMOOTH, SQUARE, textureRow } from './texture.ts'

/** How much a pixel of each texture counts when the palette is made. */
const WEIGHTS: StaticArray<u32> = [16, 4, 8, 2]
/** Part of an error that is passed on, for each texture. */
const SPREADS: StaticArray<f32> = [0.8, 0.5, 0.9, 0.4]
/** Squared errors up to this are nobody's business: passed on they would only make noise. */
const UNSEEN: f32 = 1.7
/** Passed-on errors never exceed this along an axis. */
const MOST_ERROR: f32 = 24

/** Times the tolerance: the squared error that a repeated run of indices may make, for each texture. */
const LENIENT: StaticArray<f32> = [0, 0, 0.25, 1]
/** Farthest that a run may lie back so that deflate can use it, with a filter's byte a row. */
const REACH: usize = 32000
const TRIPLE_BITS: u32 = 14
/** For each hash of three indices in a row, the address behind where they stood last. */
let triples: usize = 0
/** Sixteenth of the part of an error that is passed on, for each texture, f32; and whether any is. */
const SHARES: usize = memory.data(16, 16)
let spreads: bool = false
const KNOWN_BITS: u32 = 12
/** For each hash of a color the last one that was looked up, and its index plus one. */
let known: usize = 0

/** A byte a pixel, rows without gaps. */
export let indices: usize = 0

/** One pixel of the picture, red lowest. */
function pixel(r: usize, g: usize, b: usize, a: usize, x: usize): u32 {
  let color = <u32>load<u8>(r + x) | ((<u32>load<u8>(g + x)) << 8) | ((<u32>load<u8>(b + x)) << 16)
  if (!a) return color | 0xff000000
  let alpha = <u32>load<u8>(a + x)
  return alpha ? color | (alpha << 24) : 0
}

/** Whether the 16 pixels from `x` on all have this color. Transparent ones are looked at one by one. */
function isRun(r: usize, g: usize, b: usize, a: usize, x: usize, color: u32): bool {
  let first = i8x16.splat(<i8>color)
  let differ = v128.xor(v128.load(r + x), first)
  differ = v128.or(differ, v128.xor(v128.load(g + x), i8x16.splat(<i8>(color >> 8))))
  differ = v128.or(differ, v128.xor(v128.load(b + x), i8x16.splat(<i8>(color >> 16))))
  if (a) differ = v128.or(differ, v128.xor(v128.load(a + x), i8x16.splat(<i8>(color >> 24))))
  return (i64x2.extract_lane(differ, 0) | i64x2.extract_lane(differ, 1)) === 0
}

/** Makes the palette for the picture; {@link mapTexture} came before. The memory that it keeps is the caller's to release. */
export function choosePalette(most: i32): void {
  beginNearest(pictureParts === 4)
  let start = mark()
  beginHistogram()
  let g: usize = pictureParts > 1 ? 1 : 0
  let b: usize = pictureParts > 1 ? 2 : 0
  for (let y = 0; y < pictureHeight; y++) {
    let offset = <usize>y * <usize>pictureStride
    let red = picturePlane(0) + offset
    let green = picturePlane(<i32>g) + offset
    let blue = picturePlane(<i32>b) + offset
    let alpha = pictureParts === 4 ? picturePlane(3) + offset : 0
    let textures = textureRow(y)
    let last = pixel(red, green, blue, alpha, 0)
    let weight: u32 = 0
    for (let x: usize = 0; x < <usize>pictureWidth; x++) {
      if (x % 16 === 0 && x + 16 <= <usize>pictureWidth && isRun(red, green, blue, alpha, x, last)) {
        weight += 16 * unchecked(WEIGHTS[load<u8>(textures + x / SQUARE)])
        x += 15
        continue
      }
      let color = pixel(red, green, blue, alpha, x)
      if (color !== last) {
        countColor(last, weight)
        last = color
        weight = 0
      }
      weight += unchecked(WEIGHTS[load<u8>(textures + x / SQUARE)])
    }
    countColor(last, weight)
  }
  makePalette(most)
  release(start)
}

/**
 * Finds an index for each pixel.
 *
 * @param drawn photographed 0 to 1: how much of the errors is passed on in such squares
 * @param tolerance squared error that texture may have where an earlier run of indices goes on: fewer bytes
 */
export function indexPicture(drawn: f32, photographed: f32, tolerance: f32): void {
  let width = <usize>pictureWidth
  indices = alloc(width * <usize>pictureHeight + 16)
  let start = mark()
  // Errors of two rows, with a pixel to spare at each end.
  let errorBytes = (width + 2) << 4
  let here = alloc(errorBytes)
  let below = alloc(errorBytes)
  memory.fill(here, 0, errorBytes)
  triples = alloc(4 << TRIPLE_BITS)
  memory.fill(triples, 0, 4 << TRIPLE_BITS)
  known = alloc(8 << KNOWN_BITS)
  memory.fill(known, 0, 8 << KNOWN_BITS)
  let g = pictureParts > 1 ? 1 : 0
  let b = pictureParts > 1 ? 2 : 0
  spreads = !paletteExact && max<f32>(drawn, photographed) > 0
  for (let texture = 0; texture < 4; texture++) {
    let part = texture < <i32>SMOOTH ? drawn : photographed
    store<f32>(SHARES + ((<usize>texture) << 2), (part * unchecked(SPREADS[texture])) / 16)
  }
  for (let y = 0; y < pictureHeight; y++) {
    let offset = <usize>y * <usize>pictureStride
    if (spreads) memory.fill(below, 0, errorBytes)
    indexRow(
      picturePlane(0) + offset,
      picturePlane(g) + offset,
      picturePlane(b) + offset,
      pictureParts === 4 ? picturePlane(3) + offset : 0,
      textureRow(y),
      indices + <usize>y * width,
      here + 16,
      below + 16,
      paletteExact ? 0 : tolerance,
    )
    let used = here
    here = below
    below = used
  }
  release(start)
}

function indexRow(
  red: usize,
  green: usize,
  blue: usize,
  alpha: usize,
  textures: usize,
  out: usize,
  here: usize,
  below: usize,
  tolerance: f32,
): void {
  let most = f32x4(MOST_RED, MOST_GREEN, MOST_BLUE, MOST_ALPHA)
  let least = f32x4(-MOST_RED, -MOST_GREEN, -MOST_BLUE, 0)
  let bound = f32x4.splat(MOST_ERROR)
  let none = f32x4.splat(0)
  let carried = none
  let last: u32 = 0
  let place = placeOf(0)
  let lastIndex = -1
  // The run that is being repeated: where it goes on, and the end of the row that it lies in.
  let run: usize = 0
  let runEnd: usize = 0
  for (let x: usize = 0; x < <usize>pictureWidth; x++) {
    let whole = x % 16 === 0 && x + 16 <= <usize>pictureWidth && lastIndex >= 0 && !spreads
    if (whole && isRun(red, green, blue, alpha, x, last)) {
      memory.fill(out + x, <u8>lastIndex, 16)
      x += 15
      run = 0
      continue
    }
    let color = pixel(red, green, blue, alpha, x)
    let error = none
    let clean = !spreads
    if (!clean) {
      error = f32x4.add(carried, v128.load(here + (x << 4)))
      clean = (i64x2.extract_lane(error, 0) | i64x2.extract_lane(error, 1)) === 0
    }
    if (clean && color === last && lastIndex >= 0) {
      store<u8>(out + x, lastIndex)
      run = 0
      continue
    }
    if (color !== last) {
      place = placeOf(color)
      last = color
    }
    carried = none
    lastIndex = -1
    let wanted = place
    if (!clean && color >> 24) {
      error = f32x4.max(f32x4.min(error, bound), f32x4.neg(bound))
      wanted = f32x4.max(f32x4.min(f32x4.add(place, error), most), least)
    }
    let lenient = tolerance * unchecked(LENIENT[load<u8>(textures + x / SQUARE)])
    let index = -1
    if (lenient > 0 && run) {
      index = load<u8>(run)
      let apart = lengthOf(f32x4.sub(wanted, v128.load(PALETTE_PLACES + ((<usize>index) << 4))))
      if (apart > lenient) run = 0
    } else run = 0
    if (!run) index = clean ? indexOf(color, place) : nearestColor(wanted)
    store<u8>(out + x, index)
    if (lenient > 0 && x >= 2) {
      let at = out + x
      let slot =
        triples + ((<usize>(((load<u32>(at - 2) & 0xffffff) * 0x9e3779b1) >> (32 - TRIPLE_BITS))) << 2)
      if (run) run++
      else {
        run = load<u32>(slot)
        if (run) {
          runEnd = indices + ((run - 1 - indices) / <usize>pictureWidth + 1) * <usize>pictureWidth
          if (at + 1 - run > REACH) run = 0
        }
      }
      if (run >= runEnd) run = 0
      store<u32>(slot, <u32>at + 1)
    }
    if (!spreads) {
      // Only where no run goes on is a color's index always the same.
      if (lenient === 0) lastIndex = index
      continue
    }
    let share = load<f32>(SHARES + ((<usize>load<u8>(textures + x / SQUARE)) << 2))
    if (share === 0 || !(color >> 24)) {
      if (clean && lenient === 0) lastIndex = index
      continue
    }
    let left = f32x4.sub(wanted, v128.load(PALETTE_PLACES + ((<usize>index) << 4)))
    if (lengthOf(left) <= UNSEEN) {
      if (clean && lenient === 0) lastIndex = index
      continue
    }
    left = f32x4.mul(left, f32x4.splat(share))
    let at = below + (x << 4)
    carried = f32x4.mul(left, f32x4.splat(7))
    store<v128>(at - 16, f32x4.add(v128.load(at - 16), f32x4.mul(left, f32x4.splat(3))))
    store<v128>(at, f32x4.add(v128.load(at), f32x4.mul(left, f32x4.splat(5))))
    store<v128>(at + 16, f32x4.add(v128.load(at + 16), left))
  }
}

/** The index of a color that lies at `place`. */
function indexOf(color: u32, place: v128): i32 {
  let at = known + ((<usize>((color * 0x9e3779b1) >> (32 - KNOWN_BITS))) << 3)
  if (load<u32>(at) === color) {
    let index = load<i32>(at, 4)
    if (index) return index - 1
  }
  let index = nearestColor(place)
  store<u32>(at, color)
  store<i32>(at, index + 1, 4)
  return index
}
