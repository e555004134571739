// The fit job: a source's strips to the stage, the stage to a picture of the final size, that picture to a file within
// its budget. JavaScript chooses the sizes in between; each call is synchronous.

import { decodeBegin, decodeScale, decodeStep } from './jpeg/decode/decoder.ts'
import { height as sourceHeight, width as sourceWidth } from './jpeg/decode/frame.ts'
import { DECODE_FRAME, DECODE_ROWS } from './jpeg/decode/outcome.ts'
import {
  encodeToBudget,
  outputAt,
  outputBytes,
  outputLambda,
  outputScale,
  passes,
} from './jpeg/encode/budget.ts'
import { bitsPerSample } from './jpeg/encode/complexity.ts'
import {
  chromaStep,
  frameComponents,
  frameSamples,
  layOutFrame,
  mcuColumns,
  mcuRows,
  placeFrame,
  planeHeight,
  planeOf,
  planeWidth,
} from './jpeg/encode/frame.ts'
import { probes, smallestBytes } from './jpeg/encode/probe.ts'
import { transformFrame } from './jpeg/encode/transform.ts'
import { alloc, mark, release, reset } from './memory.ts'
import { beginBitmap, bitmapPixels, convertRows } from './pixel/bitmap.ts'
import { chromaDetail } from './pixel/chroma-detail.ts'
import {
  buildColourTables,
  convertGrey,
  convertYcbcr,
  halvePlane,
  hasProfile,
  PROFILE,
  resetColour,
  takeProfile,
  toYcbcr,
} from './pixel/colour.ts'
import { contrast } from './pixel/contrast.ts'
import { isNeutral } from './pixel/neutral.ts'
import { orientPlane, swapsSides } from './pixel/orient.ts'
import { COLOR_GREY, COLOR_YCBCR, color, components, inverted, plane } from './pixel/planes.ts'
import {
  beginStage,
  isChroma,
  resampleStage,
  stageData,
  stageHeight as stageHeightOf,
  stageStride,
  stageWidth as stageWidthOf,
  takeStrips,
} from './pixel/stage.ts'

/** Addresses of the resampled planes before they are upright. */
const LOOSE: usize = memory.data(16, 16)

/** Where the arena stood before the stage: everything the source needed lies below. */
let stageStart: usize = 0

let keepBytes: i32 = 0
let stageWidth: i32 = 0
let stageHeight: i32 = 0
let stageChroma: i32 = 2
let staged: bool = false

/** Says what the stage is to hold: see {@link fit_begin}. */
export function wantStage(keep: i32, width: i32, height: i32, chroma: i32): void {
  keepBytes = keep
  stageWidth = width
  stageHeight = height
  stageChroma = chroma
  staged = false
  resetColour()
}

/**
 * Begins a job whose source is a JPEG file; {@link fit_step} runs it.
 *
 * @param keep planes that take no more bytes are kept at the decoder's scale; larger ones are resampled on the way
 * @param width height the largest size that {@link fit_encode} will be asked for, in the source's orientation
 * @param chroma 2 when the result will be 4:2:0 for certain, 1 when it may be 4:4:4
 */
export function fit_begin(keep: i32, width: i32, height: i32, chroma: i32): void {
  reset()
  wantStage(keep, width, height, chroma)
  decodeBegin(0, 0)
}

/** Goes on until the stage is complete (0), input is needed (1) or the file cannot be decoded (negative): `outcome.ts`. */
export function fit_step(): i32 {
  let outcome = decodeStep()
  while (outcome === DECODE_FRAME || outcome === DECODE_ROWS) {
    if (outcome === DECODE_FRAME) chooseScales()
    else {
      // The decoder takes its memory before the first rows, the stage after it.
      if (!staged) stageSource(sourceWidth, sourceHeight)
      takeStrips()
    }
    outcome = decodeStep()
  }
  return outcome
}

/** Begins the stage for a source of this size, once its planes are described. */
export function stageSource(width: i32, height: i32): void {
  stageStart = mark()
  beginStage(width, height, keepBytes, stageWidth, stageHeight, stageChroma)
  staged = true
}

/**
 * Gives each component the smallest scale at which it still has the samples that the stage may need. An eighth is the
 * means of blocks, which alias where they are not brought down further.
 */
function chooseScales(): void {
  for (let c = 0; c < components; c++) {
    let step = isChroma(c) ? stageChroma : 1
    let needX = (stageWidth + step - 1) / step
    let needY = (stageHeight + step - 1) / step
    let shift = 3
    for (; shift > 0; shift--) {
      decodeScale(c, shift)
      let spare = shift === 3 ? 2 : 1
      if (plane(c).width >= needX * spare && plane(c).height >= needY * spare) break
    }
    if (shift === 0) decodeScale(c, 0)
  }
}

/**
 * Begins a job whose source is rows of pixels; `keep`, `toWidth`, `toHeight` and `chroma` as for {@link fit_begin}.
 *
 * @param channels bytes a pixel: 1, 3 or 4
 */
export function bitmap_begin(
  width: i32,
  height: i32,
  channels: i32,
  keep: i32,
  toWidth: i32,
  toHeight: i32,
  chroma: i32,
): void {
  reset()
  wantStage(keep, toWidth, toHeight, chroma)
  beginBitmap(width, height, channels)
  stageSource(width, height)
}

/** Where up to 16 rows of pixels are to be put. */
export function bitmap_pixels(): usize {
  return bitmapPixels()
}

/** Takes `rows` rows from there; the first is row `top` of the picture. */
export function bitmap_rows(top: i32, rows: i32): void {
  convertRows(top, rows)
  takeStrips()
}

/** Size of the stage's luma, which is what {@link fit_complexity} counts: 0 width, 1 height. */
export function fit_stage(which: i32): i32 {
  return which === 0 ? stageWidthOf(0) : stageHeightOf(0)
}

/** Bits a sample that the stage's luma takes at this scale of the tables. */
export function fit_complexity(scale: f64): f64 {
  return bitsPerSample(stageData(0), stageStride(0), stageWidthOf(0), stageHeightOf(0), scale)
}

/** Part (0..1) of the stage's luma with hard edges (0), or without anything (1). */
export function fit_contrast(which: i32): f64 {
  return contrast(which)
}

/** Part (0..1) of the stage that has sharp edges of colour; 0 when its chroma is halved. */
export function fit_chroma_detail(): f64 {
  return color === COLOR_YCBCR ? chromaDetail() : 0
}

/**
 * Makes the picture from the stage and encodes it. The stage is gone afterwards.
 *
 * @param width height final size in the source's orientation, pixels
 * @param orientation 1..8
 * @param step 2 for 4:2:0, 1 for 4:4:4
 * @returns whether the file fits
 */
export function fit_encode(
  width: i32,
  height: i32,
  orientation: i32,
  step: i32,
  budget: i32,
  optimized: bool,
  guess: f64,
  finest: f64,
  coarsest: f64,
): bool {
  render(width, height, orientation, step)
  transformFrame()
  return encodeToBudget(budget, optimized, guess, finest, coarsest)
}

/** Samples from a row to the next of a plane that is not yet upright: the final size over `step`. */
function looseWidth(width: i32, step: i32, sideways: bool): i32 {
  if (!sideways) return (mcuColumns * 8 * chromaStep) / step
  // Even, so that it can be halved.
  return ((width + 15) & ~15) / step
}

/** Rows of such a plane. */
function looseHeight(height: i32, step: i32, sideways: bool): i32 {
  return sideways ? (height + step - 1) / step : (mcuRows * 8 * chromaStep) / step
}

function loose(c: i32): usize {
  return load<usize>(LOOSE + <usize>c * 4)
}

/** Fills the frame's planes: resampled, converted, upright. */
function render(width: i32, height: i32, orientation: i32, chroma: i32): void {
  let swapped = swapsSides(orientation)
  // A profile may give colour to what has none.
  let grey = components < 3 || (color === COLOR_YCBCR && !hasProfile() && isNeutral())
  layOutFrame(swapped ? height : width, swapped ? width : height, grey ? 1 : 3, chroma)
  let sideways = orientation > 1
  // Components other than these are brought to them first, which takes every one of them at full size.
  let direct = color === COLOR_GREY || color === COLOR_YCBCR
  let count = grey ? 1 : components
  // Loose planes lie far enough behind the stage's start that the frame can take its place while they are moved: a turn
  // must not overlap at all, a plain move may.
  let apart = stageStart + frameSamples() * (sideways || !direct ? 2 : 1)
  if (mark() < apart) alloc(apart - mark())
  for (let c = 0; c < count; c++) {
    let step = direct && c > 0 ? chromaStep : 1
    let samples = <usize>looseWidth(width, step, sideways) * <usize>looseHeight(height, step, sideways)
    store<usize>(LOOSE + <usize>c * 4, alloc(samples + 16))
  }
  let scratch = mark()
  for (let c = 0; c < count; c++) {
    let step = direct && c > 0 ? chromaStep : 1
    let wide = looseWidth(width, step, sideways)
    resampleStage(c, loose(c), width, height, step, wide, looseHeight(height, step, sideways))
    release(scratch)
  }
  if (!direct) convertLoose(looseWidth(width, 1, sideways), looseHeight(height, 1, sideways))
  // One block from the stage's start on, loose planes included, of which the frame stays.
  let end = mark()
  release(stageStart)
  let region = alloc(end - stageStart)
  placeFrame(region)
  for (let c = 0; c < frameComponents; c++) {
    let step = c > 0 ? chromaStep : 1
    if (!sideways) memory.copy(planeOf(c), loose(c), <usize>planeWidth(c) * <usize>planeHeight(c))
    else {
      let samplesX = (width + step - 1) / step
      let samplesY = looseHeight(height, step, true)
      let stride = looseWidth(width, step, true)
      orientPlane(
        loose(c),
        stride,
        samplesX,
        samplesY,
        orientation,
        planeOf(c),
        planeWidth(c),
        planeHeight(c),
      )
    }
  }
  release(region + frameSamples() * 2)
  if (direct && hasProfile()) convertFrame()
}

/** RGB, CMYK and YCCK planes of the final size to Y, Cb and Cr. */
function convertLoose(stride: i32, rows: i32): void {
  if (hasProfile()) buildColourTables()
  toYcbcr(color, inverted, loose(0), loose(1), loose(2), loose(3), <usize>stride * <usize>rows)
  if (chromaStep === 1) return
  halvePlane(loose(1), stride, rows)
  halvePlane(loose(2), stride, rows)
}

/** The frame's own planes to sRGB. */
function convertFrame(): void {
  let start = mark()
  buildColourTables()
  if (frameComponents === 1) convertGrey(planeOf(0), <usize>planeWidth(0) * <usize>planeHeight(0))
  else convertYcbcr(planeOf(0), planeOf(1), planeOf(2), planeWidth(0), planeHeight(0), chromaStep)
  release(start)
}

/** Where the profile's numbers go: see `pixel/colour.ts`. */
export function fit_profile(): usize {
  return PROFILE
}

/** Takes the profile from there, after a job began: 1 matrix and three curves, 2 one curve. */
export function fit_take_profile(kind: i32): void {
  takeProfile(kind)
}

/** Address of the file that {@link fit_encode} made. */
export function fit_output(): usize {
  return outputAt
}

/** Its bytes. */
export function fit_output_bytes(): i32 {
  return outputBytes
}

/** When nothing fitted: bytes of the smallest file that was tried. */
export function fit_smallest_bytes(): i32 {
  return smallestBytes
}

/** Scale of the quantisation tables that the file has; its quality in the core's own terms. */
export function fit_scale(): f64 {
  return outputScale
}

/** Lambda that the file was made with. */
export function fit_lambda(): f64 {
  return outputLambda
}

/** Probes << 8 | full passes, for the benchmark. */
export function fit_effort(): i32 {
  return (probes << 8) | passes
}
