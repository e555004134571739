// The zlib stream of a PNG: what its IDAT chunks hold, joined, each checked against its CRC.

import { available, pos, ready, resetInput, seek, setPos } from '../../jpeg/decode/input.ts'
import { crc32 } from '../checksum.ts'
import { endInput, inputCame, inputPlace, inputRoom } from './bits.ts'

/** Bytes were put before the inflater, or it was told that none will come. */
export const IDAT_GIVEN: i32 = 0
/** The window of the file has to be filled. */
export const IDAT_INPUT: i32 = 1
/** A chunk's CRC is not that of its bytes. */
export const IDAT_BAD: i32 = -1

/** "IDAT" as a little-endian word. */
const NAME: u32 = 0x54414449

const AT_START: i32 = 0
const AT_HEADER: i32 = 1
const IN_DATA: i32 = 2
const AT_CRC: i32 = 3
const AFTER: i32 = 4

let place: i32 = 0
let first: usize = 0
let chunkLeft: u32 = 0
let register: u32 = 0
/** The file ends within the data. */
export let cutOff: bool = false

/** Begins at the length field of the first IDAT chunk. */
export function beginIdat(at: usize): void {
  resetInput()
  place = AT_START
  first = at
  cutOff = false
}

/** Whether all data was passed on. */
export function idatOver(): bool {
  return place === AFTER
}

/** Passes on what the window holds: one of `IDAT_*`. IDAT_GIVEN only after something new was passed on. */
export function feed(): i32 {
  let start = inputPlace()
  let to = start
  while (place !== AFTER) {
    if (place === AT_START) {
      if (!seek(first)) return IDAT_INPUT
      place = AT_HEADER
    }
    if (place === IN_DATA && chunkLeft) {
      let count = min(min(<usize>chunkLeft, available()), inputRoom())
      register = crc32(register, pos, count)
      memory.copy(to, pos, count)
      setPos(pos + count)
      inputCame(count)
      to += count
      chunkLeft -= <u32>count
      if (!inputRoom()) return IDAT_GIVEN
    }
    if (place === IN_DATA && !chunkLeft) place = AT_CRC
    let wanted: usize = place === IN_DATA ? 1 : place === AT_CRC ? 4 : 8
    // What came is used up before the next window is asked for.
    if (!ready(wanted)) return to > start ? IDAT_GIVEN : IDAT_INPUT
    if (available() < wanted) finish(true)
    else if (place === AT_HEADER) openChunk()
    else if (place === AT_CRC && !closeChunk()) return IDAT_BAD
  }
  return IDAT_GIVEN
}

function finish(early: bool): void {
  place = AFTER
  cutOff = early
  endInput()
}

function openChunk(): void {
  chunkLeft = bswap<u32>(load<u32>(pos))
  let name = load<u32>(pos, 4)
  if (name !== NAME) {
    finish(false)
    return
  }
  register = crc32(0xffffffff, pos + 4, 4)
  setPos(pos + 8)
  place = IN_DATA
}

function closeChunk(): bool {
  let stored = bswap<u32>(load<u32>(pos))
  setPos(pos + 4)
  place = AT_HEADER
  return stored === ~register
}
