import { u16be } from '../../bytes.ts'

/** One marker of a JPEG file with all that belongs to it. */
export type JpegSegment = {
  /** The second byte of the marker, such as 0xda for SOS. */
  readonly marker: number
  /** Offset of the marker's 0xff. */
  readonly start: number
  /** Offset behind the segment; for SOS behind its entropy-coded data, restart markers included. */
  readonly end: number
  /** Whether the file ends before the segment does. */
  readonly cut: boolean
}

/**
 * The segments from SOI to EOI in file order, tolerant of fill bytes and of junk between segments. Time is linear
 * in the file, which is read once.
 */
export function* jpegSegments(bytes: Uint8Array): Generator<JpegSegment> {
  let at = 0
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff || bytes[at + 1] === 0xff || bytes[at + 1] === 0) {
      at++
      continue
    }
    const marker = bytes[at + 1]!
    const start = at
    if (marker === 0xd8 || marker === 0xd9 || marker === 1 || (marker >= 0xd0 && marker <= 0xd7)) at += 2
    else {
      const length = u16be(bytes, at + 2)
      if (length < 2) {
        if (length < 0) return
        at += 2
        continue
      }
      at += 2 + length
      if (marker === 0xda) at = entropyEnd(bytes, at)
    }
    yield { marker, start, end: Math.min(at, bytes.length), cut: at > bytes.length }
    if (marker === 0xd9) return
  }
}

/** Where entropy-coded data ends: at the first marker that is neither a stuffed zero, a restart nor a fill byte. */
function entropyEnd(bytes: Uint8Array, from: number): number {
  let at = from
  while (true) {
    at = bytes.indexOf(0xff, at)
    if (at < 0 || at + 1 >= bytes.length) return bytes.length
    const next = bytes[at + 1]!
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at
    at += next === 0xff ? 1 : 2
  }
}

/** Whether a marker begins a frame (SOF0 to SOF15, without DHT, JPG and DAC, which lie among them). */
export function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}
