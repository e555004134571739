import type { MediaFailure } from './failure.ts'
import type { Draft } from './rendition.ts'
import { fail, ok, type Result } from './result.ts'
import type { Target } from './target.ts'

/** Refuses a picture that would look worse than the target allows, and says how good it could have been. */
export function goodEnough(draft: Draft, target: Target): Result<Draft, MediaFailure> {
  const { score, type } = draft
  const { minimumQuality = 0, budget } = target
  if (score === undefined || score >= minimumQuality) return ok(draft)
  const reason = `at best it would look ${score} of 100 as good as it is, and at least ${minimumQuality} was asked for`
  return fail({ code: 'cannot_fit', type, reason, budget, bestScore: score })
}
