/**
 * Inverse transforms from a block's coefficients to N x N samples, N = 8, 4, 2 or 1. A reduced one is the DCT of its
 * own size on the lowest N x N coefficients, which is the block band-limited to what N samples can hold.
 *
 * Coefficients lie in the order that the vectors want, so that nothing is shuffled before the first pass: see
 * `layout.ts`. The first pass goes down the columns (a lane is a column), the second along the rows.
 *
 * Arithmetic: 16-bit inputs, constants of 14 bits, 32-bit sums by pairs. The basis sums to less than 2.65, so no input
 * can make a sum wrap. Four fraction bits are kept between the passes.
 */

import { IDCT_SCRATCH } from '../../memory.ts'

// Half the cosine of n pi / 16, in 1/16384.
const C1: i16 = 8035
const C2: i16 = 7568
const C3: i16 = 6811
const C4: i16 = 5793
const C5: i16 = 4551
const C6: i16 = 3135
const C7: i16 = 1598

/** The first pass leaves four fraction bits. */
const SHIFT1: i32 = 10
const ROUND1: i32 = 1 << 9
/** The second leaves none; the level shift of 128 comes with its rounding. */
const SHIFT2: i32 = 18
const ROUND2: i32 = (1 << 17) + (128 << 18)

/** A pair of constants, four times: one operand of a dot product by pairs. */
function pair(a: i16, b: i16): v128 {
  return i16x8(a, b, a, b, a, b, a, b) as v128
}

function shr(value: v128, shift: i32): v128 {
  return i32x4.shr_s(value, shift)
}

/** Sums and differences of an even and an odd output of both halves, scaled and narrowed: outputs `i` and 7 - `i`. */
function emit(dst: usize, i: usize, evenA: v128, oddA: v128, evenB: v128, oddB: v128, shift: i32): void {
  v128.store(
    dst + (i << 4),
    i16x8.narrow_i32x4_s(shr(i32x4.add(evenA, oddA), shift), shr(i32x4.add(evenB, oddB), shift)),
  )
  v128.store(
    dst + ((7 - i) << 4),
    i16x8.narrow_i32x4_s(shr(i32x4.sub(evenA, oddA), shift), shr(i32x4.sub(evenB, oddB), shift)),
  )
}

/**
 * One 8-point pass over eight lanes. `src` has the inputs (0,4), (2,6), (1,3), (5,7) as pairs, four lanes a vector;
 * `dst` gets the eight outputs, eight lanes a vector.
 */
function pass8(src: usize, dst: usize, round: i32, shift: i32): void {
  const r = i32x4.splat(round)
  const a04 = v128.load(src)
  const b04 = v128.load(src, 16)
  const a26 = v128.load(src, 32)
  const b26 = v128.load(src, 48)
  const a13 = v128.load(src, 64)
  const b13 = v128.load(src, 80)
  const a57 = v128.load(src, 96)
  const b57 = v128.load(src, 112)

  let k = pair(C4, C4)
  const az0 = i32x4.add(i32x4.dot_i16x8_s(a04, k), r)
  const bz0 = i32x4.add(i32x4.dot_i16x8_s(b04, k), r)
  k = pair(C4, -C4)
  const az1 = i32x4.add(i32x4.dot_i16x8_s(a04, k), r)
  const bz1 = i32x4.add(i32x4.dot_i16x8_s(b04, k), r)
  k = pair(C2, C6)
  const aw0 = i32x4.dot_i16x8_s(a26, k)
  const bw0 = i32x4.dot_i16x8_s(b26, k)
  k = pair(C6, -C2)
  const aw1 = i32x4.dot_i16x8_s(a26, k)
  const bw1 = i32x4.dot_i16x8_s(b26, k)

  k = pair(C1, C3)
  let l = pair(C5, C7)
  let aOdd = i32x4.add(i32x4.dot_i16x8_s(a13, k), i32x4.dot_i16x8_s(a57, l))
  let bOdd = i32x4.add(i32x4.dot_i16x8_s(b13, k), i32x4.dot_i16x8_s(b57, l))
  emit(dst, 0, i32x4.add(az0, aw0), aOdd, i32x4.add(bz0, bw0), bOdd, shift)
  k = pair(C3, -C7)
  l = pair(-C1, -C5)
  aOdd = i32x4.add(i32x4.dot_i16x8_s(a13, k), i32x4.dot_i16x8_s(a57, l))
  bOdd = i32x4.add(i32x4.dot_i16x8_s(b13, k), i32x4.dot_i16x8_s(b57, l))
  emit(dst, 1, i32x4.add(az1, aw1), aOdd, i32x4.add(bz1, bw1), bOdd, shift)
  k = pair(C5, -C1)
  l = pair(C7, C3)
  aOdd = i32x4.add(i32x4.dot_i16x8_s(a13, k), i32x4.dot_i16x8_s(a57, l))
  bOdd = i32x4.add(i32x4.dot_i16x8_s(b13, k), i32x4.dot_i16x8_s(b57, l))
  emit(dst, 2, i32x4.sub(az1, aw1), aOdd, i32x4.sub(bz1, bw1), bOdd, shift)
  k = pair(C7, -C5)
  l = pair(C3, -C1)
  aOdd = i32x4.add(i32x4.dot_i16x8_s(a13, k), i32x4.dot_i16x8_s(a57, l))
  bOdd = i32x4.add(i32x4.dot_i16x8_s(b13, k), i32x4.dot_i16x8_s(b57, l))
  emit(dst, 3, i32x4.sub(az0, aw0), aOdd, i32x4.sub(bz0, bw0), bOdd, shift)
}

/** Turns four rows of the first pass (32-bit units: pairs (0,4), (2,6), (1,3), (5,7)) into one half of its input. */
function turn(rows: usize, dst: usize): void {
  const r0 = v128.load(rows)
  const r1 = v128.load(rows, 16)
  const r2 = v128.load(rows, 32)
  const r3 = v128.load(rows, 48)
  const low01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5)
  const low23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5)
  const high01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7)
  const high23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7)
  v128.store(dst, i64x2.shuffle(low01, low23, 0, 2))
  v128.store(dst, i64x2.shuffle(low01, low23, 1, 3), 32)
  v128.store(dst, i64x2.shuffle(high01, high23, 0, 2), 64)
  v128.store(dst, i64x2.shuffle(high01, high23, 1, 3), 96)
}

/** Two columns of eight 16-bit samples as bytes, row by row. */
function twoColumns(columns: usize): v128 {
  const bytes = i8x16.narrow_i16x8_u(v128.load(columns), v128.load(columns, 16))
  return i8x16.shuffle(bytes, bytes, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15)
}

/** Two rows of eight samples. */
function storeRows(dst: usize, stride: usize, rows: v128): void {
  v128.store64_lane(dst, rows, 0)
  v128.store64_lane(dst + stride, rows, 1)
}

/** 8 x 8 samples to `dst`. */
export function idct8(block: usize, dst: usize, stride: usize): void {
  const rows = IDCT_SCRATCH
  const turned = IDCT_SCRATCH + 128
  pass8(block, rows, ROUND1, SHIFT1)
  turn(rows, turned)
  turn(rows + 64, turned + 16)
  pass8(turned, rows, ROUND2, SHIFT2)
  const c01 = twoColumns(rows)
  const c23 = twoColumns(rows + 32)
  const c45 = twoColumns(rows + 64)
  const c67 = twoColumns(rows + 96)
  const left03 = i16x8.shuffle(c01, c23, 0, 8, 1, 9, 2, 10, 3, 11)
  const left47 = i16x8.shuffle(c01, c23, 4, 12, 5, 13, 6, 14, 7, 15)
  const right03 = i16x8.shuffle(c45, c67, 0, 8, 1, 9, 2, 10, 3, 11)
  const right47 = i16x8.shuffle(c45, c67, 4, 12, 5, 13, 6, 14, 7, 15)
  storeRows(dst, stride, i32x4.shuffle(left03, right03, 0, 4, 1, 5))
  storeRows(dst + 2 * stride, stride, i32x4.shuffle(left03, right03, 2, 6, 3, 7))
  storeRows(dst + 4 * stride, stride, i32x4.shuffle(left47, right47, 0, 4, 1, 5))
  storeRows(dst + 6 * stride, stride, i32x4.shuffle(left47, right47, 2, 6, 3, 7))
}

/** 4 x 4 samples to `dst`. */
export function idct4(block: usize, dst: usize, stride: usize): void {
  const sums = pair(C4, C4)
  const differences = pair(C4, -C4)
  const odd = pair(C2, C6)
  const odd2 = pair(C6, -C2)
  let even = v128.load(block)
  let odds = v128.load(block, 16)
  let r = i32x4.splat(ROUND1)
  let e0 = i32x4.add(i32x4.dot_i16x8_s(even, sums), r)
  let e1 = i32x4.add(i32x4.dot_i16x8_s(even, differences), r)
  let d0 = i32x4.dot_i16x8_s(odds, odd)
  let d1 = i32x4.dot_i16x8_s(odds, odd2)
  const rows01 = i16x8.narrow_i32x4_s(shr(i32x4.add(e0, d0), SHIFT1), shr(i32x4.add(e1, d1), SHIFT1))
  const rows23 = i16x8.narrow_i32x4_s(shr(i32x4.sub(e1, d1), SHIFT1), shr(i32x4.sub(e0, d0), SHIFT1))
  // Units of 32 bits are now the pairs (0,2) and (1,3) of a row.
  even = i32x4.shuffle(rows01, rows23, 0, 2, 4, 6)
  odds = i32x4.shuffle(rows01, rows23, 1, 3, 5, 7)
  r = i32x4.splat(ROUND2)
  e0 = i32x4.add(i32x4.dot_i16x8_s(even, sums), r)
  e1 = i32x4.add(i32x4.dot_i16x8_s(even, differences), r)
  d0 = i32x4.dot_i16x8_s(odds, odd)
  d1 = i32x4.dot_i16x8_s(odds, odd2)
  const columns = i8x16.narrow_i16x8_u(
    i16x8.narrow_i32x4_s(shr(i32x4.add(e0, d0), SHIFT2), shr(i32x4.add(e1, d1), SHIFT2)),
    i16x8.narrow_i32x4_s(shr(i32x4.sub(e1, d1), SHIFT2), shr(i32x4.sub(e0, d0), SHIFT2)),
  )
  const rows = i8x16.shuffle(columns, columns, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15)
  v128.store32_lane(dst, rows, 0)
  v128.store32_lane(dst + stride, rows, 1)
  v128.store32_lane(dst + 2 * stride, rows, 2)
  v128.store32_lane(dst + 3 * stride, rows, 3)
}

function sample(value: i32): i32 {
  return max(0, min(255, ((value + 4) >> 3) + 128))
}

/** 2 x 2 samples to `dst`. */
export function idct2(block: usize, dst: usize, stride: usize): void {
  const a: i32 = load<i16>(block)
  const b: i32 = load<i16>(block, 2)
  const c: i32 = load<i16>(block, 4)
  const d: i32 = load<i16>(block, 6)
  store<u8>(dst, sample(a + b + c + d))
  store<u8>(dst, sample(a - b + c - d), 1)
  store<u8>(dst + stride, sample(a + b - c - d))
  store<u8>(dst + stride, sample(a - b - c + d), 1)
}

/** A block that has nothing but a DC coefficient: n x n samples of one value. */
export function fillBlock(dc: i32, dst: usize, stride: usize, n: i32): void {
  const value = sample(dc)
  if (n === 8) {
    const wide = i8x16.splat(value as i8)
    for (let y = 0; y < 8; y++) {
      v128.store64_lane(dst, wide, 0)
      dst += stride
    }
  } else if (n === 4) {
    const wide: u32 = (value as u32) * 0x01010101
    store<u32>(dst, wide)
    store<u32>(dst + stride, wide)
    store<u32>(dst + 2 * stride, wide)
    store<u32>(dst + 3 * stride, wide)
  } else if (n === 2) {
    const wide: u32 = (value as u32) * 0x0101
    store<u16>(dst, wide)
    store<u16>(dst + stride, wide)
  } else store<u8>(dst, value)
}
