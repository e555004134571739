import { demandOf } from '../../demand.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { withinPixels } from '../../limits.ts'
import { fail, type Result } from '../../result.ts'
import { readWebpHeader, type WebpHeader } from './header.ts'

/** Pixels that are taken of each kind, so that the decoder stays under 48 MiB. */
const MOST_PIXELS = {
  /** One and a half bytes a pixel. */
  lossy: 28_000_000,
  /** The opacity is coded without loss and takes up to four bytes a pixel of its own. */
  covered: 12_000_000,
  /** Four bytes a pixel, because any may be copied from any before it. */
  lossless: 8_500_000,
  /** Two canvases of four bytes a pixel and the picture that is drawn on them. */
  canvas: 3_600_000,
} as const
/** About how many times the bytes a JPEG takes that looks the same. */
const BYTES_AS_JPEG = 1.3
const USUAL_QUALITY = 91

/** Facts of a WebP picture or animation from its chunk headers. */
export function inspectWebp(bytes: Uint8Array): Result<Facts, MediaFailure> {
  const type = 'image/webp'
  const header = readWebpHeader(bytes)
  if (header === undefined) return fail({ code: 'malformed_media', type, detail: 'no picture' })
  const { width, height, alpha, frames, durationMs, orientation, hasMetadata } = header
  const turned = orientation > 4
  const facts: Facts = {
    type,
    kind: 'image',
    bytes: bytes.length,
    width: turned ? height : width,
    height: turned ? width : height,
    orientation,
    animated: frames > 1,
    alpha,
    hasMetadata,
    ...(frames > 1 ? { frames, durationMs } : { demand: demand(bytes.length, header) }),
  }
  return withinPixels(facts, limitOf(header))
}

function limitOf({ frames, lossless, alpha }: WebpHeader): number {
  if (frames > 0) return MOST_PIXELS.canvas
  if (lossless) return MOST_PIXELS.lossless
  return alpha ? MOST_PIXELS.covered : MOST_PIXELS.lossy
}

function demand(bytes: number, { lossless, width, height }: WebpHeader): number {
  return lossless
    ? demandOf({ bytes, width, height })
    : demandOf({ bytes: bytes * BYTES_AS_JPEG, width, height }, USUAL_QUALITY)
}
