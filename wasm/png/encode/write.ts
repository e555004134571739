// A PNG file of the indices or of the grey plane: header, palette, alpha, data, end. No chunk that a viewer can do without.

import { alloc, mark, release } from '../../memory.ts'
import { PALETTE, paletteSize } from '../../pixel/quantise.ts'
import { adler32, beginChecksums, crc32 } from '../checksum.ts'
import { indices } from '../indices.ts'
import { pictureHeight, pictureWidth } from '../picture.ts'
import { allWritten, beginBits, bytesOut, endBits, putByte } from './bits.ts'
import { deflate } from './deflate.ts'

/** Where the file lies, and its bytes, whether or not all of them were written. */
export let fileAt: usize = 0
export let fileBytes: usize = 0

/** Color types of IHDR. */
const GREY: u8 = 0
const INDEXED: u8 = 3

function word(at: usize, value: u32): void {
  store<u32>(at, bswap<u32>(value))
}

/** Writes a chunk's frame around `count` bytes of data that lie at `at + 8`; returns the address behind it. */
function frame(at: usize, name: u32, count: u32): usize {
  word(at, count)
  word(at + 4, name)
  word(at + 8 + count, ~crc32(0xffffffff, at + 4, count + 4))
  return at + 12 + count
}

/** Bits of an index. */
function depthOf(colors: i32): i32 {
  return colors > 16 ? 8 : colors > 4 ? 4 : colors > 2 ? 2 : 1
}

/**
 * Writes the indexed picture. The memory of the file is the caller's to release.
 *
 * @param budget bytes that there is room for
 * @returns whether it fits; {@link fileBytes} is its size in any case
 */
export function writeIndexed(budget: i32, thorough: bool): bool {
  let depth = depthOf(paletteSize)
  beginFile(budget)
  let at = header(depth, INDEXED)
  for (let i: usize = 0; i < <usize>paletteSize; i++) {
    let color = load<u32>(PALETTE + (i << 2))
    store<u16>(at + 8 + i * 3, <u16>color)
    store<u8>(at + 8 + i * 3, <u8>(color >> 16), 2)
  }
  at = frame(at, 0x504c5445, paletteSize * 3)
  let clear: u32 = 0
  while (clear < <u32>paletteSize && load<u32>(PALETTE + ((<usize>clear) << 2)) >> 24 !== 255) {
    store<u8>(at + 8 + clear, <u8>(load<u32>(PALETTE + ((<usize>clear) << 2)) >> 24))
    clear++
  }
  if (clear) at = frame(at, 0x74524e53, clear)
  let start = mark()
  let rowBytes = (<usize>pictureWidth * <usize>depth + 7) >> 3
  let rows = alloc((rowBytes + 1) * <usize>pictureHeight + 16)
  for (let y = 0; y < pictureHeight; y++) {
    let to = rows + <usize>y * (rowBytes + 1)
    store<u8>(to, 0)
    pack(indices + <usize>y * <usize>pictureWidth, to + 1, depth, rowBytes)
  }
  let fits = finish(at, rows, (rowBytes + 1) * <usize>pictureHeight, budget, thorough)
  release(start)
  return fits
}

function pack(from: usize, to: usize, depth: i32, rowBytes: usize): void {
  if (depth === 8) {
    memory.copy(to, from, pictureWidth)
    return
  }
  memory.fill(to, 0, rowBytes)
  for (let x = 0; x < pictureWidth; x++) {
    let bit = x * depth
    let at = to + <usize>(bit >> 3)
    store<u8>(at, load<u8>(at) | ((<u32>load<u8>(from + <usize>x)) << (8 - depth - (bit & 7))))
  }
}

function beginFile(budget: i32): void {
  beginChecksums()
  fileAt = alloc(<usize>max<i32>(budget, 2048) + 64)
}

function header(depth: i32, type: u8): usize {
  word(fileAt, 0x89504e47)
  word(fileAt + 4, 0x0d0a1a0a)
  let at = fileAt + 8
  word(at + 8, pictureWidth)
  word(at + 12, pictureHeight)
  store<u32>(at, depth | ((<u32>type) << 8), 16)
  store<u8>(at, 0, 20)
  return frame(at, 0x49484452, 13)
}

/** Deflates the rows into IDAT at `at` and ends the file. */
function finish(at: usize, rows: usize, count: usize, budget: i32, thorough: bool): bool {
  // IDAT's CRC and IEND follow.
  let limit = fileAt + <usize>max<i32>(budget, 2048) - 16
  memory.fill(rows + count, 0, 16)
  beginBits(at + 8, limit)
  putByte(0x78)
  putByte(0xda)
  deflate(rows, rows + count, thorough)
  endBits()
  let sum = adler32(1, rows, count)
  for (let shift: u32 = 32; shift > 0; shift -= 8) putByte(<u8>(sum >> (shift - 8)))
  let bytes = <u32>bytesOut()
  fileBytes = at - fileAt + 12 + bytes + 12
  if (!allWritten() || fileBytes > <usize>budget) return false
  at = frame(at, 0x49444154, bytes)
  frame(at, 0x49454e44, 0)
  return true
}
