// The output of deflate, bit by bit, up to a limit: past it bits are only counted.

let at: usize = 0
let limit: usize = 0
let start: usize = 0
let held: u64 = 0
let count: u32 = 0
/** Bytes that did not fit. */
let lost: usize = 0

/** Begins at `to`; bytes from `end` on are not written, 8 bytes before it must not be needed. */
export function beginBits(to: usize, end: usize): void {
  at = to
  start = to
  limit = end
  held = 0
  count = 0
  lost = 0
}

/** Writes the low `size` bits of `value`, up to 32; the others are zero. */
export function putBits(value: u64, size: u32): void {
  held |= value << count
  count += size
  if (count >= 32) flush()
}

function flush(): void {
  if (at + 8 <= limit) {
    store<u32>(at, <u32>held)
    at += 4
  } else lost += 4
  held >>= 32
  count -= 32
}

/** Fills the last byte with zeros; returns one past the last byte written. */
export function endBits(): usize {
  while (count > 0) {
    if (at < limit) store<u8>(at++, <u8>held)
    else lost++
    held >>= 8
    count -= min<u32>(8, count)
  }
  return at
}

/** Writes a byte after {@link endBits}. */
export function putByte(value: u8): void {
  if (at < limit) store<u8>(at++, value)
  else lost++
}

/** Bytes so far, lost ones included. */
export function bytesOut(): usize {
  return at - start + lost + ((count + 7) >> 3)
}

/** Address of the next byte. */
export function bitsEnd(): usize {
  return at
}

/** Whether everything was written. */
export function allWritten(): bool {
  return lost === 0
}
