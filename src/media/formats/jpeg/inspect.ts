import { demandOf } from '../../demand.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { PIXEL_LIMITS, withinPixels } from '../../limits.ts'
import { fail, type Result } from '../../result.ts'
import { readJpegHeader } from './header.ts'
import { isFrame, jpegSegments } from './segments.ts'

/** Facts of a JPEG, from its segments before the first scan; what no decoder here reads is refused by its name. */
export function inspectJpeg(bytes: Uint8Array): Result<Facts, MediaFailure> {
  const type = 'image/jpeg'
  const unsupported = (feature: string) => fail({ code: 'unsupported_feature', type, feature } as const)
  const header = readJpegHeader(bytes)
  if (header === undefined)
    return fail({ code: 'malformed_media', type, detail: 'no frame before the first scan' })
  const { frame, bits, orientation, progressive } = header
  if (header.width <= 0 || header.height <= 0 || header.components.length === 0)
    return fail({ code: 'malformed_media', type, detail: 'a frame without pixels' })
  if (frame === 0xc3) return unsupported('lossless coding')
  if (frame >= 0xc9) return unsupported('arithmetic coding')
  if (frame >= 0xc5) return unsupported('hierarchical coding')
  if (bits !== 8) return unsupported(`${bits} bits a sample`)
  const turned = orientation > 4
  return withinPixels(
    {
      type,
      kind: 'image',
      bytes: bytes.length,
      width: turned ? header.height : header.width,
      height: turned ? header.width : header.height,
      orientation,
      hasMetadata: hasMetadata(bytes),
      demand: demandOf(
        { bytes: bytes.length, width: header.width, height: header.height },
        header.quality ?? 91,
      ),
    },
    progressive ? PIXEL_LIMITS.progressiveJpeg : PIXEL_LIMITS.baselineJpeg,
  )
}

/** Whether a comment or an application segment other than JFIF's and Adobe's stands before the frame. */
function hasMetadata(bytes: Uint8Array): boolean {
  for (const { marker } of jpegSegments(bytes)) {
    if (marker === 0xfe || (marker >= 0xe1 && marker <= 0xef && marker !== 0xee)) return true
    if (isFrame(marker)) return false
  }
  return false
}
