// The cheapest tokens for a stretch of bytes, by what the codes are about to cost: a shortest path over its positions,
// walked twice, the second time with the costs that the first came to.

import { ln } from '../../math.ts'
import { alloc } from '../../memory.ts'
import {
  COUNT_BYTES,
  countTokens,
  distanceExtra,
  distanceSymbol,
  lengthExtra,
  lengthSymbol,
  MATCH,
} from './block.ts'
import { LEAST_MATCH, listMatches, MOST_MATCH } from './matches.ts'

/** Bytes of a stretch. */
export const STRETCH: usize = 16384
/** Matches kept for each position, and places looked at for them. */
const KEPT: i32 = 8
const DEPTH: i32 = 12
/** A match as long as this is taken without asking. */
const ENOUGH: usize = 64

/** Matches, KEPT u32 a position, and how many there are. */
let matches: usize = 0
let matchCounts: usize = 0
/** Bits to each position, f32, and the last token on the way there. */
let costs: usize = 0
let steps: usize = 0
/** Bits of each literal, of each length from 0, and of each symbol of distances, f32. */
let literalCosts: usize = 0
let lengthCosts: usize = 0
let distanceCosts: usize = 0
/** Counts of the last stretches, the older the lighter, and of this one. */
let counts: usize = 0
let fresh: usize = 0

/** Takes the memory and assumes a cost for everything. */
export function beginParse(): void {
  matches = alloc(STRETCH * <usize>KEPT * 4)
  matchCounts = alloc(STRETCH)
  costs = alloc((STRETCH + 1) * 4)
  steps = alloc((STRETCH + 1) * 4)
  literalCosts = alloc(256 * 4)
  lengthCosts = alloc((MOST_MATCH + 1) * 4)
  distanceCosts = alloc(30 * 4)
  counts = alloc(COUNT_BYTES)
  fresh = alloc(COUNT_BYTES)
  // Half of the symbols literals, half of them matches, short ones and near ones a little more likely.
  for (let s: usize = 0; s < 286; s++) store<u32>(counts + (s << 2), s < 256 ? 4 : s < 270 ? 40 : 10)
  for (let s: usize = 0; s < 30; s++) store<u32>(counts + ((286 + s) << 2), 10)
  setCosts()
}

/** Makes the tokens of the bytes from `from` to `end`, at most STRETCH of them, at `to`; returns where they end. */
export function parseStretch(from: usize, end: usize, to: usize): usize {
  let length = end - from
  findAll(from, end)
  walk(from, length)
  let stop = collect(length, to)
  countTokens(to, stop, fresh)
  for (let i: usize = 0; i < COUNT_BYTES; i += 4)
    store<u32>(counts + i, (load<u32>(counts + i) >> 1) + load<u32>(fresh + i) * 2)
  setCosts()
  walk(from, length)
  return collect(length, to)
}

function findAll(from: usize, end: usize): void {
  let skip: usize = 0
  for (let at = from; at < end; at++) {
    let i = at - from
    if (skip > 0) {
      // Within a match that is taken as it is nobody asks for another.
      skip--
      store<u8>(matchCounts + i, 0)
      continue
    }
    let list = matches + i * <usize>KEPT * 4
    let count = listMatches(at, min(MOST_MATCH, end - at), DEPTH, ENOUGH, list, KEPT)
    store<u8>(matchCounts + i, count)
    if (!count) continue
    let longest = <usize>(load<u32>(list + ((<usize>(count - 1)) << 2)) >> 16)
    if (longest >= ENOUGH) skip = longest - 1
  }
}

/** The cheapest way to each position. */
function walk(from: usize, length: usize): void {
  store<f32>(costs, 0)
  for (let i: usize = 1; i <= length; i++) store<f32>(costs + (i << 2), f32.MAX_VALUE)
  for (let i: usize = 0; i < length; i++) {
    let here = load<f32>(costs + (i << 2))
    let byte = load<u8>(from + i)
    offer(i + 1, here + load<f32>(literalCosts + ((<usize>byte) << 2)), byte)
    let count = <usize>load<u8>(matchCounts + i)
    if (!count) continue
    let list = matches + i * <usize>KEPT * 4
    let shortest = LEAST_MATCH
    for (let m: usize = 0; m < count; m++) {
      let match = load<u32>(list + (m << 2))
      let distance = match & 0xffff
      let longest = <usize>(match >> 16)
      let base = here + load<f32>(distanceCosts + (distanceSymbol(distance) << 2))
      if (longest >= ENOUGH) shortest = longest
      for (let l = shortest; l <= longest; l++)
        offer(i + l, base + load<f32>(lengthCosts + (l << 2)), MATCH | ((<u32>(l - 3)) << 16) | distance)
      shortest = longest + 1
    }
  }
}

function offer(position: usize, cost: f32, token: u32): void {
  if (cost >= load<f32>(costs + (position << 2))) return
  store<f32>(costs + (position << 2), cost)
  store<u32>(steps + (position << 2), token)
}

/** The tokens of the cheapest way, first to last. */
function collect(length: usize, to: usize): usize {
  let count: usize = 0
  for (let i = length; i > 0; count++) i -= stepLength(load<u32>(steps + (i << 2)))
  let end = to + (count << 2)
  let at = end
  for (let i = length; i > 0; ) {
    let token = load<u32>(steps + (i << 2))
    at -= 4
    store<u32>(at, token)
    i -= stepLength(token)
  }
  return end
}

function stepLength(token: u32): usize {
  return token & MATCH ? <usize>((token >> 16) & 255) + 3 : 1
}

/** Costs of what the counts say: the bits of an ideal code. */
function setCosts(): void {
  let literalTotal: u32 = 0
  for (let s: usize = 0; s < 286; s++) literalTotal += load<u32>(counts + (s << 2))
  let distanceTotal: u32 = 0
  for (let s: usize = 0; s < 30; s++) distanceTotal += load<u32>(counts + ((286 + s) << 2))
  for (let s: usize = 0; s < 256; s++) store<f32>(literalCosts + (s << 2), bitsOf(s, literalTotal))
  for (let l = LEAST_MATCH; l <= MOST_MATCH; l++) {
    let symbol = lengthSymbol((<u32>(l - 3)) << 16)
    let bits = bitsOf(257 + symbol, literalTotal) + <f32>lengthExtra(<u32>symbol)
    store<f32>(lengthCosts + (l << 2), bits)
  }
  for (let s: usize = 0; s < 30; s++)
    store<f32>(distanceCosts + (s << 2), bitsOf(286 + s, distanceTotal) + <f32>distanceExtra(<u32>s))
}

/** Bits of a symbol; one that was not seen counts for half. */
function bitsOf(symbol: usize, total: u32): f32 {
  let count = load<u32>(counts + (symbol << 2))
  let part = (count ? f64(count) : 0.5) / f64(total + 1)
  return <f32>(-ln(part) * Math.LOG2E)
}
