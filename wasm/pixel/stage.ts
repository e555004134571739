// The stage: what a decoder's strips become before the final size is known. Planes small enough are kept as they come;
// larger ones are resampled while they stream past, to the largest size that may be asked for, so that a full-size plane
// never exists. `resampleStage` then makes the planes of the final size.

import { alloc } from '../memory.ts'
import { COLOR_YCBCR, COLOR_YCCK, color, components, hMax, plane, vMax } from './planes.ts'
import { firstNeededRow, resampleRows, resampler, windowRows } from './resample.ts'

/** Byte offsets within a stage plane's record. */
const DATA: usize = 0
const STRIDE: usize = 4
const WIDTH: usize = 8
const HEIGHT: usize = 12
/** Pixels of the source that one sample covers, f64. */
const PITCH_X: usize = 16
const PITCH_Y: usize = 24
/** Ring, its rows, rows that came, and the resampler: only of a streamed plane. */
const RING: usize = 32
const RING_ROWS: usize = 36
const RING_STRIDE: usize = 40
const CAME: usize = 44
const RESAMPLER: usize = 48
const RECORD_BYTES: usize = 56

const RECORDS: usize = memory.data(56 * 4, 16)

let streamed: bool = false
let sourceWidth: i32 = 0
let sourceHeight: i32 = 0

function record(c: i32): usize {
  return RECORDS + <usize>c * RECORD_BYTES
}

/** Whether component c carries colour differences, which the eye resolves half as finely. */
export function isChroma(c: i32): bool {
  return (color === COLOR_YCBCR || color === COLOR_YCCK) && (c === 1 || c === 2)
}

/** Width and stride of the stage's plane of component c, for {@link stageActivity} and its like. */
export function stageWidth(c: i32): i32 {
  return load<i32>(record(c) + WIDTH)
}

/** Rows of the stage's plane of component c. */
export function stageHeight(c: i32): i32 {
  return load<i32>(record(c) + HEIGHT)
}

/** Bytes from a row of the stage's plane to the next. */
export function stageStride(c: i32): i32 {
  return load<i32>(record(c) + STRIDE)
}

/** First sample of the stage's plane of component c. */
export function stageData(c: i32): usize {
  return load<usize>(record(c) + DATA)
}

/** Source pixels a sample of component c covers, across. */
export function stagePitchX(c: i32): f64 {
  return load<f64>(record(c) + PITCH_X)
}

/** Source pixels a sample of component c covers, down. */
export function stagePitchY(c: i32): f64 {
  return load<f64>(record(c) + PITCH_Y)
}

/**
 * Prepares the stage for the planes that the decoder has described.
 *
 * @param width height of the source picture, pixels
 * @param keepBytes planes that together take no more are kept at the decoder's scale
 * @param streamWidth streamHeight otherwise they are resampled to this size on the way
 * @param chromaStep 2 halves streamed colour differences, 1 keeps them whole
 */
export function beginStage(
  width: i32,
  height: i32,
  keepBytes: i32,
  streamWidth: i32,
  streamHeight: i32,
  chromaStep: i32,
): void {
  sourceWidth = width
  sourceHeight = height
  let bytes: i64 = 0
  for (let c = 0; c < components; c++) {
    bytes += <i64>((plane(c).width + 15) & ~15) * <i64>plane(c).height
  }
  streamed = bytes > <i64>keepBytes
  for (let c = 0; c < components; c++) {
    let p = plane(c)
    let at = record(c)
    let pitchX = f64((1 << p.shift) * hMax) / f64(p.h)
    let pitchY = f64((1 << p.shift) * vMax) / f64(p.v)
    let stageW = p.width
    let stageH = p.height
    if (streamed) {
      let step = isChroma(c) ? chromaStep : 1
      // A plane that is already coarser than the target is kept at its own size along that axis.
      let fullX = (f64(width) / f64(streamWidth)) * f64(step)
      let fullY = (f64(height) / f64(streamHeight)) * f64(step)
      if (fullX > pitchX) stageW = (streamWidth + step - 1) / step
      if (fullY > pitchY) stageH = (streamHeight + step - 1) / step
      setUpStream(at, p.width, p.height, stageW, stageH, fullX, fullY, pitchX, pitchY)
    } else {
      store<f64>(at + PITCH_X, pitchX)
      store<f64>(at + PITCH_Y, pitchY)
      place(at, stageW, stageH)
    }
  }
}

function place(at: usize, width: i32, height: i32): void {
  let stride = (width + 15) & ~15
  store<i32>(at + WIDTH, width)
  store<i32>(at + HEIGHT, height)
  store<i32>(at + STRIDE, stride)
  store<usize>(at + DATA, alloc(<usize>stride * <usize>height + 16))
}

function setUpStream(
  at: usize,
  width: i32,
  height: i32,
  stageW: i32,
  stageH: i32,
  fullX: f64,
  fullY: f64,
  pitchX: f64,
  pitchY: f64,
): void {
  store<f64>(at + PITCH_X, max<f64>(fullX, pitchX))
  store<f64>(at + PITCH_Y, max<f64>(fullY, pitchY))
  place(at, stageW, stageH)
  let stepX = max<f64>(fullX / pitchX, 1)
  let stepY = max<f64>(fullY / pitchY, 1)
  // The decoder may bring up to 32 rows at once (four rows of blocks a component and MCU row).
  let ringRows = min<i32>(windowRows(stepY) + 32, height)
  let ringStride = (width + 15) & ~15
  let ring = alloc(<usize>ringStride * <usize>ringRows + 16)
  store<usize>(at + RING, ring)
  store<i32>(at + RING_ROWS, ringRows)
  store<i32>(at + RING_STRIDE, ringStride)
  store<i32>(at + CAME, 0)
  store<usize>(
    at + RESAMPLER,
    resampler(
      ring,
      ringStride,
      width,
      height,
      ringRows,
      load<usize>(at + DATA),
      load<i32>(at + STRIDE),
      stageW,
      stageH,
      stageW,
      stageH,
      stepX,
      0,
      stepY,
      0,
    ),
  )
}

/** Takes the rows that the planes' records hold now. */
export function takeStrips(): void {
  for (let c = 0; c < components; c++) {
    let p = plane(c)
    let at = record(c)
    let rows = min<i32>(p.rows, p.height - p.top)
    for (let r = 0; r < rows; r++) {
      let from = p.ptr + <usize>r * <usize>p.stride
      let y = p.top + r
      if (streamed) takeRow(at, from, y, p.width)
      else memory.copy(load<usize>(at + DATA) + <usize>y * <usize>load<i32>(at + STRIDE), from, p.width)
    }
    if (streamed && rows > 0) resampleRows(load<usize>(at + RESAMPLER), p.top + rows)
  }
}

function takeRow(at: usize, from: usize, y: i32, width: i32): void {
  let ringRows = load<i32>(at + RING_ROWS)
  // A strip taller than the ring's slack makes its output as it comes.
  if (y - ringRows >= firstNeededRow(load<usize>(at + RESAMPLER)))
    resampleRows(load<usize>(at + RESAMPLER), y)
  memory.copy(
    load<usize>(at + RING) + <usize>(y % ringRows) * <usize>load<i32>(at + RING_STRIDE),
    from,
    width,
  )
}

/**
 * Resamples the stage's plane of component c to its final size.
 *
 * @param target `paddedHeight` rows of `paddedWidth` samples without gaps
 * @param width height of the final picture, pixels, in the source's orientation
 * @param step pixels of the final picture that one sample of this plane covers
 */
export function resampleStage(
  c: i32,
  target: usize,
  width: i32,
  height: i32,
  step: i32,
  paddedWidth: i32,
  paddedHeight: i32,
): void {
  let samplesX = (width + step - 1) / step
  let samplesY = (height + step - 1) / step
  let stepX = ((f64(sourceWidth) / f64(width)) * f64(step)) / stagePitchX(c)
  let stepY = ((f64(sourceHeight) / f64(height)) * f64(step)) / stagePitchY(c)
  let done = resampler(
    stageData(c),
    stageStride(c),
    stageWidth(c),
    stageHeight(c),
    stageHeight(c),
    target,
    paddedWidth,
    samplesX,
    samplesY,
    paddedWidth,
    paddedHeight,
    stepX,
    0,
    stepY,
    0,
  )
  resampleRows(done, stageHeight(c))
}
