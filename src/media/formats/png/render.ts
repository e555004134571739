import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { fromCore } from '../../from-core.ts'
import type { Draft } from '../../rendition.ts'
import { fail, ok, type Result } from '../../result.ts'
import { jpegDraft, jpegTarget } from '../../still.ts'
import { accepts, boundedSize, type Target } from '../../target.ts'
import type { MediaWarning } from '../../warning.ts'
import { cleanPng } from './clean.ts'
import { readPngColour } from './colour.ts'
import { type FittedPng, fitPng } from './fit.ts'
import { type PngHeader, readPngHeader } from './header.ts'

/** The same pixels without their metadata where that fits; else a palette PNG or a JPEG. */
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
  if (!jpeg && !png) return fail({ code: 'type_not_accepted', type, accepted: target.types ?? [] })
  const { data } = header
  if (data === undefined || !header.sound)
    return fail({
      code: 'malformed_media',
      type,
      detail: data === undefined ? 'no IDAT' : 'a wrong checksum',
    })
  const colour = readPngColour(header)
  const fitted = await fitPng(source, { ...header, data }, colour, {
    budget: target.budget,
    jpeg: jpegTarget(facts, target),
    types: { png, jpeg },
  })
  if (!fitted.ok) return fail(fromCore(fitted.failure, facts, target))
  return ok(draftOf(fitted.value, facts, colour.kind === 'unsupported'))
}

function draftOf(fitted: FittedPng, facts: Facts, profileIgnored: boolean): Draft {
  const warnings: MediaWarning[] = []
  if (fitted.flattened) warnings.push({ code: 'transparency_flattened' })
  if (facts.animated) warnings.push({ code: 'animation_dropped' })
  if (fitted.truncated) warnings.push({ code: 'truncated' })
  if (fitted.damaged) warnings.push({ code: 'damaged' })
  if (profileIgnored) warnings.push({ code: 'profile_ignored' })
  const { bytes, type, width, height, quality = 100, score, palette } = fitted
  if (palette === undefined) return jpegDraft({ ...fitted, quality }, facts, warnings)
  return { bytes, type, width, height, score, warnings, reason: paletteReason(fitted, facts) }
}

function paletteReason({ width, height, palette }: FittedPng, facts: Facts): string {
  const scaled = width !== facts.width || height !== facts.height
  const colours = `${palette?.colors} colours`
  if (!scaled && palette?.exact) return `Packed as PNG with its ${colours}; every pixel is as it was.`
  const why = facts.alpha ? 'Kept as PNG for its transparency' : 'Kept as PNG for its sharp edges'
  const from = scaled ? `, scaled from ${facts.width} x ${facts.height} to ${width} x ${height}` : ''
  return `${why}, with ${colours}${from}.`
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
  const bytes = cleanPng(source, header, target.budget)
  if (bytes === undefined) return undefined
  const reason = facts.hasMetadata ? 'It fits; only its metadata was taken out.' : 'It fits as it is.'
  return {
    bytes,
    type: 'image/png',
    width,
    height,
    score: 100,
    reason,
    warnings: animated ? [{ code: 'animation_dropped' }] : [],
  }
}
