// From rows of a PNG to strips of planes for the stage.

import { alloc } from '../../memory.ts'
import { COLOR_GREY, COLOR_RGB, describePlanes, plane } from '../../pixel/planes.ts'
import { takeStrips } from '../../pixel/stage.ts'

/** Rows of a strip. */
const STRIP_ROWS: i32 = 16
/** A difference of neighbours that is an edge. */
const SHARP: i8 = 24

let count: i32 = 0
let height: i32 = 0
let top: i32 = 0
let rows: i32 = 0
/** Pixels that were compared with the one to their left, and those that were the same. */
let compared: u64 = 0
let same: u64 = 0
/** Those that differ from it by much. */
let sharp: u64 = 0

/**
 * Describes the planes, before the stage is begun.
 *
 * @param planes 1 grey, 3 RGB, 4 RGBA
 * @param shift the planes are 1 / 2^shift of the picture
 */
export function beginStrips(planes: i32, planeWidth: i32, planeHeight: i32, shift: i32): void {
  count = planes
  height = planeHeight
  top = 0
  rows = 0
  compared = 0
  same = 0
  sharp = 0
  describePlanes(planes, planes === 1 ? COLOR_GREY : COLOR_RGB, false, 1, 1)
  let stride = (planeWidth + 15) & ~15
  for (let c = 0; c < planes; c++) {
    let p = plane(c)
    p.ptr = alloc(<usize>stride * STRIP_ROWS + 32)
    p.stride = stride
    p.width = planeWidth
    p.height = planeHeight
    p.top = 0
    p.rows = 0
    p.shift = shift
    p.h = 1
    p.v = 1
  }
}

/** Where the next row of plane `c` goes. */
export function stripRow(c: i32): usize {
  return plane(c).ptr + <usize>rows * <usize>plane(c).stride
}

/** Says that the row is there; hands the strip over when it is full or the picture whole. */
export function stripRowDone(): void {
  compareRow()
  rows++
  if (rows < STRIP_ROWS && top + rows < height) return
  for (let c = 0; c < count; c++) {
    plane(c).top = top
    plane(c).rows = rows
  }
  takeStrips()
  top += rows
  rows = 0
}

/** Counts pixels that repeat the one before, sixteen at a time: drawings have many, photos few. */
function compareRow(): void {
  let first = stripRow(0)
  let second = count > 1 ? stripRow(1) : first
  let third = count > 1 ? stripRow(2) : first
  let end = <usize>plane(0).width
  for (let x: usize = 0; x + 17 <= end; x += 16) {
    let apart = i8x16.max_u(beside(first + x), i8x16.max_u(beside(second + x), beside(third + x)))
    same += <u64>popcnt<i32>(i8x16.bitmask(i8x16.eq(apart, i8x16.splat(0))))
    sharp += <u64>popcnt<i32>(i8x16.bitmask(i8x16.gt_u(apart, i8x16.splat(SHARP))))
    compared += 16
  }
}

/** Differences of sixteen samples to their right neighbours. */
function beside(at: usize): v128 {
  let here = v128.load(at)
  let next = v128.load(at, 1)
  return v128.or(i8x16.sub_sat_u(here, next), i8x16.sub_sat_u(next, here))
}

/** Of 1,000 pixels that differ from the one before those that do so by much: edges, which letters are made of. */
export function sharpInSource(): i32 {
  return compared > same ? <i32>((sharp * 1000) / (compared - same)) : 1000
}

/** Of 1,000 pixels those that are the same as the one before; 1,000 of a picture too narrow to say. */
export function repeatsInSource(): i32 {
  return compared ? <i32>((same * 1000) / compared) : 1000
}

/** Rows that are still missing. */
export function rowsMissing(): i32 {
  return height - top - rows
}

/** Makes up every missing row: white paper, or nothing at all where the picture can be transparent. */
export function fillStrips(): void {
  while (rowsMissing() > 0) {
    for (let c = 0; c < count; c++) memory.fill(stripRow(c), count === 4 ? 0 : 255, plane(c).width)
    stripRowDone()
  }
}
