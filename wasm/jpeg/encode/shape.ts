// The shape of the quantisation tables: how coarse each frequency may be against the others.

/** Luma, natural order, in units of a step at scale 1. */
const LUMA: StaticArray<u8> = [
  16, 16, 16, 18, 25, 37, 56, 85, 16, 17, 20, 27, 34, 40, 53, 75, 16, 20, 24, 31, 43, 62, 91, 135, 18, 27, 31,
  40, 53, 74, 106, 156, 25, 34, 43, 53, 69, 94, 131, 189, 37, 40, 62, 74, 94, 124, 169, 238, 56, 53, 91, 106,
  131, 169, 226, 255, 85, 75, 135, 156, 189, 238, 255, 255,
]

/** As {@link LUMA}, for both chroma components. */
const CHROMA: StaticArray<u8> = [
  20, 20, 24, 34, 50, 80, 120, 160, 20, 24, 30, 44, 64, 90, 130, 170, 24, 30, 44, 60, 80, 110, 150, 190, 34,
  44, 60, 80, 100, 130, 170, 210, 50, 64, 80, 100, 130, 160, 200, 240, 80, 90, 110, 130, 160, 200, 240, 255,
  120, 130, 150, 170, 200, 240, 255, 255, 160, 170, 190, 210, 240, 255, 255, 255,
]

/** The step of table t (0 luma, 1 chroma) at a natural index, at scale 1. */
export function baseStep(t: i32, natural: i32): f64 {
  return f64(t === 0 ? unchecked(LUMA[natural]) : unchecked(CHROMA[natural]))
}
