import { hasAt, latin1 } from '../../bytes.ts'
import { isFrame, jpegSegments } from './segments.ts'

/**
 * Whether a JPEG shows the same picture once all its application segments are gone and it is plain JFIF: grey or
 * YCbCr, no turning, and no colour profile but sRGB. Everything else has to be encoded anew.
 */
export function isPassable(bytes: Uint8Array, orientation: number): boolean {
  if (orientation !== 1) return false
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (marker === 0xda) return true
    // Adobe's last byte says how three components are coded: 1 is YCbCr, as in JFIF.
    if (marker === 0xee && hasAt(bytes, start + 4, 'Adobe') && bytes[start + 15] !== 1) return false
    if (marker === 0xe2 && hasAt(bytes, start + 4, 'ICC_PROFILE\0') && !isNamedSrgb(bytes, start + 18, end))
      return false
    if (!isFrame(marker)) continue
    const components = bytes[start + 9]
    if (components !== 1 && components !== 3) return false
    // Without a marker, readers take components that are called R, G and B for that.
    if (bytes[start + 10] === 0x52 && bytes[start + 13] === 0x47 && bytes[start + 16] === 0x42) return false
  }
  return false
}

/** Profiles of other spaces do not hold the name, which may be written in one or two bytes a letter. */
function isNamedSrgb(bytes: Uint8Array, from: number, end: number): boolean {
  const text = latin1(bytes, from, Math.min(end - from, 8192)).replaceAll('\0', '')
  return /\bsRGB|IEC\s?61966-2[.-]1/i.test(text)
}
