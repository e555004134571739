import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { PIXEL_LIMITS, withinPixels } from '../../limits.ts'
import { fail, type Result } from '../../result.ts'
import { readWbmpHeader } from './header.ts'

/** Facts of a wireless bitmap. */
export function inspectWbmp(bytes: Uint8Array): Result<Facts, MediaFailure> {
  const type = 'image/vnd.wap.wbmp'
  const header = readWbmpHeader(bytes)
  if (header === undefined) return fail({ code: 'malformed_media', type, detail: 'header' })
  const { width, height } = header
  return withinPixels(
    { type, kind: 'image', bytes: bytes.length, width, height, orientation: 1, hasMetadata: false },
    PIXEL_LIMITS.rows,
  )
}
