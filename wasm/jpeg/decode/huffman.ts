/** Huffman tables: from a DHT segment to the lookups that the block decoders read. */
import { HUFFMAN } from '../../memory.ts'

/** Bits of the main lookup. */
export const LOOKUP_BITS: u32 = 10
/** Bits of the lookup that passes over coefficients nobody needs. */
export const SKIP_BITS: u32 = 11

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

/** In a lookup entry: the code is there, its value is not. With length 0: the code is longer than the lookup. */
export const INDIRECT: u32 = 0x80
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

/** A lookup entry for a code of `length` bits whose following bits, as far as the index has them, are `rest`. */
function entry(kind: i32, value: i32, length: i32, rest: u32, restBits: i32): u32 {
  if (kind === KIND_AC_REFINE) return ((value as u32) << 8) | (length as u32)
  const size = kind === KIND_DC ? min(value, 16) : value & 15
  let advance: u32 = 0
  if (kind !== KIND_DC) {
    advance = (value >> 4) + 1
    if (size === 0 && value !== 0xf0) {
      // The size of a run of bands, where there are such, is read by the block decoder.
      if (kind === KIND_AC_FIRST)
        return ((value << 12) as u32) | (END_OF_BLOCK << 8) | INDIRECT | (length as u32)
      advance = END_OF_BLOCK
    }
  }
  const total: u32 = length + size
  if (size <= restBits) {
    let coefficient: i32 = 0
    if (size > 0) {
      coefficient = (rest >> (restBits - size)) as i32
      if (coefficient < 1 << (size - 1)) coefficient -= (1 << size) - 1
    }
    return ((coefficient as u32) << 16) | (advance << 8) | total
  }
  return ((size as u32) << 16) | (advance << 8) | INDIRECT | total
}

/**
 * Builds the lookup of one of the `KIND_*`.
 *
 * An entry has, from the top: 16 bits of the coefficient itself, 8 bits of how far the index of the coefficients moves
 * (its run and itself; `END_OF_BLOCK`), 8 bits of how many bits to drop, code and value together. With INDIRECT the
 * top half is the size of a value that the index was too short for (or of a run of ended bands); INDIRECT alone is a
 * longer code, found by `longCode`. Entries of KIND_AC_REFINE are the value of the code << 8 | its length, 0 when it is
 * longer.
 */
export function build(at: usize, kind: i32): void {
  const missing: u32 = kind === KIND_AC_REFINE ? 0 : INDIRECT
  let code: u32 = 0
  let index: i32 = 0
  let filled: u32 = 0
  for (let length: i32 = 1; length <= 16; length++) {
    const count: i32 = load<u8>(at + COUNTS + (length as usize) - 1)
    store<i32>(at + DELTA + ((length as usize) << 2), index - (code as i32))
    for (let i = 0; i < count; i++) {
      if (length <= (LOOKUP_BITS as i32)) {
        const value: i32 = load<u8>(at + VALUES + (index as usize))
        const restBits = (LOOKUP_BITS as i32) - length
        for (let rest: u32 = 0; rest < (1 as u32) << restBits; rest++) {
          store<u32>(at + LOOKUP + ((filled as usize) << 2), entry(kind, value, length, rest, restBits))
          filled++
        }
      }
      code++
      index++
    }
    store<u32>(at + LIMIT + ((length as usize) << 2), code << (16 - length))
    code <<= 1
  }
  for (; filled < 1 << LOOKUP_BITS; filled++) store<u32>(at + LOOKUP + ((filled as usize) << 2), missing)
}

/**
 * Finds a code that is longer than the lookup, by its next 16 bits. Returns value << 8 | length, or -1 when no code
 * starts like this.
 */
export function longCode(at: usize, next: u32): i32 {
  for (let length: u32 = LOOKUP_BITS + 1; length <= 16; length++) {
    if (next < load<u32>(at + LIMIT + ((length as usize) << 2))) {
      const index = ((next >> (16 - length)) as i32) + load<i32>(at + DELTA + ((length as usize) << 2))
      return ((load<u8>(at + VALUES + ((index & 0xff) as usize)) as i32) << 8) | (length as i32)
    }
  }
  return -1
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
      const known = SKIP_BITS - used
      const next = (index << (16 - SKIP_BITS + used)) & 0xffff
      const found = load<u32>(at + LOOKUP + ((next >> (16 - LOOKUP_BITS)) << 2))
      const total = found & 0x7f
      if (total === 0) break
      const size = codeSize(at, next)
      const length = total - size
      if (length > known) break
      const step = (found >> 8) & 0xff
      if (step === END_OF_BLOCK) {
        used += total
        ended = 0x8000
        break
      }
      if (advance + step > 62) break
      advance += step
      used += total
    }
    store<u16>(at + SKIP + ((index as usize) << 1), (ended | (advance << 5) | used) as u16)
  }
}

/** Extra bits of the code that `next` (16 bits) starts with, a code no longer than the lookup. */
function codeSize(at: usize, next: u32): u32 {
  for (let length: u32 = 1; length <= LOOKUP_BITS; length++) {
    if (next < load<u32>(at + LIMIT + ((length as usize) << 2))) {
      const index = ((next >> (16 - length)) as i32) + load<i32>(at + DELTA + ((length as usize) << 2))
      return load<u8>(at + VALUES + ((index & 0xff) as usize)) & 15
    }
  }
  return 0
}
