import type { Result } from '../../result.ts'
import type { AnimationFailure, AnimationSource, AnimationTarget, FittedAnimation } from './animation.ts'
import { PixelFilm } from './film.ts'
import { fitFilm } from './fit.ts'

/**
 * Makes the best-looking animated GIF of any animation within a budget.
 *
 * @example
 * const fitted = await fitAnimation({ width, height, frames, loops: 0, open: () => frames }, { budget, bound })
 */
export function fitAnimation(
  source: AnimationSource,
  target: AnimationTarget,
): Promise<Result<FittedAnimation, AnimationFailure>> {
  return fitFilm(new PixelFilm(source), target)
}
