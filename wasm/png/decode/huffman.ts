// Decoding tables of deflate's prefix codes (RFC 1951, 3.2): one load gives a whole symbol with its extra bits' count.
//
// An entry: bits 0..4 length of the code, 5..8 count of extra bits (or of a subtable's index bits), 9..25 value
// (literal, base of a length or distance, or offset of a subtable), 28..31 what it is.

/** The value is a literal byte. */
export const LITERAL: u32 = 0x80000000
/** The value is where a table for the longer codes begins, in entries from this table's start. */
export const SUBTABLE: u32 = 0x40000000
/** The block ends. */
export const END: u32 = 0x20000000
/** No such code: an entry that is 0 has no length either. */
export const NO_CODE: u32 = 0

/** Index bits of the first table of literals and lengths, and of distances. */
export const LITERAL_BITS: i32 = 11
export const DISTANCE_BITS: i32 = 8
/** Bytes of the tables, more than any complete code of 15 bits needs (2,342 and 402 entries). */
export const LITERAL_BYTES: usize = 2560 * 4
export const DISTANCE_BYTES: usize = 512 * 4

/** What the symbols of a code are. */
export const KIND_LITERALS: i32 = 0
export const KIND_DISTANCES: i32 = 1
export const KIND_LENGTHS: i32 = 2

/** Codes of each length, first code of each length, symbols in the order of their codes. */
const COUNTS: usize = memory.data(16 * 4, 16)
const OFFSETS: usize = memory.data(16 * 4, 16)
const SORTED: usize = memory.data(320 * 2, 16)

/** The entry of a symbol without the length of its code. */
function meaning(kind: i32, symbol: u32): u32 {
  if (kind === KIND_LENGTHS) return symbol << 9
  if (kind === KIND_DISTANCES) {
    if (symbol < 4) return (symbol + 1) << 9
    if (symbol > 29) return NO_CODE
    let extra = (symbol >> 1) - 1
    return (extra << 5) | ((((2 + (symbol & 1)) << extra) + 1) << 9)
  }
  if (symbol < 256) return LITERAL | (symbol << 9)
  if (symbol === 256) return END
  if (symbol < 265) return (symbol - 254) << 9
  if (symbol === 285) return 258 << 9
  if (symbol > 285) return NO_CODE
  let extra = (symbol - 261) >> 2
  return (extra << 5) | ((((4 + ((symbol - 261) & 3)) << extra) + 3) << 9)
}

function reversed(code: u32, length: i32): u32 {
  let r: u32 = 0
  for (let i = 0; i < length; i++) {
    r = (r << 1) | (code & 1)
    code >>= 1
  }
  return r
}

/**
 * Builds a table.
 *
 * @param lengths a byte a symbol, 0 to 15
 * @param table room for it
 * @param root index bits of its first level
 * @returns whether the lengths are a prefix code; a code of one symbol may be incomplete, no other
 */
export function buildTable(kind: i32, lengths: usize, symbols: i32, table: usize, root: i32): bool {
  memory.fill(COUNTS, 0, 64)
  for (let s = 0; s < symbols; s++) {
    let at = COUNTS + ((<usize>load<u8>(lengths + <usize>s)) << 2)
    store<u32>(at, load<u32>(at) + 1)
  }
  let longest = 15
  while (longest > 0 && load<u32>(COUNTS + ((<usize>longest) << 2)) === 0) longest--
  memory.fill(table, 0, (<usize>4) << (<usize>root))
  if (longest === 0) return kind === KIND_DISTANCES
  let left = 1
  let used = 0
  for (let l = 1; l <= 15; l++) {
    store<u32>(OFFSETS + ((<usize>l) << 2), used)
    let count = load<i32>(COUNTS + ((<usize>l) << 2))
    used += count
    left = (left << 1) - count
    if (left < 0) return false
  }
  if (left > 0 && (kind === KIND_LENGTHS || longest !== 1)) return false
  for (let s = 0; s < symbols; s++) {
    let length = <usize>load<u8>(lengths + <usize>s)
    if (!length) continue
    let at = load<u32>(OFFSETS + (length << 2))
    store<u32>(OFFSETS + (length << 2), at + 1)
    store<u16>(SORTED + ((<usize>at) << 1), s)
  }
  fill(kind, table, root, longest)
  return true
}

/** Writes the entries of the code that COUNTS and SORTED describe. */
function fill(kind: i32, table: usize, root: i32, longest: i32): void {
  let code: u32 = 0
  let next: u32 = 1 << root
  let prefix: u32 = 0xffffffff
  let subtable: usize = 0
  let subtableBits = 0
  let at = SORTED
  for (let length = 1; length <= longest; length++) {
    let count = load<i32>(COUNTS + ((<usize>length) << 2))
    for (let left = count; left > 0; left--) {
      let entry = meaning(kind, load<u16>(at))
      at += 2
      if (entry !== NO_CODE || kind === KIND_LENGTHS) entry |= length
      let low = reversed(code, length)
      if (length <= root) {
        for (let i = low; i < (<u32>1) << root; i += (<u32>1) << length)
          store<u32>(table + ((<usize>i) << 2), entry)
      } else {
        let head = low & ((1 << root) - 1)
        if (head !== prefix) {
          prefix = head
          subtableBits = length - root
          // It has to hold the longest code that begins with this prefix.
          let room = (1 << subtableBits) - left
          while (room > 0 && subtableBits + root < longest) {
            subtableBits++
            room = (room << 1) - load<i32>(COUNTS + ((<usize>(subtableBits + root)) << 2))
          }
          subtable = table + ((<usize>next) << 2)
          store<u32>(table + ((<usize>head) << 2), SUBTABLE | root | (subtableBits << 5) | (next << 9))
          next += 1 << subtableBits
        }
        for (let i = low >> root; i < (<u32>1) << subtableBits; i += (<u32>1) << (length - root))
          store<u32>(subtable + ((<usize>i) << 2), entry)
      }
      code++
    }
    code <<= 1
  }
}
