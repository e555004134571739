// The five row filters undone (PNG 9.2), in place. Pixels of three and four bytes, which nearly all pictures have, go a
// pixel a step through vector lanes; the filters' own chain from left to right allows no more.

/** Readable and writable bytes that a row needs before its first byte and behind its last. */
export const ROW_MARGIN: usize = 16

/**
 * Undoes the filter of one row.
 *
 * @param filter 0 to 4
 * @param row the row's bytes; the {@link ROW_MARGIN} bytes before it are zero
 * @param above the row above, unfiltered, with such zeros; a row of zeros for the first
 * @param count bytes of the row
 * @param step bytes of a pixel, at least 1
 */
export function unfilter(filter: i32, row: usize, above: usize, count: usize, step: usize): void {
  if (filter === 1) undoSub(row, count, step)
  else if (filter === 2) undoUp(row, above, count)
  else if (filter === 3) undoAverage(row, above, count, step)
  else if (filter === 4) undoPaeth(row, above, count, step)
}

function undoUp(row: usize, above: usize, count: usize): void {
  for (let i: usize = 0; i < count; i += 16)
    v128.store(row + i, i8x16.add(v128.load(row + i), v128.load(above + i)))
}

/** A pixel of three bytes is stored by its two halves, so that the next one, not yet undone, stays as it is. */
function storePixel(to: usize, value: v128, step: usize): void {
  if (step === 4) v128.store32_lane(to, value, 0)
  else {
    v128.store16_lane(to, value, 0)
    v128.store8_lane(to, value, 2, 2)
  }
}

function undoSub(row: usize, count: usize, step: usize): void {
  let end = row + count
  if (step === 3 || step === 4) {
    let left = i8x16.splat(0)
    for (; row < end; row += step) {
      left = i8x16.add(left, v128.load32_zero(row))
      storePixel(row, left, step)
    }
    return
  }
  for (; row < end; row++) store<u8>(row, load<u8>(row) + load<u8>(row - step))
}

function undoAverage(row: usize, above: usize, count: usize, step: usize): void {
  let end = row + count
  if (step === 3 || step === 4) {
    let left = i8x16.splat(0)
    let one = i8x16.splat(1)
    for (; row < end; row += step, above += step) {
      let up = v128.load32_zero(above)
      // The lanes' average rounds up; the filter's rounds down.
      let mean = i8x16.sub(i8x16.avgr_u(left, up), v128.and(v128.xor(left, up), one))
      left = i8x16.add(v128.load32_zero(row), mean)
      storePixel(row, left, step)
    }
    return
  }
  for (; row < end; row++, above++)
    store<u8>(row, load<u8>(row) + (((<u32>load<u8>(row - step) + <u32>load<u8>(above)) >> 1) as u8))
}

function undoPaeth(row: usize, above: usize, count: usize, step: usize): void {
  let end = row + count
  if (step === 3 || step === 4) {
    paethPixels(row, above, end, step)
    return
  }
  for (; row < end; row++, above++) {
    let a = <i32>load<u8>(row - step)
    let b = <i32>load<u8>(above)
    let c = <i32>load<u8>(above - step)
    let pa = abs<i32>(b - c)
    let pb = abs<i32>(a - c)
    let pc = abs<i32>(a + b - c - c)
    let predicted = pa <= pb && pa <= pc ? a : pb <= pc ? b : c
    store<u8>(row, load<u8>(row) + <u8>predicted)
  }
}

function paethPixels(row: usize, above: usize, end: usize, step: usize): void {
  let a = i16x8.splat(0)
  let c = i16x8.splat(0)
  for (; row < end; row += step, above += step) {
    let b = i16x8.extend_low_i8x16_u(v128.load32_zero(above))
    let toA = i16x8.sub(b, c)
    let toB = i16x8.sub(a, c)
    let pa = i16x8.abs(toA)
    let pb = i16x8.abs(toB)
    let pc = i16x8.abs(i16x8.add(toA, toB))
    let least = i16x8.min_s(pc, i16x8.min_s(pa, pb))
    let predicted = v128.bitselect(a, v128.bitselect(b, c, i16x8.eq(least, pb)), i16x8.eq(least, pa))
    let sum = i8x16.add(v128.load32_zero(row), i8x16.narrow_i16x8_u(predicted, predicted))
    storePixel(row, sum, step)
    a = i16x8.extend_low_i8x16_u(sum)
    c = b
  }
}
