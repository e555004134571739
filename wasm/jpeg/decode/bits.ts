/**
 * The bit reader of entropy-coded data: 64 bits, the next one at the top. Block decoders keep the state in locals and
 * come here for the rare cases.
 */
import { pos, setPos } from './input.ts'

/** The next bits, left-aligned. Below `count` may lie bits of the byte at `pos`: reading them again changes nothing. */
export let bits: u64 = 0
/** Bits that are there. */
export let count: i32 = 0
/** Zero bits that were put there because a marker stopped the data. More of them than `count`: data ran out. */
export let padding: i32 = 0

/** Starts anew at the reader's position, which is behind a header or a restart marker. */
export function resetBits(): void {
  bits = 0
  count = 0
  padding = 0
}

/** Takes back a state. */
export function restoreBits(oldBits: u64, oldCount: i32, oldPadding: i32): void {
  bits = oldBits
  count = oldCount
  padding = oldPadding
}

/** Writes back what a block decoder kept in locals. */
export function keep(newBits: u64, newCount: i32, at: usize): void {
  bits = newBits
  count = newCount
  setPos(at)
}

/** Whether bits were read that the data does not have. */
export function ranOut(): bool {
  return padding > count
}

/** Fills up byte by byte, takes out stuffing, and at a marker supplies zeros and stays before it. */
export function refillSlow(): void {
  let at = pos
  let have = count
  let word = bits & ~(<u64>-1 >> (have as u64))
  while (have <= 56) {
    const byte: u64 = load<u8>(at)
    if (byte === 0xff) {
      if (load<u8>(at, 1) !== 0) {
        padding += 8
        have += 8
        continue
      }
      at += 2
    } else at += 1
    word |= byte << ((56 - have) as u64)
    have += 8
  }
  bits = word
  count = have
  setPos(at)
}

/** Makes sure that at least 32 bits are there, for the scans that read few. */
export function refill(): void {
  if (count < 32) refillSlow()
}

/** Passes over `size` bits, 0..32, after `refill`. */
export function drop(size: i32): void {
  bits <<= size as u64
  count -= size
}

/** Reads `size` bits, 1..16, after `refill`. */
export function take(size: i32): i32 {
  const value = (bits >> ((64 - size) as u64)) as i32
  drop(size)
  return value
}
