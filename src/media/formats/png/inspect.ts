import { demandOf } from '../../demand.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { PIXEL_LIMITS, withinPixels } from '../../limits.ts'
import { fail, type Result } from '../../result.ts'
import { readApng } from '../apng/frames.ts'
import { readPngHeader } from './header.ts'

/** Facts of a PNG or APNG. Chunk checksums are compared when it is decoded, not here. */
export function inspectPng(bytes: Uint8Array): Result<Facts, MediaFailure> {
  const header = readPngHeader(bytes)
  if (header === undefined)
    return fail({ code: 'malformed_media', type: 'image/png', detail: 'IHDR or PLTE' })
  const { width, height, orientation, animated, colour, transparent, others } = header
  const turned = orientation > 4
  return withinPixels(
    {
      type: animated ? 'image/apng' : 'image/png',
      kind: 'image',
      bytes: bytes.length,
      width: turned ? height : width,
      height: turned ? width : height,
      orientation,
      animated,
      alpha: colour >= 4 || transparent !== undefined,
      demand: demandOf({ bytes: bytes.length, width, height }),
      hasMetadata: others.size > 0 || header.meaning.has('iCCP'),
      ...(animated ? filmOf(bytes, width, height) : {}),
    },
    PIXEL_LIMITS.rows,
  )
}

/** How many pictures an animation has and how long they take. */
function filmOf(bytes: Uint8Array, width: number, height: number): Partial<Facts> {
  const { frames } = readApng(bytes, width, height)
  if (frames.length < 2) return {}
  return { frames: frames.length, durationMs: frames.reduce((sum, { delayMs }) => sum + delayMs, 0) }
}
