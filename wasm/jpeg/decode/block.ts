/** Decodes one block of sequential entropy-coded data into dequantised coefficients. */
import { bits, count, keep, refillSlow } from './bits.ts'
import { INDIRECT, LOOKUP_BITS, longCode, lookup, SKIP_BITS, skipLookup } from './huffman.ts'
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

/** Whether one of the 8 bytes at `at` is 0xFF; then they cannot be taken at once. */
export function hasFF(at: usize): bool {
  return v128.any_true(i8x16.eq(v128.load64_zero(at), i64x2(-1, 0) as v128)) as bool
}

/** The 8 bytes at `at`, the first one at the top. */
export function word(at: usize): u64 {
  const loaded = v128.load64_zero(at)
  return i64x2.extract_lane(
    i8x16.shuffle(loaded, loaded, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    0,
  ) as u64
}

/** The value of `size` bits as T.81 F.2.2.1 extends it: a leading 0 means negative. */
export function extend(raw: i32, size: i32): i32 {
  return raw < 1 << (size - 1) ? raw - (1 << size) + 1 : raw
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
  const dcLookup = lookup(dc)
  const acLookup = lookup(ac)

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
  let found = load<u32>(dcLookup + (((word64 >> (64 - LOOKUP_BITS)) as usize) << 2))
  if (found & INDIRECT) {
    let total: i32 = found & 0x7f
    let size: i32 = found >> 16
    if (total === 0) {
      const long = longCode(dc, (word64 >> 48) as u32)
      if (long < 0) {
        badCodes++
        total = 16
        size = 0
      } else {
        size = min(long >> 8, 16)
        total = (long & 0xff) + size
      }
    }
    difference = size ? extend(((word64 >> ((64 - total) as u64)) as i32) & ((1 << size) - 1), size) : 0
    word64 <<= total as u64
    have -= total
  } else {
    difference = (found as i32) >> 16
    word64 <<= (found & 0xff) as u64
    have -= (found & 0xff) as i32
  }

  const before = cells - 4
  let k: i32 = 1
  while (k < limit) {
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
    found = load<u32>(acLookup + (((word64 >> (64 - LOOKUP_BITS)) as usize) << 2))
    if (!(found & INDIRECT)) {
      k += ((found >> 8) & 0xff) as i32
      const cell = load<u32>(before + ((k as usize) << 2))
      store<i16>(block + (cell & 0xff), ((found as i32) >> 16) * ((cell >> 8) as i32))
      word64 <<= (found & 0xff) as u64
      have -= (found & 0xff) as i32
    } else {
      let total: i32 = found & 0x7f
      let size: i32 = (found >> 16) as i32
      let step: i32 = (found >> 8) & 0xff
      if (total === 0) {
        const long = longCode(ac, (word64 >> 48) as u32)
        if (long < 0) {
          badCodes++
          k = 64 + k
          word64 <<= 16
          have -= 16
          break
        }
        size = (long >> 8) & 15
        step = ((long >> 12) & 15) + 1
        total = (long & 0xff) + size
        if (size === 0 && step !== 16) step = 64
      }
      const value = size ? extend(((word64 >> ((64 - total) as u64)) as i32) & ((1 << size) - 1), size) : 0
      k += step
      const cell = load<u32>(before + ((k as usize) << 2))
      store<i16>(block + (cell & 0xff), value * ((cell >> 8) as i32))
      word64 <<= total as u64
      have -= total
    }
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
  const acLookup = lookup(ac)
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
    const found = load<u32>(acLookup + (((word64 >> (64 - LOOKUP_BITS)) as usize) << 2))
    let total: i32 = found & 0x7f
    let step: i32 = (found >> 8) & 0xff
    if (total === 0) {
      const long = longCode(ac, (word64 >> 48) as u32)
      if (long < 0) {
        badCodes++
        word64 <<= 16
        have -= 16
        break
      }
      const size = (long >> 8) & 15
      step = ((long >> 12) & 15) + 1
      total = (long & 0xff) + size
      if (size === 0 && step !== 16) step = 64
    }
    k += step
    word64 <<= total as u64
    have -= total
  }
  keep(word64, have, at)
}
