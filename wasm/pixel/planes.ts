import { PLANES } from '../memory.ts'

/**
 * The hand-over from a decoder to whoever consumes its samples.
 *
 * A decoder emits strips: after a step that returned "rows", each component's record says which rows of its plane
 * lie at `ptr`. They stay valid until the next step, so a consumer takes what it needs (a resampler turns them into
 * rows of its own ring) and never holds the whole plane. Components advance at their own pace: a step may bring 16
 * rows of luma and 8 of chroma, and `rows` may be 0 for one of them. Rows come in order, each exactly once.
 * At least 16 bytes are readable past the end of each row and past the last row.
 */
@unmanaged
export class Plane {
  /** Address of row `top`. */
  ptr: usize
  /** Bytes from a row to the next, a multiple of 16. */
  stride: i32
  /** Samples of a row of the whole plane, at this plane's scale. */
  width: i32
  /** Rows of the whole plane, at this plane's scale. */
  height: i32
  /** Index of the first row that lies at `ptr`. */
  top: i32
  /** Rows that lie there now. */
  rows: i32
  /** The plane is 1 / 2^shift of the component's own size, 0..3. */
  shift: i32
  /** Horizontal sampling factor, 1..4. */
  h: i32
  /** Vertical sampling factor, 1..4. */
  v: i32
}

/** One component, luma. */
export const COLOR_GREY: i32 = 1
/** Full range BT.601, as JFIF has it. */
export const COLOR_YCBCR: i32 = 2
/** Three components, red, green and blue. */
export const COLOR_RGB: i32 = 3
/** Four components. */
export const COLOR_CMYK: i32 = 4
/** Four components: YCbCr of the complement of CMY, and K. */
export const COLOR_YCCK: i32 = 5

/** The record of component `c`, 0..3. */
export function plane(c: i32): Plane {
  return changetype<Plane>(PLANES + ((c as usize) << 6))
}

/** Components of the picture, 1..4. Written by the decoder. */
export let components: i32 = 0
/** One of `COLOR_*`. */
export let color: i32 = 0
/** CMYK and YCCK stored as Adobe does: 255 is no ink. */
export let inverted: bool = false
/** Largest sampling factors of the picture: component c is h/hMax by v/vMax of it. */
export let hMax: i32 = 1
/** See `hMax`. */
export let vMax: i32 = 1

/** What a decoder says of the picture once it knows its header. */
export function describePlanes(count: i32, kind: i32, isInverted: bool, h: i32, v: i32): void {
  components = count
  color = kind
  inverted = isInverted
  hMax = h
  vMax = v
}
