// The animation job: pictures of a GIF, or pixels that JavaScript has, to the screen; from there frames of a smaller size
// into a GIF. JavaScript says which frames and how good; each call is synchronous.

import { alloc, mark, release, reset } from '../memory.ts'
import { beginCodes, codesDamaged, codesLeft, indicesDone, takeCodes } from './codes.ts'
import { beginColors, beginCounts, choosePalette, colorsUsed, countPart } from './colors.ts'
import { beginDifference, forgetShown, measureLeeway, shown } from './difference.ts'
import { dropFrame, endFile, keepFrame, setDelay, writeFrame, writeHeader } from './frame.ts'
import { likeness } from './likeness.ts'
import { beginMatches } from './matches.ts'
import {
  beginScreen,
  COLORS,
  clearPart,
  clearScreen,
  keepRows,
  multiplyPart,
  paint,
  restoreRows,
  screen,
} from './screen.ts'
import {
  beginShrink,
  madeBottom,
  madeLeft,
  madeRight,
  madeTop,
  sawClear,
  sawHole,
  shrinkPart,
  small,
} from './shrink.ts'
import { beginFile, fileBytes, fileStart, truncateFile } from './sink.ts'

let indices: usize = 0
/** Where the arena stands before the counts of colors, and before what depends on the size. */
let colorsEnd: usize = 0
let sizeStart: usize = 0

/**
 * Begins a job.
 *
 * @param width height of the screen
 * @param largest indices of the largest picture; 0 when pixels come from JavaScript
 * @param restores some picture puts back what was there before it
 */
export function anim_begin(width: i32, height: i32, largest: i32, restores: bool): void {
  reset()
  beginScreen(width, height, restores)
  indices = alloc(<usize>largest + 32)
  beginColors()
  colorsEnd = mark()
  anim_recount()
}

/** Forgets the colors that were counted; {@link anim_size} has to follow. The palette stays. */
export function anim_recount(): void {
  release(colorsEnd)
  beginCounts()
  sizeStart = mark()
}

/** Address of the screen: RGBA, the color multiplied by alpha. */
export function anim_screen(): usize {
  return screen
}

/** Address of the 256 colors of the picture that comes: RGBA. */
export function anim_colors(): usize {
  return COLORS
}

/** Starts a picture of `count` indices with codes from `bits` + 1 bits on. */
export function anim_picture(bits: i32, count: i32): void {
  beginCodes(bits, indices, <usize>count)
}

/** Takes `count` bytes of its sub-blocks out of the input window; returns whether it is complete. */
export function anim_codes(count: i32): bool {
  return takeCodes(<usize>count)
}

/** Paints what there is of the picture. */
export function anim_paint(
  left: i32,
  top: i32,
  width: i32,
  height: i32,
  interlaced: bool,
  transparent: i32,
): void {
  paint(indices, indicesDone(), left, top, width, height, interlaced, transparent)
}

/** Empties a part of the screen. */
export function anim_clear(left: i32, top: i32, width: i32, height: i32): void {
  clearPart(left, top, width, height)
}

/** Keeps rows of the screen for {@link anim_restore}. */
export function anim_save(top: i32, rows: i32): void {
  keepRows(top, rows)
}

/** Puts them back. */
export function anim_restore(top: i32, rows: i32): void {
  restoreRows(top, rows)
}

/** Multiplies colors that JavaScript wrote to the screen by their alpha. */
export function anim_multiply(left: i32, top: i32, width: i32, height: i32): void {
  multiplyPart(left, top, width, height)
}

/** Takes the memory for frames of a size, and a file of `budget` bytes, in the place of the last; the screen is emptied. */
export function anim_size(width: i32, height: i32, budget: i32): void {
  release(sizeStart)
  clearScreen()
  beginShrink(width, height)
  beginDifference()
  beginMatches(width * height)
  beginFile(budget)
}

/** Makes the frame anew where it depends on a part of the screen. */
export function anim_shrink(left: i32, top: i32, width: i32, height: i32): void {
  shrinkPart(left, top, width, height)
  measureLeeway(madeLeft, madeTop, madeRight, madeBottom)
}

/** Counts the colors of what {@link anim_shrink} made, in every `every`th row. */
export function anim_count(every: i32): void {
  countPart(every)
}

/** Makes a palette of at most `most` colors in the place of the last; returns its mean squared error. */
export function anim_palette(most: i32): f32 {
  return choosePalette(most)
}

/** Facts: 0 indices of the picture, 1 it is damaged, 2 some frame had a hole, 3 a pixel became a hole, 4 colors, 5 bytes of the last window behind the codes. */
export function anim_fact(which: i32): i32 {
  if (which === 0) return <i32>indicesDone()
  if (which === 1) return codesDamaged ? 1 : 0
  if (which === 2) return sawHole ? 1 : 0
  if (which === 3) return sawClear ? 1 : 0
  if (which === 5) return <i32>codesLeft
  return colorsUsed
}

/** Starts the file. */
export function anim_header(loops: i32): void {
  truncateFile(0)
  forgetShown()
  writeHeader(loops)
}

/** Writes the frame: see `writeFrame`. */
export function anim_write(tolerance: f32, whole: bool, must: bool): i32 {
  return writeFrame(tolerance, whole, must)
}

/** Takes it out again. */
export function anim_drop(): void {
  dropFrame()
}

/** Keeps it; returns where its time belongs. */
export function anim_keep(whole: bool): i32 {
  return keepFrame(whole)
}

/** How much the screen looks like the frame (0), or like what is shown (1): see `likeness`. */
export function anim_likeness(which: i32): f32 {
  return likeness(which ? shown : small)
}

/** Says how long the frame stays whose time is at `place`. */
export function anim_delay(place: i32, hundredths: i32): void {
  setDelay(place, hundredths)
}

/** Ends the file; returns whether it fits. */
export function anim_end(): bool {
  return endFile()
}

/** Address of the file. */
export function anim_file(): usize {
  return fileStart()
}

/** Its bytes. */
export function anim_file_bytes(): i32 {
  return fileBytes()
}
