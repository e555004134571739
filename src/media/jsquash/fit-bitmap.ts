import encode from '@jsquash/jpeg/encode.js'
import type { Facts } from '../facts.ts'
import type { MediaFailure } from '../failure.ts'
import type { Draft } from '../rendition.ts'
import { fail, ok, type Result } from '../result.ts'
import { boundedSize, type Target } from '../target.ts'
import type { MediaWarning } from '../warning.ts'
import { type Bitmap, flatten, orient, shrink } from './bitmap.ts'

/** Under these a picture is no longer acceptable: its longer side in pixels, and the encoder's quality. */
const SMALLEST_SIDE = 160
const LOWEST_QUALITY = 10
const HIGHEST_QUALITY = 92
/** Bytes a pixel below which fewer pixels look better than more loss. */
const ENOUGH_PER_PIXEL = 0.07

/** A JPEG of at most the target's budget from whole pixels, by trying sizes and qualities. */
export async function fitBitmap(
  source: Bitmap,
  facts: Facts,
  target: Target,
): Promise<Result<Draft, MediaFailure>> {
  const warnings: MediaWarning[] = flatten(source) ? [{ code: 'transparency_flattened' }] : []
  const upright = orient(source, facts.orientation ?? 1)
  const bound = boundedSize(upright.width, upright.height, target)
  const wanted = Math.sqrt(target.budget / ENOUGH_PER_PIXEL / (bound.width * bound.height))
  const least = Math.min(1, SMALLEST_SIDE / Math.max(bound.width, bound.height))
  let scale = Math.min(1, Math.max(wanted, least))
  let smallest: number | undefined
  while (true) {
    const width = Math.max(1, Math.round(bound.width * scale))
    const height = Math.max(1, Math.round(bound.height * scale))
    const tooSmall =
      Math.max(width, height) < SMALLEST_SIDE && Math.max(bound.width, bound.height) >= SMALLEST_SIDE
    if (tooSmall) break
    const found = await bestQuality(shrink(upright, width, height), target.budget)
    if (found.bytes !== undefined) {
      const reason =
        width === upright.width ? 'encoded as JPEG' : `scaled to ${width} x ${height} and encoded as JPEG`
      const quality = found.quality
      return ok({
        bytes: found.bytes,
        type: 'image/jpeg',
        width,
        height,
        quality,
        warnings,
        reason: `${reason} to fit.`,
      })
    }
    smallest = Math.min(smallest ?? Infinity, found.smallest)
    if (scale <= least) break
    scale = Math.max(least, scale * 0.75)
  }
  const reason = `even at ${SMALLEST_SIDE} pixels and the lowest quality it is larger`
  const { type } = facts
  return fail({ code: 'cannot_fit', type, reason, budget: target.budget, ...(smallest ? { smallest } : {}) })
}

type Found = { readonly bytes?: Uint8Array; readonly quality: number; readonly smallest: number }

/** The highest quality whose file is within the budget, by bisection. */
async function bestQuality(bitmap: Bitmap, budget: number): Promise<Found> {
  let low = LOWEST_QUALITY
  let high = HIGHEST_QUALITY
  let best: Uint8Array | undefined
  let quality = 0
  let smallest = Infinity
  for (let guess = high; low <= high; guess = (low + high) >> 1) {
    const bytes = new Uint8Array(
      await encode(bitmap as never, { quality: guess, progressive: false, baseline: true }),
    )
    smallest = Math.min(smallest, bytes.length)
    if (bytes.length <= budget) {
      best = bytes
      quality = guess
      low = guess + 1
    } else high = guess - 1
  }
  return best === undefined ? { quality, smallest } : { bytes: best, quality, smallest }
}
