import { hasAt } from '../../bytes.ts'
import { isFrame, jpegSegments } from './segments.ts'

/** Segments that only say how to decode: tables, frame, scans, restart interval; JFIF's marker besides. */
const ALLOWED = new Set([0xd8, 0xd9, 0xda, 0xdb, 0xc4, 0xdd, 0xdc])

/**
 * What in a JPEG must not leave; `undefined` when nothing is found. Segments have to follow each other without a
 * gap, so that nothing hides between them, and the file ends with its only EOI.
 */
export function verifyJpeg(bytes: Uint8Array): string | undefined {
  let at = 0
  let frames = 0
  let scans = 0
  let last = 0
  for (const { marker, start, end, cut } of jpegSegments(bytes)) {
    if (start !== at) return `${start - at} bytes that belong to no segment at ${at}`
    if (cut) return 'a segment is cut'
    if (isFrame(marker)) frames++
    else if (marker === 0xe0) {
      // JFIF may carry a thumbnail: 16 bytes are the marker, its length and the header without one.
      if (end - start !== 18 || !hasAt(bytes, start + 4, 'JFIF\0')) return 'an APP0 that is not plain JFIF'
    } else if (!ALLOWED.has(marker)) return `segment 0x${marker.toString(16)}`
    if (marker === 0xda) scans++
    at = end
    last = marker
  }
  if (frames !== 1 || scans === 0) return `${frames} frames, ${scans} scans`
  if (last !== 0xd9) return 'no EOI'
  return at === bytes.length ? undefined : `${bytes.length - at} bytes behind EOI`
}
