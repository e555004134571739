// Planes to coefficients, over the planes themselves (see placeFrame).

import { alloc, mark, release } from '../../memory.ts'
import { forwardDct } from './fdct.ts'
import {
  BLOCK_BYTES,
  blockSide,
  coefficients,
  frameComponents,
  mcuColumns,
  mcuRows,
  planeOf,
  planeWidth,
} from './frame.ts'
import { toZigzag } from './zigzag.ts'

/** Transforms every block of the frame. The planes are gone afterwards. */
export function transformFrame(): void {
  let start = mark()
  let work = alloc(BLOCK_BYTES)
  // A strip is copied out first: the coefficients of the last strips land on the samples they come from.
  let strip = alloc(<usize>planeWidth(0) * 16)
  for (let c = 0; c < frameComponents; c++) {
    let side = blockSide(c)
    let stride = <usize>planeWidth(c)
    let stripBytes = stride * 8 * <usize>side
    let plane = planeOf(c)
    let out = coefficients(c)
    for (let row = 0; row < mcuRows; row++) {
      memory.copy(strip, plane + <usize>row * stripBytes, stripBytes)
      for (let column = 0; column < mcuColumns; column++) {
        for (let by = 0; by < side; by++) {
          for (let bx = 0; bx < side; bx++) {
            forwardDct(strip + <usize>by * 8 * stride + <usize>(column * side + bx) * 8, stride, work)
            toZigzag(work, out)
            out += BLOCK_BYTES
          }
        }
      }
    }
  }
  release(start)
}
