import { Inflater } from '../../inflate.ts'

/** Fills an array as far as the data goes, and says how far. */
export type Unpacker = (into: Uint8Array) => number

/** The unpacker of a strip, by its compression. */
export function unpacker(strip: Uint8Array, compression: number): Unpacker {
  if (compression === 5) return lzw(strip)
  if (compression === 32773) return packBits(strip)
  if (compression === 8) {
    let piece: Uint8Array | undefined = strip
    const inflater = new Inflater(() => {
      const given = piece
      piece = undefined
      return given
    })
    return (into) => inflater.read(into)
  }
  let at = 0
  return (into) => {
    const run = strip.subarray(at, at + into.length)
    into.set(run)
    at += run.length
    return run.length
  }
}

/** PackBits, TIFF 6.0, section 9: a count of bytes to copy, or of repeats of one. */
function packBits(strip: Uint8Array): Unpacker {
  let at = 0
  let left = 0
  let repeat = -1
  return (into) => {
    let to = 0
    while (to < into.length) {
      if (left === 0) {
        const head = strip[at++]
        if (head === undefined) break
        if (head === 128) continue
        left = head < 128 ? head + 1 : 257 - head
        repeat = head < 128 ? -1 : (strip[at++] ?? 0)
        continue
      }
      const count = Math.min(left, into.length - to)
      if (repeat >= 0) into.fill(repeat, to, to + count)
      else {
        const run = strip.subarray(at, at + count)
        into.set(run, to)
        at += count
        if (run.length < count) return to + run.length
      }
      to += count
      left -= count
    }
    return to
  }
}

const CLEAR = 256
const END = 257
const CODES = 4096

/** LZW, TIFF 6.0, section 13: codes of 9 to 12 bits, the first bit highest, grown one code early. */
function lzw(strip: Uint8Array): Unpacker {
  const prefix = new Uint16Array(CODES)
  const last = new Uint8Array(CODES)
  const length = new Uint16Array(CODES)
  for (let code = 0; code < 256; code++) {
    last[code] = code
    length[code] = 1
  }
  const string = new Uint8Array(CODES)
  let given = 0
  let ready = 0
  let at = 0
  let hold = 0
  let held = 0
  let bits = 9
  let next = 258
  let before = -1
  let ended = false
  const code = () => {
    while (held < bits) {
      const byte = strip[at++]
      if (byte === undefined) return END
      hold = ((hold << 8) | byte) & 0xffffff
      held += 8
    }
    held -= bits
    return (hold >> held) & ((1 << bits) - 1)
  }
  /** Writes the string of a code to `string`, and says what its first byte is. */
  const spell = (of: number) => {
    ready = length[of]!
    let from = of
    for (let to = ready - 1; to >= 0; to--) {
      string[to] = last[from]!
      from = prefix[from]!
    }
    given = 0
    return string[0]!
  }
  const step = () => {
    const value = code()
    if (value === END || value > next || (before < 0 && value > 255 && value !== CLEAR)) {
      ended = true
      return
    }
    if (value === CLEAR) {
      bits = 9
      next = 258
      before = -1
      return
    }
    // A code that is only about to be defined stands for the string before with its own first byte behind it.
    const fresh = value === next
    if (fresh && (before < 0 || next >= CODES)) {
      ended = true
      return
    }
    const first = spell(fresh ? before : value)
    if (fresh) string[ready++] = first
    if (before >= 0 && next < CODES) {
      prefix[next] = before
      last[next] = first
      length[next] = length[before]! + 1
      next++
      if (next >= (1 << bits) - 1 && bits < 12) bits++
    }
    before = value
  }
  return (into) => {
    let to = 0
    while (to < into.length) {
      if (given === ready) {
        if (ended) break
        step()
        continue
      }
      // Strings are mostly of a few bytes, for which a loop is faster than a copy.
      for (const end = to + Math.min(ready - given, into.length - to); to < end; )
        into[to++] = string[given++]!
    }
    return to
  }
}
