// Colour at the final size: profiles of matrix and curves to sRGB, RGB and CMYK to YCbCr. Everything that depends on a
// sample alone is a table, so a pixel costs three vector loads, two additions and three look-ups.

import { power } from '../math.ts'
import { alloc } from '../memory.ts'
import { COLOR_RGB, COLOR_YCCK } from './planes.ts'

/** No conversion: the samples are sRGB. */
export const PROFILE_NONE: i32 = 0
/** Three curves and a matrix to linear sRGB. */
export const PROFILE_MATRIX: i32 = 1
/** One curve, to linear grey. */
export const PROFILE_GREY: i32 = 2

/** What JavaScript writes: 9 f32 of the matrix, row by row, then three curves of 256 f32, linear light 0..1. */
export const PROFILE: usize = memory.data((9 + 3 * 256) * 4, 16)
const CURVES: usize = PROFILE + 36

/** Linear light is held in this many steps: fine enough for the darkest sRGB values, and a table of it stays in the cache. */
const LINEAR: i32 = 16384
/** Further bits of the products, so that three rounded ones add up well. */
const EXTRA: i32 = 6

/** One of PROFILE_*. Set for each job. */
let profile: i32 = PROFILE_NONE
/** Three tables of 256 vectors: what red (green, blue) of this value adds to linear red, green and blue. */
let mixed: usize = 0
/** LINEAR + 1 samples of sRGB. */
let encoded: usize = 0

/** Forgets the last job's profile. */
export function resetColour(): void {
  profile = PROFILE_NONE
  mixed = 0
  encoded = 0
}

/** Takes the profile that lies at {@link PROFILE}; `kind` is one of PROFILE_*. */
export function takeProfile(kind: i32): void {
  profile = kind
}

/** Whether samples have to be converted at all. */
export function hasProfile(): bool {
  return profile !== PROFILE_NONE
}

function encodeSrgb(linear: f64): f64 {
  return linear <= 0.0031308 ? linear * 12.92 : 1.055 * power(linear, 1 / 2.4) - 0.055
}

/** Makes the tables; they live in the arena until the job's picture is done. */
export function buildColourTables(): void {
  encoded = alloc(LINEAR + 1)
  for (let i = 0; i <= LINEAR; i++) {
    store<u8>(encoded + <usize>i, <u8>nearest<f64>(encodeSrgb(f64(i) / f64(LINEAR)) * 255))
  }
  if (profile !== PROFILE_MATRIX) return
  mixed = alloc(3 * 256 * 16)
  let unit = f32(LINEAR << EXTRA)
  for (let c = 0; c < 3; c++) {
    for (let v = 0; v < 256; v++) {
      let light = load<f32>(CURVES + <usize>(c * 256 + v) * 4) * unit
      let at = mixed + <usize>(c * 256 + v) * 16
      for (let row = 0; row < 3; row++) {
        let part = load<f32>(PROFILE + <usize>(row * 3 + c) * 4) * light
        store<i32>(at + <usize>row * 4, i32(nearest<f32>(part)))
      }
      store<i32>(at, 0, 12)
    }
  }
}

function clamp(v: i32): i32 {
  return max<i32>(0, min<i32>(255, v))
}

let red: i32 = 0
let green: i32 = 0
let blue: i32 = 0

/** Brings one pixel (`red`, `green`, `blue`) to sRGB. */
function convertPixel(r: i32, g: i32, b: i32): void {
  let sum = i32x4.add(
    i32x4.add(v128.load(mixed + ((<usize>r) << 4)), v128.load(mixed + ((<usize>g) << 4), 4096)),
    v128.load(mixed + ((<usize>b) << 4), 8192),
  )
  sum = i32x4.shr_s(i32x4.add(sum, i32x4.splat(1 << (EXTRA - 1))), EXTRA)
  sum = i32x4.max_s(i32x4.min_s(sum, i32x4.splat(LINEAR)), i32x4.splat(0))
  red = <i32>load<u8>(encoded + <usize>i32x4.extract_lane(sum, 0))
  green = <i32>load<u8>(encoded + <usize>i32x4.extract_lane(sum, 1))
  blue = <i32>load<u8>(encoded + <usize>i32x4.extract_lane(sum, 2))
}

function lumaOf(r: i32, g: i32, b: i32): u8 {
  return <u8>((19595 * r + 38470 * g + 7471 * b + 32768) >> 16)
}

/**
 * Brings YCbCr planes to sRGB, in place.
 *
 * @param width height luma samples, multiples of `step`; planes have no gaps
 * @param step luma samples a chroma sample covers along each axis, 1 or 2
 */
export function convertYcbcr(y: usize, cb: usize, cr: usize, width: i32, height: i32, step: i32): void {
  let shift = step === 2 ? 18 : 16
  let middle = (128 << shift) + (1 << (shift - 1)) - 1
  let pixels = step * step
  for (let top = 0; top < height; top += step) {
    let row = y + <usize>top * <usize>width
    for (let left = 0; left < width; left += step) {
      let u = <i32>load<u8>(cb) - 128
      let v = <i32>load<u8>(cr) - 128
      let toRed = (91881 * v + 32768) >> 16
      let toGreen = (-22554 * u - 46802 * v + 32768) >> 16
      let toBlue = (116130 * u + 32768) >> 16
      let r = 0
      let g = 0
      let b = 0
      for (let i = 0; i < pixels; i++) {
        let at = row + <usize>(left + (i & (step - 1))) + (i >= step ? <usize>width : 0)
        let light = <i32>load<u8>(at)
        convertPixel(clamp(light + toRed), clamp(light + toGreen), clamp(light + toBlue))
        store<u8>(at, lumaOf(red, green, blue))
        r += red
        g += green
        b += blue
      }
      store<u8>(cb++, <u8>((-11059 * r - 21709 * g + 32768 * b + middle) >> shift))
      store<u8>(cr++, <u8>((32768 * r - 27439 * g - 5329 * b + middle) >> shift))
    }
  }
}

/** Brings a grey plane of `samples` samples to sRGB's curve, in place. */
export function convertGrey(at: usize, samples: usize): void {
  let table = alloc(256)
  for (let v: usize = 0; v < 256; v++) {
    let light = f64(load<f32>(CURVES + v * 4))
    store<u8>(
      table + v,
      load<u8>(encoded + <usize>nearest<f64>(min<f64>(max<f64>(light, 0), 1) * f64(LINEAR))),
    )
  }
  for (let end = at + samples; at < end; at++) store<u8>(at, load<u8>(table + <usize>load<u8>(at)))
}

/** Brings planes of red, green and blue to sRGB, in place. */
export function convertRgb(first: usize, second: usize, third: usize, samples: usize): void {
  if (profile !== PROFILE_MATRIX) return
  for (let i: usize = 0; i < samples; i++) {
    convertPixel(<i32>load<u8>(first + i), <i32>load<u8>(second + i), <i32>load<u8>(third + i))
    store<u8>(first + i, <u8>red)
    store<u8>(second + i, <u8>green)
    store<u8>(third + i, <u8>blue)
  }
}

/** sRGB of what coated paper shows under full tints of cyan (bit 0), magenta (1) and yellow (2): common offset inks. */
const TINTS: usize = memory.data<f32>([
  255, 255, 255, 0, 0, 174, 239, 0, 236, 0, 140, 0, 46, 49, 146, 0, 255, 242, 0, 0, 0, 166, 81, 0, 237, 28,
  36, 0, 54, 54, 57, 0,
])
/** Part of the light that full black lets through. */
const BLACK_LEAVES: f32 = 0.13

function mix(from: v128, to: v128, part: f32): v128 {
  return f32x4.add(from, f32x4.mul(f32x4.sub(to, from), f32x4.splat(part)))
}

/** One pixel of CMYK (255 is full ink) to `red`, `green`, `blue`: between the tints as areas of a halftone mix. */
function printPixel(c: i32, m: i32, y: i32, k: i32): void {
  const UNIT: f32 = 1 / 255.0
  let cyan = f32(c) * UNIT
  let magenta = f32(m) * UNIT
  let paper = mix(v128.load(TINTS), v128.load(TINTS, 16), cyan)
  let purple = mix(v128.load(TINTS, 32), v128.load(TINTS, 48), cyan)
  let yellow = mix(v128.load(TINTS, 64), v128.load(TINTS, 80), cyan)
  let all = mix(v128.load(TINTS, 96), v128.load(TINTS, 112), cyan)
  let rgb = mix(mix(paper, purple, magenta), mix(yellow, all, magenta), f32(y) * UNIT)
  rgb = f32x4.mul(rgb, f32x4.splat(1 - f32(k) * UNIT * (1 - BLACK_LEAVES)))
  let rounded = i32x4.trunc_sat_f32x4_s(f32x4.nearest(rgb))
  red = i32x4.extract_lane(rounded, 0)
  green = i32x4.extract_lane(rounded, 1)
  blue = i32x4.extract_lane(rounded, 2)
}

/**
 * Turns planes of RGB, CMYK or YCCK into Y, Cb and Cr, in place of the first three. CMYK is converted as common inks
 * print it, whatever its profile says.
 *
 * @param kind one of COLOR_RGB, COLOR_CMYK, COLOR_YCCK
 * @param adobe 255 is no ink
 * @param fourth plane of K; unused for RGB
 */
export function toYcbcr(
  kind: i32,
  adobe: bool,
  first: usize,
  second: usize,
  third: usize,
  fourth: usize,
  samples: usize,
): void {
  let flip = adobe ? 255 : 0
  for (let i: usize = 0; i < samples; i++) {
    red = <i32>load<u8>(first + i)
    green = <i32>load<u8>(second + i)
    blue = <i32>load<u8>(third + i)
    if (kind === COLOR_RGB) {
      if (profile === PROFILE_MATRIX) convertPixel(red, green, blue)
    } else {
      if (kind === COLOR_YCCK) complementPixel(red, green - 128, blue - 128)
      printPixel(red ^ flip, green ^ flip, blue ^ flip, <i32>load<u8>(fourth + i) ^ flip)
    }
    store<u8>(first + i, lumaOf(red, green, blue))
    store<u8>(second + i, <u8>((-11059 * red - 21709 * green + 32768 * blue + 8421375) >> 16))
    store<u8>(third + i, <u8>((32768 * red - 27439 * green - 5329 * blue + 8421375) >> 16))
  }
}

/** One pixel of YCCK's first three components to C, M and Y: the complement of what they say as RGB. */
function complementPixel(light: i32, u: i32, v: i32): void {
  red = 255 - clamp(light + ((91881 * v + 32768) >> 16))
  green = 255 - clamp(light + ((-22554 * u - 46802 * v + 32768) >> 16))
  blue = 255 - clamp(light + ((116130 * u + 32768) >> 16))
}

/**
 * Halves a plane along both axes, in place, by the mean of each two by two.
 *
 * @param stride samples of a row, even; the result's rows have `stride / 2`
 * @param rows rows of the plane; an odd last one counts twice
 */
export function halvePlane(at: usize, stride: i32, rows: i32): void {
  let out = at
  for (let y = 0; y < rows; y += 2) {
    let above = at + <usize>y * <usize>stride
    let below = y + 1 < rows ? above + <usize>stride : above
    for (let x = 0; x < stride; x += 2) {
      let sum =
        <i32>load<u8>(above) + <i32>load<u8>(above, 1) + <i32>load<u8>(below) + <i32>load<u8>(below, 1)
      store<u8>(out++, <u8>((sum + 2) >> 2))
      above += 2
      below += 2
    }
  }
}
