// The calls of the score. Numbers of a picture come out; `src/media/score.ts` weighs them.

import { tokensAt } from '../jpeg/encode/budget.ts'
import { chromaStep } from '../jpeg/encode/frame.ts'
import { COLOR_CMYK, COLOR_RGB, color, components } from '../pixel/planes.ts'
import { stageData, stageHeight, stageStride, stageWidth } from '../pixel/stage.ts'
import { scoreEncoded } from './encoded.ts'
import { scoreIndexed } from './indexed.ts'
import { takeSpectrum } from './spectrum.ts'
import { beginWindows, windowFact } from './windows.ts'

/** Looks at the stage, while it is there: how fine its detail is. */
export function score_stage(): void {
  // Green is nearest to luma.
  let c = components >= 3 && (color === COLOR_RGB || color === COLOR_CMYK) ? 1 : 0
  takeSpectrum(stageData(c), stageStride(c), stageWidth(c), stageHeight(c))
}

/**
 * Looks at the JPEG that `fit_encode` made, before anything else is made.
 *
 * @param ratio its pixels for one of the picture as it is viewed, along a side
 * @param stage pixels of the stage for one of it
 */
export function score_encoded(ratio: f64, stage: f64): void {
  beginWindows(ratio, stage, chromaStep)
  scoreEncoded(tokensAt)
}

/** As {@link score_encoded} for the indices that `picture_index` made, before the next picture. */
export function score_indexed(ratio: f64, stage: f64): void {
  beginWindows(ratio, stage, 2)
  scoreIndexed()
}

/** What was found: see `windowFact`. */
export function score_fact(kind: i32, which: i32): f64 {
  return windowFact(kind, which)
}
