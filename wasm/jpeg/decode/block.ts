/** Decodes one block of sequential entropy-coded data into dequantised coefficients. */
import { bits, count, keep, refillSlow } from './bits.ts'
import {
  END_OF_BLOCK,
  INDIRECT,
  KIND_AC,
  KIND_DC,
  LOOKUP_BITS,
  longEntry,
  lookup,
  SKIP_BITS,
  skipLookup,
} from './huffman.ts'
import { pos } from './input.ts'

/** The difference that the last block added to its component's DC. */
export let difference: i32 = 0

/** Codes met that no table has. */
export let badCodes: i32 = 0

/** Sets the count of bad codes to 0. */
export function resetBadCodes(): void {
  badCodes = 0
}

/** Counts a bad code. */
export function noteBadCode(): void {
  badCodes++
}

/** An entry for a code that the lookup does not have: a longer one, or one that drops 16 bits and ends the block. */
export function rareEntry(table: usize, word64: u64, kind: i32): u32 {
  const found = longEntry(table, (word64 >> 48) as u32, kind)
  if (found) return found
  badCodes++
  return (END_OF_BLOCK << 8) | 16
}

/** 0x01 in each byte, and 0x80. */
const ONES: u64 = <u64>0x01010101 * 0x100000001
const TOPS: u64 = ONES << 7

/**
 * Whether one of the 8 bytes at `at` is 0xFF; then they cannot be taken at once. In
 * plain integers, because engines make a slow thing of `v128.any_true`.
 */
export function hasFF(at: usize): bool {
  const eight = load<u64>(at)
  return ((~eight - ONES) & eight & TOPS) !== 0
}

/** The 8 bytes at `at`, the first one at the top. */
export function word(at: usize): u64 {
  const loaded = v128.load64_zero(at)
  return i64x2.extract_lane(
    i8x16.shuffle(loaded, loaded, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    0,
  ) as u64
}

/**
 * The value behind the code of an indirect entry at the top of `word64`, as T.81 F.2.2.1 extends it: a leading 0 means
 * negative, with all bits turned. Shifts count modulo 64, so the bytes above a count in the entry do not matter.
 */
export function extended(word64: u64, entry: u32): i32 {
  const raw = word64 << ((entry >> 16) as u64)
  const turn = ~((raw as i64) >> 63)
  const magnitude = ((raw ^ (turn as u64)) >> 1) >> ((entry >> 24) as u64)
  return (((magnitude as i64) ^ turn) - turn) as i32
}

/**
 * Decodes the DC difference, to be found in `difference`, and the AC coefficients: those below index `limit` of the
 * zigzag are multiplied and stored, the rest is passed over. `cells` has for each index, and for every index that a
 * broken block can run to (127), multiplier << 8 | offset in `block`. Offsets that nobody needs share one cell.
 * `block` must be zero. Returns one past the index of the last coefficient that may differ from zero, at most `limit`.
 *
 * Precondition: the window has 512 bytes or the end of the file ahead, so that nothing but a marker ends the data.
 */
export function decodeBlock(block: usize, dc: usize, ac: usize, cells: usize, limit: i32): i32 {
  let word64 = bits
  let have = count
  let at = pos
  const before = cells - 4
  const acLookup = lookup(ac)

  if (have < 48) {
    if (hasFF(at)) {
      keep(word64, have, at)
      refillSlow()
      word64 = bits
      have = count
      at = pos
    } else {
      word64 |= word(at) >> (have as u64)
      at += ((63 - have) >> 3) as usize
      have |= 56
    }
  }
  let found = load<u32>(lookup(dc) + (((word64 >> (64 - LOOKUP_BITS)) as usize) << 2))
  if (!found) found = rareEntry(dc, word64, KIND_DC)
  difference = found & INDIRECT ? extended(word64, found) : (found as i32) >> 16
  word64 <<= found as u64
  have -= (found & 63) as i32

  let k: i32 = 1
  while (k < limit) {
    if (have < 56) {
      if (hasFF(at)) {
        keep(word64, have, at)
        refillSlow()
        word64 = bits
        have = count
        at = pos
      } else {
        word64 |= word(at) >> (have as u64)
        at += ((63 - have) >> 3) as usize
        have |= 56
      }
    }
    found = load<u32>(acLookup + (((word64 >> (64 - LOOKUP_BITS)) as usize) << 2))
    if (!found) found = rareEntry(ac, word64, KIND_AC)
    k += ((found >> 8) & 0xff) as i32
    let cell = load<u32>(before + ((k as usize) << 2))
    let value = (found as i32) >> 16
    if (found & INDIRECT) value = extended(word64, found)
    store<i16>(block + (cell & 0xff), value * ((cell >> 8) as i32))
    word64 <<= found as u64
    have -= (found & 63) as i32
    if (k >= limit) break

    // A second one needs no more bits.
    found = load<u32>(acLookup + (((word64 >> (64 - LOOKUP_BITS)) as usize) << 2))
    if (!found) found = rareEntry(ac, word64, KIND_AC)
    k += ((found >> 8) & 0xff) as i32
    cell = load<u32>(before + ((k as usize) << 2))
    value = (found as i32) >> 16
    if (found & INDIRECT) value = extended(word64, found)
    store<i16>(block + (cell & 0xff), value * ((cell >> 8) as i32))
    word64 <<= found as u64
    have -= (found & 63) as i32
  }
  keep(word64, have, at)
  if (k < 64) {
    skipRest(ac, k)
    return limit
  }
  // An end of block adds 64 to the index it stands at.
  return k > 64 ? min(k - 64, limit) : limit
}

/** Passes over the rest of a block from index `k` on. */
function skipRest(ac: usize, from: i32): void {
  let word64 = bits
  let have = count
  let at = pos
  let k = from
  const skips = skipLookup(ac)
  while (k < 64) {
    if (have < 32) {
      if (hasFF(at)) {
        keep(word64, have, at)
        refillSlow()
        word64 = bits
        have = count
        at = pos
      } else {
        word64 |= word(at) >> (have as u64)
        at += ((63 - have) >> 3) as usize
        have |= 56
      }
    }
    const several: u32 = load<u16>(skips + (((word64 >> (64 - SKIP_BITS)) as usize) << 1))
    // An index of 64 may have been reached inside the entry, by a code that is not its last.
    const next = k + (((several >> 5) & 63) as i32)
    if (several !== 0 && next < 64) {
      k = next
      word64 <<= (several & 31) as u64
      have -= (several & 31) as i32
      if (several & 0x8000) break
      continue
    }
    let found = load<u32>(lookup(ac) + (((word64 >> (64 - LOOKUP_BITS)) as usize) << 2))
    if (!found) found = rareEntry(ac, word64, KIND_AC)
    k += ((found >> 8) & 0xff) as i32
    word64 <<= found as u64
    have -= (found & 63) as i32
  }
  keep(word64, have, at)
}
