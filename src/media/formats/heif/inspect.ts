import { latin1, u32be } from '../../bytes.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { PIXEL_LIMITS, withinPixels } from '../../limits.ts'
import { fail, type Result } from '../../result.ts'
import type { MediaType } from '../../types.ts'
import { boxes, find } from '../mp4/boxes.ts'

/**
 * Facts of a HEIC, HEIF or AVIF file from its property boxes (ISO/IEC 23008-12). The largest extent is taken for the
 * picture's, which a grid of tiles and its thumbnails are not.
 */
export function inspectHeif(bytes: Uint8Array, type: MediaType): Result<Facts, MediaFailure> {
  const meta = find(bytes, 'meta')?.subarray(4)
  const properties = meta && find(meta, 'iprp', 'ipco')
  if (meta === undefined || properties === undefined)
    return fail({ code: 'malformed_media', type, detail: 'no properties' })
  let [width, height, quarters] = [0, 0, 0]
  for (const { type: name, data } of boxes(properties)) {
    if (name === 'irot') quarters = data[0]! & 3
    if (name !== 'ispe' || data.length < 12) continue
    const [across, down] = [u32be(data, 4), u32be(data, 8)]
    if (across * down > width * height) [width, height] = [across, down]
  }
  if (width === 0 || height === 0) return fail({ code: 'malformed_media', type, detail: 'no extent' })
  const turned = quarters % 2 === 1
  const items = find(meta, 'iinf') ?? new Uint8Array()
  // Turning is a property of the picture here, not a word of EXIF: whoever decodes it gets it upright.
  return withinPixels(
    {
      type,
      kind: 'image',
      bytes: bytes.length,
      width: turned ? height : width,
      height: turned ? width : height,
      orientation: 1,
      animated: /^(hevc|hevx|msf1|avis)$/.test(latin1(bytes, 8, 4)),
      hasMetadata: /Exif|mime/.test(latin1(items, 0, Math.min(items.length, 65_536))),
    },
    PIXEL_LIMITS.rows,
  )
}
