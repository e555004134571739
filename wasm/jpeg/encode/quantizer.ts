// Quantisation tables and their reciprocals. A table is a base shape times a scale; what is kept of it is what the
// inner loops read: steps, and their reciprocals for a rounding fixed-point product.

import { power } from '../../math.ts'
import { baseStep } from './shape.ts'
import { ZIGZAG } from './zigzag.ts'

/** Two tables (luma, chroma) of 64 i16 steps, zigzag order. */
const STEPS: usize = memory.data(2 * 128, 16)
/** Two tables of 64 i16: 32768 / step, saturated. */
const RECIPROCALS: usize = memory.data(2 * 128, 16)

/** Address of the 64 i16 steps of table t, zigzag order. */
export function steps(t: i32): usize {
  return STEPS + <usize>t * 128
}

/** Address of the 64 i16 reciprocals of table t, zigzag order: 32768 / step. */
export function reciprocals(t: i32): usize {
  return RECIPROCALS + <usize>t * 128
}

/** The bias of {@link quantizeBlock} that rounds to nearest. */
export const ROUND: i32 = 4

/** The largest step that baseline tables hold. */
const MAX_STEP: f64 = 255

/** Scale from which the differences of colour grow coarser faster than luma: to this power of how far it is passed. */
const COLOUR_KNEE: f64 = 0.5
const COLOUR_RISE: f64 = 0.3

/**
 * Makes both tables.
 *
 * @param scale 1 is the base shape; greater is coarser
 */
export function setQuantizer(scale: f64): void {
  for (let t = 0; t < 2; t++) {
    let coarse = t === 0 ? scale : scale * max<f64>(1, power(scale / COLOUR_KNEE, COLOUR_RISE))
    for (let k = 0; k < 64; k++) {
      let step = nearest<f64>(
        min<f64>(max<f64>(baseStep(t, <i32>unchecked(ZIGZAG[k])) * coarse, 1), MAX_STEP),
      )
      store<i16>(steps(t) + <usize>k * 2, <i16>step)
      store<i16>(reciprocals(t) + <usize>k * 2, <i16>min<f64>(nearest<f64>(32768 / step), 32767))
    }
  }
}

/**
 * Quantises one block: 64 magnitudes as i16 to `out`, zigzag.
 *
 * @param block 64 i16 coefficients times 8, zigzag
 * @param reciprocal from {@link reciprocals}
 * @param bias eighths of a step added before truncation: {@link ROUND}, or less, which widens the dead zone
 * @returns bit k is set when coefficient k is not zero; the DC (bit 0) is left out
 */
export function quantizeBlock(block: usize, reciprocal: usize, bias: i32, out: usize): u64 {
  let eighths = i16x8.splat(<i16>bias)
  return (
    (quarter(block, reciprocal, eighths, out) |
      (quarter(block + 32, reciprocal + 32, eighths, out + 32) << 16) |
      (quarter(block + 64, reciprocal + 64, eighths, out + 64) << 32) |
      (quarter(block + 96, reciprocal + 96, eighths, out + 96) << 48)) &
    ~(<u64>1)
  )
}

/** Sixteen coefficients; returns their mask. The product is in eighths of a step. */
function quarter(block: usize, reciprocal: usize, bias: v128, out: usize): u64 {
  let a = i16x8.q15mulr_sat_s(i16x8.abs(v128.load(block)), v128.load(reciprocal))
  let b = i16x8.q15mulr_sat_s(i16x8.abs(v128.load(block, 16)), v128.load(reciprocal, 16))
  a = i16x8.shr_u(i16x8.add(a, bias), 3)
  b = i16x8.shr_u(i16x8.add(b, bias), 3)
  // Ten bits are the most that a baseline AC coefficient may have.
  let most = i16x8.splat(1023)
  a = i16x8.min_s(a, most)
  b = i16x8.min_s(b, most)
  v128.store(out, a)
  v128.store(out, b, 16)
  let zero = i16x8.splat(0)
  return <u64>(<u32>i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.gt_s(a, zero), i16x8.gt_s(b, zero))))
}

/** A DC level, rounded to nearest. */
export function quantizeDc(value: i32, step: i32): i32 {
  let scaled = step << 3
  return value < 0 ? -((-value + (scaled >> 1)) / scaled) : (value + (scaled >> 1)) / scaled
}
