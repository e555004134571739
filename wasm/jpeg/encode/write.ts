// The file: JFIF header, tables, one interleaved baseline scan.

import { blockSide, frameComponents, frameHeight, frameWidth } from './frame.ts'
import { AC_LUMA, DC_LUMA } from './histogram.ts'
import { codes, codesOfLength, symbolOrder, usedSymbols } from './huffman.ts'
import { steps } from './quantizer.ts'

let out: usize = 0

function byte(value: i32): void {
  store<u8>(out++, <u8>value)
}

function word(value: i32): void {
  byte(value >> 8)
  byte(value)
}

/** Bytes that {@link writeHeader} writes with the codes as they are now. */
export function headerBytes(): i32 {
  let tables = frameComponents === 1 ? 1 : 2
  let bytes = 2 + 18 + tables * 69 + (10 + 3 * frameComponents) + (8 + 2 * frameComponents)
  for (let t = 0; t < tables; t++) {
    bytes += 2 * 21 + usedSymbols(DC_LUMA + t) + usedSymbols(AC_LUMA + t)
  }
  return bytes
}

/** Writes everything before the scan's data. Returns the address behind it. */
export function writeHeader(at: usize): usize {
  out = at
  word(0xffd8)
  // JFIF 1.01, square pixels, no thumbnail.
  word(0xffe0)
  word(16)
  word(0x4a46)
  word(0x4946)
  byte(0)
  word(0x0101)
  byte(0)
  word(1)
  word(1)
  word(0)
  let tables = frameComponents === 1 ? 1 : 2
  for (let t = 0; t < tables; t++) {
    word(0xffdb)
    word(67)
    byte(t)
    for (let k: usize = 0; k < 64; k++) byte(<i32>load<i16>(steps(t) + k * 2))
  }
  word(0xffc0)
  word(8 + 3 * frameComponents)
  byte(8)
  word(frameHeight)
  word(frameWidth)
  byte(frameComponents)
  for (let c = 0; c < frameComponents; c++) {
    byte(c + 1)
    byte(blockSide(c) * 0x11)
    byte(c === 0 ? 0 : 1)
  }
  for (let t = 0; t < tables; t++) {
    huffmanTable(DC_LUMA + t, t)
    huffmanTable(AC_LUMA + t, 0x10 | t)
  }
  word(0xffda)
  word(6 + 2 * frameComponents)
  byte(frameComponents)
  for (let c = 0; c < frameComponents; c++) {
    byte(c + 1)
    byte(c === 0 ? 0 : 0x11)
  }
  byte(0)
  byte(63)
  byte(0)
  return out
}

function huffmanTable(table: i32, destination: i32): void {
  let used = usedSymbols(table)
  word(0xffc4)
  word(19 + used)
  byte(destination)
  for (let length = 1; length <= 16; length++) byte(codesOfLength(table, length))
  memory.copy(out, symbolOrder(table), used)
  out += <usize>used
}

/** A one in each of eight bytes. */
const ONES: u64 = (0x01010101 as u64) * 0x100000001

/** True when one of the eight bytes is 0xff. */
function someFf(v: u64): bool {
  return ((~v - ONES) & v & (ONES << 7)) !== 0
}

/**
 * Writes the scan and the end of the image.
 *
 * @param at where to write; up to `limit` bytes
 * @returns the address behind the file, or 0 when it would be longer than `limit` bytes
 */
export function writeScan(at: usize, limit: usize, token: usize, end: usize): usize {
  let p = at
  // Eight bytes with each one stuffed, and what the end takes.
  let stop = at + limit - min<usize>(limit, 24)
  let base = codes(0)
  let buffer: u64 = 0
  let free = 64
  while (token < end) {
    let t = load<u32>(token)
    token += 4
    let index = t >> 16
    let entry = load<u32>(base + <usize>(index << 2))
    let size = <i32>(index & 15)
    let bits = <i32>(entry & 0xff) + size
    let value = ((<u64>(entry >> 8)) << (<u64>size)) | <u64>(t & 0xffff)
    // The buffer never holds 64 bits between tokens: a shift by 64 would be a shift by 0.
    if (bits < free) {
      free -= bits
      buffer |= value << (<u64>free)
      continue
    }
    let rest = bits - free
    buffer |= value >> <u64>rest
    if (p > stop) return 0
    if (someFf(buffer)) p = storeStuffed(p, buffer, 8)
    else {
      store<u64>(p, bswap<u64>(buffer))
      p += 8
    }
    free = 64 - rest
    buffer = rest === 0 ? 0 : value << (<u64>free)
  }
  if (p > stop) return 0
  // The last byte is padded with ones.
  let left = 64 - free
  let bytes = (left + 7) >> 3
  if (free < 64) buffer |= ((<u64>1) << (<u64>free)) - 1
  p = storeStuffed(p, buffer, bytes)
  store<u8>(p, 0xff)
  store<u8>(p, 0xd9, 1)
  return p + 2
}

/** Stores the first n bytes of the buffer, a zero behind each 0xff. */
function storeStuffed(p: usize, buffer: u64, n: i32): usize {
  for (let i = 0; i < n; i++) {
    let b = <u8>(buffer >> 56)
    buffer <<= 8
    store<u8>(p++, b)
    if (b === 0xff) store<u8>(p++, 0)
  }
  return p
}
