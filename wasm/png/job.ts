// The PNG job: a file's rows to the stage; from there pictures of any size, each as a palette PNG within a budget. The
// same stage serves the JPEG encoder. JavaScript chooses in between; each call is synchronous.

import { stageSource, wantStage } from '../job.ts'
import { DECODE_DONE } from '../jpeg/decode/outcome.ts'
import { mark, release, reset } from '../memory.ts'
import { paletteExact, paletteSize } from '../pixel/quantise.ts'
import { beginChecksums } from './checksum.ts'
import { beginDecoder, decodePng, pngDamaged, pngExact, pngTruncated } from './decode/decoder.ts'
import { beginExpand, sawAlpha, setKey } from './decode/expand.ts'
import { holdShift } from './decode/hold.ts'
import { beginRows } from './decode/rows.ts'
import { repeatsInSource, sharpInSource } from './decode/strips.ts'
import { fileAt, fileBytes, writeIndexed } from './encode/write.ts'
import { choosePalette, indexPicture } from './indices.ts'
import {
  describeStage,
  flattenStage,
  pictureHeight,
  pictureParts,
  picturePlane,
  pictureStride,
  pictureWidth,
  renderPicture,
  samplePicture,
} from './picture.ts'
import { mapTexture, textureTally } from './texture.ts'

/** Samples of each kind of `decode/expand.ts`. */
const CHANNELS: StaticArray<u8> = [1, 1, 3, 2, 4]

/** RGBA of 256 palette colors, red lowest: JavaScript writes it after {@link png_begin}. */
const COLORS: usize = memory.data(1024, 16)

let premultiplied: bool = false
/** Where the arena stands when the stage is complete, when a picture is, and its indices. */
let stageEnd: usize = 0
let pictureEnd: usize = 0
let indexEnd: usize = 0

/**
 * Begins a job whose source is a PNG file; {@link png_step} runs it.
 *
 * @param depth bits a sample
 * @param kind what samples are: see `decode/expand.ts`
 * @param parts planes wanted: 1 grey, 3 RGB, 4 RGBA
 * @param offset of the first IDAT chunk
 * @param toWidth toHeight the largest picture that will be asked for, before the orientation; the source's own size keeps it exact
 */
export function png_begin(
  width: i32,
  height: i32,
  depth: i32,
  kind: i32,
  parts: i32,
  interlaced: bool,
  offset: i32,
  toWidth: i32,
  toHeight: i32,
): void {
  reset()
  beginChecksums()
  let exact = toWidth === width && toHeight === height
  premultiplied = parts === 4 && !exact
  beginExpand(kind, depth, parts, premultiplied, COLORS)
  beginRows(width, height, depth * <i32>unchecked(CHANNELS[kind]), parts, interlaced)
  beginDecoder(offset)
  wantStage(exact ? i32.MAX_VALUE : 0, toWidth, toHeight, 1)
  stageSource(width, height)
  stageEnd = mark()
}

/** Address of the 256 colors that indexed samples stand for: RGBA, red first. */
export function png_colors(): usize {
  return COLORS
}

/** Makes one value of the samples transparent. */
export function png_key(red: i32, green: i32, blue: i32): void {
  setKey(red, green, blue)
}

/** Goes on until the stage is complete (0), input is needed (1) or the file cannot be decoded (negative). */
export function png_step(): i32 {
  let outcome = decodePng()
  if (outcome === DECODE_DONE) describeStage(premultiplied, sawAlpha)
  return outcome
}

/** Facts once the stage is complete: 0 truncated, 1 damaged, 2 nothing but the picture in the data, 3 transparent, 4 the held picture is 1 / 2^n, 5 of 1,000 pixels those that repeat the one before, 6 of 1,000 others those that differ by much. */
export function png_fact(which: i32): i32 {
  if (which === 0) return pngTruncated() ? 1 : 0
  if (which === 1) return pngDamaged() ? 1 : 0
  if (which === 2) return pngExact() ? 1 : 0
  if (which === 3) return sawAlpha ? 1 : 0
  if (which === 5) return repeatsInSource()
  if (which === 6) return sharpInSource()
  return holdShift
}

/**
 * Makes the picture of a size (before its orientation) in the place of the last one, and looks at its texture.
 *
 * @param every 1 for all of it, more for a sample of its rows
 * @returns rows of the picture a row of the sample
 */
export function picture_render(width: i32, height: i32, orientation: i32, every: i32): f64 {
  release(stageEnd)
  renderPicture(width, height, orientation)
  let part = samplePicture(every)
  mapTexture()
  pictureEnd = mark()
  return part
}

/** Facts of the picture: 0 width, 1 height, 2 planes, 3 colors of its palette, 4 whether they are all that it has, 5 bytes from a row to the next, 8.. squares of each texture. */
export function picture_fact(which: i32): i32 {
  if (which === 0) return pictureWidth
  if (which === 1) return pictureHeight
  if (which === 2) return pictureParts
  if (which === 3) return paletteSize
  if (which === 4) return paletteExact ? 1 : 0
  if (which === 5) return pictureStride
  return textureTally(which - 8)
}

/** Address of plane `c` of the picture. */
export function picture_plane(c: i32): usize {
  return picturePlane(c)
}

/**
 * Brings the picture to a palette.
 *
 * @param colors at most, 2 to 256
 * @param drawn photographed 0 to 1: part of the errors that is passed on, in drawn and in photographed squares
 * @param tolerance squared error that texture may have where that saves bytes
 */
export function picture_index(colors: i32, drawn: f32, photographed: f32, tolerance: f32): void {
  release(pictureEnd)
  choosePalette(colors)
  indexPicture(drawn, photographed, tolerance)
  indexEnd = mark()
}

/** Writes the indexed picture as PNG; returns whether it fits. */
export function picture_write(budget: i32, thorough: bool): bool {
  release(indexEnd)
  return writeIndexed(budget, thorough)
}

/** Address of the file. */
export function picture_file(): usize {
  return fileAt
}

/** Its bytes, also when it did not fit. */
export function picture_file_bytes(): i32 {
  return <i32>fileBytes
}

/** Lays the stage on white and leaves it to `fit_encode`. */
export function picture_flatten(): void {
  release(stageEnd)
  flattenStage()
}
