import { hasAt } from '../../bytes.ts'
import { type Mp3Header, readMp3Header } from './frame.ts'

/** A whole frame and where it stands. */
export type Mp3Frame = { readonly start: number; readonly header: Mp3Header }

/**
 * The frames of a file in order. Behind a gap a frame counts only when another follows it or the file ends with it,
 * as sync words come up in any data. One pass; tags are stepped over by their size, all else byte by byte.
 */
export function* mp3Frames(bytes: Uint8Array): Generator<Mp3Frame> {
  let at = 0
  let joined = false
  let kind = 0
  while (at + 4 <= bytes.length) {
    const header = readMp3Header(bytes, at)
    const end = at + (header?.length ?? 0)
    // Version and sample rate hold for a whole file; a frame that differs is data that looks like one.
    const same = header !== undefined && (kind === 0 || kind === header.sampleRate)
    if (header !== undefined && same && end <= bytes.length && (joined || followed(bytes, end, header))) {
      kind = header.sampleRate
      joined = true
      yield { start: at, header }
      at = end
      continue
    }
    joined = false
    if (header === undefined && hasAt(bytes, at, 'ID3')) at += id3Size(bytes, at)
    else at++
  }
}

function followed(bytes: Uint8Array, end: number, header: Mp3Header): boolean {
  if (end === bytes.length) return true
  const next = readMp3Header(bytes, end)
  return next !== undefined && next.sampleRate === header.sampleRate && next.layer === header.layer
}

/** Whole size of an ID3v2 tag; 1 when its size is no size. */
export function id3Size(bytes: Uint8Array, at: number): number {
  const digits = bytes.subarray(at + 6, at + 10)
  if (digits.length < 4 || digits.some((digit) => digit > 127)) return 1
  const size = (digits[0]! << 21) | (digits[1]! << 14) | (digits[2]! << 7) | digits[3]!
  return 10 + size + (bytes[at + 5]! & 0x10 ? 10 : 0)
}
