// How much of a picture is hard edges, which show when pixels are given up, and how much is drawn and not photographed.

import { stageData, stageHeight, stageStride, stageWidth } from './stage.ts'

/** Brightest less darkest sample of a block with a hard edge, more than. */
const HARD: i32 = 100
/** As much or less in a block that is flat. */
const FLAT: i32 = 1
/** Rows of blocks from one that is looked at to the next. */
const EVERY: i32 = 2

/** Part (0..1) of the stage's luma, in blocks of 8 x 8, that has a hard edge ({@link contrast} 0) or is flat (1). */
export function contrast(which: i32): f64 {
  let stride = <usize>stageStride(0)
  let pairs = stageWidth(0) >> 4
  let rows = stageHeight(0) >> 3
  let found = 0
  let seen = 0
  for (let row = 0; row < rows; row += EVERY) {
    let at = stageData(0) + <usize>(row * 8) * stride
    for (let pair = 0; pair < pairs; pair++) {
      let spread = spreads(at, stride)
      for (let i = 0; i < 2; i++) {
        let one = (spread >> (8 * i)) & 0xff
        if (which === 0 ? one > HARD : one <= FLAT) found++
      }
      at += 16
    }
    seen += pairs * 2
  }
  return seen ? f64(found) / f64(seen) : 0
}

/** Brightest less darkest sample of two blocks side by side: the left one in the low byte. */
function spreads(at: usize, stride: usize): i32 {
  let low = v128.load(at)
  let high = low
  for (let y = 1; y < 8; y++) {
    at += stride
    let samples = v128.load(at)
    low = i8x16.min_u(low, samples)
    high = i8x16.max_u(high, samples)
  }
  low = i8x16.min_u(low, i8x16.shuffle(low, low, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11))
  high = i8x16.max_u(high, i8x16.shuffle(high, high, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11))
  low = i8x16.min_u(low, i8x16.shuffle(low, low, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13))
  high = i8x16.max_u(high, i8x16.shuffle(high, high, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13))
  low = i8x16.min_u(low, i8x16.shuffle(low, low, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14))
  high = i8x16.max_u(high, i8x16.shuffle(high, high, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14))
  let spread = i8x16.sub(high, low)
  return <i32>i8x16.extract_lane_u(spread, 0) | ((<i32>i8x16.extract_lane_u(spread, 8)) << 8)
}
