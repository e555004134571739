// A block of deflate with codes of its own (RFC 1951, 3.2.7): what its tokens cost, and its bits.

import { putBits } from './bits.ts'
import { assignCodes, chooseLengths } from './codes.ts'

/** Symbols of the two codes. */
const LITERALS: i32 = 286
const DISTANCES: i32 = 30
/** A token that is a match: bit 31, length - 3 from bit 16, distance - 1 from bit 0. Others are literals. */
export const MATCH: u32 = 0x80000000

/** Order in which the lengths of the code of code lengths are sent. */
const ORDER: StaticArray<u8> = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/** Bytes of one set of counts: both codes. */
export const COUNT_BYTES: usize = (286 + 30) * 4

const LENGTHS: usize = memory.data(286 + 30 + 4, 16)
const CODES: usize = memory.data((286 + 30) * 2, 16)
/** The lengths run by run: symbol, and extra value from bit 8. */
const RUNS: usize = memory.data(320 * 2, 16)
const RUN_COUNTS: usize = memory.data(19 * 4, 16)
const RUN_LENGTHS: usize = memory.data(20, 16)
const RUN_CODES: usize = memory.data(19 * 2, 16)
let runs: i32 = 0
let literals: i32 = 0
let distances: i32 = 0
let runLengths: i32 = 0

/** Symbols of lengths, a byte each for length - 3, and of distances, by distance - 1 below 256 and its upper bits above. */
const LENGTH_SYMBOLS: usize = memory.data(256, 16)
const DISTANCE_SYMBOLS: usize = memory.data(512, 16)

/** Writes the tables of symbols: the first act of a job that deflates. */
export function beginBlocks(): void {
  for (let l = 0; l < 256; l++) store<u8>(LENGTH_SYMBOLS + <usize>l, <u8>(lengthSymbolOf(l) - 257))
  for (let d = 0; d < 256; d++) {
    store<u8>(DISTANCE_SYMBOLS + <usize>d, <u8>distanceSymbolOf(d))
    store<u8>(DISTANCE_SYMBOLS + 256 + <usize>d, <u8>distanceSymbolOf(d << 7))
  }
}

function lengthSymbolOf(l: u32): u32 {
  if (l === 255) return 285
  if (l < 8) return 257 + l
  let extra = 29 - clz<u32>(l)
  return 257 + (extra << 2) + (l >> extra)
}

function distanceSymbolOf(d: u32): u32 {
  if (d < 4) return d
  let extra = 30 - clz<u32>(d)
  return (extra << 1) + (d >> extra)
}

/** Symbol of a match's length, less 257. */
export function lengthSymbol(token: u32): usize {
  return <usize>load<u8>(LENGTH_SYMBOLS + <usize>((token >> 16) & 255))
}

/** Symbol of a match's distance. */
export function distanceSymbol(token: u32): usize {
  let d = <usize>(token & 0x7fff)
  return <usize>load<u8>(DISTANCE_SYMBOLS + (d < 256 ? d : 256 + (d >> 7)))
}

/** Extra bits of a length's symbol (less 257). */
export function lengthExtra(symbol: u32): u32 {
  return symbol < 8 || symbol === 28 ? 0 : (symbol - 4) >> 2
}

/** Extra bits of a distance's symbol. */
export function distanceExtra(symbol: u32): u32 {
  return symbol < 4 ? 0 : (symbol - 2) >> 1
}

/** Counts the symbols of tokens. */
export function countTokens(from: usize, end: usize, counts: usize): void {
  memory.fill(counts, 0, COUNT_BYTES)
  store<u32>(counts, 1, 256 * 4)
  for (; from < end; from += 4) {
    let token = load<u32>(from)
    let symbol = <usize>token
    if (token & MATCH) {
      symbol = 257 + lengthSymbol(token)
      let at = counts + ((286 + distanceSymbol(token)) << 2)
      store<u32>(at, load<u32>(at) + 1)
    }
    let at = counts + (symbol << 2)
    store<u32>(at, load<u32>(at) + 1)
  }
}

/** Makes the codes for these counts and returns the bits that the block will take. */
export function planBlock(counts: usize): u32 {
  chooseLengths(counts, LITERALS, LENGTHS, 15)
  chooseLengths(counts + 286 * 4, DISTANCES, LENGTHS + 286, 15)
  literals = LITERALS
  while (literals > 257 && !load<u8>(LENGTHS + <usize>literals - 1)) literals--
  distances = DISTANCES
  while (distances > 1 && !load<u8>(LENGTHS + 286 + <usize>distances - 1)) distances--
  let bits = planHeader()
  for (let s: usize = 0; s < 286; s++) {
    let extra = s > 256 ? lengthExtra(<u32>s - 257) : 0
    bits += load<u32>(counts + (s << 2)) * (<u32>load<u8>(LENGTHS + s) + extra)
  }
  for (let s: usize = 0; s < 30; s++)
    bits += load<u32>(counts + ((286 + s) << 2)) * (<u32>load<u8>(LENGTHS + 286 + s) + distanceExtra(<u32>s))
  return bits
}

/** The lengths of both codes as runs, and the code for those. */
function planHeader(): u32 {
  memory.fill(RUN_COUNTS, 0, 19 * 4)
  runs = 0
  let total = literals + distances
  let i = 0
  while (i < total) {
    let length = lengthAt(i)
    let same = 1
    while (i + same < total && lengthAt(i + same) === length) same++
    i += same
    if (length === 0) {
      while (same >= 11) {
        let n = min<i32>(same, 138)
        addRun(18, n - 11)
        same -= n
      }
      if (same >= 3) {
        addRun(17, same - 3)
        same = 0
      }
    } else {
      addRun(length, 0)
      same--
      while (same >= 3) {
        let n = min<i32>(same, 6)
        addRun(16, n - 3)
        same -= n
      }
    }
    while (same-- > 0) addRun(length, 0)
  }
  chooseLengths(RUN_COUNTS, 19, RUN_LENGTHS, 7)
  assignCodes(RUN_LENGTHS, 19, RUN_CODES)
  runLengths = 19
  while (runLengths > 4 && !load<u8>(RUN_LENGTHS + <usize>unchecked(ORDER[runLengths - 1]))) runLengths--
  let bits: u32 = 3 + 14 + 3 * runLengths
  for (let s: usize = 0; s < 19; s++) {
    let extra: u32 = s === 16 ? 2 : s === 17 ? 3 : s === 18 ? 7 : 0
    bits += load<u32>(RUN_COUNTS + (s << 2)) * (<u32>load<u8>(RUN_LENGTHS + s) + extra)
  }
  return bits
}

function lengthAt(i: i32): i32 {
  return load<u8>(LENGTHS + <usize>(i < literals ? i : 286 + i - literals))
}

function addRun(symbol: i32, extra: i32): void {
  store<u16>(RUNS + ((<usize>runs) << 1), symbol | (extra << 8))
  runs++
  let at = RUN_COUNTS + ((<usize>symbol) << 2)
  store<u32>(at, load<u32>(at) + 1)
}

/** Writes the block that was planned last. */
export function writeBlock(from: usize, end: usize, last: bool): void {
  assignCodes(LENGTHS, LITERALS, CODES)
  assignCodes(LENGTHS + 286, DISTANCES, CODES + 286 * 2)
  putBits((last ? 1 : 0) | 4, 3)
  putBits(literals - 257, 5)
  putBits(distances - 1, 5)
  putBits(runLengths - 4, 4)
  for (let i = 0; i < runLengths; i++) putBits(load<u8>(RUN_LENGTHS + <usize>unchecked(ORDER[i])), 3)
  for (let i = 0; i < runs; i++) {
    let run = <u32>load<u16>(RUNS + ((<usize>i) << 1))
    let symbol = <usize>(run & 255)
    putBits(load<u16>(RUN_CODES + (symbol << 1)), load<u8>(RUN_LENGTHS + symbol))
    if (symbol >= 16) putBits(run >> 8, symbol === 16 ? 2 : symbol === 17 ? 3 : 7)
  }
  for (; from < end; from += 4) {
    let token = load<u32>(from)
    if (token & MATCH) writeMatch(token)
    else putSymbol(<usize>token)
  }
  putSymbol(256)
}

function putSymbol(symbol: usize): void {
  putBits(load<u16>(CODES + (symbol << 1)), load<u8>(LENGTHS + symbol))
}

function writeMatch(token: u32): void {
  let length = lengthSymbol(token)
  putSymbol(257 + length)
  let extra = lengthExtra(<u32>length)
  putBits((token >> 16) & 255 & ((1 << extra) - 1), extra)
  let distance = distanceSymbol(token)
  putSymbol(286 + distance)
  extra = distanceExtra(<u32>distance)
  putBits(token & 0x7fff & ((1 << extra) - 1), extra)
}
