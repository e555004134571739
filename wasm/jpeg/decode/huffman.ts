/** Huffman tables: from a DHT segment to the lookups that the block decoders read. */
import { HUFFMAN } from '../../memory.ts'

/** Bits of the main lookup. */
export const LOOKUP_BITS: u32 = 10
/** Bits of the lookup that passes over coefficients nobody needs. */
export const SKIP_BITS: u32 = 12

/*
 * One table in memory:
 *   LOOKUP   1 << LOOKUP_BITS entries of u32, see `build`
 *   SKIP     1 << SKIP_BITS entries of u16, AC tables of a reduced scale only, see `buildSkip`
 *   LIMIT    for each length 0..16: the first 16-bit left-aligned code that is longer (u32)
 *   DELTA    for each length 0..16: what turns a code into an index of VALUES (i32)
 *   COUNTS   as in the segment, 16 bytes
 *   VALUES   as in the segment, 256 bytes
 *   READY    bit 0: lookup stands, bit 1: skip stands, bit 7: COUNTS and VALUES stand
 */
const LOOKUP: usize = 0
const SKIP: usize = LOOKUP + (4 << LOOKUP_BITS)
const LIMIT: usize = SKIP + (2 << SKIP_BITS)
const DELTA: usize = LIMIT + 68
const COUNTS: usize = DELTA + 68
const VALUES: usize = COUNTS + 16
const READY: usize = VALUES + 256
/** Bytes of one table. */
const TABLE: usize = (READY + 4 + 15) & ~15

/** Bytes of what defines a table: its counts and values, to be kept and loaded again. */
export const DEFINITION: usize = 16 + 256

/** What an end of block adds to the index of the next coefficient: it always passes 63. */
export const END_OF_BLOCK: u32 = 64

/** The table of a class (0 DC, 1 AC) and a slot 0..3. */
export function table(ac: i32, slot: i32): usize {
  return HUFFMAN + TABLE * ((ac * 4 + slot) as usize)
}

/** Address of the main lookup of a table. */
export function lookup(at: usize): usize {
  return at + LOOKUP
}

/** Address of the skip lookup of a table. */
export function skipLookup(at: usize): usize {
  return at + SKIP
}

/** Marks all eight tables as undefined. */
export function resetHuffman(): void {
  for (let i = 0; i < 8; i++) store<i32>(HUFFMAN + TABLE * (i as usize), 0, READY)
}

/** Whether a DHT segment has defined the table in this job. */
export function isDefined(at: usize): bool {
  return (load<i32>(at, READY) & 0x80) !== 0
}

/**
 * Takes the definition of a table, 16 counts and their values, and returns the number of bytes read; 0 when it
 * contradicts itself: more than 256 codes, more codes than bits allow, or values past `end`.
 */
export function define(at: usize, from: usize, end: usize): usize {
  if (from + 16 > end) return 0
  let total: i32 = 0
  let room: i32 = 1
  for (let i: usize = 0; i < 16; i++) {
    const count: i32 = load<u8>(from + i)
    total += count
    room = room * 2 - count
    if (room < 0) return 0
  }
  if (total > 256 || from + 16 + (total as usize) > end) return 0
  memory.copy(at + COUNTS, from, 16 + total)
  memory.fill(at + VALUES + (total as usize), 0, 256 - total)
  store<i32>(at, 0x80, READY)
  return 16 + total
}

/** Copies the definition of a table out, `DEFINITION` bytes. */
export function saveDefinition(at: usize, to: usize): void {
  memory.copy(to, at + COUNTS, DEFINITION)
}

/** Takes back what `saveDefinition` wrote. */
export function loadDefinition(at: usize, from: usize): void {
  memory.copy(at + COUNTS, from, DEFINITION)
  store<i32>(at, 0x80, READY)
}

/** A lookup for DC. */
export const KIND_DC: i32 = 0
/** A lookup for AC of a sequential scan. */
export const KIND_AC: i32 = 1
/** A lookup for AC of a progressive scan that comes first: as KIND_AC, but with runs of ended bands. */
export const KIND_AC_FIRST: i32 = 2
/** A lookup for AC of a progressive scan that refines: the bare codes. */
export const KIND_AC_REFINE: i32 = 3

/** In an entry: the value is not there, only its size. */
export const INDIRECT: u32 = 0x80

/**
 * The entry of a code of `length` bits, of whose following bits the index has `restBits`, `rest`.
 *
 * From the lowest byte: bits to drop, code and value together; how far the index of the coefficients moves, its run and
 * itself; then 16 bits of the value. When the index is too short for the value the entry has INDIRECT, and in place of
 * the value the bits of the code and, in the top byte, 63 less the bits of the value; so too for a run of ended bands,
 * whose length has a size like a value's. Entries of KIND_AC_REFINE are the value of the code << 8 | its length.
 * 0 is no entry: none drops nothing.
 */
function entry(kind: i32, value: u32, length: u32, rest: u32, restBits: u32): u32 {
  if (kind === KIND_AC_REFINE) return (value << 8) | length
  let size = kind === KIND_DC ? min<u32>(value, 16) : value & 15
  let advance = kind === KIND_DC ? 1 : (value >> 4) + 1
  // Two codes and their values must fit in 56 bits. Coefficients of 8-bit pictures have sizes up to 10.
  if (kind !== KIND_DC && size === 15) return 0
  if (kind !== KIND_DC && size === 0 && value !== 0xf0) {
    advance = END_OF_BLOCK
    if (kind === KIND_AC_FIRST) {
      size = value >> 4
      return ((63 - size) << 24) | (length << 16) | (advance << 8) | INDIRECT | (length + size)
    }
  }
  if (size > restBits)
    return ((63 - size) << 24) | (length << 16) | (advance << 8) | INDIRECT | (length + size)
  let coefficient: u32 = 0
  if (size > 0) {
    coefficient = rest >> (restBits - size)
    if (coefficient < 1 << (size - 1)) coefficient -= (1 << size) - 1
  }
  return (coefficient << 16) | (advance << 8) | (length + size)
}

/** Builds the lookup of one of the `KIND_*`: for each index the entry of the code it starts with, 0 for a longer one. */
export function build(at: usize, kind: i32): void {
  let code: u32 = 0
  let index: i32 = 0
  let filled: usize = at + LOOKUP
  for (let length: u32 = 1; length <= 16; length++) {
    const place = (length as usize) << 2
    const count: i32 = load<u8>(at + COUNTS + (length as usize) - 1)
    store<i32>(at + DELTA + place, index - (code as i32))
    for (let i = 0; i < count; i++) {
      if (length <= LOOKUP_BITS) {
        const value: u32 = load<u8>(at + VALUES + (index as usize))
        const restBits = LOOKUP_BITS - length
        for (let rest: u32 = 0; rest < 1 << restBits; rest++) {
          store<u32>(filled, entry(kind, value, length, rest, restBits))
          filled += 4
        }
      }
      code++
      index++
    }
    store<u32>(at + LIMIT + place, code << (16 - length))
    code <<= 1
  }
  const end = at + LOOKUP + (4 << LOOKUP_BITS)
  if (filled < end) memory.fill(filled, 0, end - filled)
}

/** The entry for a code that is longer than the lookup, by its next 16 bits; 0 when no code starts like this. */
export function longEntry(at: usize, next: u32, kind: i32): u32 {
  for (let length: u32 = LOOKUP_BITS + 1; length <= 16; length++) {
    const place = (length as usize) << 2
    if (next < load<u32>(at + LIMIT + place)) {
      const index = ((next >> (16 - length)) as i32) + load<i32>(at + DELTA + place)
      return entry(kind, load<u8>(at + VALUES + ((index & 0xff) as usize)), length, 0, 0)
    }
  }
  return 0
}

/**
 * Builds the lookup that passes over several coefficients at once, from the main lookup of an AC table: as many
 * codes as lie whole in the index. An entry: bit 15 an end of block was among them, bits 5..10 how far the
 * coefficient index moves, bits 0..4 how many bits to drop (the last value may lie outside the index); 0 when not
 * even one code is whole.
 */
export function buildSkip(at: usize): void {
  for (let index: u32 = 0; index < 1 << SKIP_BITS; index++) {
    let used: u32 = 0
    let advance: u32 = 0
    let ended: u32 = 0
    while (used < SKIP_BITS) {
      const next = (index << used) & ((1 << SKIP_BITS) - 1)
      const found = load<u32>(at + LOOKUP + ((next >> (SKIP_BITS - LOOKUP_BITS)) << 2))
      if (found === 0) break
      // The code has to be known, its value only to be dropped.
      let length = (found >> 16) & 31
      if (!(found & INDIRECT)) length = (found & 31) - (32 - clz(abs((found as i32) >> 16)))
      if (length > SKIP_BITS - used) break
      const step = (found >> 8) & 0xff
      if (step === END_OF_BLOCK) ended = 0x8000
      else if (advance + step > 62) break
      else advance += step
      used += found & 63
      if (ended) break
    }
    store<u16>(at + SKIP + ((index as usize) << 1), (ended | (advance << 5) | used) as u16)
  }
}
