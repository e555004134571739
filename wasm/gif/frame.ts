// The file around the codes: header, colors, and for each frame how long it stays and where it lies.

import { colorOf, colorsUsed } from './colors.ts'
import {
  findPart,
  forgetShown,
  listPart,
  partHeight,
  partLeft,
  partTop,
  partWidth,
  showNothing,
  showPart,
} from './difference.ts'
import { chosen, writeMatches } from './matches.ts'
import { smallHeight, smallWidth } from './shrink.ts'
import { fileBytes, fileStart, putByte, putWord, sinkFull, truncateFile } from './sink.ts'

/** Bits of an index. */
let size: i32 = 0
let frameStart: i32 = 0
let drawn: bool = false
/** The tolerance that it was written with. */
let written: f32 = 0

function sizeFor(colors: i32): i32 {
  let bits = 1
  while (1 << bits < colors) bits++
  return bits
}

function putColors(): void {
  for (let i = 0; i < 1 << size; i++) {
    let color = i < colorsUsed ? colorOf(i) : 0
    putByte(color)
    putByte(color >> 8)
    putByte(color >> 16)
  }
}

/** Writes what comes before the first frame. `loops`: 0 for ever, -1 for once. */
export function writeHeader(loops: i32): void {
  size = sizeFor(colorsUsed + 1)
  // "GIF89a"
  putWord(0x4947)
  putWord(0x3846)
  putWord(0x6139)
  putWord(smallWidth)
  putWord(smallHeight)
  putByte(0xf0 | (size - 1))
  putWord(0)
  putColors()
  if (loops < 0) return
  putWord(0xff21)
  putByte(11)
  for (let i = 0; i < 11; i++) putByte(load<u8>(NETSCAPE + <usize>i))
  putWord(0x0103)
  putWord(loops)
  putByte(0)
}

/** "NETSCAPE2.0" */
const NETSCAPE: usize = memory.data<u8>([78, 69, 84, 83, 67, 65, 80, 69, 50, 46, 48])

/**
 * Writes the frame that the small screen has, and leaves open how long it stays. Until {@link keepFrame} it can be taken
 * back.
 *
 * @param whole nothing stays of the frame before, and nothing of this one
 * @param must a frame is written also when there is nothing to draw
 * @returns bytes, 0 when there is nothing to draw, -1 when it does not fit
 */
export function writeFrame(tolerance: f32, whole: bool, must: bool): i32 {
  frameStart = fileBytes()
  written = tolerance
  drawn = findPart(tolerance, whole)
  if (!drawn && !must) return 0
  if (!drawn) showNothing()
  listPart(tolerance, whole)
  putWord(0xf921)
  putByte(4)
  putByte(whole ? 0x09 : 0x05)
  putWord(0)
  putByte(colorsUsed)
  putWord(0x2c00)
  putWord(partLeft)
  putWord(partTop)
  putWord(partWidth)
  putWord(partHeight)
  putByte(0)
  let codeSize = max(2, size)
  putByte(codeSize)
  let pixels = <usize>partWidth * <usize>partHeight
  if (sinkFull() || !writeMatches(pixels, <usize>partWidth, codeSize, colorsUsed)) return -1
  return fileBytes() - frameStart
}

/** Takes the frame that was written last out of the file. */
export function dropFrame(): void {
  truncateFile(frameStart)
}

/** Lets the frame that was written last be what is shown. Returns where in the file its time belongs. */
export function keepFrame(whole: bool): i32 {
  if (whole) forgetShown()
  else showPart(chosen, colorsUsed, written)
  return frameStart + 4
}

/** Says how many hundredths of a second a frame stays; the end of the file is {@link endFile}. */
export function setDelay(place: i32, hundredths: i32): void {
  store<u16>(fileStart() + <usize>place, <u16>hundredths)
}

/** The last byte. */
export function endFile(): bool {
  putByte(0x3b)
  return !sinkFull()
}
