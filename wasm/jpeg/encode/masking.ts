// How much an error in a block shows. Texture hides errors; a flat block shows every one.

/** Variance of a block's samples at which errors weigh half of what they do in a flat block, above the floor. */
const MASK_KNEE: f32 = 88
/** What an error weighs in the busiest block. */
const MASK_FLOOR: f32 = 0.335
/** Errors of colour differences are kept from growing where luma is cheap to drop. */
const CHROMA_WEIGHT: f32 = 1.24

/**
 * What a squared error (in steps) of this block weighs against the bits that it saves.
 *
 * @param block 64 i16 coefficients times 8, zigzag
 * @param t 0 luma, 1 chroma
 */
export function activityWeight(block: usize, t: i32): f32 {
  if (t !== 0) return CHROMA_WEIGHT
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
  // Coefficients are 4 times the orthonormal ones here, and a block has 64 samples.
  let variance = energy * <f32>(1 / (64 * 16.0))
  return MASK_KNEE / (MASK_KNEE + variance) + MASK_FLOOR
}
