// How much what is shown looks like the screen: the mean structural similarity of light over windows of 8 x 8 pixels of
// the screen, with what is shown enlarged to it. Windows lie far apart: a few hundred say as much as all.

import { screen, screenHeight, screenWidth } from './screen.ts'
import { smallHeight, smallWidth } from './shrink.ts'

const WINDOW: i32 = 8
/** Windows along the longer side, about. */
const WINDOWS: i32 = 24
/** Constants of the measure (Wang and others, 2004) for light of 0 to 255. */
const C1: f32 = 6.5025
const C2: f32 = 58.5225

function lightOf(color: u32): f32 {
  return (
    <f32>((color & 255) * 77 + ((color >> 8) & 255) * 150 + ((color >> 16) & 255) * 29) * <f32>(1 / 256.0)
  )
}

/** Light of a place of `picture`, which has the small size, between four of its pixels. */
function lightAt(picture: usize, x: f32, y: f32): f32 {
  let left = max(0, min(smallWidth - 1, <i32>floor<f32>(x)))
  let top = max(0, min(smallHeight - 1, <i32>floor<f32>(y)))
  let right: usize = left + 1 < smallWidth ? 4 : 0
  let below: usize = top + 1 < smallHeight ? (<usize>smallWidth) << 2 : 0
  let u = max<f32>(0, min<f32>(1, x - <f32>left))
  let v = max<f32>(0, min<f32>(1, y - <f32>top))
  let at = picture + ((<usize>(top * smallWidth + left)) << 2)
  let a = lightOf(load<u32>(at)) * (1 - u) + lightOf(load<u32>(at + right)) * u
  let b = lightOf(load<u32>(at + below)) * (1 - u) + lightOf(load<u32>(at + below + right)) * u
  return a * (1 - v) + b * v
}

/** The mean likeness of `picture` and the screen, at most 1. */
export function likeness(picture: usize): f32 {
  let width = <i32>screenWidth
  let height = <i32>screenHeight
  let step = max(WINDOW, max(width, height) / WINDOWS)
  let scaleX = <f32>smallWidth / <f32>width
  let scaleY = <f32>smallHeight / <f32>height
  let sum: f32 = 0
  let count: f32 = 0
  for (let y = 0; y + WINDOW <= height; y += step) {
    for (let x = 0; x + WINDOW <= width; x += step) {
      sum += windowAt(picture, x, y, scaleX, scaleY)
      count++
    }
  }
  return count > 0 ? sum / count : 1
}

function windowAt(picture: usize, left: i32, top: i32, scaleX: f32, scaleY: f32): f32 {
  let a: f32 = 0
  let b: f32 = 0
  let aa: f32 = 0
  let bb: f32 = 0
  let ab: f32 = 0
  for (let y = top; y < top + WINDOW; y++) {
    let v = (<f32>y + 0.5) * scaleY - 0.5
    let row = screen + ((<usize>y * screenWidth) << 2)
    for (let x = left; x < left + WINDOW; x++) {
      let i = lightOf(load<u32>(row + ((<usize>x) << 2)))
      let j = lightAt(picture, (<f32>x + 0.5) * scaleX - 0.5, v)
      a += i
      b += j
      aa += i * i
      bb += j * j
      ab += i * j
    }
  }
  let part: f32 = 1 / 64.0
  a *= part
  b *= part
  let variances = (aa + bb) * part - a * a - b * b
  let shared = ab * part - a * b
  return ((2 * a * b + C1) * (2 * shared + C2)) / ((a * a + b * b + C1) * (variances + C2))
}
