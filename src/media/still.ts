import type { Facts } from './facts.ts'
import type { FittedJpeg, JpegTarget } from './formats/jpeg/fit.ts'
import type { Draft } from './rendition.ts'
import { boundedSize, type Target } from './target.ts'
import type { MediaWarning } from './warning.ts'

/** A picture that fits already is not blown up by being encoded anew: this much over its own size is plenty. */
const GROWTH = 1.25
/** Files of fewer bytes than this are not worth saving at. */
const SMALL = 20_000

/** What the core is asked for so that a still becomes what the target asks. */
export function jpegTarget(facts: Facts, target: Target): JpegTarget {
  const bound = boundedSize(facts.width ?? 1, facts.height ?? 1, target)
  const { effort } = target
  return {
    budget:
      facts.bytes <= target.budget
        ? Math.min(target.budget, Math.max(SMALL, Math.floor(facts.bytes * GROWTH)))
        : target.budget,
    bound,
    ...(effort === undefined ? {} : { effort }),
  }
}

/** The draft that a picture out of the core becomes. */
export function jpegDraft(fitted: FittedJpeg, facts: Facts, warnings: readonly MediaWarning[]): Draft {
  const { bytes, width, height, quality, score } = fitted
  const scaled = width !== facts.width || height !== facts.height
  const reason = scaled
    ? `Scaled from ${facts.width} x ${facts.height} to ${width} x ${height} and encoded as JPEG to fit.`
    : 'Encoded as JPEG at its own size.'
  return { bytes, type: 'image/jpeg', width, height, quality, score, warnings, reason }
}
