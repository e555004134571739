// Which color of a palette is nearest to a place. Space is cut into cubes; the first question in a cube makes the list of
// every color that can be nearest to any place in it, which is a handful.

import { alloc } from '../memory.ts'
import { distance, MOST_ALPHA, MOST_BLUE, MOST_GREEN, MOST_RED } from './quantise-space.ts'

/** Lists that do not fit any more are not made: the whole palette is searched. */
const POOL: usize = 1 << 20
const MOST_COLORS: i32 = 256

/** Places of the palette's colors, and how many there are. */
let palette: usize = 0
let size: i32 = 0
/** Side of a cube, and cubes along each axis. */
let side: f32 = 0
let countRed: i32 = 0
let countGreen: i32 = 0
let countBlue: i32 = 0
let cubes: usize = 0
/** For each cube the offset of its list in the pool: 0 not made, 1 no room. A list: count - 1, then indices. */
let lists: usize = 0
let pool: usize = 0
let poolEnd: usize = 0
let all: usize = 0

/** Takes the memory. `alpha`: colors may be transparent, and cubes have a fourth axis and are larger. */
export function beginNearest(alpha: bool): void {
  side = alpha ? 12 : 5
  countRed = <i32>((MOST_RED + MOST_RED) / side) + 1
  countGreen = <i32>((MOST_GREEN + MOST_GREEN) / side) + 1
  countBlue = <i32>((MOST_BLUE + MOST_BLUE) / side) + 1
  cubes = <usize>(countRed * countGreen * countBlue * (alpha ? <i32>(MOST_ALPHA / side) + 1 : 1))
  lists = alloc(cubes * 4)
  pool = alloc(POOL)
  all = alloc(256 + 4)
  for (let i: usize = 0; i < 256; i++) store<u8>(all + 1 + i, i)
}

/** Takes a palette of `count` places, which stay where they are, and forgets the lists of the last one. */
export function setPalette(places: usize, count: i32): void {
  palette = places
  size = count
  memory.fill(lists, 0, cubes * 4)
  poolEnd = pool + 2
  store<u8>(all, <u8>(count - 1))
}

/** The squared distance to the color that {@link nearest} found. */
export let nearestDistance: f32 = 0

/** The index of the nearest color to a place within the space. */
export function nearestColor(place: v128): i32 {
  let offset = f32x4(MOST_RED, MOST_GREEN, MOST_BLUE, 0)
  let cell = i32x4.trunc_sat_f32x4_s(f32x4.mul(f32x4.add(place, offset), f32x4.splat(1 / side)))
  let r = i32x4.extract_lane(cell, 0)
  let g = i32x4.extract_lane(cell, 1)
  let b = i32x4.extract_lane(cell, 2)
  let a = side > 5 ? i32x4.extract_lane(cell, 3) : 0
  let cube = <usize>(((a * countBlue + b) * countGreen + g) * countRed + r)
  let list = listOf(cube, r, g, b, a)
  let last = list + 1 + <usize>load<u8>(list)
  let best: i32 = load<u8>(list, 1)
  let least = distance(place, v128.load(palette + ((<usize>best) << 4)))
  for (list += 2; list <= last; list++) {
    let index: i32 = load<u8>(list)
    let apart = distance(place, v128.load(palette + ((<usize>index) << 4)))
    if (apart < least) {
      least = apart
      best = index
    }
  }
  nearestDistance = least
  return best
}

function listOf(cube: usize, r: i32, g: i32, b: i32, a: i32): usize {
  let offset = load<u32>(lists + (cube << 2))
  if (offset > 1) return pool + <usize>offset
  if (offset === 1) return all
  if (poolEnd + <usize>MOST_COLORS + 1 > pool + POOL) {
    store<u32>(lists + (cube << 2), 1)
    return all
  }
  let list = poolEnd
  store<u32>(lists + (cube << 2), <u32>(list - pool))
  makeList(list, r, g, b, a)
  poolEnd += <usize>load<u8>(list) + 2
  return list
}

/** Distances of one search. */
const DISTANCES: usize = memory.data(256 * 4, 16)

function makeList(list: usize, r: i32, g: i32, b: i32, a: i32): void {
  let corner = f32x4(
    <f32>r * side - MOST_RED,
    <f32>g * side - MOST_GREEN,
    <f32>b * side - MOST_BLUE,
    <f32>a * side,
  )
  let half = side / 2
  let flat = side > 5 ? half : MOST_ALPHA
  let center = f32x4.add(corner, f32x4.replace_lane(f32x4.splat(half), 3, flat))
  let least: f32 = f32.MAX_VALUE
  for (let i: usize = 0; i < <usize>size; i++) {
    let apart = sqrt<f32>(distance(center, v128.load(palette + (i << 4))))
    store<f32>(DISTANCES + (i << 2), apart)
    least = min<f32>(least, apart)
  }
  // The diagonal of the cube, and a little for rounding.
  let limit = least + side * (side > 5 ? <f32>2 : <f32>1.7321) + <f32>0.01
  let at = list + 1
  for (let i: usize = 0; i < <usize>size; i++) {
    if (load<f32>(DISTANCES + (i << 2)) <= limit) store<u8>(at++, i)
  }
  store<u8>(list, at - list - 2)
}
