// Rows of RGB or RGBA pixels, as other decoders give them, to strips of Y, Cb and Cr planes for the stage.

import { alloc } from '../memory.ts'
import { COLOR_GREY, COLOR_YCBCR, describePlanes, plane } from './planes.ts'

/** Rows that are handed over at once. */
export const BITMAP_ROWS: i32 = 16

let channels: i32 = 0
let bitmapWidth: i32 = 0
let pixels: usize = 0
const BACKGROUND: i32 = 255

/**
 * Describes the planes of a bitmap.
 *
 * @param samples bytes a pixel: 1 grey, 3 RGB, 4 RGBA (not premultiplied)
 */
export function beginBitmap(width: i32, height: i32, samples: i32): void {
  channels = samples
  bitmapWidth = width
  pixels = alloc(<usize>width * <usize>samples * BITMAP_ROWS + 16)
  let count = samples === 1 ? 1 : 3
  describePlanes(count, samples === 1 ? COLOR_GREY : COLOR_YCBCR, false, 1, 1)
  let stride = (width + 15) & ~15
  for (let c = 0; c < count; c++) {
    let p = plane(c)
    p.ptr = alloc(<usize>stride * BITMAP_ROWS + 16)
    p.stride = stride
    p.width = width
    p.height = height
    p.top = 0
    p.rows = 0
    p.shift = 0
    p.h = 1
    p.v = 1
  }
}

/** Where the next rows go, up to {@link BITMAP_ROWS} of them without gaps. */
export function bitmapPixels(): usize {
  return pixels
}

/** Converts `rows` rows that lie at {@link bitmapPixels} into a strip that begins at row `top`. */
export function convertRows(top: i32, rows: i32): void {
  let count = channels === 1 ? 1 : 3
  for (let c = 0; c < count; c++) {
    plane(c).top = top
    plane(c).rows = rows
  }
  for (let r = 0; r < rows; r++) {
    let from = pixels + <usize>r * <usize>bitmapWidth * <usize>channels
    let offset = <usize>r * <usize>plane(0).stride
    if (channels === 1) memory.copy(plane(0).ptr + offset, from, bitmapWidth)
    else convertRow(from, plane(0).ptr + offset, plane(1).ptr + offset, plane(2).ptr + offset)
  }
}

/** JFIF's YCbCr in Q16. Transparent pixels show a white page behind them. */
function convertRow(from: usize, y: usize, cb: usize, cr: usize): void {
  let end = from + <usize>bitmapWidth * <usize>channels
  let step = <usize>channels
  while (from < end) {
    let r = <i32>load<u8>(from)
    let g = <i32>load<u8>(from, 1)
    let b = <i32>load<u8>(from, 2)
    if (step === 4) {
      let a = <i32>load<u8>(from, 3)
      if (a !== 255) {
        r = over(r, a)
        g = over(g, a)
        b = over(b, a)
      }
    }
    store<u8>(y++, <u8>((19595 * r + 38470 * g + 7471 * b + 32768) >> 16))
    store<u8>(cb++, <u8>((-11059 * r - 21709 * g + 32768 * b + 8421375) >> 16))
    store<u8>(cr++, <u8>((32768 * r - 27439 * g - 5329 * b + 8421375) >> 16))
    from += step
  }
}

function over(value: i32, alpha: i32): i32 {
  return (value * alpha + BACKGROUND * (255 - alpha) + 127) / 255
}
