import decode from '@jsquash/png/decode.js'
import { ready } from '#jsquash'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { fitBitmap } from '../../jsquash/fit-bitmap.ts'
import { PIXEL_LIMITS, withinPixels } from '../../limits.ts'
import type { Draft } from '../../rendition.ts'
import { fail, type Result } from '../../result.ts'
import { accepts, type Target } from '../../target.ts'

/** A JPEG from a PNG; transparency is laid on white. */
export async function renderPng(
  source: Uint8Array,
  facts: Facts,
  target: Target,
): Promise<Result<Draft, MediaFailure>> {
  if (!accepts(target, 'image/jpeg'))
    return fail({ code: 'type_not_accepted', type: facts.type, accepted: target.types ?? [] })
  const small = withinPixels(facts, PIXEL_LIMITS.wholeBitmap)
  if (!small.ok) return small
  await ready()
  try {
    return await fitBitmap(await decode(source.slice().buffer), facts, target)
  } catch (error) {
    return fail({ code: 'malformed_media', type: facts.type, detail: String(error) })
  }
}
