import { concat } from '../../bytes.ts'
import type { MediaFailure } from '../../failure.ts'
import type { Cleaned } from '../../pass-through.ts'
import { fail, ok, type Result } from '../../result.ts'
import { adtsFrameLength } from './frame.ts'

/** The ADTS frames of an AAC file and nothing else. */
export function cleanAac(source: Uint8Array): Result<Cleaned, MediaFailure> {
  const kept = adtsFrames(source)
  if (kept.length === 0)
    return fail({ code: 'malformed_media', type: 'audio/aac', detail: 'no two ADTS frames in a row' })
  return ok({ bytes: concat(kept), warnings: [] })
}

/** Whole frames in order; behind a gap one counts only when another follows it or the file ends with it. */
export function adtsFrames(bytes: Uint8Array): Uint8Array[] {
  const kept: Uint8Array[] = []
  let joined = false
  for (let at = 0; at + 7 <= bytes.length; ) {
    const length = adtsFrameLength(bytes, at)
    const end = at + length
    const good = length > 0 && end <= bytes.length
    if (good && (joined || end === bytes.length || adtsFrameLength(bytes, end) > 0)) {
      kept.push(bytes.subarray(at, end))
      joined = true
      at = end
    } else {
      joined = false
      at++
    }
  }
  return kept
}
