// Inflate (RFC 1951) in a zlib stream (RFC 1950), as a machine that stops when its input is used up or its output is
// full, and goes on where it stopped. Input lies in a buffer that `idat.ts` fills; output is a run of memory whose
// last 32 KiB are moved to its front when `rows.ts` has taken what is in it.

import { alloc } from '../../memory.ts'
import { adler32 } from '../checksum.ts'
import {
  beginBits,
  bitsOf,
  HEADER_ROOM,
  haveInput,
  held,
  heldCount,
  inEnd,
  inPos,
  inputOver,
  overrun,
  refill,
  setBits,
  skipBytes,
  toByte,
} from './bits.ts'
import { beginCodes, distances, dynamicTables, fixedTables, literals } from './codes.ts'
import { DISTANCE_BITS, END, LITERAL, LITERAL_BITS, SUBTABLE } from './huffman.ts'

/** More input is needed. */
export const INFLATE_INPUT: i32 = 1
/** The output has to be taken. */
export const INFLATE_OUTPUT: i32 = 2
/** The stream ended, and its checksum was looked at. */
export const INFLATE_DONE: i32 = 3
/** The input ended within the stream. */
export const INFLATE_SHORT: i32 = -1
/** No deflate stream says this. */
export const INFLATE_BAD: i32 = -2
const CONTINUE: i32 = 0

/** Farthest that a match reaches back. */
const WINDOW: usize = 32768
/** Room for output behind the window. */
const OUTPUT_ROOM: usize = 131072
/** A match of 258 bytes is copied in pieces of 16. */
const OUTPUT_MARGIN: usize = 288
const STATE_ZLIB: i32 = 0
const STATE_BLOCK: i32 = 1
const STATE_STORED: i32 = 2
const STATE_SYMBOLS: i32 = 3
const STATE_TRAILER: i32 = 4
const STATE_END: i32 = 5

let output: usize = 0
/** First byte that was not taken yet, and one past the last. */
export let taken: usize = 0
export let outEnd: usize = 0
/** First byte that the checksum has not seen. */
let summed: usize = 0
let adler: u32 = 1

let state: i32 = 0
let lastBlock: bool = false
let storedLeft: usize = 0
/** The Adler-32 at the end of the stream was another. */
export let wrongSum: bool = false

/** Takes its memory and waits for the first byte of a stream. */
export function beginInflate(): void {
  beginBits()
  beginCodes()
  // A distance that reaches before the first byte is refused by counting, so these bytes are never read.
  output = alloc(WINDOW + OUTPUT_ROOM + 16)
  taken = output
  outEnd = output
  summed = output
  adler = 1
  state = STATE_ZLIB
  lastBlock = false
  wrongSum = false
}

/** Says that everything up to `to` was taken. */
export function take(to: usize): void {
  taken = to
}

/** Runs until something is needed: one of `INFLATE_*`. */
export function inflate(): i32 {
  makeRoom()
  let outcome = CONTINUE
  while (outcome === CONTINUE) {
    if (state === STATE_SYMBOLS) outcome = symbols()
    else if (state === STATE_STORED) outcome = copyStored()
    else if (state === STATE_BLOCK) outcome = blockHeader()
    else if (state === STATE_ZLIB) outcome = streamHeader()
    else if (state === STATE_TRAILER) outcome = trailer()
    else outcome = INFLATE_DONE
  }
  adler = adler32(adler, summed, outEnd - summed)
  summed = outEnd
  if (outcome === INFLATE_DONE && state === STATE_TRAILER) {
    state = STATE_END
    wrongSum = adler !== storedSum
  }
  return outcome
}

/** Moves the window to the front once half of the room is used and all of it was taken. */
function makeRoom(): void {
  if (taken !== outEnd || outEnd - output < WINDOW + OUTPUT_ROOM / 2) return
  memory.copy(output, outEnd - WINDOW, WINDOW)
  outEnd = output + WINDOW
  taken = outEnd
  summed = outEnd
}

function streamHeader(): i32 {
  if (!haveInput(2)) return INFLATE_INPUT
  if (inEnd - inPos < 2) return INFLATE_SHORT
  let method: u32 = load<u8>(inPos)
  let flags: u32 = load<u8>(inPos, 1)
  skipBytes(2)
  if ((method & 15) !== 8 || method >> 4 > 7 || ((method << 8) | flags) % 31 || flags & 32) return INFLATE_BAD
  state = STATE_BLOCK
  return CONTINUE
}

let storedSum: u32 = 0

function trailer(): i32 {
  if (!haveInput(4)) return INFLATE_INPUT
  toByte()
  // The picture is whole: a missing sum is no reason to refuse it.
  storedSum = inEnd - inPos < 4 ? 0 : bswap<u32>(load<u32>(inPos))
  skipBytes(min<usize>(4, inEnd - inPos))
  return INFLATE_DONE
}

function blockHeader(): i32 {
  if (lastBlock) {
    state = STATE_TRAILER
    return CONTINUE
  }
  if (!haveInput(HEADER_ROOM)) return INFLATE_INPUT
  refill()
  lastBlock = bitsOf(1) === 1
  let type = bitsOf(2)
  let outcome = INFLATE_BAD
  if (type === 0) outcome = storedHeader()
  else if (type === 1) {
    fixedTables()
    outcome = CONTINUE
  } else if (type === 2 && dynamicTables()) outcome = CONTINUE
  if (outcome === CONTINUE && type > 0) state = STATE_SYMBOLS
  return overrun() ? INFLATE_SHORT : outcome
}

function storedHeader(): i32 {
  toByte()
  if (inPos + 4 > inEnd) return INFLATE_SHORT
  storedLeft = load<u16>(inPos)
  let check: u32 = load<u16>(inPos, 2)
  skipBytes(4)
  state = STATE_STORED
  return <u32>storedLeft === (check ^ 0xffff) ? CONTINUE : INFLATE_BAD
}

function copyStored(): i32 {
  let room = output + WINDOW + OUTPUT_ROOM - outEnd
  let count = min(min(storedLeft, inEnd - inPos), room)
  memory.copy(outEnd, inPos, count)
  outEnd += count
  skipBytes(count)
  storedLeft -= count
  if (!storedLeft) {
    state = STATE_BLOCK
    return CONTINUE
  }
  if (count === room) return INFLATE_OUTPUT
  return inputOver ? INFLATE_SHORT : INFLATE_INPUT
}

/** The symbols of a block until it ends, the output is full or the input used up. */
function symbols(): i32 {
  let bits = held
  let count = heldCount
  let from = inPos
  let to = outEnd
  const table = literals
  const distanceTable = distances
  const base = output
  const outSafe = output + WINDOW + OUTPUT_ROOM - OUTPUT_MARGIN
  const inSafe = inputOver ? inEnd : inEnd - 16
  let outcome = INFLATE_OUTPUT
  while (to < outSafe) {
    if (<isize>from > <isize>inSafe) {
      if (!inputOver) {
        outcome = INFLATE_INPUT
        break
      }
      if (from - (<usize>count >> 3) > inEnd) {
        outcome = INFLATE_SHORT
        break
      }
    }
    bits |= load<u64>(from) << count
    from += <usize>((63 - count) >> 3)
    count |= 56
    let entry = load<u32>(table + ((<usize>bits & ((1 << LITERAL_BITS) - 1)) << 2))
    if (entry & LITERAL) {
      bits >>= <u64>(entry & 31)
      count -= entry & 31
      store<u8>(to++, entry >> 9)
      entry = load<u32>(table + ((<usize>bits & ((1 << LITERAL_BITS) - 1)) << 2))
      if (entry & LITERAL) {
        bits >>= <u64>(entry & 31)
        count -= entry & 31
        store<u8>(to++, entry >> 9)
        entry = load<u32>(table + ((<usize>bits & ((1 << LITERAL_BITS) - 1)) << 2))
        if (entry & LITERAL) {
          bits >>= <u64>(entry & 31)
          count -= entry & 31
          store<u8>(to++, entry >> 9)
          continue
        }
      }
      bits |= load<u64>(from) << count
      from += <usize>((63 - count) >> 3)
      count |= 56
    }
    if (entry & SUBTABLE) {
      bits >>= <u64>LITERAL_BITS
      count -= LITERAL_BITS
      let index = <usize>bits & (((<usize>1) << ((entry >> 5) & 15)) - 1)
      entry = load<u32>(table + ((<usize>((entry >> 9) & 0x1ffff) + index) << 2))
      // A subtable's codes are stored with their whole length.
      entry -= entry & 31 ? LITERAL_BITS : 0
      if (entry & LITERAL) {
        bits >>= <u64>(entry & 31)
        count -= entry & 31
        store<u8>(to++, entry >> 9)
        continue
      }
    }
    if (!(entry & 31)) {
      outcome = INFLATE_BAD
      break
    }
    bits >>= <u64>(entry & 31)
    count -= entry & 31
    if (entry & END) {
      state = STATE_BLOCK
      outcome = CONTINUE
      break
    }
    let extra = (entry >> 5) & 15
    let length = <usize>((entry >> 9) & 0x1ffff) + (<usize>bits & (((<usize>1) << extra) - 1))
    bits >>= <u64>extra
    count -= extra
    entry = load<u32>(distanceTable + ((<usize>bits & ((1 << DISTANCE_BITS) - 1)) << 2))
    if (entry & SUBTABLE) {
      let index = (<usize>bits >> DISTANCE_BITS) & (((<usize>1) << ((entry >> 5) & 15)) - 1)
      entry = load<u32>(distanceTable + ((<usize>((entry >> 9) & 0x1ffff) + index) << 2))
    }
    if (!(entry & 31)) {
      outcome = INFLATE_BAD
      break
    }
    bits >>= <u64>(entry & 31)
    count -= entry & 31
    extra = (entry >> 5) & 15
    let distance = <usize>((entry >> 9) & 0x1ffff) + (<usize>bits & (((<usize>1) << extra) - 1))
    bits >>= <u64>extra
    count -= extra
    if (distance > to - base) {
      outcome = INFLATE_BAD
      break
    }
    copyMatch(to, distance, length)
    to += length
  }
  setBits(from, bits, count)
  outEnd = to
  return outcome
}

/** Copies a match that may overlap itself; up to 15 bytes behind it are written too. */
function copyMatch(to: usize, distance: usize, length: usize): void {
  let from = to - distance
  let end = to + length
  if (distance >= 16) {
    do {
      v128.store(to, v128.load(from))
      to += 16
      from += 16
    } while (to < end)
  } else if (distance === 1) {
    let run = i8x16.splat(load<i8>(from))
    do {
      v128.store(to, run)
      to += 16
    } while (to < end)
  } else {
    while (to < end) store<u8>(to++, load<u8>(from++))
  }
}
