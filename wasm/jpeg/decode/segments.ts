/** Marker segments before and between scans. */
import { QUANTIZATION } from '../../memory.ts'
import { noteAdobe, noteJfif, readFrame } from './frame.ts'
import { define, table } from './huffman.ts'
import { end, findMarker, last, offset, pos, ready, seek, setPos } from './input.ts'
import {
  CONTINUE,
  DECODE_NEED_INPUT,
  ERROR_ARITHMETIC,
  ERROR_HIERARCHICAL,
  ERROR_LOSSLESS,
  ERROR_MALFORMED,
} from './outcome.ts'

/** A scan's header comes next: the reader stands behind its length. */
export const SCAN_AHEAD: i32 = 101
/** The file ends, or says so. */
export const END_AHEAD: i32 = 102
/** A frame was read. */
export const FRAME_READ: i32 = 103

/** MCUs between restart markers, 0 for none. */
export let restartInterval: i32 = 0
/** Body length of the segment that the reader stands at. */
export let segmentLength: i32 = 0

/** An EOI was read. */
export let endMarker: bool = false

/** Forgets what segments said. */
export function resetSegments(): void {
  restartInterval = 0
  segmentLength = 0
  endMarker = false
}

/** Takes back the interval that stood when a scan was met. */
export function setRestartInterval(mcus: i32): void {
  restartInterval = mcus
}

/** The 16-bit number at `at`. */
export function u16at(at: usize): i32 {
  return ((load<u8>(at) as i32) << 8) | (load<u8>(at, 1) as i32)
}

/**
 * Reads one segment. Junk before its marker is passed over. Returns CONTINUE, SCAN_AHEAD, END_AHEAD, FRAME_READ,
 * DECODE_NEED_INPUT or a failure.
 */
export function readSegment(): i32 {
  const code = findMarker()
  if (code === 0) return last ? END_AHEAD : DECODE_NEED_INPUT
  // SOI, RSTn and TEM stand alone. A second SOI is junk like any other.
  if (code === 0xd8 || code === 0x01 || (code >= 0xd0 && code <= 0xd7)) {
    setPos(pos + 2)
    return CONTINUE
  }
  if (code === 0xd9) {
    endMarker = true
    return END_AHEAD
  }
  if (!ready(4)) return DECODE_NEED_INPUT
  if (end - pos < 4) return END_AHEAD
  const length = u16at(pos + 2) - 2
  if (length < 0) {
    // Not a segment: look for the next marker behind it.
    setPos(pos + 2)
    return CONTINUE
  }
  if (code === 0xde) return ERROR_HIERARCHICAL
  if (code === 0xcc) return ERROR_ARITHMETIC
  const matters =
    code === 0xc4 ||
    code === 0xdb ||
    code === 0xdd ||
    code === 0xda ||
    code === 0xe0 ||
    code === 0xee ||
    isFrame(code)
  if (!matters) {
    const next = offset() + 4 + (length as usize)
    return seek(next) ? CONTINUE : DECODE_NEED_INPUT
  }
  if (!ready(4 + (length as usize))) return DECODE_NEED_INPUT
  const body = pos + 4
  const room = (end - body) as i32
  const have = min(length, room)
  segmentLength = have
  setPos(body)
  if (code === 0xda) return SCAN_AHEAD
  const outcome = readBody(code, body, have)
  if (outcome === CONTINUE || outcome === FRAME_READ) setPos(body + (have as usize))
  return outcome
}

function isFrame(code: i32): bool {
  return (code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8) || code === 0xf7
}

/** Takes the body of a segment that matters. */
function readBody(code: i32, body: usize, length: i32): i32 {
  if (code === 0xc4) return readHuffman(body, body + (length as usize))
  if (code === 0xdb) return readQuantization(body, body + (length as usize))
  if (code === 0xdd) {
    if (length >= 2) restartInterval = u16at(body)
    return CONTINUE
  }
  if (code === 0xe0) {
    if (length >= 5 && load<u32>(body) === 0x4649464a && load<u8>(body, 4) === 0) noteJfif()
    return CONTINUE
  }
  if (code === 0xee) {
    if (length >= 12 && load<u32>(body) === 0x626f6441 && load<u8>(body, 4) === 0x65)
      noteAdobe(load<u8>(body, 11))
    return CONTINUE
  }
  if (code === 0xc3 || code === 0xc7 || code === 0xcb || code >= 0xcf) return ERROR_LOSSLESS
  if (code >= 0xc9) return ERROR_ARITHMETIC
  if (code >= 0xc5) return ERROR_HIERARCHICAL
  const outcome = readFrame(body, length, code === 0xc2)
  return outcome === CONTINUE ? FRAME_READ : outcome
}

/** DHT: any number of tables. One that contradicts itself ends the file's claim to be a picture. */
function readHuffman(from: usize, to: usize): i32 {
  let at = from
  while (at + 17 <= to) {
    const which: i32 = load<u8>(at)
    const read = define(table((which >> 4) & 1, which & 3), at + 1, to)
    if (!read) return ERROR_MALFORMED
    at += 1 + read
  }
  return CONTINUE
}

/** DQT: any number of tables, of 8 or 16 bits. */
function readQuantization(from: usize, to: usize): i32 {
  let at = from
  while (at < to) {
    const which: i32 = load<u8>(at)
    const wide = which >> 4 !== 0
    const bytes: usize = wide ? 128 : 64
    at++
    // A short last table is taken as far as it goes, as others do.
    const there = min(bytes, to - at) >> (wide ? 1 : 0)
    const table = QUANTIZATION + (((which & 3) as usize) << 7)
    for (let i: usize = 0; i < there; i++) {
      const value = wide ? u16at(at + (i << 1)) : (load<u8>(at + i) as i32)
      store<u16>(table + (i << 1), value)
    }
    at += bytes
  }
  return CONTINUE
}
