import { renderBitmap } from '../../bitmap.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import type { Draft } from '../../rendition.ts'
import { fail, ok, type Result } from '../../result.ts'
import { accepts, boundedSize, type Target } from '../../target.ts'
import { cleanPng } from './clean.ts'
import { readPngColour } from './colour.ts'
import { type PngHeader, readPngHeader } from './header.ts'
import { openPng } from './open.ts'
import { dataRows } from './size.ts'

/** The same pixels without their metadata where that fits; else a JPEG, transparency laid on white. */
export async function renderPng(
  source: Uint8Array,
  facts: Facts,
  target: Target,
): Promise<Result<Draft, MediaFailure>> {
  const { type } = facts
  const header = readPngHeader(source)
  if (header === undefined) return fail({ code: 'malformed_media', type, detail: 'IHDR or PLTE' })
  const jpeg = accepts(target, 'image/jpeg')
  const png = accepts(target, 'image/png') && !(jpeg && target.preferJpeg === true)
  const passed = png ? pass(source, header, facts, target) : undefined
  if (passed !== undefined) return ok(passed)
  if (!jpeg)
    return fail(
      png ? tooLarge(facts, target) : { code: 'type_not_accepted', type, accepted: target.types ?? [] },
    )
  return renderBitmap(
    () => openPng(source, header),
    { rows: dataRows(header), colour: readPngColour(header) },
    facts,
    target,
  )
}

/** The lossless way, when nothing about the pixels has to change. */
function pass(source: Uint8Array, header: PngHeader, facts: Facts, target: Target): Draft | undefined {
  const { width, height, orientation, meaning, animated } = header
  const bound = boundedSize(width, height, target)
  if (bound.width !== width || bound.height !== height || orientation !== 1) return undefined
  // Sixteen bits a sample are twice the bytes, and not all handsets show them.
  if (header.depth === 16) return undefined
  // A profile holds words of its maker and does not stay, so without it the colours have to be the same. Gamma and
  // chromaticities are numbers and may stay.
  const named = meaning.has('iCCP') || meaning.has('cICP')
  if (named && readPngColour(header).kind !== 'srgb') return undefined
  const bytes = cleanPng(source, header)
  if (bytes === undefined || bytes.length > target.budget) return undefined
  const reason = facts.hasMetadata ? 'It fits; only its metadata was taken out.' : 'It fits as it is.'
  return {
    bytes,
    type: 'image/png',
    width,
    height,
    reason,
    warnings: animated ? [{ code: 'animation_dropped' }] : [],
  }
}

function tooLarge({ type }: Facts, { budget }: Target): MediaFailure {
  return { code: 'cannot_fit', type, reason: 'as a PNG it would be larger, and JPEG is not accepted', budget }
}
