import decode from '@jsquash/jpeg/decode.js'
import { ready } from '#jsquash'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { fitBitmap } from '../../jsquash/fit-bitmap.ts'
import { PIXEL_LIMITS, withinPixels } from '../../limits.ts'
import type { Draft } from '../../rendition.ts'
import { fail, ok, type Result } from '../../result.ts'
import { accepts, boundedSize, type Target } from '../../target.ts'
import { cleanJpeg } from './clean.ts'
import { isPassable } from './passable.ts'

/** A JPEG from a JPEG: the same pixels without their metadata where that fits, a new picture where it does not. */
export async function renderJpeg(
  source: Uint8Array,
  facts: Facts,
  target: Target,
): Promise<Result<Draft, MediaFailure>> {
  const accepted = accepts(target, 'image/jpeg')
  if (!accepted) return fail({ code: 'type_not_accepted', type: facts.type, accepted: target.types ?? [] })
  const passed = pass(source, facts, target)
  if (passed !== undefined) return ok(passed)
  const small = withinPixels(facts, PIXEL_LIMITS.wholeBitmap)
  if (!small.ok) return small
  await ready()
  try {
    return await fitBitmap(await decode(source.slice().buffer), facts, target)
  } catch (error) {
    return fail({ code: 'malformed_media', type: facts.type, detail: String(error) })
  }
}

/** The lossless way, when nothing about the pixels has to change. */
function pass(source: Uint8Array, facts: Facts, target: Target): Draft | undefined {
  const { width = 0, height = 0 } = facts
  const bound = boundedSize(width, height, target)
  if (bound.width !== width || bound.height !== height || !isPassable(source, facts.orientation ?? 1))
    return undefined
  const bytes = cleanJpeg(source)
  if (bytes === undefined || bytes.length > target.budget) return undefined
  const reason = facts.hasMetadata ? 'It fits; only its metadata was taken out.' : 'It fits as it is.'
  return { bytes, type: 'image/jpeg', width, height, warnings: [], reason }
}
