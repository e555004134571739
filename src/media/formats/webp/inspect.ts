import { hasAt, u16le, u32le } from '../../bytes.ts'
import { readOrientation } from '../../exif-orientation.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { PIXEL_LIMITS, withinPixels } from '../../limits.ts'
import { fail, type Result } from '../../result.ts'
import { riffChunks } from '../../riff.ts'

type Seen = { width: number; height: number; alpha: boolean; frames: number; durationMs: number }

/** Facts of a WebP picture or animation from its chunk headers (RFC 9649). */
export function inspectWebp(bytes: Uint8Array): Result<Facts, MediaFailure> {
  const type = 'image/webp'
  const seen: Seen = { width: 0, height: 0, alpha: false, frames: 0, durationMs: 0 }
  let orientation = 1
  let hasMetadata = false
  for (const { name, data } of riffChunks(bytes)) {
    if (name === 'EXIF') orientation = readOrientation(hasAt(data, 0, 'Exif\0\0') ? data.subarray(6) : data)
    if (['EXIF', 'XMP ', 'ICCP'].includes(name)) hasMetadata = true
    else readSize(name, data, seen)
  }
  const { width, height, alpha, frames, durationMs } = seen
  if (width === 0 || height === 0) return fail({ code: 'malformed_media', type, detail: 'no picture' })
  const turned = orientation > 4
  return withinPixels(
    {
      type,
      kind: 'image',
      bytes: bytes.length,
      width: turned ? height : width,
      height: turned ? width : height,
      orientation,
      animated: frames > 1,
      alpha,
      hasMetadata,
      ...(frames > 1 ? { frames, durationMs } : {}),
    },
    PIXEL_LIMITS.rows,
  )
}

function readSize(name: string, data: Uint8Array, seen: Seen): void {
  if (name === 'ANMF') {
    seen.frames++
    seen.durationMs += u24(data, 12)
  }
  // The extended header comes first and counts more than those of the pictures in it.
  if (seen.width > 0) return
  if (name === 'VP8X' && data.length >= 10) {
    seen.alpha = (data[0]! & 0x10) !== 0
    seen.width = u24(data, 4) + 1
    seen.height = u24(data, 7) + 1
  } else if (name === 'VP8 ' && hasAt(data, 3, '\x9d\x01\x2a')) {
    seen.width = u16le(data, 6) & 0x3fff
    seen.height = u16le(data, 8) & 0x3fff
  } else if (name === 'VP8L' && data[0] === 0x2f && data.length >= 5) {
    const bits = u32le(data, 1)
    seen.width = (bits & 0x3fff) + 1
    seen.height = ((bits >>> 14) & 0x3fff) + 1
    seen.alpha = ((bits >>> 28) & 1) === 1
  }
}

function u24(data: Uint8Array, at: number): number {
  return (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8) | ((data[at + 2] ?? 0) << 16)
}
