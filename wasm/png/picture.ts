// The picture at a size that is to be written: upright planes of sRGB, colors not multiplied by alpha. Made from the
// stage, which stays as it is, so that several sizes can be tried.

import { alloc, mark, release } from '../memory.ts'
import {
  buildColourTables,
  convertGrey,
  convertRgb,
  hasProfile,
  PROFILE_NONE,
  takeProfile,
  toYcbcr,
} from '../pixel/colour.ts'
import { orientPlane, swapsSides } from '../pixel/orient.ts'
import { COLOR_RGB, COLOR_YCBCR, components, describePlanes } from '../pixel/planes.ts'
import { resampleStage, stageData, stageHeight, stageStride, stageWidth } from '../pixel/stage.ts'

export let pictureWidth: i32 = 0
export let pictureHeight: i32 = 0
/** Bytes from a row to the next, a multiple of 16. */
export let pictureStride: i32 = 0
/** 1 grey, 3 RGB, 4 RGBA. */
export let pictureParts: i32 = 0

/** Addresses of up to four planes. */
const PLANES_AT: usize = memory.data(16, 16)

/** Address of plane `c`: red, green, blue, alpha, or grey alone. */
export function picturePlane(c: i32): usize {
  return load<usize>(PLANES_AT + ((<usize>c) << 2))
}

function setPlane(c: i32, at: usize): void {
  store<usize>(PLANES_AT + ((<usize>c) << 2), at)
}

/** The stage's colors are multiplied by alpha. */
let stageMultiplied: bool = false
/** A pixel of the stage may be transparent. */
let stageAlpha: bool = false

/** Says what the stage holds, once it is complete. */
export function describeStage(multiplied: bool, transparent: bool): void {
  stageMultiplied = multiplied
  stageAlpha = transparent
}

/** Bytes of a plane of the stage; rows follow each other at its stride. */
function stageBytes(): usize {
  return <usize>stageStride(0) * <usize>stageHeight(0)
}

/** Multiplies the stage's colors by alpha, which mixing pixels asks for. */
function multiplyStage(): void {
  if (stageMultiplied || !stageAlpha) return
  stageMultiplied = true
  let a = stageData(3)
  for (let c = 0; c < 3; c++) {
    let at = stageData(c)
    for (let i: usize = 0; i < stageBytes(); i++) {
      let product = <u32>load<u8>(at + i) * <u32>load<u8>(a + i) + 128
      store<u8>(at + i, (product + (product >> 8)) >> 8)
    }
  }
}

/** Lays the stage on white and leaves it to the JPEG encoder as Y, Cb and Cr. */
export function flattenStage(): void {
  if (components < 3) return
  if (components === 4) layOnWhite()
  let start = mark()
  if (hasProfile()) buildColourTables()
  toYcbcr(COLOR_RGB, false, stageData(0), stageData(1), stageData(2), 0, stageBytes())
  takeProfile(PROFILE_NONE)
  release(start)
  describePlanes(3, COLOR_YCBCR, false, 1, 1)
}

function layOnWhite(): void {
  multiplyStage()
  if (!stageAlpha) return
  for (let c = 0; c < 3; c++) {
    let at = stageData(c)
    for (let i: usize = 0; i < stageBytes(); i += 16) {
      let white = v128.not(v128.load(stageData(3) + i))
      v128.store(at + i, i8x16.add_sat_u(v128.load(at + i), white))
    }
  }
}

/**
 * Makes the picture. Its memory is the caller's to release.
 *
 * @param width height pixels, before the orientation is applied
 * @param orientation 1..8
 */
export function renderPicture(width: i32, height: i32, orientation: i32): void {
  let swapped = swapsSides(orientation)
  pictureWidth = swapped ? height : width
  pictureHeight = swapped ? width : height
  pictureParts = components === 4 && !stageAlpha ? 3 : components
  let same = width === stageWidth(0) && height === stageHeight(0)
  if (!same) multiplyStage()
  let divide = pictureParts === 4 && stageMultiplied
  pictureStride = (pictureWidth + 15) & ~15
  let asIs = same && orientation === 1
  if (asIs && !hasProfile() && !divide) {
    pictureStride = stageStride(0)
    for (let c = 0; c < pictureParts; c++) setPlane(c, stageData(c))
  } else {
    let samples = <usize>pictureStride * <usize>pictureHeight
    for (let c = 0; c < pictureParts; c++) setPlane(c, alloc(samples + 16))
    let scratch = mark()
    for (let c = 0; c < pictureParts; c++) {
      if (asIs) memory.copy(picturePlane(c), stageData(c), samples)
      else renderPlane(c, width, height, orientation, same)
      release(scratch)
    }
    if (divide) divideByAlpha(samples)
    if (hasProfile()) toSrgb(samples)
  }
  if (pictureParts === 3 && isGrey()) pictureParts = 1
}

/** Rows of a band that a sample keeps. */
const BAND: i32 = 64

/**
 * Keeps one band of rows of each `every`: a picture about that much smaller whose bytes can be counted sooner. Returns
 * rows of the picture a row of the sample.
 */
export function samplePicture(every: i32): f64 {
  let bands = pictureHeight / (BAND * every)
  if (every < 2 || bands < 3) return 1
  let rowsKept = bands * BAND
  let stride = <usize>pictureStride
  for (let c = 0; c < pictureParts; c++) {
    let from = picturePlane(c)
    let to = alloc(stride * <usize>rowsKept + 16)
    setPlane(c, to)
    for (let b = 0; b < bands; b++) {
      // From the middle of its stretch: edges of a picture are less like the rest.
      let top = <i32>((<i64>pictureHeight * (2 * b + 1)) / (2 * bands)) - BAND / 2
      memory.copy(to + <usize>(b * BAND) * stride, from + <usize>top * stride, stride * <usize>BAND)
    }
  }
  let part = f64(pictureHeight) / f64(rowsKept)
  pictureHeight = rowsKept
  return part
}

function renderPlane(c: i32, width: i32, height: i32, orientation: i32, same: bool): void {
  let to = picturePlane(c)
  let from = stageData(c)
  let stride = stageStride(c)
  if (!same) {
    stride = (width + 15) & ~15
    from = orientation === 1 ? to : alloc(<usize>stride * <usize>height + 16)
    resampleStage(c, from, width, height, 1, stride, height)
  }
  if (orientation !== 1)
    orientPlane(from, stride, width, height, orientation, to, pictureStride, pictureHeight)
}

/** Colors that were multiplied by alpha, for sums that a resampler mixed. */
function divideByAlpha(samples: usize): void {
  let a = picturePlane(3)
  for (let i: usize = 0; i < samples; i++) {
    let alpha = <u32>load<u8>(a + i)
    if (alpha === 255) continue
    for (let c = 0; c < 3; c++) {
      let at = picturePlane(c) + i
      store<u8>(at, alpha ? min<u32>(255, (<u32>load<u8>(at) * 255 + (alpha >> 1)) / alpha) : 0)
    }
  }
}

function toSrgb(samples: usize): void {
  let start = mark()
  buildColourTables()
  if (pictureParts === 1) convertGrey(picturePlane(0), samples)
  else convertRgb(picturePlane(0), picturePlane(1), picturePlane(2), samples)
  release(start)
}

/** Whether red, green and blue are the same everywhere. */
function isGrey(): bool {
  for (let y = 0; y < pictureHeight; y++) {
    let row = <usize>y * <usize>pictureStride
    for (let x: usize = 0; x < <usize>pictureWidth; x++) {
      let r = load<u8>(picturePlane(0) + row + x)
      if (r !== load<u8>(picturePlane(1) + row + x) || r !== load<u8>(picturePlane(2) + row + x)) return false
    }
  }
  return true
}
