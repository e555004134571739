import type { Facts } from './facts.ts'
import type { MediaFailure } from './failure.ts'
import { fail, ok, type Result } from './result.ts'

/** Pixels that are taken of each kind of still, from its header, before anything is decoded. */
export const PIXEL_LIMITS = {
  baselineJpeg: 220e6,
  progressiveJpeg: 64e6,
  /** Formats that are decoded in rows: PNG, BMP, TIFF. */
  rows: 100e6,
  /** Pictures of which every pixel has to be held. */
  wholeBitmap: 24e6,
  /** The screen of an animation, which is held with all its pixels. */
  screen: 9e6,
  /** All frames of an animation together. */
  animation: 360e6,
} as const

/** The longest side of any still. */
export const MAX_SIDE = 65_500

/** Refuses what the header shows to be too large; `frames` multiplies an animation's pixels. */
export function withinPixels(facts: Facts, limit: number, frames = 1): Result<Facts, MediaFailure> {
  const { type, width = 0, height = 0 } = facts
  const fits = width * height * frames <= limit && width <= MAX_SIDE && height <= MAX_SIDE
  return fits ? ok(facts) : fail({ code: 'too_many_pixels', type, width, height, limit })
}
