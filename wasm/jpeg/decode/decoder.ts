/**
 * The decoder, as a machine that its owner steps: `decodeBegin`, then `decodeStep` until it answers DONE or a failure.
 * It never calls out and never blocks; at NEED_INPUT the owner gives the window that starts at `input_offset()`.
 */

import { missing, startBands, stepBands } from './bands.ts'
import { resetBits } from './bits.ts'
import { badCodes, resetBadCodes } from './block.ts'
import { count, height, latch, mcusY, progressive, resetFrame, setHeight, setShift } from './frame.ts'
import { resetHuffman } from './huffman.ts'
import { end, findMarker, last, offset, pos, ready, resetInput, seek, setPos } from './input.ts'
import {
  CONTINUE,
  DECODE_FRAME,
  DECODE_NEED_INPUT,
  ERROR_EMPTY,
  ERROR_MALFORMED,
  ERROR_NOT_JPEG,
  ERROR_TOO_MANY_SCANS,
} from './outcome.ts'
import { member, readScan, scanCount, startScan } from './scan.ts'
import { addScan, resetScans } from './scans.ts'
import {
  END_AHEAD,
  FRAME_READ,
  readSegment,
  resetSegments,
  SCAN_AHEAD,
  segmentLength,
  u16at,
} from './segments.ts'
import { startStream, stepStream, wholeRows } from './stream.ts'
import { allocStrips } from './strips.ts'

const START: i32 = 0
const SEGMENTS: i32 = 1
const FIND_HEIGHT: i32 = 2
const RETURN_TO_SCAN: i32 = 3
const STREAM: i32 = 4
const PASS_SCAN: i32 = 5
const BANDS: i32 = 6
const FAILED: i32 = 7

/** Scans that a file may have. Real ones have about ten; each costs another walk over the picture. */
const MAX_SCANS: i32 = 100

let phase: i32 = START
/** What a machine that failed answers from then on. */
let failure: i32 = 0
/** Scale of the first component, and of the others, until the owner sets others. */
let lumaShift: i32 = 0
let chromaShift: i32 = 0
/** Offset of the SOS marker that a search for the height started from. */
let scanOffset: usize = 0
/** Scans met. */
let scans: i32 = 0

/**
 * Starts a job. The first component is decoded to 1 / 2^luma of its own size, the others to 1 / 2^chroma of theirs
 * (0..3). The arena must be fresh.
 */
export function decodeBegin(luma: i32, chroma: i32): void {
  phase = START
  failure = 0
  lumaShift = luma
  chromaShift = chroma
  scanOffset = 0
  scans = 0
  resetInput()
  resetBits()
  resetFrame()
  resetHuffman()
  resetSegments()
  resetBadCodes()
  resetScans()
}

/** At DECODE_FRAME: decodes component `c` to 1 / 2^shift of its own size, 0..3. */
export function decodeScale(c: i32, shift: i32): void {
  setShift(c, shift)
}

/** At the end: part of the picture was not there and was made up. */
export function decodeTruncated(): bool {
  return phase === BANDS ? missing : wholeRows < mcusY
}

/** At the end: codes were met that no table has. */
export function decodeDamaged(): bool {
  return badCodes > 0
}

/** Goes on until there is something to say: one of `outcome.ts`. */
export function decodeStep(): i32 {
  for (;;) {
    const outcome = advance()
    if (outcome === CONTINUE) continue
    if (outcome < 0) {
      phase = FAILED
      failure = outcome
    }
    return outcome
  }
}

function advance(): i32 {
  if (phase === STREAM) return stepStream()
  if (phase === BANDS) return stepBands()
  if (phase === PASS_SCAN) return stepPassScan()
  if (phase === SEGMENTS) return stepSegments()
  if (phase === START) return stepStart()
  if (phase === FIND_HEIGHT) return stepFindHeight()
  if (phase === RETURN_TO_SCAN) {
    phase = SEGMENTS
    return DECODE_FRAME
  }
  return failure
}

function stepStart(): i32 {
  if (!ready(2)) return DECODE_NEED_INPUT
  if (end - pos < 2 || u16at(pos) !== 0xffd8) return ERROR_NOT_JPEG
  setPos(pos + 2)
  phase = SEGMENTS
  return CONTINUE
}

function stepSegments(): i32 {
  const at = offset()
  const found = readSegment()
  if (found === FRAME_READ) {
    for (let c = 0; c < count; c++) setShift(c, c === 0 ? lumaShift : chromaShift)
    return height ? DECODE_FRAME : CONTINUE
  }
  // Once there is a scan, whatever is wrong further on costs only what would have come there.
  if (found === END_AHEAD || (found < 0 && scans)) return scans ? listed() : ERROR_MALFORMED
  if (found !== SCAN_AHEAD) return found
  if (!count) return ERROR_MALFORMED
  if (scans === MAX_SCANS) return ERROR_TOO_MANY_SCANS
  if (!height) {
    // T.81 B.2.5: the height then comes in a DNL segment behind the first scan.
    scanOffset = at
    phase = FIND_HEIGHT
    return CONTINUE
  }
  const outcome = readScan(pos, segmentLength)
  if (outcome !== CONTINUE) return scans ? listed() : outcome
  setPos(pos + (segmentLength as usize))
  if (!scans) allocStrips()
  scans++
  if (!progressive && scans === 1 && scanCount === count) {
    startStream()
    phase = STREAM
    return CONTINUE
  }
  for (let i = 0; i < scanCount; i++) latch(member(i))
  startScan()
  addScan()
  phase = PASS_SCAN
  return CONTINUE
}

/** Goes to the end of a scan's data without decoding. */
function stepPassScan(): i32 {
  const code = findMarker()
  if (code === 0 && !last) return DECODE_NEED_INPUT
  if (code >= 0xd0 && code <= 0xd7) {
    setPos(pos + 2)
    return CONTINUE
  }
  phase = SEGMENTS
  return CONTINUE
}

/** All scans are listed. */
function listed(): i32 {
  phase = BANDS
  return startBands()
}

/** Looks for the DNL segment, then goes back. */
function stepFindHeight(): i32 {
  const code = findMarker()
  if (code === 0) return last ? ERROR_EMPTY : DECODE_NEED_INPUT
  if (code >= 0xd0 && code <= 0xd7) {
    setPos(pos + 2)
    return CONTINUE
  }
  if (code !== 0xdc) return ERROR_EMPTY
  if (!ready(6)) return DECODE_NEED_INPUT
  if (end - pos < 6) return ERROR_EMPTY
  const outcome = setHeight(u16at(pos + 4))
  if (outcome !== CONTINUE) return outcome
  for (let c = 0; c < count; c++) setShift(c, c === 0 ? lumaShift : chromaShift)
  phase = RETURN_TO_SCAN
  return seek(scanOffset) ? CONTINUE : DECODE_NEED_INPUT
}
