// How often each Huffman symbol occurs: four tables of 256 counts. Index = table * 256 + symbol, which is also how
// tokens name a symbol.

/** Table of DC symbols for luma; chroma's is the next. */
export const DC_LUMA: i32 = 0
/** Table of AC symbols for luma; chroma's is the next. */
export const AC_LUMA: i32 = 2
/** Tables in all. */
export const TABLES: i32 = 4

/** Run of sixteen zeros. */
export const ZRL: i32 = 0xf0
/** End of block. */
export const EOB: i32 = 0

const COUNTS: usize = memory.data(4 * 256 * 4, 16)

/** Address of the 256 u32 counts of one table. */
export function counts(table: i32): usize {
  return COUNTS + <usize>table * 1024
}

/** Sets every count to zero. */
export function clearCounts(): void {
  memory.fill(COUNTS, 0, 4 * 1024)
}

/** Adds one occurrence. */
export function countSymbol(table: usize, symbol: i32): void {
  let at = table + ((<usize>symbol) << 2)
  store<u32>(at, load<u32>(at) + 1)
}

/** Bits needed for a magnitude: the size category of T.81 F.1.2. */
export function category(magnitude: i32): i32 {
  return 32 - clz<i32>(magnitude)
}
