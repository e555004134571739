// Forward DCT of 8x8 samples, eight columns at a time: the even half by Loeffler's butterflies, the odd half as four
// dot products each, which suits a machine whose multiply adds pairs. Results are the DCT of T.81 A.3.3 times 8.

/** sqrt(2) cos(k pi / 16) in Q13, as pairs for `dot`: the low half multiplies the first of two interleaved samples. */
function pair(a: i32, b: i32): v128 {
  return i32x4.splat((a & 0xffff) | (b << 16))
}

const C1: i32 = 11363
const C3: i32 = 9633
const C5: i32 = 6437
const C7: i32 = 2260
/** The even rotation by 3 pi / 8: sqrt(2) cos and sin of it, Q13. */
const C2: i32 = 10703
const C6: i32 = 4433

function interleaveLow(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23)
}

function interleaveHigh(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31)
}

/** Rounds Q(shift) sums back to sixteen bits. */
function descale(low: v128, high: v128, shift: i32): v128 {
  let round = i32x4.splat(1 << (shift - 1))
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(low, round), shift),
    i32x4.shr_s(i32x4.add(high, round), shift),
  )
}

/**
 * One dimension of the transform over the eight vectors at `at`, in place: lane j of vector k is sample k of line j.
 * Two extra bits are kept after the first dimension and dropped after the second.
 */
function lines(at: usize, second: bool): void {
  let x0 = v128.load(at)
  let x1 = v128.load(at, 16)
  let x2 = v128.load(at, 32)
  let x3 = v128.load(at, 48)
  let x4 = v128.load(at, 64)
  let x5 = v128.load(at, 80)
  let x6 = v128.load(at, 96)
  let x7 = v128.load(at, 112)
  let s0 = i16x8.add(x0, x7)
  let s1 = i16x8.add(x1, x6)
  let s2 = i16x8.add(x2, x5)
  let s3 = i16x8.add(x3, x4)
  let d0 = i16x8.sub(x0, x7)
  let d1 = i16x8.sub(x1, x6)
  let d2 = i16x8.sub(x2, x5)
  let d3 = i16x8.sub(x3, x4)
  let shift = second ? 15 : 11

  let e0 = i16x8.add(s0, s3)
  let e1 = i16x8.add(s1, s2)
  let e2 = i16x8.sub(s1, s2)
  let e3 = i16x8.sub(s0, s3)
  if (second) {
    let two = i16x8.splat(2)
    v128.store(at, i16x8.shr_s(i16x8.add_sat_s(i16x8.add(e0, e1), two), 2))
    v128.store(at, i16x8.shr_s(i16x8.add_sat_s(i16x8.sub(e0, e1), two), 2), 64)
  } else {
    v128.store(at, i16x8.shl(i16x8.add(e0, e1), 2))
    v128.store(at, i16x8.shl(i16x8.sub(e0, e1), 2), 64)
  }
  let lo = interleaveLow(e3, e2)
  let hi = interleaveHigh(e3, e2)
  let w = pair(C2, C6)
  v128.store(at, descale(i32x4.dot_i16x8_s(lo, w), i32x4.dot_i16x8_s(hi, w), shift), 32)
  w = pair(C6, -C2)
  v128.store(at, descale(i32x4.dot_i16x8_s(lo, w), i32x4.dot_i16x8_s(hi, w), shift), 96)

  let aLo = interleaveLow(d0, d1)
  let aHi = interleaveHigh(d0, d1)
  let bLo = interleaveLow(d2, d3)
  let bHi = interleaveHigh(d2, d3)
  odd(at + 16, aLo, aHi, bLo, bHi, pair(C1, C3), pair(C5, C7), shift)
  odd(at + 48, aLo, aHi, bLo, bHi, pair(C3, -C7), pair(-C1, -C5), shift)
  odd(at + 80, aLo, aHi, bLo, bHi, pair(C5, -C1), pair(C7, C3), shift)
  odd(at + 112, aLo, aHi, bLo, bHi, pair(C7, -C5), pair(C3, -C1), shift)
}

/** One odd output: a full row of the cosine matrix. */
function odd(at: usize, aLo: v128, aHi: v128, bLo: v128, bHi: v128, wa: v128, wb: v128, shift: i32): void {
  v128.store(
    at,
    descale(
      i32x4.add(i32x4.dot_i16x8_s(aLo, wa), i32x4.dot_i16x8_s(bLo, wb)),
      i32x4.add(i32x4.dot_i16x8_s(aHi, wa), i32x4.dot_i16x8_s(bHi, wb)),
      shift,
    ),
  )
}

/** Transposes the 8x8 sixteen-bit matrix at `at`, in place. */
function transpose(at: usize): void {
  let r0 = v128.load(at)
  let r1 = v128.load(at, 16)
  let r2 = v128.load(at, 32)
  let r3 = v128.load(at, 48)
  let r4 = v128.load(at, 64)
  let r5 = v128.load(at, 80)
  let r6 = v128.load(at, 96)
  let r7 = v128.load(at, 112)
  // Three rounds of interleaving with the row four further on leave column k in vector k.
  let a0 = interleaveLow(r0, r4)
  let a1 = interleaveHigh(r0, r4)
  let a2 = interleaveLow(r1, r5)
  let a3 = interleaveHigh(r1, r5)
  let a4 = interleaveLow(r2, r6)
  let a5 = interleaveHigh(r2, r6)
  let a6 = interleaveLow(r3, r7)
  let a7 = interleaveHigh(r3, r7)
  let b0 = interleaveLow(a0, a4)
  let b1 = interleaveHigh(a0, a4)
  let b2 = interleaveLow(a1, a5)
  let b3 = interleaveHigh(a1, a5)
  let b4 = interleaveLow(a2, a6)
  let b5 = interleaveHigh(a2, a6)
  let b6 = interleaveLow(a3, a7)
  let b7 = interleaveHigh(a3, a7)
  v128.store(at, interleaveLow(b0, b4))
  v128.store(at, interleaveHigh(b0, b4), 16)
  v128.store(at, interleaveLow(b1, b5), 32)
  v128.store(at, interleaveHigh(b1, b5), 48)
  v128.store(at, interleaveLow(b2, b6), 64)
  v128.store(at, interleaveHigh(b2, b6), 80)
  v128.store(at, interleaveLow(b3, b7), 96)
  v128.store(at, interleaveHigh(b3, b7), 112)
}

/**
 * Transforms the 8x8 samples at `samples`.
 *
 * @param samples the block's top left sample, rows `stride` bytes apart
 * @param work 128 bytes; receives the coefficients times 8, transposed (column by column)
 */
export function forwardDct(samples: usize, stride: usize, work: usize): void {
  let half = i16x8.splat(128)
  for (let y: usize = 0; y < 8; y++) {
    v128.store(work + y * 16, i16x8.sub(v128.load8x8_u(samples + y * stride), half))
  }
  lines(work, false)
  transpose(work)
  lines(work, true)
}
