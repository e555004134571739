import { lendCore } from '../../codec.ts'
import { PIXEL_LIMITS } from '../../limits.ts'
import { fail, ok, type Result } from '../../result.ts'
import type { AnimationFailure, AnimationTarget, FittedAnimation } from './animation.ts'
import type { GifExports } from './core.ts'
import type { Film } from './film.ts'
import { bestManner, LEAST_FRAMES, type Manner, MOST_TOLERANCE, type Survey } from './outlook.ts'
import { type Surveyed, sizeAt, surveyFilm, surveyFull } from './survey.ts'
import { type Written, writeFilm } from './write.ts'

/** Frames that are worked on; what has more is cut short. */
export const MOST_FRAMES = 500
/** The longer side under which an animation is not worth sending. */
const LEAST_SIDE = 160
/** Part of the budget that is aimed at, the first time and then. */
const AIMS = [0.985, 0.95, 0.9] as const
/** A file under this part of its budget could look better. */
const WASTEFUL = 0.88

/** Frames of a screen that are within the limits. */
export function framesWithin(width: number, height: number): number {
  return Math.max(1, Math.min(MOST_FRAMES, Math.floor(PIXEL_LIMITS.animation / (width * height))))
}

/** Makes the best-looking GIF of a film within a budget. `bytes` are those of the GIF that it comes from, if it does. */
export async function fitFilm(
  film: Film,
  target: AnimationTarget,
  bytes?: number,
): Promise<Result<FittedAnimation, AnimationFailure>> {
  const lent = await lendCore<GifExports, Result<FittedAnimation, AnimationFailure>>((core) =>
    fitFilmOn(core, film, target, bytes),
  )
  return lent.ok ? lent.value : lent
}

/** {@link fitFilm} on a core that the caller has. */
export async function fitFilmOn(
  core: GifExports,
  film: Film,
  target: AnimationTarget,
  bytes: number | undefined,
): Promise<Result<FittedAnimation, AnimationFailure>> {
  const { width, height } = film
  const { budget, bound } = target
  const most = Math.min(1, bound.width / width, bound.height / height)
  const scales = { most, least: Math.min(most, LEAST_SIDE / Math.max(width, height)) }
  const limit = framesWithin(width, height)
  film.begin(core)
  const surveyed = await surveyFilm(core, film, {
    frames: limit,
    budget,
    scale: most,
    ...(bytes === undefined ? {} : { bytes }),
  })
  if (surveyed === undefined) return fail({ code: 'malformed' })
  const done = await search(core, film, surveyed, budget, scales)
  if (done === undefined) return fail({ code: 'cannot_fit', smallest: budget + 1 })
  const { written, manner } = done
  return ok({
    bytes: written.bytes,
    ...sizeAt(film, manner.scale),
    frames: written.frames,
    framesBefore: surveyed.delays.length,
    durationMs: surveyed.delays.reduce((sum, delay) => sum + delay, 0),
    shortened: film.frames > surveyed.delays.length && surveyed.delays.length === limit,
    transparent: surveyed.holes,
    peakBytes: core.peak_bytes(),
  })
}

/** A manner, and the file that came of it. */
type Done = { readonly manner: Manner; readonly written: Written & { readonly fits: true } }

/**
 * Writes the film as the survey says. What does not fit, or leaves much of the budget, corrects the survey; nearly always
 * the first file stands.
 */

async function search(
  core: GifExports,
  film: Film,
  surveyed: Surveyed,
  budget: number,
  scales: { readonly least: number; readonly most: number },
): Promise<Done | undefined> {
  let { survey } = surveyed
  let best: Done | undefined
  for (const aim of AIMS) {
    const choose = () => bestManner(survey, budget * aim, scales) ?? coarsest(survey, scales.least)
    let manner = choose()
    if (manner.scale >= 1 && survey.full === undefined) {
      survey = await surveyFull(core, film, { ...surveyed, survey })
      manner = choose()
    }
    core.anim_palette(manner.colors)
    const written = await writeFilm(core, film, { ...surveyed, survey }, manner, budget, aim)
    if (written.fits) {
      best = { manner, written }
      const used = written.bytes.length / budget
      const finer = manner.scale < scales.most || manner.tolerance > 2.5 || manner.every > 1
      if (used > WASTEFUL || !finer) return best
      survey = { ...survey, bytes: survey.bytes * Math.max(0.4, used / aim) }
    } else {
      if (best !== undefined) return best
      survey = { ...survey, bytes: survey.bytes * Math.min(2, 1.1 / Math.max(0.5, written.done)) }
    }
  }
  if (best !== undefined) return best
  const manner = coarsest(survey, scales.least)
  core.anim_palette(manner.colors)
  const written = await writeFilm(core, film, surveyed, manner, budget, 0.9)
  return written.fits ? { manner, written } : undefined
}

/** The manner of the fewest bytes. */
function coarsest(survey: Survey, scale: number): Manner {
  const every = Math.max(1, Math.floor(survey.frames / LEAST_FRAMES))
  return { scale, tolerance: MOST_TOLERANCE, colors: 32, every }
}
