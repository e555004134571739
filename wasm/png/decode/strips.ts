// From rows of a PNG to strips of planes for the stage.

import { alloc } from '../../memory.ts'
import { COLOR_GREY, COLOR_RGB, describePlanes, plane } from '../../pixel/planes.ts'
import { takeStrips } from '../../pixel/stage.ts'

/** Rows of a strip. */
const STRIP_ROWS: i32 = 16

let count: i32 = 0
let height: i32 = 0
let top: i32 = 0
let rows: i32 = 0

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
