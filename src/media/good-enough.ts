import type { MediaFailure } from './failure.ts'
import type { Draft } from './rendition.ts'
import { fail, ok, type Result } from './result.ts'
import type { Target } from './target.ts'
import type { MediaType } from './types.ts'

/** Refuses a picture that would look worse than the target allows, and says how good it could have been. */
export function goodEnough(draft: Draft, target: Target): Result<Draft, MediaFailure> {
  const { score, type } = draft
  const { minimumQuality = 0, budget } = target
  if (score === undefined || score >= minimumQuality) return ok(draft)
  return fail(tooPoor({ type, budget, score, minimumQuality }))
}

/** What is said of a picture whose best score is under the least that was asked for. */
export function tooPoor(picture: {
  readonly type: MediaType
  readonly budget: number
  readonly score: number
  readonly minimumQuality: number
}): MediaFailure {
  const { type, budget, score, minimumQuality } = picture
  const reason = `the best score that it can have within them is ${score} of 100, and at least ${minimumQuality} was asked for`
  return { code: 'cannot_fit', type, reason, budget, bestScore: score }
}
