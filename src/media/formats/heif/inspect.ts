import { demandOf } from '../../demand.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { MAX_SIDE, PIXEL_LIMITS, withinPixels } from '../../limits.ts'
import { fail, type Result } from '../../result.ts'
import type { MediaType } from '../../types.ts'
import { readAvifSequence } from '../avif/sequence.ts'
import { isSequence } from './brands.ts'
import { readHeifItems } from './items.ts'
import { type HeifGrid, readHeifPicture } from './picture.ts'
import { rgbConverter } from './to-rgb.ts'

/**
 * Bytes of samples that a tile may have, so that its decoder stays under 48 MiB: libheif holds a tile about three times,
 * dav1d once.
 */
const MOST_TILE_BYTES = { hvc1: 13_500_000, av01: 37_500_000 } as const
/** Bytes of samples that a row of tiles may have, of which each is held once. */
const MOST_BAND_BYTES = 24_000_000
/** About how many times the bytes a JPEG takes that looks the same. */
const BYTES_AS_JPEG = 2
/** What phones write, as libjpeg counts quality. */
const USUAL_QUALITY = 91

/** Facts of a HEIC, HEIF or AVIF file from its item boxes (ISO/IEC 23008-12). */
export function inspectHeif(bytes: Uint8Array, type: MediaType): Result<Facts, MediaFailure> {
  const items = readHeifItems(bytes)
  if (typeof items === 'string') return fail({ code: 'unsupported_feature', type, feature: items })
  if (items === undefined && isSequence(bytes))
    return fail({ code: 'unsupported_feature', type, feature: 'a sequence without a still' })
  if (items === undefined) return fail({ code: 'malformed_media', type, detail: 'no items' })
  const picture = readHeifPicture(items)
  if ('feature' in picture) return fail({ code: 'unsupported_feature', type, feature: picture.feature })
  if ('detail' in picture) return fail({ code: 'malformed_media', type, detail: picture.detail })
  const converter = picture.cicp && rgbConverter(picture.cicp)
  if (typeof converter === 'string') return fail({ code: 'unsupported_feature', type, feature: converter })
  const { colour, crop, alpha } = picture
  const turned = picture.orientation > 4
  const width = turned ? crop.height : crop.width
  const height = turned ? crop.width : crop.height
  const facts: Facts = {
    type,
    kind: 'image',
    bytes: bytes.length,
    width,
    height,
    // Turning is a property of the picture here, not a word of EXIF: whoever decodes it gets it upright.
    orientation: 1,
    alpha: alpha !== undefined,
    demand: demandOf({ bytes: bytes.length * BYTES_AS_JPEG, width, height }, USUAL_QUALITY),
    ...filmOf(bytes, type),
    hasMetadata: [...items.items.values()].some((item) => /Exif|mime|uri /.test(item.type)),
  }
  const limit = Math.min(limitOf(colour), alpha === undefined ? Infinity : limitOf(alpha))
  const tooLong = colour.tileWidth > MAX_SIDE || colour.tileHeight > MAX_SIDE
  if (colour.width * colour.height > limit || tooLong)
    return fail({ code: 'too_many_pixels', type, width, height, limit })
  return withinPixels(facts, PIXEL_LIMITS.rows)
}

/** Pixels that a picture in tiles of this size and number may have, so that what is held at once stays bounded. */
function limitOf(grid: HeifGrid): number {
  const { columns, rows, tileWidth, tileHeight, bytesPerPixel, coding } = grid
  const tile = MOST_TILE_BYTES[coding] / (tileWidth * tileHeight * bytesPerPixel)
  const band = columns === 1 ? Infinity : MOST_BAND_BYTES / (tileWidth * tileHeight * columns * bytesPerPixel)
  const least = Math.min(1, tile, band)
  return least === 1 ? PIXEL_LIMITS.rows : Math.floor(least * tileWidth * columns * tileHeight * rows)
}

/** How many pictures a sequence has and how long they take, where that can be read. */
function filmOf(bytes: Uint8Array, type: MediaType): Partial<Facts> {
  if (!isSequence(bytes)) return { animated: false }
  const film = type === 'image/avif' ? readAvifSequence(bytes) : undefined
  if (film === undefined) return { animated: true }
  const { samples, durationMs } = film
  return samples.length === 1 ? { animated: false } : { animated: true, frames: samples.length, durationMs }
}
