import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { fromCore } from '../../from-core.ts'
import type { Draft } from '../../rendition.ts'
import { fail, ok, type Result } from '../../result.ts'
import { jpegDraft, jpegTarget } from '../../still.ts'
import { accepts, boundedSize, type Target } from '../../target.ts'
import type { MediaWarning } from '../../warning.ts'
import { cleanJpeg } from './clean.ts'
import { fitJpeg } from './fit.ts'
import { readJpegHeader } from './header.ts'
import { readIcc } from './icc.ts'
import { isPassable } from './passable.ts'

/** A JPEG from a JPEG: the same pixels without their metadata where that fits, a new picture where it does not. */
export async function renderJpeg(
  source: Uint8Array,
  facts: Facts,
  target: Target,
): Promise<Result<Draft, MediaFailure>> {
  if (!accepts(target, 'image/jpeg'))
    return fail({ code: 'type_not_accepted', type: facts.type, accepted: target.types ?? [] })
  const passed = pass(source, facts, target)
  if (passed !== undefined) return ok(passed)
  const fitted = await fitJpeg(source, jpegTarget(facts, target))
  if (!fitted.ok) return fail(fromCore(fitted.failure, facts, target))
  const warnings = profileWarning(source)
  if (fitted.value.truncated) warnings.push({ code: 'truncated' })
  if (fitted.value.damaged) warnings.push({ code: 'damaged' })
  return ok(jpegDraft(fitted.value, facts, warnings))
}

/** The lossless way, when nothing about the pixels has to change. */
function pass(source: Uint8Array, facts: Facts, target: Target): Draft | undefined {
  const { width = 0, height = 0 } = facts
  const bound = boundedSize(width, height, target)
  if (bound.width !== width || bound.height !== height) return undefined
  const header = readJpegHeader(source)
  if (header === undefined || !isPassable(header)) return undefined
  const bytes = cleanJpeg(source)
  if (bytes === undefined || bytes.length > target.budget) return undefined
  const reason = facts.hasMetadata ? 'It fits; only its metadata was taken out.' : 'It fits as it is.'
  return { bytes, type: 'image/jpeg', width, height, score: 100, warnings: [], reason }
}

function profileWarning(source: Uint8Array): MediaWarning[] {
  const profile = readJpegHeader(source)?.icc
  return profile !== undefined && readIcc(profile).kind === 'unsupported' ? [{ code: 'profile_ignored' }] : []
}
