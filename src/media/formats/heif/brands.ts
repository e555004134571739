import { latin1, u32be } from '../../bytes.ts'

/** Brands at most in a file's type box. */
const MOST_BRANDS = 32

/** Whether a file says that it holds a sequence of pictures, besides the still that it is shown by. */
export function isSequence(bytes: Uint8Array): boolean {
  const end = Math.min(u32be(bytes, 0), 16 + 4 * MOST_BRANDS, bytes.length)
  for (let at = 8; at + 4 <= end; at += 4)
    if (/^(?:hevc|hevx|msf1|avis)$/.test(latin1(bytes, at, 4))) return true
  return false
}
