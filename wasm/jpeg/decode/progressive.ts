/**
 * Blocks of progressive scans (T.81 G). Coefficients are kept as they come, without multiplying, and only those that
 * the scale needs. For each block a mask says which of all 64 are nonzero: refinement needs no more of the others.
 */
import { bits, count, keep, refill, refillSlow, take } from './bits.ts'
import { extend, hasFF, noteBadCode, word } from './block.ts'
import { INDIRECT, LOOKUP_BITS, longCode, lookup } from './huffman.ts'
import { pos } from './input.ts'
import { NOWHERE } from './layout.ts'
import { endOfBandRun, setEndOfBandRun } from './scan.ts'

/** Reads a DC difference. */
export function readDifference(dc: usize): i32 {
  refill()
  const found = load<u32>(lookup(dc) + (((bits >> (64 - LOOKUP_BITS)) as usize) << 2))
  if (!(found & INDIRECT)) {
    take((found & 0xff) as i32)
    return (found as i32) >> 16
  }
  let size: i32 = found >> 16
  let length: i32 = (found & 0x7f) - size
  if (!(found & 0x7f)) {
    const long = longCode(dc, (bits >> 48) as u32)
    if (long < 0) {
      noteBadCode()
      take(16)
      return 0
    }
    size = min(long >> 8, 16)
    length = long & 0xff
  }
  take(length)
  return size ? extend(take(size), size) : 0
}

/** A refinement of DC: one bit. */
export function refineDc(block: usize, low: i32): void {
  refill()
  if (take(1)) store<i16>(block, (load<i16>(block) as i32) | (1 << low))
}

/** The first scan of a band of coefficients, `first` to `last` of the zigzag, shifted by `low`. */
export function firstAc(
  block: usize,
  mask: usize,
  ac: usize,
  cells: usize,
  first: i32,
  last: i32,
  low: i32,
): void {
  if (endOfBandRun > 0) {
    setEndOfBandRun(endOfBandRun - 1)
    return
  }
  let word64 = bits
  let have = count
  let at = pos
  let nonzero: u64 = 0
  const acLookup = lookup(ac)
  const before = cells - 4
  let k = first
  while (k <= last) {
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
    const found = load<u32>(acLookup + (((word64 >> (64 - LOOKUP_BITS)) as usize) << 2))
    let value: i32 = (found as i32) >> 16
    let total: i32 = found & 0x7f
    let step: i32 = (found >> 8) & 0xff
    if (found & INDIRECT) {
      let size: i32 = found >> 16
      if (total === 0) {
        const long = longCode(ac, (word64 >> 48) as u32)
        if (long < 0) {
          noteBadCode()
          word64 <<= 16
          have -= 16
          break
        }
        size = (long >> 8) & 15
        step = ((long >> 12) & 15) + 1
        total = (long & 0xff) + size
        if (size === 0 && step !== 16) {
          size = step - 1
          step = 64
        }
      }
      if (step === 64) {
        word64 <<= total as u64
        have -= total
        let run: i32 = (1 << size) - 1
        if (size) {
          run += (word64 >> ((64 - size) as u64)) as i32
          word64 <<= size as u64
          have -= size
        }
        setEndOfBandRun(run)
        break
      }
      value = size ? extend(((word64 >> ((64 - total) as u64)) as i32) & ((1 << size) - 1), size) : 0
    }
    word64 <<= total as u64
    have -= total
    k += step
    if (value !== 0 && k <= 64) {
      nonzero |= (<u64>1) << ((k - 1) as u64)
      const cell = load<u32>(before + ((k as usize) << 2)) & 0xff
      if (cell !== NOWHERE) store<i16>(block + cell, value << low)
    }
  }
  keep(word64, have, at)
  if (nonzero) store<u64>(mask, load<u64>(mask) | nonzero)
}

/**
 * A refinement of a band: each coefficient that was nonzero gets a bit, in order, between the codes of those that
 * become nonzero now. `kept` is the mask of the indices that have a place in the block.
 */
export function refineAc(
  block: usize,
  mask: usize,
  ac: usize,
  cells: usize,
  first: i32,
  last: i32,
  low: i32,
  kept: u64,
): void {
  const history = load<u64>(mask)
  const band = ((<u64>-1) << (first as u64)) & (<u64>-1 >> ((63 - last) as u64))
  let nonzero = history
  // Indices of the band not dealt with yet.
  let ahead = band
  let run = endOfBandRun
  while (ahead && run === 0) {
    refill()
    const found = load<u32>(lookup(ac) + (((bits >> (64 - LOOKUP_BITS)) as usize) << 2))
    const code: i32 = found ? (found as i32) : longCode(ac, (bits >> 48) as u32)
    if (code < 0) {
      noteBadCode()
      take(16)
      break
    }
    take(code & 0xff)
    let zeros = code >> 12
    let fresh: i32 = 0
    if ((code >> 8) & 15) fresh = take(1) ? 1 << low : -1 << low
    else if (zeros < 15) {
      run = (1 << zeros) + take(zeros)
      break
    }
    // The place that the code speaks of: past `zeros` coefficients that are still zero.
    let still = ahead & ~history
    for (; zeros > 0 && still; zeros--) still &= still - 1
    const place = still & (0 - still)
    const passed = place ? ahead & (place - 1) : ahead
    refineEach(block, cells, passed & history, low, kept)
    ahead &= place ? ~(passed | place) : 0
    if (fresh && place) {
      nonzero |= place
      const cell = load<u32>(cells + ((ctz(place) as usize) << 2)) & 0xff
      if (cell !== NOWHERE) store<i16>(block + cell, fresh)
    }
  }
  if (run > 0) {
    refineEach(block, cells, ahead & history, low, kept)
    run--
  }
  setEndOfBandRun(run)
  if (nonzero !== history) store<u64>(mask, nonzero)
}

/** Reads a bit for each index in `which`, lowest first, and adds those that are set to coefficients that are kept. */
function refineEach(block: usize, cells: usize, which: u64, low: i32, kept: u64): void {
  let left = which
  while (left) {
    refill()
    if (!(left & kept)) {
      const some = min(popcnt(left) as i32, 32)
      if (some < 32) {
        take(some)
        return
      }
    }
    const place = left & (0 - left)
    left ^= place
    if (take(1) && (place & kept) !== 0) {
      const at = block + (load<u32>(cells + ((ctz(place) as usize) << 2)) & 0xff)
      const value: i32 = load<i16>(at)
      store<i16>(at, value + (value >= 0 ? 1 << low : -(1 << low)))
    }
  }
}
