import type { CoreExports } from './core/exports.ts'

/** What the score uses of the core's exports; `wasm/score/job.ts` describes them. */
export interface ScoreExports extends CoreExports {
  score_stage(): void
  score_encoded(ratio: number, stage: number): void
  score_indexed(ratio: number, stage: number): void
  score_fact(kind: number, which: number): number
}

/**
 * What each number of the core weighs: its kind of windows (luma at the size of viewing, halved, halved twice; blue and
 * red differences), which of its numbers, and the weight. scripts/calibrate-score.mjs fitted them to SSIMULACRA 2; the
 * numbers that are not here gained nothing.
 */
const WEIGHTS = [
  [0, 3, 29.7],
  [1, 1, 29.7],
  [1, 5, 505.1],
  [2, 0, 323.5],
  [2, 3, 14.8],
  [4, 1, 13.6],
  [4, 2, 12.7],
  [4, 3, 222],
  [4, 4, 88.5],
] as const

/** SSIMULACRA 2's own map of its sum of errors to a score. */
const POWER = 0.6276336467831387

/**
 * How near the picture that the core just looked at is to its source, at the size of a phone's screen: 100 for the same,
 * about 90 where nobody sees a difference without flicking between both, 70 for good, 50 for fair, 0 for a ruin. To one
 * decimal.
 */
export function readScore(core: ScoreExports): number {
  const sum = WEIGHTS.reduce(
    (total, [kind, which, weight]) => total + weight * core.score_fact(kind, which),
    0,
  )
  return Math.round(Math.min(100, Math.max(0, 100 - 10 * sum ** POWER)) * 10) / 10
}
