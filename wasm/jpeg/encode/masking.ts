// How much an error in a block shows. Texture hides errors; a flat block shows every one.

/**
 * What an error in this block weighs against the same error in an ordinary one.
 *
 * @param block 64 i16 coefficients times 8, zigzag
 * @param t 0 luma, 1 chroma
 */
export function activityWeight(block: usize, t: i32): f32 {
  if (t !== 0) return 1
  let sum = i32x4.splat(0)
  for (let i: usize = 0; i < 128; i += 16) {
    let v = i16x8.shr_s(v128.load(block + i), 1)
    sum = i32x4.add(sum, i32x4.dot_i16x8_s(v, v))
  }
  let dc = <i32>load<i16>(block) >> 1
  let energy = f32(
    i32x4.extract_lane(sum, 0) +
      i32x4.extract_lane(sum, 1) +
      i32x4.extract_lane(sum, 2) +
      i32x4.extract_lane(sum, 3) -
      dc * dc,
  )
  // Mean square of the samples' deviation from the block's mean.
  let variance = energy * <f32>(1 / (64 * 16.0))
  return MASK_SCALE / (MASK_KNEE + variance) + MASK_FLOOR
}

const MASK_KNEE: f32 = 90
const MASK_SCALE: f32 = 90
const MASK_FLOOR: f32 = 0.3
