/** Where each coefficient lies in a block, for each scale: the order that `idct.ts` reads. */

/** From the index in the zigzag to row * 8 + column. */
const ZIGZAG: usize = memory.data<u8>([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46,
  53, 60, 61, 54, 47, 55, 62, 63,
])

/** Bytes of a block in work, with the cell for coefficients that nobody needs behind it. */
export const WORK_BLOCK: usize = 144
/** Offset of that cell. */
export const NOWHERE: u32 = 128

/** The index of the zigzag that is row * 8 + column of the block. */
export function natural(k: i32): i32 {
  return load<u8>(ZIGZAG + (k as usize))
}

/** One past the last index of the zigzag that a block of n x n samples needs. */
export function limitOf(n: i32): i32 {
  return n === 8 ? 64 : n === 4 ? 25 : n === 2 ? 5 : 1
}

/** Pairs (0,4), (2,6), (1,3), (5,7): which pair an index is in, << 1 | its place there. */
function slot8(i: i32): i32 {
  if (i & 1) return i < 4 ? 4 | (i >> 1) : 6 | ((i - 5) >> 1)
  return ((i & 2) !== 0 ? 2 : 0) | (i >> 2)
}

/** Pairs (0,2), (1,3). */
function slot4(i: i32): i32 {
  return ((i & 1) << 1) | (i >> 1)
}

/** Offset in bytes of the coefficient at index `k` of the zigzag in a block of n x n samples. */
export function cellOffset(k: i32, n: i32): i32 {
  if (k > 63) return NOWHERE
  const at = natural(k)
  const row = at >> 3
  const column = at & 7
  if (row >= n || column >= n) return NOWHERE
  if (n === 8) {
    // Vector: pair of the row, and half of the columns; inside it: column, then place in the pair.
    const r = slot8(row)
    const c = slot8(column)
    return ((r >> 1) << 5) | ((c >> 2) << 4) | ((c & 3) << 2) | ((r & 1) << 1)
  }
  if (n === 4) {
    const r = slot4(row)
    return ((r >> 1) << 4) | (slot4(column) << 2) | ((r & 1) << 1)
  }
  return (row * n + column) << 1
}

/**
 * Writes the 128 cells that `decodeBlock` reads: multiplier << 8 | offset. `quantization` has 64 u16 in the order of
 * the zigzag.
 */
export function writeCells(cells: usize, quantization: usize, n: i32): void {
  for (let k = 0; k < 128; k++) {
    const multiplier: u32 = k < 64 ? load<u16>(quantization + ((k as usize) << 1)) : 0
    store<u32>(cells + ((k as usize) << 2), (multiplier << 8) | (cellOffset(k, n) as u32))
  }
}

/** Writes the multipliers of n x n coefficients in the order of a block, from its cells. */
export function writeMultipliers(multipliers: usize, cells: usize): void {
  for (let k: usize = 0; k < 64; k++) {
    const cell = load<u32>(cells + (k << 2))
    const at = cell & 0xff
    if (at !== NOWHERE) store<u16>(multipliers + at, (cell >> 8) as u16)
  }
}

/** The indices of the zigzag that a block of n x n samples keeps, as a mask. */
export function keptMask(cells: usize): u64 {
  let mask: u64 = 0
  for (let k: u64 = 0; k < 64; k++) {
    if ((load<u32>(cells + ((k as usize) << 2)) & 0xff) !== NOWHERE) mask |= (<u64>1) << k
  }
  return mask
}
