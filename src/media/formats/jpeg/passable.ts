import type { JpegHeader } from './header.ts'
import { readIcc } from './icc.ts'

/**
 * Whether a JPEG shows the same picture once all its application segments are gone and it is plain JFIF: grey or
 * YCbCr, upright, and in sRGB as near as can be seen. Everything else has to be encoded anew.
 */
export function isPassable(header: JpegHeader): boolean {
  const { orientation, color, icc, progressive, frame, bits } = header
  // Baseline, extended and progressive in 8 bits are what decoders in handsets know.
  if (orientation !== 1 || bits !== 8 || !(progressive || frame === 0xc0 || frame === 0xc1)) return false
  if (color !== 'grey' && color !== 'ycbcr') return false
  return icc === undefined || readIcc(icc).kind === 'srgb'
}
