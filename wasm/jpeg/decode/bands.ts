/**
 * Decodes a picture of several scans, progressive or not. The scans were listed first (`scans.ts`); now all of them are
 * carried forward together, one band of MCU rows at a time, and each band is emitted before the next one starts. So
 * every bit is decoded once, and the coefficients of one band are all that is kept.
 */
import { alloc, BLOCK } from '../../memory.ts'
import { decodeBlock, difference } from './block.ts'
import { Component, component, count, mcusY, progressive } from './frame.ts'
import { build, buildSkip, KIND_AC, KIND_AC_FIRST, KIND_AC_REFINE, KIND_DC } from './huffman.ts'
import { fillBlock } from './idct.ts'
import { seek } from './input.ts'
import { keptMask, WORK_BLOCK } from './layout.ts'
import { CONTINUE, DECODE_DONE, DECODE_NEED_INPUT, DECODE_ROWS, ERROR_TRUNCATED } from './outcome.ts'
import { firstAc, readDifference, refineAc, refineDc } from './progressive.ts'
import {
  afterMcu,
  beforeMcu,
  ended,
  endOfBandRun,
  high,
  idle,
  low,
  member,
  needsAc,
  needsDc,
  scanCount,
  scanMcusX,
  scanMcusY,
  setEndOfBandRun,
  spectralEnd,
  spectralStart,
} from './scan.ts'
import {
  addWholeRow,
  allComplete,
  allCovered,
  firstScan,
  nextScan,
  pauseScan,
  resumeScan,
  wholeRowsOf,
} from './scans.ts'
import { endMarker, restartInterval } from './segments.ts'
import { handOver, transform } from './strips.ts'

/**
 * Bytes of coefficients and masks that are kept at once, when a single row of MCUs does not need more. Small enough
 * to leave the job room, large enough that going from scan to scan costs nothing.
 */
const BAND_BYTES: i64 = 6 << 20
/**
 * Bytes of the first band; each one is twice the one before. A header that promises more than its data holds is found
 * out before much memory was touched.
 */
const FIRST_BAND_BYTES: i64 = 256 << 10

/** Rows of MCUs of the band: from, to (exclusive), how many the next one has, and the most. */
let top: i32 = 0
let bottom: i32 = 0
let bandRows: i32 = 0
let maxRows: i32 = 0

/** The scan in work, 0 when the band is complete; where in it. */
let scan: usize = 0
let entered: bool = false
let row: i32 = 0
let column: i32 = 0
let holes: bool = false

/** Row of MCUs to emit next. */
let emitted: i32 = 0
/** Some scan did not come whole. */
export let missing: bool = false

/** Gets ready, after the scans were listed. */
export function startBands(): i32 {
  if (!component(0).covered) return ERROR_TRUNCATED
  // Cut between two scans, a file lacks nothing but those that never came.
  missing = !allCovered() || (!endMarker && !allComplete())
  let rowBytes: i64 = 0
  for (let c = 0; c < count; c++) {
    const part = component(c)
    part.blockBytes = part.n * part.n * 2
    rowBytes += ((part.paddedX * part.v) as i64) * ((part.blockBytes + 8) as i64)
  }
  maxRows = max(1, min(mcusY as i64, BAND_BYTES / rowBytes)) as i32
  bandRows = max(1, min(maxRows as i64, FIRST_BAND_BYTES / rowBytes)) as i32
  for (let c = 0; c < count; c++) {
    const part = component(c)
    const blocks = part.paddedX * part.v * maxRows
    part.blocks = alloc((blocks * part.blockBytes) as usize)
    part.masks = alloc((blocks * 8) as usize)
  }
  memory.fill(BLOCK, 0, WORK_BLOCK)
  bottom = 0
  startBand()
  return CONTINUE
}

function startBand(): void {
  top = bottom
  emitted = top
  bottom = min(mcusY, top + bandRows)
  for (let c = 0; c < count; c++) {
    const part = component(c)
    const blocks = part.paddedX * part.v * (bottom - top)
    memory.fill(part.blocks, 0, (blocks * part.blockBytes) as usize)
    memory.fill(part.masks, 0, (blocks * 8) as usize)
  }
  bandRows = min(maxRows, bandRows * 2)
  scan = firstScan
  entered = false
}

/** Decodes to the next rows that can be emitted. */
export function stepBands(): i32 {
  while (scan) {
    if (!entered) {
      entered = true
      if (!enterScan()) return DECODE_NEED_INPUT
    }
    const outcome = decodePart()
    if (outcome !== CONTINUE) return outcome
    pauseScan(scan)
    scan = nextScan(scan)
    entered = false
  }
  if (emitted === mcusY) return DECODE_DONE
  if (emitted === bottom) {
    startBand()
    return CONTINUE
  }
  for (let c = 0; c < count; c++) emitRow(component(c))
  handOver(emitted)
  emitted++
  return DECODE_ROWS
}

/** Rows of this scan's MCUs for one row of the frame's. */
function rowsPerMcu(): i32 {
  return scanCount === 1 ? member(0).v : 1
}

/** Turns to `scan`, where it was left. Returns false when its input has to be waited for. */
function enterScan(): bool {
  const at = resumeScan(scan)
  row = top * rowsPerMcu()
  column = 0
  holes = false
  for (let i = 0; i < scanCount; i++) {
    const part = member(i)
    if (needsDc()) build(part.dc, KIND_DC)
    if (!needsAc()) continue
    build(part.ac, progressive ? (high ? KIND_AC_REFINE : KIND_AC_FIRST) : KIND_AC)
    if (!progressive && part.limit < 64) buildSkip(part.ac)
  }
  return seek(at)
}

/** Decodes the band's part of the scan at hand. */
function decodePart(): i32 {
  const rows = min(scanMcusY(), bottom * rowsPerMcu())
  const columns = scanMcusX()
  const first = high === 0
  const kept = keptMask(member(0).cells)
  const leading = needsDc() && member(0) === component(0)
  for (; row < rows; row++) {
    for (; column < columns; column++) {
      if (first && endOfBandRun > 0 && !restartInterval) {
        // A run of blocks without anything in this band: no need to visit each.
        const run = min(endOfBandRun, columns - column)
        setEndOfBandRun(endOfBandRun - run)
        column += run - 1
        continue
      }
      if (!beforeMcu()) return DECODE_NEED_INPUT
      if (idle) {
        holes = true
        // What little is there of the first scan is not worth the grey of the rest.
        if (ended && leading && wholeRowsOf(scan) * 4 < scanMcusY()) return ERROR_TRUNCATED
        // Of a scan that ended only the last DC goes on.
        if (ended && !needsDc()) {
          missing = true
          return CONTINUE
        }
      }
      if (scanCount === 1) {
        const part = member(0)
        decodeOne(part, (row - top * part.v) * part.paddedX + column, kept)
      } else {
        for (let i = 0; i < scanCount; i++) decodeSome(member(i))
      }
      if (!idle && !afterMcu()) holes = true
    }
    column = 0
    if (holes) missing = true
    else addWholeRow(scan)
    holes = false
  }
  // What little is there of the first scan is not worth the grey of the rest.
  if (ended && needsDc() && wholeRowsOf(scan) * 4 < scanMcusY() && member(0) === component(0))
    return ERROR_TRUNCATED
  return CONTINUE
}

/** A component's blocks of an interleaved MCU. */
function decodeSome(part: Component): void {
  const line = (row - top) * part.v
  for (let y = 0; y < part.v; y++) {
    for (let x = 0; x < part.h; x++) {
      decodeOne(part, (line + y) * part.paddedX + column * part.h + x, 0)
    }
  }
}

/** One block, the `index`th that the component keeps. */
function decodeOne(part: Component, index: i32, kept: u64): void {
  const block = part.blocks + ((index * part.blockBytes) as usize)
  const mask = part.masks + ((index as usize) << 3)
  if (!progressive) decodeSequential(part, block, mask)
  else if (spectralStart === 0) {
    if (high === 0) {
      if (!idle) part.prediction += readDifference(part.dc)
      store<i16>(block, part.prediction << low)
    } else if (!idle) refineDc(block, low)
  } else if (!idle) {
    if (high === 0) firstAc(block, mask, part.ac, part.cells, spectralStart, spectralEnd, low)
    else refineAc(block, mask, part.ac, part.cells, spectralStart, spectralEnd, low, kept)
  }
}

/** A block of a sequential scan, which is multiplied already. */
function decodeSequential(part: Component, block: usize, mask: usize): void {
  if (!idle) {
    const coefficients = decodeBlock(BLOCK, part.dc, part.ac, part.cells, part.limit)
    part.prediction += difference
    if (coefficients > 1) {
      memory.copy(block, BLOCK, part.blockBytes)
      memory.fill(BLOCK, 0, 128)
      store<u64>(mask, <u64>-1)
    }
  }
  store<i16>(block, part.prediction * ((load<u32>(part.cells) >> 8) as i32))
}

/** Transforms a component's blocks of the row of MCUs at `emitted`. */
function emitRow(part: Component): void {
  const n = part.n
  const stride = part.stride as usize
  const wanted = keptMask(part.cells) & ~(<u64>1)
  const multiplier: i32 = progressive ? load<u16>(part.multipliers) : 1
  let index = (emitted - top) * part.v * part.paddedX
  for (let y = 0; y < part.v; y++) {
    let dst = part.strip + ((y * n) as usize) * stride
    for (let x = 0; x < part.paddedX; x++) {
      const block = part.blocks + ((index * part.blockBytes) as usize)
      if (load<u64>(part.masks + ((index as usize) << 3)) & wanted) {
        if (progressive) multiply(block, part.multipliers, n)
        transform(block, dst, stride, n)
      } else fillBlock((load<i16>(block) * multiplier) as i16 as i32, dst, stride, n)
      index++
      dst += n
    }
  }
}

/** Multiplies a block's coefficients in place. */
function multiply(block: usize, multipliers: usize, n: i32): void {
  if (n < 4) {
    for (let i: usize = 0; i < ((n * n) as usize); i++) {
      store<i16>(block + (i << 1), load<i16>(block + (i << 1)) * load<u16>(multipliers + (i << 1)))
    }
    return
  }
  const bytes = (n * n * 2) as usize
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(block + i, i16x8.mul(v128.load(block + i), v128.load(multipliers + i)))
  }
}
