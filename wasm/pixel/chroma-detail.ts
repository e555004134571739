// Whether halving the colour differences would show: photos have next to no colour edges that sharp, coloured text and
// drawings have little else.

import { stageData, stageHeight, stageStride, stageWidth } from './stage.ts'

/** Difference of colour between neighbours that is an edge and not a shade. */
const EDGE: i32 = 32
/** Pairs of rows from one that is looked at to the next. */
const EVERY: i32 = 5

/** Part (0..1) of two-by-two blocks with an edge of colour; 0 where the stage's chroma is halved already. */
export function chromaDetail(): f64 {
  let width = stageWidth(0)
  let height = stageHeight(0)
  if (stageWidth(1) !== width || stageHeight(1) !== height) return 0
  let edges = 0
  let blocks = 0
  for (let y = 0; y + 1 < height; y += 2 * EVERY) {
    for (let x = 0; x + 1 < width; x += 2) {
      blocks++
      if (spread(1, x, y) > EDGE || spread(2, x, y) > EDGE) edges++
    }
  }
  return blocks ? f64(edges) / f64(blocks) : 0
}

/** Largest difference within the four samples from (x, y) on. */
function spread(c: i32, x: i32, y: i32): i32 {
  let stride = <usize>stageStride(c)
  let at = stageData(c) + <usize>y * stride + <usize>x
  let a = <i32>load<u8>(at)
  let b = <i32>load<u8>(at, 1)
  let d = <i32>load<u8>(at + stride)
  let e = <i32>load<u8>(at + stride, 1)
  return max<i32>(max<i32>(a, b), max<i32>(d, e)) - min<i32>(min<i32>(a, b), min<i32>(d, e))
}
