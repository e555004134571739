/**
 * The input, seen through a window that JavaScript fills. Every read of the decoder goes through here or through
 * `bits.ts`, which stops at `end` because of the tail written by `given`.
 */
import { INPUT } from '../../memory.ts'

/** Offset in the file of the window's first byte. */
let start: usize = 0
/** Address one past the last byte given. */
export let end: usize = INPUT
/** The window reaches the end of the file. */
export let last: bool = false
/** Address of the next byte to read. */
export let pos: usize = INPUT
/** Offset in the file that the decoder waits for. */
export let wanted: usize = 0

/** Forgets the window: the first thing a job does. The decoder then waits for offset 0. */
export function resetInput(): void {
  start = 0
  end = INPUT
  pos = INPUT
  last = false
  wanted = 0
  writeTail()
}

/**
 * Two EOI markers behind the last byte. Entropy decoding stops at a marker by itself, so that it needs no other
 * check of the end, and a 16-byte load that starts before `end` stays inside the region.
 */
function writeTail(): void {
  // 0xFF 0xD9, the low byte first.
  v128.store(end, i16x8.splat(0xd9ff as i16))
}

/** Takes the window that JavaScript copied: `count` bytes of the file from `wanted` on. */
export function given(count: usize, isEnd: bool): void {
  start = wanted
  end = INPUT + count
  pos = INPUT
  last = isEnd
  writeTail()
}

/** Moves the reader to an address inside the window. */
export function setPos(to: usize): void {
  pos = to
}

/** Offset in the file of the next byte to read. */
export function offset(): usize {
  return start + (pos - INPUT)
}

/**
 * Moves the reader to an offset of the file, backwards or forwards. Returns whether the window has it already; else
 * the decoder has to wait for input.
 */
export function seek(to: usize): bool {
  if (to >= start && to - start < end - INPUT) {
    pos = INPUT + (to - start)
    return true
  }
  wanted = to
  if (last && to >= start) {
    // Nothing lies behind the end of the file: stand there, so that the caller runs into the tail.
    pos = end
    return true
  }
  pos = end
  return false
}

/**
 * Whether `count` bytes lie ahead, or all that the file has. When not, the decoder waits for a window that starts at
 * the next byte. `count` is at most the capacity of the window.
 */
export function ready(count: usize): bool {
  if (end - pos >= count || last) return true
  wanted = offset()
  return false
}

/** Bytes that lie ahead in the window. */
export function available(): usize {
  return end - pos
}

/**
 * Moves forward to the next marker (0xFF and a byte that is neither 0 nor 0xFF) and returns its second byte, with
 * the reader left at the 0xFF. Returns 0 when the window ends first: the decoder waits for input, or, when the file
 * ends, stands at the end.
 */
export function findMarker(): i32 {
  const ff = i8x16.splat(-1)
  let at = pos
  const limit = end
  while (at < limit) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), ff))
    if (!found) {
      at += 16
      continue
    }
    at += ctz(found)
    if (at + 1 >= limit) break
    const code: i32 = load<u8>(at, 1)
    if (code !== 0 && code !== 0xff) {
      pos = at
      return code
    }
    at += code ? 1 : 2
  }
  pos = min(at, limit)
  wanted = offset()
  return 0
}
