/**
 * The memory map of the core, all of it:
 *
 * | from | what |
 * |---|---|
 * | 0 | never used, so that a null pointer is never data |
 * | static | the regions reserved below, at addresses the compiler knows |
 * | `__heap_base` | the arena: everything whose size depends on the picture; a job resets it |
 *
 * Nothing here is zeroed between jobs. Whoever reads a byte has written it in the same job.
 */

// --- Fixed regions -------------------------------------------------------------------------------------------

/** Status word (i32), detail (i32): what JavaScript reads after a trap. */
export const STATUS: usize = memory.data(16, 16)

/** Records of the four component planes, see `pixel/planes.ts`. */
export const PLANES: usize = memory.data(4 * 64, 16)

/** The most bytes of input that lie in memory at once. A segment of 65,535 bytes and its marker fit. */
export const INPUT_CAPACITY: i32 = 80 * 1024
/** The window of the input, with a tail that ends every reader: see `jpeg/decode/input.ts`. */
export const INPUT: usize = memory.data(INPUT_CAPACITY + 64, 16)

/** Eight Huffman tables, see `jpeg/decode/huffman.ts`. */
export const HUFFMAN: usize = memory.data(8 * 12800, 16)

/** Four quantisation tables of 64 u16, in the order of the zigzag, as the file has them. */
export const QUANTIZATION: usize = memory.data(4 * 128, 16)

/** Four records of the decoder's components, see `jpeg/decode/frame.ts`. */
export const COMPONENTS: usize = memory.data(4 * 128, 16)

/** For each component 128 cells of u32, see `jpeg/decode/layout.ts`. */
export const CELLS: usize = memory.data(4 * 512, 16)

/** For each component its multipliers in the order of its blocks, u16, for coefficients that were kept as they came. */
export const MULTIPLIERS: usize = memory.data(4 * 128, 16)

/** One block of coefficients in work, with a spare cell behind it. */
export const BLOCK: usize = memory.data(144, 16)

/** What lies between the two passes of an inverse transform. */
export const IDCT_SCRATCH: usize = memory.data(256, 16)

// --- Status word ---------------------------------------------------------------------------------------------

/** No reason was given: a trap with this status is a bug. */
export const STATUS_NONE: i32 = 0
/** The arena could not grow. */
export const STATUS_OUT_OF_MEMORY: i32 = 1
/** The input contradicts itself in a way that no path could report as a value. */
export const STATUS_BAD_INPUT: i32 = 2
/** An assumption of the core does not hold. */
export const STATUS_BUG: i32 = 3

/** Writes why, for JavaScript to read, and traps. The instance is thrown away after it. */
export function giveUp(status: i32, detail: i32): void {
  store<i32>(STATUS, status)
  store<i32>(STATUS, detail, 4)
  unreachable()
}

// --- Arena ---------------------------------------------------------------------------------------------------

/** Checked builds leave a gap behind each block, so that a stray access hits nothing instead of a neighbour. */
// @ts-expect-error: a constant of the compiler
const GAP: usize = ASC_NO_ASSERT ? 0 : 256
/** Whole vectors may be read past the end of the last block. */
const TAIL: usize = 64

let top: usize = 0
let peak: usize = 0

/** Empties the arena and the status word: the first act of each job. */
export function reset(): void {
  top = (__heap_base + 15) & ~15
  peak = top
  if (!ASC_NO_ASSERT) Checked.nobody(top, (memory.size() as usize) << 16)
  store<i32>(STATUS, STATUS_NONE)
  store<i32>(STATUS, 0, 4)
}

/**
 * A block of the arena, at a multiple of 16, with whatever an earlier job left in it.
 * Traps with `STATUS_OUT_OF_MEMORY` when the memory cannot grow.
 */
export function alloc(bytes: usize): usize {
  const block = top
  const end: u64 = ((block as u64) + (bytes as u64) + GAP + 15) & ~15
  const pages: u64 = (end + TAIL + 0xffff) >> 16
  const have = memory.size() as u64
  if (pages > have) {
    if (pages > 65536 || memory.grow((pages - have) as i32) < 0)
      giveUp(STATUS_OUT_OF_MEMORY, (end >> 10) as i32)
  }
  top = end as usize
  if (top > peak) peak = top
  if (!ASC_NO_ASSERT) Checked.region(block, bytes)
  return block
}

/** As `alloc`, all zero. */
export function allocZeroed(bytes: usize): usize {
  const block = alloc(bytes)
  memory.fill(block, 0, bytes)
  return block
}

/** Where the arena stands, for `release`. */
export function mark(): usize {
  return top
}

/** Gives back every block allocated since `mark` returned `to`. */
export function release(to: usize): void {
  if (!ASC_NO_ASSERT) Checked.nobody(to, top)
  top = to
}

/** The end of the arena in use. */
export function arenaTop(): usize {
  return top
}

/** The most bytes of linear memory that this job had in use at once, static regions included. */
export function peakBytes(): usize {
  return peak
}
