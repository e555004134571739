// The two checksums of PNG: CRC-32 of chunks (ISO 3309) and Adler-32 of the zlib stream (RFC 1950).

import { alloc } from '../memory.ts'

/** Eight tables of 256 u32: table k is the CRC of a byte followed by k zero bytes. */
let tables: usize = 0

/** Writes the tables: the first act of a job that reads or writes chunks. */
export function beginChecksums(): void {
  tables = alloc(8 * 1024)
  for (let n: u32 = 0; n < 256; n++) {
    let c = n
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >> 1) ^ 0xedb88320 : c >> 1
    store<u32>(tables + (n << 2), c)
  }
  for (let n: usize = 0; n < 256; n++) {
    let c = load<u32>(tables + (n << 2))
    for (let k: usize = 1; k < 8; k++) {
      c = load<u32>(tables + ((c & 255) << 2)) ^ (c >> 8)
      store<u32>(tables + (k << 10) + (n << 2), c)
    }
  }
}

/** The entry of table `k` for the low byte of `value`. */
function entry(k: usize, value: u32): u32 {
  return load<u32>(tables + (k << 10) + ((value & 255) << 2))
}

/** The CRC register after `count` more bytes. It starts at 0xffffffff and is inverted at the end. */
export function crc32(register: u32, at: usize, count: usize): u32 {
  let end = at + count
  while (at + 8 <= end) {
    let low = load<u32>(at) ^ register
    let high = load<u32>(at, 4)
    register =
      entry(7, low) ^
      entry(6, low >> 8) ^
      entry(5, low >> 16) ^
      entry(4, low >> 24) ^
      entry(3, high) ^
      entry(2, high >> 8) ^
      entry(1, high >> 16) ^
      entry(0, high >> 24)
    at += 8
  }
  while (at < end) register = entry(0, register ^ load<u8>(at++)) ^ (register >> 8)
  return register
}

/** Bytes after which the sums of Adler-32 are reduced: 16-byte steps whose 32-bit lanes cannot overflow. */
const ADLER_RUN: usize = 4096

/** The Adler-32 of `count` more bytes; it starts at 1. */
export function adler32(adler: u32, at: usize, count: usize): u32 {
  let a: u64 = adler & 0xffff
  let b: u64 = adler >> 16
  let end = at + count
  let highWeights = i16x8(16, 15, 14, 13, 12, 11, 10, 9)
  let lowWeights = i16x8(8, 7, 6, 5, 4, 3, 2, 1)
  while (at + 16 <= end) {
    let run = min<usize>((end - at) & ~15, ADLER_RUN)
    let stop = at + run
    let sum = i32x4.splat(0)
    let before = i32x4.splat(0)
    let weighted = i32x4.splat(0)
    while (at < stop) {
      let bytes = v128.load(at)
      before = i32x4.add(before, sum)
      let low = i16x8.extend_low_i8x16_u(bytes)
      let high = i16x8.extend_high_i8x16_u(bytes)
      sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_u(i16x8.add(low, high)))
      weighted = i32x4.add(
        weighted,
        i32x4.add(i32x4.dot_i16x8_s(low, highWeights), i32x4.dot_i16x8_s(high, lowWeights)),
      )
      at += 16
    }
    b += a * run + (lanes(before) << 4) + lanes(weighted)
    a += lanes(sum)
    a %= 65521
    b %= 65521
  }
  while (at < end) {
    a += load<u8>(at++)
    b += a
  }
  return ((<u32>(b % 65521)) << 16) | <u32>(a % 65521)
}

function lanes(v: v128): u64 {
  return (
    (i32x4.extract_lane(v, 0) as u32 as u64) +
    (i32x4.extract_lane(v, 1) as u32 as u64) +
    (i32x4.extract_lane(v, 2) as u32 as u64) +
    (i32x4.extract_lane(v, 3) as u32 as u64)
  )
}
