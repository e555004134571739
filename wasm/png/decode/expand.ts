// One row of samples as the file packs them to rows of red, green, blue and alpha bytes (or one row of grey).

/** Samples are looked up in a table: palette pictures, and grey of few bits or with a transparent value. */
export const KIND_INDEXED: i32 = 0
export const KIND_GREY: i32 = 1
export const KIND_RGB: i32 = 2
export const KIND_GREY_ALPHA: i32 = 3
export const KIND_RGBA: i32 = 4

/** Where the rows go; grey fills the first. */
export let red: usize = 0
export let green: usize = 0
export let blue: usize = 0
export let alpha: usize = 0
/** A pixel was not opaque. */
export let sawAlpha: bool = false

let kind: i32 = 0
let depth: i32 = 8
let parts: i32 = 3
let premultiplied: bool = false
let table: usize = 0
let keyed: bool = false
let keyRed: i32 = 0
let keyGreen: i32 = 0
let keyBlue: i32 = 0

/**
 * Says what rows look like.
 *
 * @param bits a sample: 1, 2, 4, 8 or 16
 * @param count 1 grey, 3 RGB, 4 RGBA is wanted
 * @param premultiply colors are multiplied by alpha, so that a resampler may mix them
 * @param colors 256 RGBA values that indexed samples stand for
 */
export function beginExpand(samples: i32, bits: i32, count: i32, premultiply: bool, colors: usize): void {
  kind = samples
  depth = bits
  parts = count
  premultiplied = premultiply
  table = colors
  keyed = false
  sawAlpha = false
}

/** Makes one value of unindexed samples transparent, in the samples' own depth. */
export function setKey(r: i32, g: i32, b: i32): void {
  keyed = true
  keyRed = r
  keyGreen = g
  keyBlue = b
}

/** Says where the next rows go. */
export function expandTo(r: usize, g: usize, b: usize, a: usize): void {
  red = r
  green = g
  blue = b
  alpha = a
}

/** Expands one row of `width` pixels. Up to 16 bytes behind each row are written too. */
export function expandRow(row: usize, width: usize): void {
  if (kind === KIND_INDEXED) indexed(row, width)
  else if (depth === 16) wide(row, width)
  else if (kind === KIND_GREY) memory.copy(red, row, width)
  else if (kind === KIND_RGB) rgb(row, width)
  else if (kind === KIND_RGBA) rgba(row, width)
  else greyAlpha(row, width)
  if (parts === 4) settleAlpha(width)
}

function indexed(row: usize, width: usize): void {
  let mask: u32 = (1 << depth) - 1
  for (let x: usize = 0; x < width; x++) {
    let bit = x * <usize>depth
    // The leftmost pixel lies in the high bits.
    let index = (<u32>load<u8>(row + (bit >> 3)) >> <u32>(8 - depth - <i32>(bit & 7))) & mask
    let color = load<u32>(table + ((<usize>index) << 2))
    store<u8>(red + x, color)
    if (parts === 1) continue
    store<u8>(green + x, color >> 8)
    store<u8>(blue + x, color >> 16)
    if (parts === 4) store<u8>(alpha + x, color >> 24)
  }
}

/** The nearest byte of a 16-bit sample. */
function narrow(sample: u32): u32 {
  return (sample * 255 + 32895) >> 16
}

function sample16(at: usize): u32 {
  return bswap<u16>(load<u16>(at))
}

function wide(row: usize, width: usize): void {
  let isGrey = kind === KIND_GREY || kind === KIND_GREY_ALPHA
  let hasAlpha = kind === KIND_GREY_ALPHA || kind === KIND_RGBA
  for (let x: usize = 0; x < width; x++) {
    let r = sample16(row)
    let g = r
    let b = r
    row += 2
    if (!isGrey) {
      g = sample16(row)
      b = sample16(row + 2)
      row += 4
    }
    store<u8>(red + x, narrow(r))
    let a: u32 = 65535
    if (hasAlpha) {
      a = sample16(row)
      row += 2
    } else if (keyed && <i32>r === keyRed && <i32>g === keyGreen && <i32>b === keyBlue) a = 0
    if (parts === 1) continue
    store<u8>(green + x, narrow(g))
    store<u8>(blue + x, narrow(b))
    if (parts === 4) store<u8>(alpha + x, narrow(a))
  }
}

function rgb(row: usize, width: usize): void {
  let from = row
  for (let x: usize = 0; x < width; x += 16) {
    let p = v128.load(from)
    let q = v128.load(from, 16)
    let s = v128.load(from, 32)
    from += 48
    let r = i8x16.shuffle(p, q, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0)
    let g = i8x16.shuffle(p, q, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0)
    let b = i8x16.shuffle(p, q, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0)
    r = i8x16.shuffle(r, s, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29)
    g = i8x16.shuffle(g, s, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30)
    b = i8x16.shuffle(b, s, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31)
    v128.store(red + x, r)
    v128.store(green + x, g)
    v128.store(blue + x, b)
    if (parts !== 4) continue
    let same = v128.and(
      v128.and(i8x16.eq(r, i8x16.splat(<i8>keyRed)), i8x16.eq(g, i8x16.splat(<i8>keyGreen))),
      i8x16.eq(b, i8x16.splat(<i8>keyBlue)),
    )
    v128.store(alpha + x, keyed ? v128.not(same) : i8x16.splat(-1))
  }
}

function rgba(row: usize, width: usize): void {
  let from = row
  for (let x: usize = 0; x < width; x += 16) {
    let p = v128.load(from)
    let q = v128.load(from, 16)
    let s = v128.load(from, 32)
    let t = v128.load(from, 48)
    from += 64
    let pr = i8x16.shuffle(p, q, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29)
    let pb = i8x16.shuffle(p, q, 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31)
    let sr = i8x16.shuffle(s, t, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29)
    let sb = i8x16.shuffle(s, t, 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31)
    v128.store(red + x, i64x2.shuffle(pr, sr, 0, 2))
    v128.store(green + x, i64x2.shuffle(pr, sr, 1, 3))
    v128.store(blue + x, i64x2.shuffle(pb, sb, 0, 2))
    v128.store(alpha + x, i64x2.shuffle(pb, sb, 1, 3))
  }
}

function greyAlpha(row: usize, width: usize): void {
  for (let x: usize = 0; x < width; x++) {
    let value = load<u8>(row + (x << 1))
    store<u8>(red + x, value)
    if (parts === 1) continue
    store<u8>(green + x, value)
    store<u8>(blue + x, value)
    if (parts === 4) store<u8>(alpha + x, load<u8>(row + (x << 1), 1))
  }
}

/** Multiplies colors by alpha, or takes the color from pixels that nobody sees: it would only cost bytes. */
function settleAlpha(width: usize): void {
  for (let x: usize = 0; x < width; x += 16) {
    let a = v128.load(alpha + x)
    if (width - x < 16) a = v128.or(a, v128.load(TAIL + 16 - (width - x)))
    if (i8x16.all_true(i8x16.eq(a, i8x16.splat(-1)))) continue
    sawAlpha = true
    if (premultiplied) {
      scale(red + x, a)
      scale(green + x, a)
      scale(blue + x, a)
    } else {
      let seen = i8x16.ne(a, i8x16.splat(0))
      v128.store(red + x, v128.and(v128.load(red + x), seen))
      v128.store(green + x, v128.and(v128.load(green + x), seen))
      v128.store(blue + x, v128.and(v128.load(blue + x), seen))
    }
  }
}

/** A vector from here + 16 - n has n zeros and then ones: it makes what lies behind a row of n more pixels opaque. */
const TAIL: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 255, 255,
])

/** Multiplies 16 samples by 16 alphas, rounded. */
function scale(at: usize, a: v128): void {
  let v = v128.load(at)
  let low = i16x8.add(i16x8.extmul_low_i8x16_u(v, a), i16x8.splat(128))
  let high = i16x8.add(i16x8.extmul_high_i8x16_u(v, a), i16x8.splat(128))
  low = i16x8.shr_u(i16x8.add(low, i16x8.shr_u(low, 8)), 8)
  high = i16x8.shr_u(i16x8.add(high, i16x8.shr_u(high, 8)), 8)
  v128.store(at, i8x16.narrow_i16x8_u(low, high))
}
