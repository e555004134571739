import { concat, hasAt, u32be } from '../../bytes.ts'
import type { MediaFailure } from '../../failure.ts'
import type { Cleaned } from '../../pass-through.ts'
import { fail, ok, type Result } from '../../result.ts'
import { mp3Frames } from './frames.ts'

/**
 * The frames of an MP3 and nothing else: ID3 of both versions, APE and lyrics tags, and whatever stands before,
 * between or behind the frames is left out. Of an encoder's own first frame only the table for seeking stays.
 */
export function cleanMp3(source: Uint8Array): Result<Cleaned, MediaFailure> {
  const kept: Uint8Array[] = []
  for (const { start, header } of mp3Frames(source)) {
    const frame = source.subarray(start, start + header.length)
    kept.push(kept.length === 0 ? withoutEncoderName(frame, header) : frame)
  }
  if (kept.length === 0)
    return fail({ code: 'malformed_media', type: 'audio/mpeg', detail: 'no two frames in a row' })
  return ok({ bytes: concat(kept), warnings: [] })
}

/**
 * The first frame may be silent and hold "Xing" or "Info" behind the side information, with flags that say which of
 * four fields follow; behind those, encoders write their name, gains and settings.
 */
function withoutEncoderName(frame: Uint8Array, header: { version: number; channels: number }): Uint8Array {
  const side = header.version === 1 ? (header.channels === 1 ? 17 : 32) : header.channels === 1 ? 9 : 17
  const at = 4 + side
  if (!hasAt(frame, at, 'Xing') && !hasAt(frame, at, 'Info')) return frame
  const flags = u32be(frame, at + 4)
  const fields = (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0)
  const copy = frame.slice()
  copy.fill(0, at + 8 + fields)
  return copy
}
