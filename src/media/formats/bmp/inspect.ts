import { demandOf } from '../../demand.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { PIXEL_LIMITS, withinPixels } from '../../limits.ts'
import { fail, type Result } from '../../result.ts'
import { readBmpHeader } from './header.ts'

/** Facts of a BMP. One of run lengths is unpacked whole, so fewer pixels of it are taken. */
export function inspectBmp(bytes: Uint8Array): Result<Facts, MediaFailure> {
  const type = 'image/bmp'
  const header = readBmpHeader(bytes)
  if (header === undefined) return fail({ code: 'malformed_media', type, detail: 'headers' })
  if (typeof header === 'string') return fail({ code: 'unsupported_feature', type, feature: header })
  const { width, height, masks, runs } = header
  const facts = {
    type,
    kind: 'image',
    bytes: bytes.length,
    width,
    height,
    orientation: 1,
    alpha: masks[3] !== 0,
  } as const
  return withinPixels(
    { ...facts, demand: demandOf(facts), hasMetadata: false },
    runs === 0 ? PIXEL_LIMITS.rows : PIXEL_LIMITS.wholeBitmap,
  )
}
