// Deflate's matches: where the bytes ahead stood before, found through chains of places with the same four bytes.

import { alloc } from '../../memory.ts'

/** Deflate's limits. */
export const LEAST_MATCH: usize = 4
export const MOST_MATCH: usize = 258
const WINDOW: usize = 32768

const HASH_BITS: u32 = 15

/** Latest place of each hash, and for each place of the window the one before it; places are offsets plus one. */
let heads: usize = 0
let chain: usize = 0
let base: usize = 0
let end: usize = 0
/** Places up to this offset are in the chains. */
let entered: usize = 0

/** What {@link findMatch} found. */
export let matchLength: usize = 0
export let matchDistance: usize = 0

/** Takes the memory, for bytes from `from` to `to`; 16 bytes behind them are readable. */
export function beginMatches(from: usize, to: usize): void {
  heads = alloc(4 << HASH_BITS)
  chain = alloc(WINDOW * 4)
  memory.fill(heads, 0, 4 << HASH_BITS)
  base = from
  end = to
  entered = 0
}

function hashAt(at: usize): usize {
  return <usize>((load<u32>(at) * 0x9e3779b1) >> (32 - HASH_BITS))
}

/** Enters every place before `at` into the chains. */
export function enterUpTo(at: usize): void {
  let offset = entered
  let to = at - base
  while (offset < to) {
    let head = heads + (hashAt(base + offset) << 2)
    store<u32>(chain + ((offset & (WINDOW - 1)) << 2), load<u32>(head))
    store<u32>(head, <u32>offset + 1)
    offset++
  }
  entered = offset
}

/** Bytes that are the same from `a` and `b` on, up to `most`. */
function sameBytes(a: usize, b: usize, most: usize): usize {
  let length: usize = 0
  while (length < most) {
    let differ = ~i8x16.bitmask(i8x16.eq(v128.load(a + length), v128.load(b + length))) & 0xffff
    if (differ) return min(length + <usize>ctz(differ), most)
    length += 16
  }
  return most
}

/**
 * The longest match at `at` that is longer than `longer`, the nearest of these; {@link matchLength} is 0 without one.
 *
 * @param depth places that are looked at
 * @param enough a match as long as this is taken at once
 */
export function findMatch(at: usize, longer: usize, depth: i32, enough: usize): void {
  matchLength = 0
  let most = min(MOST_MATCH, end - at)
  let best = max(longer, LEAST_MATCH - 1)
  if (most <= best) return
  enterUpTo(at)
  let offset = at - base
  let place = load<u32>(heads + (hashAt(at) << 2))
  let lowest = offset > WINDOW ? offset - WINDOW : 0
  while (place > <u32>lowest && depth-- > 0) {
    let from = base + <usize>place - 1
    // The byte that would make it longer is looked at first.
    if (load<u8>(from + best) === load<u8>(at + best)) {
      let length = sameBytes(from, at, most)
      if (length > best) {
        best = length
        matchLength = length
        matchDistance = at - from
        if (length >= enough || length === most) return
      }
    }
    place = load<u32>(chain + ((<usize>(place - 1) & (WINDOW - 1)) << 2))
  }
}

/**
 * Every match at `at` that is longer than all nearer ones: u32 of length << 16 | distance - 1 from `to` on, at most
 * `room` of them, the longest last. Returns how many.
 *
 * @param most bytes that a match may have here, up to 258
 */
export function listMatches(at: usize, most: usize, depth: i32, enough: usize, to: usize, room: i32): i32 {
  let best = LEAST_MATCH - 1
  if (most <= best) return 0
  enterUpTo(at)
  let offset = at - base
  let place = load<u32>(heads + (hashAt(at) << 2))
  let lowest = offset > WINDOW ? offset - WINDOW : 0
  let count = 0
  while (place > <u32>lowest && depth-- > 0) {
    let from = base + <usize>place - 1
    if (load<u8>(from + best) === load<u8>(at + best)) {
      let length = sameBytes(from, at, most)
      if (length > best) {
        best = length
        if (count === room) count--
        store<u32>(to + ((<usize>count) << 2), <u32>((length << 16) | (at - from - 1)))
        count++
        if (length >= enough || length === most) break
      }
    }
    place = load<u32>(chain + ((<usize>(place - 1) & (WINDOW - 1)) << 2))
  }
  return count
}
