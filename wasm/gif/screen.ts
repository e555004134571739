// The screen of an animation: every pixel as it is seen, RGBA with the color multiplied by alpha, red lowest. Pictures are
// painted on it one after the other, and taken away again as each says.

import { alloc, allocZeroed } from '../memory.ts'

/** RGBA of the picture's colors. JavaScript writes all 256. */
export const COLORS: usize = memory.data(1024, 16)

export let screen: usize = 0
export let screenWidth: usize = 0
export let screenHeight: usize = 0
/** What lay under the picture, for those that put it back. */
let under: usize = 0

/** First row and step of the four passes of an interlaced picture. */
const PASS_TOP: StaticArray<u8> = [0, 4, 2, 1]
const PASS_STEP: StaticArray<u8> = [8, 8, 4, 2]

/** Takes the memory of an empty screen. `restores`: pictures may want back what was there before them. */
export function beginScreen(width: i32, height: i32, restores: bool): void {
  screenWidth = <usize>width
  screenHeight = <usize>height
  let bytes = screenWidth * screenHeight * 4
  // Rows are read two pixels at a time.
  screen = allocZeroed(bytes + 16)
  under = restores ? alloc(bytes) : 0
}

/** Nothing on it, as at the start. */
export function clearScreen(): void {
  memory.fill(screen, 0, screenWidth * screenHeight * 4)
}

/** Keeps the rows of a picture for {@link restoreRows}. */
export function keepRows(top: i32, rows: i32): void {
  let offset = <usize>top * screenWidth * 4
  memory.copy(under + offset, screen + offset, <usize>rows * screenWidth * 4)
}

/** Puts them back. */
export function restoreRows(top: i32, rows: i32): void {
  let offset = <usize>top * screenWidth * 4
  memory.copy(screen + offset, under + offset, <usize>rows * screenWidth * 4)
}

/** Empties a part of the screen, which lies on it. */
export function clearPart(left: i32, top: i32, width: i32, height: i32): void {
  for (let y = 0; y < height; y++)
    memory.fill(screen + ((<usize>(top + y) * screenWidth + <usize>left) << 2), 0, (<usize>width) << 2)
}

/**
 * Paints a picture of which the first `count` indices exist. What lies outside the screen is left out.
 *
 * @param transparent index that paints nothing, or -1
 */
export function paint(
  indices: usize,
  count: usize,
  left: i32,
  top: i32,
  width: i32,
  height: i32,
  interlaced: bool,
  transparent: i32,
): void {
  let row: usize = 0
  for (let pass = interlaced ? 0 : 4; pass < 5; pass++) {
    if (interlaced && pass === 4) break
    let first = pass < 4 ? <i32>unchecked(PASS_TOP[pass]) : 0
    let step = pass < 4 ? <i32>unchecked(PASS_STEP[pass]) : 1
    for (let y = first; y < height; y += step) {
      let start = row * <usize>width
      row++
      if (start >= count) return
      if (top + y >= <i32>screenHeight || left >= <i32>screenWidth) continue
      let part = min(<usize>width, screenWidth - <usize>left)
      part = min(part, count - start)
      let to = screen + ((<usize>(top + y) * screenWidth + <usize>left) << 2)
      paintRow(indices + start, part, to, transparent)
    }
  }
}

function paintRow(from: usize, count: usize, to: usize, transparent: i32): void {
  for (let end = from + count; from < end; from++) {
    let index = <i32>load<u8>(from)
    if (index !== transparent) store<u32>(to, load<u32>(COLORS + ((<usize>index) << 2)))
    to += 4
  }
}

/** Multiplies the colors of a part, which JavaScript wrote as they are, by their alpha. */
export function multiplyPart(left: i32, top: i32, width: i32, height: i32): void {
  for (let y = 0; y < height; y++) {
    let at = screen + ((<usize>(top + y) * screenWidth + <usize>left) << 2)
    for (let end = at + ((<usize>width) << 2); at < end; at += 4) {
      let color = load<u32>(at)
      let alpha = color >> 24
      if (alpha === 255) continue
      let red = ((color & 255) * alpha + 127) / 255
      let green = (((color >> 8) & 255) * alpha + 127) / 255
      let blue = (((color >> 16) & 255) * alpha + 127) / 255
      store<u32>(at, red | (green << 8) | (blue << 16) | (alpha << 24))
    }
  }
}
