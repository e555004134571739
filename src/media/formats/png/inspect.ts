import { hasAt, u32be } from '../../bytes.ts'
import { readOrientation } from '../../exif-orientation.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { PIXEL_LIMITS, withinPixels } from '../../limits.ts'
import { fail, type Result } from '../../result.ts'
import { pngChunks } from './chunks.ts'

/** Chunks that the pixels do not need: words, dates, places, and whatever is private to a program. */
const PLAIN = new Set([
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'tRNS',
  'gAMA',
  'cHRM',
  'sRGB',
  'acTL',
  'fcTL',
  'fdAT',
])

/** Facts of a PNG or APNG. Chunk CRCs are not checked here; IHDR has to be first, with values of the standard. */
export function inspectPng(bytes: Uint8Array): Result<Facts, MediaFailure> {
  const type = 'image/png'
  if (!hasAt(bytes, 12, 'IHDR') || u32be(bytes, 8) !== 13 || bytes.length < 33)
    return fail({ code: 'malformed_media', type, detail: 'IHDR is missing' })
  const width = u32be(bytes, 16)
  const height = u32be(bytes, 20)
  const [depth, colour] = [bytes[24]!, bytes[25]!]
  const depths = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] }[colour]
  if (
    width === 0 ||
    height === 0 ||
    !depths?.includes(depth) ||
    bytes[26] !== 0 ||
    bytes[27] !== 0 ||
    bytes[28]! > 1
  )
    return fail({ code: 'malformed_media', type, detail: 'IHDR has values outside the standard' })
  let orientation = 1
  let hasMetadata = false
  let animated = false
  let alpha = colour >= 4
  let data = false
  for (const chunk of pngChunks(bytes)) {
    if (chunk.name === 'eXIf') orientation = readOrientation(chunk.data)
    if (chunk.name === 'acTL' && !data) animated = true
    if (chunk.name === 'tRNS') alpha = true
    if (chunk.name === 'IDAT') data = true
    if (!PLAIN.has(chunk.name)) hasMetadata = true
  }
  const turned = orientation > 4
  return withinPixels(
    {
      type: animated ? 'image/apng' : type,
      kind: 'image',
      bytes: bytes.length,
      width: turned ? height : width,
      height: turned ? width : height,
      orientation,
      animated,
      alpha,
      hasMetadata,
    },
    PIXEL_LIMITS.png,
  )
}
