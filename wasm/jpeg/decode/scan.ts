/** A scan's header, and the parts of a scan's progress that every kind of scan shares. */
import { count as bitCount, bits, padding, ranOut, resetBits, restoreBits } from './bits.ts'
import { Component, component, count as frameCount, mcusX, mcusY, progressive } from './frame.ts'
import { isDefined, table } from './huffman.ts'
import { findMarker, last, offset, pos, ready, setPos } from './input.ts'
import { CONTINUE, ERROR_MALFORMED } from './outcome.ts'
import { restartInterval } from './segments.ts'

/** Components of the scan, 1..4. */
export let scanCount: i32 = 0
/** Their indices in the frame, four bits each, the first one lowest. */
let members: i32 = 0
/** First and last coefficient. */
export let spectralStart: i32 = 0
/** See `spectralStart`. */
export let spectralEnd: i32 = 63
/** Bit of the coefficients that the scan before this one ended at, 0 when this is the first. */
export let high: i32 = 0
/** Bit of the coefficients that this scan ends at. */
export let low: i32 = 0
/** Bytes that one MCU of this scan can take at most, stuffing and all. */
export let mcuBytes: usize = 0

/** The component at place `i` of the scan. */
export function member(i: i32): Component {
  return component((members >> (i << 2)) & 15)
}

/** Reads a SOS segment's body. Returns CONTINUE or ERROR_MALFORMED. */
export function readScan(at: usize, length: i32): i32 {
  if (length < 1) return ERROR_MALFORMED
  const n: i32 = load<u8>(at)
  if (n < 1 || n > 4 || length < 4 + 2 * n) return ERROR_MALFORMED
  members = 0
  for (let i = 0; i < n; i++) {
    const id: i32 = load<u8>(at + 1 + ((2 * i) as usize))
    let c = 0
    while (c < frameCount && (component(c).id !== id || isMember(c, i))) c++
    if (c === frameCount) return ERROR_MALFORMED
    members |= c << (i << 2)
    const tables: i32 = load<u8>(at + 2 + ((2 * i) as usize))
    component(c).dc = table(0, (tables >> 4) & 3)
    component(c).ac = table(1, tables & 3)
  }
  scanCount = n
  const tail = at + 1 + ((2 * n) as usize)
  spectralStart = load<u8>(tail)
  spectralEnd = load<u8>(tail, 1)
  high = load<u8>(tail, 2) >> 4
  low = load<u8>(tail, 2) & 15
  if (!progressive) {
    // Sequential files hold these four in fixed values, or in nonsense that every decoder ignores.
    spectralStart = 0
    spectralEnd = 63
    high = 0
    low = 0
  }
  return checkScan()
}

function isMember(c: i32, places: i32): bool {
  for (let i = 0; i < places; i++) if (((members >> (i << 2)) & 15) === c) return true
  return false
}

/** Whether the scan can be decoded at all. */
function checkScan(): i32 {
  if (spectralStart > spectralEnd || spectralEnd > 63 || low > 13) return ERROR_MALFORMED
  if (progressive) {
    if (spectralStart === 0 ? spectralEnd !== 0 : scanCount !== 1) return ERROR_MALFORMED
    if (high !== 0 && high !== low + 1) return ERROR_MALFORMED
  }
  let blocks: i32 = 0
  for (let i = 0; i < scanCount; i++) {
    const part = member(i)
    blocks += part.h * part.v
    if (needsDc() && !isDefined(part.dc)) return ERROR_MALFORMED
    if (needsAc() && !isDefined(part.ac)) return ERROR_MALFORMED
  }
  if (scanCount === 1) blocks = 1
  if (blocks > 10) return ERROR_MALFORMED
  mcuBytes = (blocks * 512 + 64) as usize
  return CONTINUE
}

/** Whether the scan has codes of DC tables. */
export function needsDc(): bool {
  return spectralStart === 0 && high === 0
}

/** Whether the scan has codes of AC tables. */
export function needsAc(): bool {
  return spectralEnd > 0
}

/** Writes the header's 24 bytes. */
export function saveHeader(to: usize): void {
  store<i32>(to, scanCount | (members << 8))
  store<i32>(to, spectralStart, 4)
  store<i32>(to, spectralEnd, 8)
  store<i32>(to, high, 12)
  store<i32>(to, low, 16)
  store<u32>(to, mcuBytes as u32, 20)
}

/** Takes back what `saveHeader` wrote. */
export function loadHeader(from: usize): void {
  const packed = load<u32>(from)
  scanCount = packed & 0xff
  members = packed >> 8
  spectralStart = load<i32>(from, 4)
  spectralEnd = load<i32>(from, 8)
  high = load<i32>(from, 12)
  low = load<i32>(from, 16)
  mcuBytes = load<u32>(from, 20)
}

/** MCUs of this scan across the picture. */
export function scanMcusX(): i32 {
  return scanCount === 1 ? member(0).blocksX : mcusX
}

/** Rows of MCUs of this scan. */
export function scanMcusY(): i32 {
  return scanCount === 1 ? member(0).blocksY : mcusY
}

// --- Progress ------------------------------------------------------------------------------------------------

/** MCUs until a restart marker is due. */
let restartsLeft: i32 = 0
/** The number that the next restart marker should have. */
let nextRestart: i32 = 0
/** Nothing to decode until the next restart: data ran out before its time, or an interval was lost. */
export let idle: bool = false
/** A marker that ends the scan was met, or the end of the file. */
export let ended: bool = false
/** Blocks still to pass over, by an end-of-band run of a progressive scan. */
export let endOfBandRun: i32 = 0

/** Starts the entropy-coded data that the reader stands at. */
export function startScan(): void {
  restartsLeft = restartInterval
  nextRestart = 0
  idle = false
  ended = false
  restart()
}

/** Sets the run of blocks still to pass over. */
export function setEndOfBandRun(run: i32): void {
  endOfBandRun = run
}

/** What a restart resets. */
function restart(): void {
  resetBits()
  endOfBandRun = 0
  for (let i = 0; i < scanCount; i++) member(i).prediction = 0
}

/**
 * Called before each MCU. Passes a restart marker when one is due, and sees to it that the MCU lies whole in the
 * window. Returns false when the decoder has to wait for input; then it is called again for the same MCU.
 */
export function beforeMcu(): bool {
  if (restartInterval && restartsLeft === 0 && !passRestart()) return false
  if (!idle && !ready(mcuBytes)) return false
  restartsLeft--
  return true
}

/** Called after an MCU was decoded. Returns whether it came whole; if not, nothing comes until the next restart. */
export function afterMcu(): bool {
  if (!ranOut()) return true
  idle = true
  // Without restarts nothing brings the data back.
  if (!restartInterval) ended = true
  return false
}

/**
 * Finds the restart marker that is due. After damage the one found may be another: one that should come soon means
 * that intervals were lost, and they stay empty; one that is past is junk.
 */
function passRestart(): bool {
  for (;;) {
    if (ended) break
    const code = findMarker()
    if (code === 0 && !last) return false
    if (code < 0xd0 || code > 0xd7) {
      ended = true
      break
    }
    const ahead = (code - 0xd0 - nextRestart) & 7
    if (ahead === 0) {
      setPos(pos + 2)
      idle = false
      break
    }
    if (ahead <= 3) {
      idle = true
      break
    }
    setPos(pos + 2)
  }
  if (ended) idle = true
  restart()
  restartsLeft = restartInterval
  nextRestart = (nextRestart + 1) & 7
  return true
}

/** Bytes that `saveProgress` writes. */
export const PROGRESS: usize = 64

/** Writes down where the scan stands, to go on later. */
export function saveProgress(to: usize): void {
  store<u64>(to, bits)
  store<i32>(to, bitCount, 8)
  store<i32>(to, padding, 12)
  store<i32>(to, restartsLeft, 16)
  store<i32>(to, nextRestart, 20)
  store<i32>(to, (idle ? 1 : 0) | (ended ? 2 : 0), 24)
  store<i32>(to, endOfBandRun, 28)
  store<u32>(to, offset() as u32, 32)
  for (let c = 0; c < 4; c++) store<i32>(to + ((c as usize) << 2), component(c).prediction, 36)
}

/** Takes back what `saveProgress` wrote, but for the position, which it returns as an offset of the file. */
export function loadProgress(from: usize): usize {
  restoreBits(load<u64>(from), load<i32>(from, 8), load<i32>(from, 12))
  restartsLeft = load<i32>(from, 16)
  nextRestart = load<i32>(from, 20)
  idle = (load<i32>(from, 24) & 1) !== 0
  ended = (load<i32>(from, 24) & 2) !== 0
  endOfBandRun = load<i32>(from, 28)
  for (let c = 0; c < 4; c++) component(c).prediction = load<i32>(from + ((c as usize) << 2), 36)
  return load<u32>(from, 32)
}
