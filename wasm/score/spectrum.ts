// Where the energy of the stage lies, by frequency: what a smaller picture will lack.

import { forwardDct } from '../jpeg/encode/fdct.ts'
import { BLOCK_BYTES } from '../jpeg/encode/frame.ts'
import { alloc, mark, release } from '../memory.ts'

/** Mean variance that each coefficient carries, f64, column by column as the transform leaves it. */
const ENERGY: usize = memory.data(64 * 8, 16)

/** Rows of blocks that are looked at, about. */
const ROWS: i32 = 16
/** Coefficients are 8 times the orthonormal ones; a block has 64. */
const UNIT: f64 = 1 / 4096.0
/** Energy of the octave above the stage's own, over that of its highest: a guess for what was never decoded. */
const NEXT_OCTAVE: f64 = 0.65

/** Takes the spectrum of a plane. */
export function takeSpectrum(plane: usize, stride: i32, width: i32, height: i32): void {
  memory.fill(ENERGY, 0, 64 * 8)
  let columns = width >> 3
  let rows = height >> 3
  if (columns === 0 || rows === 0) return
  let start = mark()
  let work = alloc(BLOCK_BYTES)
  let every = max<i32>(1, rows / ROWS)
  let seen = 0
  for (let row = every >> 1; row < rows; row += every) {
    let from = plane + <usize>(row * 8) * <usize>stride
    for (let column = 0; column < columns; column++) {
      forwardDct(from + <usize>column * 8, stride, work)
      for (let k: usize = 0; k < 64; k++) {
        let value = f64(<i32>load<i16>(work + (k << 1)))
        store<f64>(ENERGY + (k << 3), load<f64>(ENERGY + (k << 3)) + value * value)
      }
    }
    seen += columns
  }
  for (let k: usize = 0; k < 64; k++)
    store<f64>(ENERGY + (k << 3), (load<f64>(ENERGY + (k << 3)) * UNIT) / f64(seen))
  release(start)
}

/** Variance between two frequencies, 8 being the highest of the stage; past it by a guess. */
export function lostBetween(from: f64, to: f64): f64 {
  if (to <= from) return 0
  let sum: f64 = 0
  for (let k = 1; k < 64; k++) {
    let middle = f64(max<i32>(k & 7, k >> 3))
    let inside = min<f64>(to, middle + 0.5) - max<f64>(from, middle - 0.5)
    if (inside > 0) sum += load<f64>(ENERGY + ((<usize>k) << 3)) * min<f64>(inside, 1)
  }
  if (to <= 8) return sum
  let octave = lostBetween(4, 8) * NEXT_OCTAVE
  return sum + octave * (to / max<f64>(from, 8) - 1)
}
