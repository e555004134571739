// The space in which colors are compared: four f32 lanes, plain Euclidean distance. A color with alpha is seen on black or
// on white, and its distance to another is the mean of both. With p the color times alpha and a the alpha,
// ((dp)^2 + (dp - da)^2) / 2 = (dp - da/2)^2 + (da/2)^2: so p - a/2 and a multiple of a are coordinates.

/** Weights of red, green and blue: about how much of a difference in each is seen. */
const RED: f32 = 0.8
const GREEN: f32 = 1
const BLUE: f32 = 0.66
/** Half the length of the three, since a difference of alpha counts with each color. */
const ALPHA: f32 = 0.7199

/** Largest coordinates; the smallest of the colors are their negatives, alpha's is 0. */
export const MOST_RED: f32 = RED * 127.5
export const MOST_GREEN: f32 = GREEN * 127.5
export const MOST_BLUE: f32 = BLUE * 127.5
export const MOST_ALPHA: f32 = ALPHA * 255

/** The place of a color: `rgba` has red in its lowest byte. */
export function placeOf(rgba: u32): v128 {
  let bytes = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(i32x4.splat(rgba)))
  let color = f32x4.convert_i32x4_s(bytes)
  let alpha = rgba >> 24
  let half = f32x4(-RED * 127.5, -GREEN * 127.5, -BLUE * 127.5, 0)
  let scale = f32x4(RED, GREEN, BLUE, ALPHA)
  if (alpha === 255) return f32x4.add(f32x4.mul(color, scale), half)
  let part = <f32>alpha * <f32>(1 / 255.0)
  let multiplied = f32x4.mul(color, f32x4.splat(part))
  multiplied = f32x4.replace_lane(multiplied, 3, <f32>alpha)
  return f32x4.add(f32x4.mul(multiplied, scale), f32x4.mul(half, f32x4.splat(part)))
}

function toByte(value: f32): u32 {
  return <u32>min<f32>(255, max<f32>(0, nearest<f32>(value)))
}

/** The color at a place, or the nearest that there is. */
export function colorAt(place: v128): u32 {
  let alpha = toByte(f32x4.extract_lane(place, 3) / ALPHA)
  if (!alpha) return 0
  let part = <f32>alpha * <f32>(1 / 255.0)
  let back: f32 = 1 / part
  let r = (f32x4.extract_lane(place, 0) / RED + part * 127.5) * back
  let g = (f32x4.extract_lane(place, 1) / GREEN + part * 127.5) * back
  let b = (f32x4.extract_lane(place, 2) / BLUE + part * 127.5) * back
  return toByte(r) | (toByte(g) << 8) | (toByte(b) << 16) | (alpha << 24)
}

/** The squared distance of two places. */
export function distance(a: v128, b: v128): f32 {
  return lengthOf(f32x4.sub(a, b))
}

/** The squared length of a difference. */
export function lengthOf(d: v128): f32 {
  let squares = f32x4.mul(d, d)
  let pair = f32x4.add(squares, i64x2.shuffle(squares, squares, 1, 0))
  return f32x4.extract_lane(pair, 0) + f32x4.extract_lane(pair, 1)
}
