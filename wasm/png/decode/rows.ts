// The bytes of the zlib stream to rows: cut, unfiltered, expanded, passed on.

import { alloc } from '../../memory.ts'
import { expandRow, expandTo } from './expand.ts'
import {
  beginHold,
  heldRow,
  holdHeight,
  holdRow,
  holdShift,
  holdWidth,
  passHeight,
  passWidth,
} from './hold.ts'
import { beginStrips, fillStrips, rowsMissing, stripRow, stripRowDone } from './strips.ts'
import { ROW_MARGIN, unfilter } from './unfilter.ts'

const PASSES: i32 = 7

let width: i32 = 0
let height: i32 = 0
let parts: i32 = 0
let interlaced: bool = false
let pixelBits: usize = 0
let pixelStep: usize = 0

let pass: i32 = 0
let passColumns: i32 = 0
let passRows: i32 = 0
let y: i32 = 0
/** Bytes of a row of this pass, its filter's byte included; how many came. */
let rowBytes: usize = 0
let came: usize = 0
let row: usize = 0
let above: usize = 0
/** Rows of an interlaced picture that are expanded before they are held. */
let scratch: usize = 0
let scratchStride: usize = 0

/** Every row came. */
export let complete: bool = false
/** Bytes behind the last row. */
export let excess: usize = 0
/** Rows were made up. */
export let madeUp: bool = false

/** Takes the memory for rows and describes the planes. */
export function beginRows(w: i32, h: i32, bits: i32, planes: i32, adam7: bool): void {
  width = w
  height = h
  parts = planes
  interlaced = adam7
  pixelBits = bits
  pixelStep = max<usize>(1, pixelBits >> 3)
  complete = false
  excess = 0
  madeUp = false
  // Vectors of 64 bytes are read past a row's end, and zeros before its first pixel.
  let bytes = ((<usize>w * pixelBits + 7) >> 3) + ROW_MARGIN * 2 + 64
  row = alloc(bytes) + ROW_MARGIN
  above = alloc(bytes) + ROW_MARGIN
  memory.fill(row - ROW_MARGIN, 0, bytes)
  memory.fill(above - ROW_MARGIN, 0, bytes)
  if (interlaced) {
    beginHold(w, h, planes)
    beginStrips(planes, holdWidth, holdHeight, holdShift)
    scratchStride = (<usize>w + 31) & ~15
    scratch = alloc(scratchStride * 4)
    expandTo(scratch, scratch + scratchStride, scratch + scratchStride * 2, scratch + scratchStride * 3)
  } else beginStrips(planes, w, h, 0)
  pass = -1
  nextPass()
}

function nextPass(): void {
  do {
    pass++
    if (pass === PASSES || (!interlaced && pass === 1)) {
      complete = true
      if (interlaced) release()
      return
    }
    passColumns = interlaced ? passWidth(pass, width) : width
    passRows = interlaced ? passHeight(pass, height) : height
  } while (passColumns === 0 || passRows === 0)
  y = 0
  came = 0
  rowBytes = 1 + ((<usize>passColumns * pixelBits + 7) >> 3)
  memory.fill(above, 0, rowBytes + 16)
}

/** Takes the bytes from `from` up to `end`; false when they cannot be rows. */
export function takeBytes(from: usize, end: usize): bool {
  while (from < end) {
    if (complete) {
      excess += end - from
      return true
    }
    let count = min(rowBytes - came, end - from)
    // The filter's byte lies in the margin, where a pixel before the first must read as zero: it is taken out below.
    memory.copy(row - 1 + came, from, count)
    came += count
    from += count
    if (came === rowBytes && !finishRow()) return false
  }
  return true
}

function finishRow(): bool {
  let filter = <i32>load<u8>(row - 1)
  if (filter > 4) return false
  store<u8>(row - 1, 0)
  unfilter(filter, row, above, rowBytes - 1, pixelStep)
  if (interlaced) {
    expandRow(row, passColumns)
    for (let c = 0; c < parts; c++) holdRow(pass, y, c, scratch + <usize>c * scratchStride)
  } else {
    expandTo(
      stripRow(0),
      parts > 1 ? stripRow(1) : 0,
      parts > 1 ? stripRow(2) : 0,
      parts > 3 ? stripRow(3) : 0,
    )
    expandRow(row, width)
    stripRowDone()
  }
  let used = row
  row = above
  above = used
  came = 0
  y++
  if (y === passRows) nextPass()
  return true
}

/** Hands the held picture over. */
function release(): void {
  for (let line = 0; line < holdHeight; line++) {
    for (let c = 0; c < parts; c++) heldRow(line, c, stripRow(c))
    stripRowDone()
  }
}

/** Makes up what did not come, when enough did: a quarter of the rows, or the first passes of them. */
export function makeUp(): bool {
  if (interlaced ? pass < 3 || holdShift > 0 : (height - rowsMissing()) * 4 < height) return false
  madeUp = true
  complete = true
  if (interlaced) release()
  else fillStrips()
  return true
}
