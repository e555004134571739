import { demandOf } from '../../demand.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { PIXEL_LIMITS, withinPixels } from '../../limits.ts'
import { fail, type Result } from '../../result.ts'
import { readTiffHeader } from './header.ts'

/** Facts of the first picture of a TIFF file. Only its directory is read, so none can lead in a circle. */
export function inspectTiff(bytes: Uint8Array): Result<Facts, MediaFailure> {
  const type = 'image/tiff'
  const header = readTiffHeader(bytes)
  if (header === undefined) return fail({ code: 'malformed_media', type, detail: 'directory' })
  if (typeof header === 'string') return fail({ code: 'unsupported_feature', type, feature: header })
  const { width, height, orientation, alpha, more, hasMetadata } = header
  const turned = orientation > 4
  return withinPixels(
    {
      type,
      kind: 'image',
      bytes: bytes.length,
      width: turned ? height : width,
      height: turned ? width : height,
      orientation,
      alpha: alpha !== 'none',
      morePages: more,
      demand: demandOf({ bytes: bytes.length, width, height }),
      hasMetadata,
    },
    PIXEL_LIMITS.rows,
  )
}
