// The two codes of a block: the fixed ones, or those that its header sends (RFC 1951, 3.2.6 and 3.2.7).

import { alloc } from '../../memory.ts'
import { bitsOf, drop, held, overrun, refill } from './bits.ts'
import {
  buildTable,
  DISTANCE_BITS,
  DISTANCE_BYTES,
  KIND_DISTANCES,
  KIND_LENGTHS,
  KIND_LITERALS,
  LITERAL_BITS,
  LITERAL_BYTES,
} from './huffman.ts'

/** Tables of the block in work. */
export let literals: usize = 0
export let distances: usize = 0
let lengthTable: usize = 0
let lengths: usize = 0

/** Order in which the lengths of the code of code lengths are sent (RFC 1951, 3.2.7). */
const ORDER: StaticArray<u8> = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/** Takes the memory. */
export function beginCodes(): void {
  literals = alloc(LITERAL_BYTES)
  distances = alloc(DISTANCE_BYTES)
  lengthTable = alloc(128 * 4)
  lengths = alloc(320 + 16)
}

/** Makes the tables of the fixed codes. */
export function fixedTables(): void {
  memory.fill(lengths, 8, 144)
  memory.fill(lengths + 144, 9, 112)
  memory.fill(lengths + 256, 7, 24)
  memory.fill(lengths + 280, 8, 8)
  buildTable(KIND_LITERALS, lengths, 288, literals, LITERAL_BITS)
  memory.fill(lengths, 5, 32)
  buildTable(KIND_DISTANCES, lengths, 32, distances, DISTANCE_BITS)
}

/** Makes the tables that the header at the reader sends; false when they are no codes, or the input ends. */
export function dynamicTables(): bool {
  let literalCount = <i32>bitsOf(5) + 257
  let distanceCount = <i32>bitsOf(5) + 1
  let lengthCount = <i32>bitsOf(4) + 4
  if (literalCount > 286 || distanceCount > 30) return false
  memory.fill(lengths, 0, 19)
  for (let i = 0; i < lengthCount; i++) {
    refill()
    store<u8>(lengths + <usize>unchecked(ORDER[i]), bitsOf(3))
  }
  if (!buildTable(KIND_LENGTHS, lengths, 19, lengthTable, 7)) return false
  let total = literalCount + distanceCount
  let i = 0
  while (i < total) {
    refill()
    if (overrun()) return false
    let entry = load<u32>(lengthTable + ((<usize>held & 127) << 2))
    if (!(entry & 31)) return false
    drop(entry & 31)
    let symbol = entry >> 9
    if (symbol < 16) {
      store<u8>(lengths + <usize>i, symbol)
      i++
      continue
    }
    let value: u8 = 0
    let repeat: i32
    if (symbol === 16) {
      if (!i) return false
      value = load<u8>(lengths + <usize>i - 1)
      repeat = 3 + bitsOf(2)
    } else if (symbol === 17) repeat = 3 + bitsOf(3)
    else repeat = 11 + bitsOf(7)
    if (i + repeat > total) return false
    memory.fill(lengths + <usize>i, value, repeat)
    i += repeat
  }
  // A block without a code for its end never ends.
  if (!load<u8>(lengths + 256)) return false
  if (!buildTable(KIND_LITERALS, lengths, literalCount, literals, LITERAL_BITS)) return false
  if (!buildTable(KIND_DISTANCES, lengths + <usize>literalCount, distanceCount, distances, DISTANCE_BITS))
    return false
  return true
}
