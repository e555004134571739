// Adam7 sends a picture seven times, ever finer, so that no row is whole before the last pass. All of it is held, then:
// as it is when it is small, else averaged over squares of 2, 4 or 8 pixels, which is what there is memory for.

import { allocZeroed } from '../../memory.ts'

/** Where each pass begins and how far apart its pixels lie (PNG 8.2). */
const X0: StaticArray<u8> = [0, 4, 0, 2, 0, 1, 0]
const Y0: StaticArray<u8> = [0, 0, 4, 0, 2, 0, 1]
const DX: StaticArray<u8> = [8, 8, 4, 4, 2, 2, 1]
const DY: StaticArray<u8> = [8, 8, 8, 4, 4, 2, 2]

/** Bytes that may be held. */
const MOST: i64 = 24_000_000

let width: i32 = 0
let height: i32 = 0
let planes: i32 = 0
/** The held picture is 1 / 2^shift of the whole. */
export let holdShift: i32 = 0
export let holdWidth: i32 = 0
export let holdHeight: i32 = 0
let samples: usize = 0
let planeBytes: usize = 0

/** Columns of pass `p`, which may be none. */
export function passWidth(p: i32, w: i32): i32 {
  let step = <i32>unchecked(DX[p])
  return max<i32>(0, (w - <i32>unchecked(X0[p]) + step - 1) / step)
}

/** Rows of pass `p`. */
export function passHeight(p: i32, h: i32): i32 {
  let step = <i32>unchecked(DY[p])
  return max<i32>(0, (h - <i32>unchecked(Y0[p]) + step - 1) / step)
}

/** Takes the memory for a picture of `count` planes. */
export function beginHold(w: i32, h: i32, count: i32): void {
  width = w
  height = h
  planes = count
  holdShift = 0
  while (heldBytes() > MOST) holdShift++
  let side = 1 << holdShift
  holdWidth = (w + side - 1) >> holdShift
  holdHeight = (h + side - 1) >> holdShift
  planeBytes = (<usize>holdWidth * <usize>holdHeight) << (holdShift ? 1 : 0)
  samples = allocZeroed(planeBytes * <usize>count + 16)
}

function heldBytes(): i64 {
  let cells = ((<i64>width >> holdShift) + 1) * ((<i64>height >> holdShift) + 1)
  return cells * <i64>planes * (holdShift ? 2 : 1)
}

/** Takes row `y` of pass `p` of plane `c`. */
export function holdRow(p: i32, y: i32, c: i32, row: usize): void {
  let x0 = <i32>unchecked(X0[p])
  let dx = <i32>unchecked(DX[p])
  let top = <i32>unchecked(Y0[p]) + y * <i32>unchecked(DY[p])
  let plane = samples + <usize>c * planeBytes
  if (holdShift) {
    let cells = plane + ((<usize>(top >> holdShift) * <usize>holdWidth) << 1)
    for (let x = x0; x < width; x += dx) {
      let cell = cells + ((<usize>(x >> holdShift)) << 1)
      store<u16>(cell, load<u16>(cell) + <u16>load<u8>(row++))
    }
    return
  }
  // A pixel stands for all that later passes have not sent yet: a file that was cut short shows them.
  let reachX = p & 1 ? dx >> 1 : dx
  let reachY = min<i32>(p & 1 || p === 0 ? <i32>unchecked(DY[p]) : <i32>unchecked(DY[p]) >> 1, height - top)
  let line = plane + <usize>top * <usize>width
  for (let x = x0; x < width; x += dx) {
    let value = load<u8>(row++)
    let end = min<i32>(x + reachX, width)
    for (let i = x; i < end; i++) store<u8>(line + <usize>i, value)
  }
  for (let i = 1; i < reachY; i++) memory.copy(line + <usize>i * <usize>width, line, width)
}

/** Writes row `y` of the held plane `c` to `to`. */
export function heldRow(y: i32, c: i32, to: usize): void {
  let plane = samples + <usize>c * planeBytes
  if (!holdShift) {
    memory.copy(to, plane + <usize>y * <usize>width, width)
    return
  }
  let side = 1 << holdShift
  let tall = <u32>min<i32>(side, height - (y << holdShift))
  let cells = plane + ((<usize>y * <usize>holdWidth) << 1)
  for (let x = 0; x < holdWidth; x++) {
    let count = tall * <u32>min<i32>(side, width - (x << holdShift))
    store<u8>(to + <usize>x, (<u32>load<u16>(cells + ((<usize>x) << 1)) + count / 2) / count)
  }
}
