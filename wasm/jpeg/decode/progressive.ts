/**
 * Blocks of progressive scans (T.81 G). Coefficients are kept as they come, without multiplying, and only those that
 * the scale needs. For each block a mask says which of all 64 are nonzero: refinement needs no more of the others.
 */
import { bits, count, drop, keep, refill, refillSlow, take } from './bits.ts'
import { extended, hasFF, noteBadCode, rareEntry, word } from './block.ts'
import {
  END_OF_BLOCK,
  INDIRECT,
  KIND_AC_FIRST,
  KIND_AC_REFINE,
  KIND_DC,
  LOOKUP_BITS,
  longEntry,
  lookup,
} from './huffman.ts'
import { pos } from './input.ts'
import { NOWHERE } from './layout.ts'
import { endOfBandRun, setEndOfBandRun } from './scan.ts'

/** Reads a DC difference. */
export function readDifference(dc: usize): i32 {
  refill()
  let found = load<u32>(lookup(dc) + (((bits >> (64 - LOOKUP_BITS)) as usize) << 2))
  if (!found) found = rareEntry(dc, bits, KIND_DC)
  const value = found & INDIRECT ? extended(bits, found) : (found as i32) >> 16
  drop((found & 63) as i32)
  return value
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
    let found = load<u32>(acLookup + (((word64 >> (64 - LOOKUP_BITS)) as usize) << 2))
    if (!found) found = rareEntry(ac, word64, KIND_AC_FIRST)
    const step = (found >> 8) & 0xff
    if (step === END_OF_BLOCK) {
      // The run is 1 and the bits of a number, less this block. A bad code is a run of this block alone.
      if (found & INDIRECT) {
        const raw = word64 << ((found >> 16) as u64)
        const size = 63 - (found >> 24)
        setEndOfBandRun((1 << size) - 1 + (((raw >> 1) >> ((found >> 24) as u64)) as i32))
      }
      word64 <<= found as u64
      have -= (found & 63) as i32
      break
    }
    let value = (found as i32) >> 16
    if (found & INDIRECT) value = extended(word64, found)
    word64 <<= found as u64
    have -= (found & 63) as i32
    k += step as i32
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
  // Indices of the band not dealt with yet.
  let ahead = ((<u64>-1) << (first as u64)) & (<u64>-1 >> ((63 - last) as u64))
  let run = endOfBandRun
  if (run > 0 && !(ahead & history)) {
    setEndOfBandRun(run - 1)
    return
  }
  let word64 = bits
  let have = count
  let at = pos
  let nonzero = history
  const acLookup = lookup(ac)
  const one = 1 << low
  while (ahead) {
    // Indices whose refinement bits come next.
    let which: u64
    let fresh: i32 = 0
    let place: u64 = 0
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
    if (run === 0) {
      let found = load<u32>(acLookup + (((word64 >> (64 - LOOKUP_BITS)) as usize) << 2))
      if (!found) {
        found = longEntry(ac, (word64 >> 48) as u32, KIND_AC_REFINE)
        if (!found) {
          noteBadCode()
          word64 <<= 16
          have -= 16
          break
        }
      }
      word64 <<= (found & 0xff) as u64
      have -= (found & 0xff) as i32
      let zeros = found >> 12
      if (found & 0xf00) {
        // A set bit is positive.
        const turn = ~((word64 as i64) >> 63) as i32
        fresh = (one ^ turn) - turn
        word64 <<= 1
        have--
      } else if (zeros < 15) {
        run = (1 << zeros) + (((word64 >> 1) >> ((63 - zeros) as u64)) as i32)
        word64 <<= zeros as u64
        have -= zeros
      }
      if (run === 0) {
        // The place that the code speaks of: past `zeros` coefficients that are still zero.
        let still = ahead & ~history
        for (; zeros >= 4 && still; zeros -= 4) {
          still &= still - 1
          still &= still - 1
          still &= still - 1
          still &= still - 1
        }
        // Mostly fewer than four: both ways are worked out, because the branch would be a guess.
        const less = still & (still - 1)
        still = select<u64>(less, still, (zeros & 1) as bool)
        const twice = still & (still - 1)
        still = select<u64>(twice & (twice - 1), still, (zeros & 2) as bool)
        place = still & (0 - still)
      }
    }
    // Without a place these are all that lie ahead.
    const passed = ahead & (place - 1)
    which = passed & history
    ahead &= ~(passed | place)
    do {
      // As many as the bits at hand allow, which is nearly always all.
      let some = which
      let taken = popcnt(which) as i32
      if (taken > have) {
        keep(word64, have, at)
        refillSlow()
        word64 = bits
        have = count
        at = pos
        for (; taken > have; taken--) some &= ~((<u64>1) << (63 - clz(some)))
      }
      which ^= some
      // The bit of an index is as far down as there are indices before it.
      let wanted = some & kept
      while (wanted) {
        const index = ctz(wanted)
        const bit = ((word64 << popcnt(some & (((<u64>1) << index) - 1))) as i64) >> 63
        const coefficient = block + (load<u32>(cells + ((index as usize) << 2)) & 0xff)
        const value: i32 = load<i16>(coefficient)
        // Away from zero, without a branch: which bit comes next nobody can predict.
        store<i16>(coefficient, value + ((((value >> 31) | 1) << low) & (bit as i32)))
        wanted &= wanted - 1
      }
      word64 <<= taken as u64
      have -= taken
    } while (which)
    if (fresh && place) {
      nonzero |= place
      const cell = load<u32>(cells + ((ctz(place) as usize) << 2)) & 0xff
      if (cell !== NOWHERE) store<i16>(block + cell, fresh)
    }
  }
  keep(word64, have, at)
  setEndOfBandRun(run > 0 ? run - 1 : 0)
  if (nonzero !== history) store<u64>(mask, nonzero)
}
