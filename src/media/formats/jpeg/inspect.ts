import { hasAt, u16be } from '../../bytes.ts'
import { readOrientation } from '../../exif-orientation.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { PIXEL_LIMITS, withinPixels } from '../../limits.ts'
import { fail, type Result } from '../../result.ts'
import { isFrame, jpegSegments } from './segments.ts'

/** Facts of a JPEG, from its segments before the first scan. */
export function inspectJpeg(bytes: Uint8Array): Result<Facts, MediaFailure> {
  const type = 'image/jpeg'
  const unsupported = (feature: string) => fail({ code: 'unsupported_feature', type, feature } as const)
  let orientation = 1
  let hasMetadata = false
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (marker === 0xda || marker === 0xd9) break
    // Orientation is wanted of the first EXIF block; APP0 and Adobe's APP14 say how to read the samples.
    if (marker === 0xe1 && hasAt(bytes, start + 4, 'Exif\0') && orientation === 1)
      orientation = readOrientation(bytes.subarray(start + 10, end))
    if (marker === 0xfe || (marker >= 0xe1 && marker <= 0xef && marker !== 0xee)) hasMetadata = true
    if (!isFrame(marker)) continue
    const depth = bytes[start + 4]
    const height = u16be(bytes, start + 5)
    const width = u16be(bytes, start + 7)
    if (width <= 0 || height < 0)
      return fail({ code: 'malformed_media', type, detail: 'the frame has no width' })
    if (marker === 0xc3) return unsupported('lossless coding')
    if (marker >= 0xc9) return unsupported('arithmetic coding')
    if (marker >= 0xc5) return unsupported('hierarchical coding')
    if (depth !== 8) return unsupported(`${depth} bits a sample`)
    const turned = orientation > 4
    return withinPixels(
      {
        type,
        kind: 'image',
        bytes: bytes.length,
        width: turned ? height : width,
        height: turned ? width : height,
        orientation,
        hasMetadata,
      },
      marker === 0xc2 ? PIXEL_LIMITS.progressiveJpeg : PIXEL_LIMITS.baselineJpeg,
    )
  }
  return fail({ code: 'malformed_media', type, detail: 'no frame header before the first scan' })
}
