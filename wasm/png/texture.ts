// What kind of picture lies in each square of 16 x 16 pixels: drawn (text, lines, flat areas), smooth, or photographed.

import { alloc } from '../memory.ts'
import { pictureHeight, pictureParts, picturePlane, pictureStride, pictureWidth } from './picture.ts'

/** Side of a square. */
export const SQUARE: i32 = 16

/** One value or nearly so. */
export const FLAT: u8 = 0
/** Few differences between neighbours, and large ones where there are any. */
export const DRAWN: u8 = 1
/** Small differences nearly everywhere: a sky, a gradient. */
export const SMOOTH: u8 = 2
/** Differences of all sizes nearly everywhere. */
export const BUSY: u8 = 3

/** Differences of neighbours that are none, of a byte. */
const SAME: i32 = 2
/** Range within a square that is flat, and that is smooth. */
const FLAT_RANGE: i32 = 6
const SMOOTH_RANGE: i32 = 40
/** Of the 256 pairs of a square: so many the same, and it was drawn. */
const DRAWN_PAIRS: i32 = 112

let map: usize = 0
let columns: i32 = 0
/** Squares of each kind. */
const TALLY: usize = memory.data(16, 16)

/** Looks at the picture. The map is the caller's to release. */
export function mapTexture(): void {
  columns = (pictureWidth + SQUARE - 1) / SQUARE
  let rows = (pictureHeight + SQUARE - 1) / SQUARE
  map = alloc(<usize>columns * <usize>rows + 16)
  memory.fill(TALLY, 0, 16)
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      // The last square of a row or column overlaps its neighbour: it is whole then.
      let left = max<i32>(0, min<i32>(x * SQUARE, pictureWidth - SQUARE))
      let top = max<i32>(0, min<i32>(y * SQUARE, pictureHeight - SQUARE))
      let kind = kindOf(left, top)
      store<u8>(map + <usize>(y * columns + x), kind)
      let tally = TALLY + ((<usize>kind) << 2)
      store<u32>(tally, load<u32>(tally) + 1)
    }
  }
}

/** Address of the kinds of the squares in which row `y` of pixels lies, a byte each, from the left. */
export function textureRow(y: i32): usize {
  return map + <usize>((y / SQUARE) * columns)
}

/** Squares of this kind. */
export function textureTally(kind: i32): u32 {
  return load<u32>(TALLY + ((<usize>kind) << 2))
}

/** Green stands for the colors; what differs in alpha alone is drawn anyway. */
function kindOf(left: i32, top: i32): u8 {
  if (pictureWidth < SQUARE) return DRAWN
  let plane = picturePlane(pictureParts >= 3 ? 1 : 0)
  let rows = min<i32>(SQUARE, pictureHeight - top)
  let low = i8x16.splat(-1)
  let high = i8x16.splat(0)
  let pairs = 0
  for (let y = 0; y < rows; y++) {
    let at = plane + <usize>(top + y) * <usize>pictureStride + <usize>left
    let row = v128.load(at)
    low = i8x16.min_u(low, row)
    high = i8x16.max_u(high, row)
    // Beside and, for the last pixel, the one before: the square looks at nothing outside of it.
    let beside = i8x16.shuffle(row, row, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 14)
    let apart = v128.or(i8x16.sub_sat_u(row, beside), i8x16.sub_sat_u(beside, row))
    pairs += popcnt<i32>(i8x16.bitmask(i8x16.le_u(apart, i8x16.splat(<i8>SAME))))
  }
  let range = highest(high) - 255 + highest(v128.not(low))
  if (range <= FLAT_RANGE) return FLAT
  if (pairs * SQUARE >= DRAWN_PAIRS * rows && range > SMOOTH_RANGE) return DRAWN
  return range <= SMOOTH_RANGE ? SMOOTH : BUSY
}

function highest(v: v128): i32 {
  v = i8x16.max_u(v, i64x2.shuffle(v, v, 1, 0))
  v = i8x16.max_u(v, i32x4.shuffle(v, v, 1, 0, 3, 2))
  v = i8x16.max_u(v, i16x8.shuffle(v, v, 1, 0, 3, 2, 5, 4, 7, 6))
  return max<i32>(<i32>i8x16.extract_lane_u(v, 0), <i32>i8x16.extract_lane_u(v, 1))
}
