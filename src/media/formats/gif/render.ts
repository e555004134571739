import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { PIXEL_LIMITS } from '../../limits.ts'
import type { Draft } from '../../rendition.ts'
import { fail, ok, type Result } from '../../result.ts'
import { accepts, boundedSize, type Target } from '../../target.ts'
import type { MediaWarning } from '../../warning.ts'
import { cleanGif } from './clean.ts'
import { framesWithin } from './fit.ts'
import { GifFilm } from './gif-film.ts'
import { type GifPlan, listPictures } from './pictures.ts'
import { renderFilm, renderFirst } from './render-animation.ts'

/** Frames of a GIF that may pass as it is. */
const MOST_PASSED = 2_000
/** Part of its first picture that must be there. */
const ENOUGH = 1 / 4

/** The same pictures without metadata where that fits; else a smaller animation, or a JPEG of a still. */
export async function renderGif(
  source: Uint8Array,
  facts: Facts,
  target: Target,
): Promise<Result<Draft, MediaFailure>> {
  const { type } = facts
  const plan = listPictures(source, MOST_PASSED + 1)
  if (plan === undefined || plan.pictures.length === 0)
    return fail({ code: 'malformed_media', type, detail: 'no picture' })
  const limit = PIXEL_LIMITS.screen
  const large = plan.pictures.find(({ width, height }) => width * height > limit)
  if (large !== undefined)
    return fail({ code: 'too_many_pixels', type, width: large.width, height: large.height, limit })
  const passed = await pass(source, plan, facts, target)
  if (passed !== undefined) return ok(passed)
  const within = framesWithin(plan.width, plan.height)
  const shortened = plan.pictures.length > within
  const film = new GifFilm(source, { ...plan, pictures: plan.pictures.slice(0, within) })
  const rendered = await (facts.animated || facts.alpha || !accepts(target, 'image/jpeg')
    ? renderFilm(film, facts, target, source.length)
    : renderFirst(film, facts, target))
  if (!rendered.ok) return rendered
  if (film.firstPart < ENOUGH)
    return fail({ code: 'malformed_media', type, detail: 'less than a quarter of the first picture' })
  return ok({ ...rendered.value, warnings: warningsOf(rendered.value, film, plan, shortened) })
}

function warningsOf({ warnings, type }: Draft, film: GifFilm, plan: GifPlan, shortened: boolean) {
  const more: MediaWarning[] = [...warnings]
  if (plan.truncated) more.push({ code: 'truncated' })
  else if (film.damaged > 0) more.push({ code: 'damaged' })
  if (shortened && type === 'image/gif') more.push({ code: 'animation_shortened' })
  return more
}

/** The lossless way, when nothing about the pictures has to change. */
async function pass(
  source: Uint8Array,
  plan: GifPlan,
  facts: Facts,
  target: Target,
): Promise<Draft | undefined> {
  const { width, height, pictures } = plan
  const bound = boundedSize(width, height, target)
  const still = !facts.animated && target.preferJpeg === true && accepts(target, 'image/jpeg')
  if (!accepts(target, 'image/gif') || still || pictures.length > MOST_PASSED) return undefined
  if (bound.width !== width || bound.height !== height) return undefined
  const bytes = await cleanGif(source, plan, target.budget)
  if (bytes === undefined) return undefined
  const reason = facts.hasMetadata ? 'It fits; only its metadata was taken out.' : 'It fits as it is.'
  return { bytes, type: 'image/gif', width, height, reason, score: 100, warnings: [] }
}
