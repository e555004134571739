import { concat } from '../../bytes.ts'
import { jpegSegments } from './segments.ts'

/** JFIF 1.1 without density or thumbnail: the one application segment that every reader expects. */
const JFIF = Uint8Array.of(0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0)

/**
 * The same picture to the bit with nothing but what decoding needs: application segments and comments go, and so
 * does all that stands between segments or behind the end. Only for a picture that is coded as JFIF has it, see
 * {@link isPassable}. `undefined` when the file is not whole, since then nobody can say what its last bytes are.
 */
export function cleanJpeg(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const kept: Uint8Array[] = []
  let whole = false
  for (const { marker, start, end, cut } of jpegSegments(bytes)) {
    if (cut) return undefined
    if (marker === 0xd9) whole = true
    const application = marker >= 0xe0 && marker <= 0xef
    const reserved = marker === 1 || (marker >= 0xf0 && marker <= 0xfe)
    if (application || reserved) continue
    kept.push(bytes.subarray(start, end))
  }
  if (!whole || kept.length < 2) return undefined
  kept.splice(1, 0, JFIF)
  return concat(kept)
}
