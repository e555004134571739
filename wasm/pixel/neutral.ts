// Whether a picture in three components has no colour at all, as black and white photos and scans are often saved. Written
// as grey alone it saves four bits of every MCU, which is a twentieth of a small file.

import { stageData, stageHeight, stageStride, stageWidth } from './stage.ts'

/** How far from neutral a sample may lie: what conversions back and forth leave behind. */
const TOLERANCE: i32 = 1

/** True when both colour differences of the stage are neutral everywhere. The first row of a photo usually ends it. */
export function isNeutral(): bool {
  for (let c = 1; c <= 2; c++) {
    let width = <usize>stageWidth(c)
    let height = stageHeight(c)
    let row = stageData(c)
    for (let y = 0; y < height; y++) {
      if (!neutralRow(row, width)) return false
      row += <usize>stageStride(c)
    }
  }
  return true
}

function neutralRow(at: usize, samples: usize): bool {
  let least = i8x16.splat(<i8>(128 - TOLERANCE))
  let most: v128 = i8x16.splat(0)
  let end = at + samples
  for (; at + 16 <= end; at += 16) most = i8x16.max_u(most, i8x16.sub(v128.load(at), least))
  if (i8x16.bitmask(i8x16.gt_u(most, i8x16.splat(<i8>(2 * TOLERANCE)))) !== 0) return false
  for (; at < end; at++) {
    if (abs<i32>(<i32>load<u8>(at) - 128) > TOLERANCE) return false
  }
  return true
}
