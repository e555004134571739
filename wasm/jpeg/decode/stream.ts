/**
 * Decodes a picture whose only scan has all components: from the entropy-coded data straight to samples, a row of
 * MCUs at a time, with one block of coefficients in memory.
 */
import { BLOCK } from '../../memory.ts'
import { decodeBlock, difference } from './block.ts'
import { Component, latch, mcusX, mcusY } from './frame.ts'
import { build, buildSkip, KIND_AC, KIND_DC } from './huffman.ts'
import { fillBlock } from './idct.ts'
import { WORK_BLOCK } from './layout.ts'
import { DECODE_DONE, DECODE_NEED_INPUT, DECODE_ROWS, ERROR_TRUNCATED } from './outcome.ts'
import { afterMcu, beforeMcu, ended, idle, member, scanCount, startScan } from './scan.ts'
import { handOver, transform } from './strips.ts'

/** Row of MCUs in work, and the MCU in it. */
let row: i32 = 0
let column: i32 = 0

/** Rows of MCUs that came whole from the data. */
export let wholeRows: i32 = 0
let holes: bool = false

/** Gets ready to decode the scan whose data the reader stands at. */
export function startStream(): void {
  row = 0
  column = 0
  wholeRows = 0
  holes = false
  memory.fill(BLOCK, 0, WORK_BLOCK)
  for (let i = 0; i < scanCount; i++) {
    const part = member(i)
    latch(part)
    build(part.dc, KIND_DC)
    build(part.ac, KIND_AC)
    if (part.limit < 64) buildSkip(part.ac)
  }
  startScan()
}

/** Decodes up to the end of a row of MCUs. */
export function stepStream(): i32 {
  if (row === mcusY) return DECODE_DONE
  for (; column < mcusX; column++) {
    if (!beforeMcu()) return DECODE_NEED_INPUT
    if (idle) {
      holes = true
      // What little is there is not worth the grey of the rest.
      if (ended && wholeRows * 4 < mcusY) return ERROR_TRUNCATED
      for (let i = 0; i < scanCount; i++) fillMcu(member(i))
      continue
    }
    for (let i = 0; i < scanCount; i++) decodeMcu(member(i))
    if (!afterMcu()) holes = true
  }
  if (!holes) wholeRows++
  holes = false
  handOver(row)
  row++
  column = 0
  return DECODE_ROWS
}

/** Decodes a component's blocks of one MCU. */
function decodeMcu(part: Component): void {
  const n = part.n
  const stride = part.stride as usize
  const multiplier = (load<u32>(part.cells) >> 8) as i32
  let left = part.strip + ((column * part.h * n) as usize)
  for (let y = 0; y < part.v; y++) {
    let dst = left
    for (let x = 0; x < part.h; x++) {
      const coefficients = decodeBlock(BLOCK, part.dc, part.ac, part.cells, part.limit)
      part.prediction += difference
      const dc = part.prediction * multiplier
      if (coefficients === 1) fillBlock(dc as i16 as i32, dst, stride, n)
      else {
        store<i16>(BLOCK, dc)
        transform(BLOCK, dst, stride, n)
        clear(n)
      }
      dst += n
    }
    left += (n as usize) * stride
  }
}

/** Zeroes the block in work, as far as its scale writes it. */
function clear(n: i32): void {
  const zero = i32x4.splat(0)
  v128.store(BLOCK, zero)
  v128.store(BLOCK, zero, 16)
  if (n === 8) {
    v128.store(BLOCK, zero, 32)
    v128.store(BLOCK, zero, 48)
    v128.store(BLOCK, zero, 64)
    v128.store(BLOCK, zero, 80)
    v128.store(BLOCK, zero, 96)
    v128.store(BLOCK, zero, 112)
  }
}

/** Fills a component's blocks of an MCU that did not come with the last DC. */
function fillMcu(part: Component): void {
  const n = part.n
  const stride = part.stride as usize
  const dc = (part.prediction * ((load<u32>(part.cells) >> 8) as i32)) as i16 as i32
  for (let y = 0; y < part.v; y++) {
    for (let x = 0; x < part.h; x++) {
      const at = part.strip + ((y * n) as usize) * stride + (((column * part.h + x) * n) as usize)
      fillBlock(dc, at, stride, n)
    }
  }
}
