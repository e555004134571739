import { concat } from '../../bytes.ts'
import { jpegSegments } from '../jpeg/segments.ts'

/**
 * A JPEG within a PDF without its EXIF, comments and thumbnails. Unlike in a file of its own, JFIF's and Adobe's
 * segments stay as they are, since the PDF says how colours are meant and counts on them.
 */
export function cleanInnerJpeg(bytes: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = []
  for (const { marker, start, end } of jpegSegments(bytes)) {
    const application = marker >= 0xe1 && marker <= 0xef && marker !== 0xee
    // JFIF's own thumbnail lies behind the first 16 bytes of its segment.
    const thumbnail = marker === 0xe0 && end - start !== 18
    if (!application && !thumbnail && marker !== 0xfe) kept.push(bytes.subarray(start, end))
  }
  return kept.length > 2 ? concat(kept) : bytes
}
