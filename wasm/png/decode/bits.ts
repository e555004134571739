// The compressed bytes that wait to be inflated, and the bits of them that were loaded.

import { alloc } from '../../memory.ts'

/** Bytes of input buffered, and the most that a block's header takes. */
const INPUT_ROOM: usize = 65536
export const HEADER_ROOM: usize = 1024
/** Zeros behind the last byte of the stream: a reader that passes the end finds them. */
const INPUT_PADDING: usize = 64

let input: usize = 0
export let inPos: usize = 0
export let inEnd: usize = 0
export let inputOver: bool = false
export let held: u64 = 0
export let heldCount: i64 = 0

/** Takes the memory and forgets what it held. */
export function beginBits(): void {
  input = alloc(INPUT_ROOM + INPUT_PADDING)
  inPos = input
  inEnd = input
  inputOver = false
  held = 0
  heldCount = 0
}

/** Makes room for input and returns where the next bytes go; {@link inputRoom} says how many. */
export function inputPlace(): usize {
  let rest = inEnd - inPos
  memory.copy(input, inPos, rest)
  inPos = input
  inEnd = input + rest
  return inEnd
}

/** Bytes that fit at {@link inputPlace}. */
export function inputRoom(): usize {
  return input + INPUT_ROOM - inEnd
}

/** Says that `count` bytes were put there. */
export function inputCame(count: usize): void {
  inEnd += count
}

/** Says that no more will come. */
export function endInput(): void {
  inputOver = true
  memory.fill(inEnd, 0, INPUT_PADDING)
}

/** Bytes of the stream that lie behind its end: a clean file has none. To be asked after INFLATE_DONE. */
export function inputLeft(): usize {
  return inEnd - inPos
}

/** Whether `count` bytes lie ahead, or all that there are. */
export function haveInput(count: usize): bool {
  return inputOver || inEnd - inPos + (<usize>heldCount >> 3) >= count
}

export function refill(): void {
  // Bits above heldCount are the same bytes that will be loaded again, so or-ing them is harmless.
  held |= load<u64>(inPos) << heldCount
  inPos += <usize>((63 - heldCount) >> 3)
  heldCount |= 56
}

/** Whether more bits were used than the input has. */
export function overrun(): bool {
  return inPos - (<usize>heldCount >> 3) > inEnd
}

export function drop(count: i64): void {
  held >>= count
  heldCount -= count
}

/** Up to 16 bits; the caller refills. */
export function bitsOf(count: i64): u32 {
  let value = <u32>(held & (((<u64>1) << count) - 1))
  drop(count)
  return value
}

/** Gives whole bytes that were loaded back to the input: a stored block and the trailer begin at a byte. */
export function toByte(): void {
  drop(heldCount & 7)
  inPos -= <usize>(heldCount >> 3)
  held = 0
  heldCount = 0
}

/** Moves the reader to `to`, with `count` loaded bits: where a faster loop than these functions stopped. */
export function setBits(to: usize, bits: u64, count: i64): void {
  inPos = to
  held = bits
  heldCount = count
}

/** Moves the reader past `count` whole bytes; no bits are loaded. */
export function skipBytes(count: usize): void {
  inPos += count
}
