// A palette picture against the pixels that it stands for, both transformed here: the same windows as a JPEG's.

import { forwardDct } from '../jpeg/encode/fdct.ts'
import { alloc, mark, release } from '../memory.ts'
import { PALETTE } from '../pixel/quantise.ts'
import { indices } from '../png/indices.ts'
import { pictureHeight, pictureParts, picturePlane, pictureStride, pictureWidth } from '../png/picture.ts'
import { BLUE, endGroup, RED, takeChroma, takeLuma } from './windows.ts'

/** Bands of sixteen rows that are looked at, about. */
const BANDS: i32 = 24
const SIDE: i32 = 16

/** One of six strips: luma of sixteen rows, then both differences of eight, of the source and of the result. */
let strips: usize = 0
let stride: i32 = 0
const SOURCE: usize = memory.data(256, 16)
const RESULT: usize = memory.data(256, 16)
const WORK: usize = memory.data(128, 16)

function strip(which: i32): usize {
  return strips + <usize>which * <usize>stride * SIDE
}

/** Looks at the picture in work and its indices; {@link beginWindows} came before. */
export function scoreIndexed(): void {
  let start = mark()
  stride = (pictureWidth + SIDE - 1) & ~(SIDE - 1)
  strips = alloc(<usize>stride * SIDE * 6 + 16)
  let bands = (pictureHeight + SIDE - 1) / SIDE
  let every = max<i32>(1, bands / BANDS)
  for (let band = every >> 1; band < bands; band += every) {
    fillStrips(band * SIDE)
    for (let x = 0; x < stride; x += SIDE) {
      for (let b = 0; b < 4; b++) {
        let at = <usize>((b >> 1) * 8 * stride + x + (b & 1) * 8)
        transform(strip(0) + at, stride, SOURCE)
        transform(strip(3) + at, stride, RESULT)
        takeLuma(b, SOURCE, RESULT)
      }
      endGroup(4)
      for (let c = 1; c < 3; c++) {
        transform(strip(c) + <usize>(x >> 1), stride, SOURCE)
        transform(strip(3 + c) + <usize>(x >> 1), stride, RESULT)
        takeChroma(c === 1 ? BLUE : RED, SOURCE, RESULT)
      }
    }
  }
  release(start)
}

/** Coefficients in the order of columns, which the windows' weights do not tell from that of rows. */
function transform(samples: usize, stride: i32, out: usize): void {
  forwardDct(samples, stride, WORK)
  for (let k: usize = 0; k < 64; k += 8) {
    let v = v128.load(WORK + (k << 1))
    v128.store(out + (k << 2), f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(v)))
    v128.store(out + (k << 2), f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(v)), 16)
  }
}

/** Luma and the means of differences of each four pixels, from row `top` on; edges repeat. */
function fillStrips(top: i32): void {
  let many = pictureParts > 1
  for (let y = 0; y < SIDE; y += 2) {
    for (let x = 0; x < stride; x += 2) {
      for (let side = 0; side < 2; side++) {
        let blue = 0
        let red = 0
        for (let i = 0; i < 4; i++) {
          let px = min<i32>(x + (i & 1), pictureWidth - 1)
          let py = min<i32>(top + y + (i >> 1), pictureHeight - 1)
          let color = side === 0 ? pixelAt(px, py, many) : paletteAt(px, py)
          let alpha = color >> 24
          let r = onWhite(color & 255, alpha)
          let g = onWhite((color >> 8) & 255, alpha)
          let b = onWhite((color >> 16) & 255, alpha)
          let luma = (r * 77 + g * 150 + b * 29 + 128) >> 8
          store<u8>(strip(side * 3) + <usize>((y + (i >> 1)) * stride + x + (i & 1)), <u8>luma)
          blue += b - luma
          red += r - luma
        }
        let at = <usize>((y >> 1) * stride + (x >> 1))
        // 0.564 and 0.713 of the difference, a quarter of the sum of four.
        store<u8>(strip(side * 3 + 1) + at, difference(blue * 36))
        store<u8>(strip(side * 3 + 2) + at, difference(red * 46))
      }
    }
  }
}

function difference(part: i32): u8 {
  return <u8>min<i32>(255, max<i32>(0, 128 + ((part + 128) >> 8)))
}

function onWhite(value: u32, alpha: u32): i32 {
  if (alpha === 255) return <i32>value
  return <i32>((value * alpha + 255 * (255 - alpha) + 127) / 255)
}

function pixelAt(x: i32, y: i32, many: bool): u32 {
  let at = <usize>y * <usize>pictureStride + <usize>x
  let red = <u32>load<u8>(picturePlane(0) + at)
  if (!many) return (red * 0x010101) | 0xff000000
  let alpha: u32 = pictureParts === 4 ? load<u8>(picturePlane(3) + at) : 255
  return (
    red |
    ((<u32>load<u8>(picturePlane(1) + at)) << 8) |
    ((<u32>load<u8>(picturePlane(2) + at)) << 16) |
    (alpha << 24)
  )
}

function paletteAt(x: i32, y: i32): u32 {
  let index = <usize>load<u8>(indices + <usize>y * <usize>pictureWidth + <usize>x)
  return load<u32>(PALETTE + (index << 2))
}
