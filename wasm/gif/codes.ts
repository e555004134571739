// The codes of one picture of a GIF to its indices. A string of the table is where it was written first: an offset and a
// length in the picture itself, so that a code is a copy.

import { INPUT } from '../memory.ts'

const MOST_CODES: u32 = 4096
/** For each code the address of its string and its length. */
const STRINGS: usize = memory.data(4096 * 8, 16)

let bits: u64 = 0
let bitCount: u32 = 0
/** Bytes that are left of the sub-block in work. */
let blockLeft: usize = 0
let clearCode: u32 = 0
let next: u32 = 0
let codeBits: u32 = 0
let rootBits: u32 = 0
/** The string before: 0 behind a clear code. */
let before: usize = 0
let beforeLength: usize = 0
let out: usize = 0
let outStart: usize = 0
let outEnd: usize = 0
/** Bytes behind the codes, in the window that ended them. */
export let codesLeft: usize = 0
/** A code came that does not exist. */
export let codesDamaged: bool = false

/** Starts a picture of `count` indices, which go to `to`; 16 bytes behind them are written as well. */
export function beginCodes(size: i32, to: usize, count: usize): void {
  bits = 0
  bitCount = 0
  blockLeft = 0
  rootBits = <u32>size
  clearCode = 1 << rootBits
  restart()
  outStart = to
  out = to
  outEnd = to + count
  codesDamaged = false
}

function restart(): void {
  next = clearCode + 2
  codeBits = rootBits + 1
  before = 0
}

/** Indices that are there. */
export function indicesDone(): usize {
  return out - outStart
}

/**
 * Takes sub-blocks, lengths and all, that lie in the input window: `count` bytes of them. Returns whether the picture ends
 * there; else it waits for more.
 */
export function takeCodes(count: usize): bool {
  let ends = false
  let from = INPUT
  let to = INPUT
  let end = INPUT + count
  while (from < end) {
    if (blockLeft === 0) {
      blockLeft = load<u8>(from++)
      if (blockLeft === 0) {
        ends = true
        break
      }
      continue
    }
    let part = min(blockLeft, end - from)
    memory.copy(to, from, part)
    to += part
    from += part
    blockLeft -= part
  }
  let complete = expand(to)
  codesLeft = complete ? to - place + (bitCount >> 3) : 0
  return complete || ends
}

/** Where {@link expand} stopped reading. */
let place: usize = 0

function expand(end: usize): bool {
  let at = INPUT
  for (;;) {
    if (bitCount < codeBits) {
      if (at + 4 <= end) {
        bits |= (<u64>load<u32>(at)) << bitCount
        at += 4
        bitCount += 32
      } else {
        while (at < end && bitCount <= 48) {
          bits |= (<u64>load<u8>(at++)) << bitCount
          bitCount += 8
        }
        if (bitCount < codeBits) return false
      }
    }
    let code = <u32>bits & ((1 << codeBits) - 1)
    bits >>= codeBits
    bitCount -= codeBits
    if (code === clearCode) {
      restart()
      continue
    }
    if (code === clearCode + 1) break
    let length: usize = 1
    if (code < clearCode) store<u8>(out, <u8>code)
    else {
      if (code > next || (code === next && !before) || (code === next && next >= MOST_CODES)) {
        codesDamaged = true
        break
      }
      let string = before
      length = beforeLength + 1
      if (code < next) {
        string = load<u32>(STRINGS + ((<usize>code) << 3))
        length = load<u32>(STRINGS + ((<usize>code) << 3), 4)
      }
      length = min(length, outEnd - out)
      // Whole vectors: a string that runs into its own copy ends within the first of them, or 16 bytes and more apart.
      for (let done: usize = 0; done < length; done += 16) v128.store(out + done, v128.load(string + done))
      if (code === next) store<u8>(out + length - 1, load<u8>(string + ((length - 1) % (out - string))))
    }
    if (before && next < MOST_CODES) {
      store<u32>(STRINGS + ((<usize>next) << 3), <u32>before)
      store<u32>(STRINGS + ((<usize>next) << 3), <u32>(beforeLength + 1), 4)
      next++
      if (next === 1 << codeBits && codeBits < 12) codeBits++
    }
    before = out
    beforeLength = length
    out += length
    if (out >= outEnd) break
  }
  place = at
  return true
}
