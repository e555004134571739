// Where the file goes: plain bytes, and codes in sub-blocks of 255 bytes. Nothing is written past the budget.

import { alloc } from '../memory.ts'

let start: usize = 0
let limit: usize = 0
let at: usize = 0
let bits: u64 = 0
let bitCount: u32 = 0
/** The length byte of the sub-block in work. */
let block: usize = 0
let over: bool = false

/** Takes the memory of a file of up to `budget` bytes. */
export function beginFile(budget: i32): void {
  start = alloc(<usize>budget + 512)
  at = start
  limit = start + <usize>budget
  over = false
}

/** Address of the file. */
export function fileStart(): usize {
  return start
}

/** Bytes of the file. */
export function fileBytes(): i32 {
  return <i32>(at - start)
}

/** Goes back to where the file had `bytes` bytes. */
export function truncateFile(bytes: i32): void {
  at = start + <usize>bytes
  over = false
}

/** One byte. */
export function putByte(value: i32): void {
  if (at < limit) store<u8>(at++, <u8>value)
  else over = true
}

/** Two bytes, the low one first. */
export function putWord(value: i32): void {
  putByte(value)
  putByte(value >> 8)
}

/** Starts a chain of sub-blocks. */
export function beginSink(): void {
  bits = 0
  bitCount = 0
  block = at
  at++
  over = over || at > limit
}

/** Whether something did not fit. */
export function sinkFull(): bool {
  return over
}

/** A code of `size` bits. */
export function putCode(code: u32, size: u32): void {
  bits |= (<u64>code) << bitCount
  bitCount += size
  while (bitCount >= 8) {
    if (at >= limit) {
      over = true
      return
    }
    store<u8>(at++, <u8>bits)
    bits >>= 8
    bitCount -= 8
    if (at - block === 256) {
      store<u8>(block, 255)
      block = at
      at++
    }
  }
}

/** Ends the chain; returns whether all of it fitted. */
export function endSink(): bool {
  if (bitCount) putCode(0, 8 - bitCount)
  if (over || at >= limit) {
    over = true
    return false
  }
  let count = at - block - 1
  store<u8>(block, <u8>count)
  if (count) store<u8>(at++, 0)
  if (at > limit) over = true
  return !over
}
