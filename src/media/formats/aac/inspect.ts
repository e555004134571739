import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { fail, ok, type Result } from '../../result.ts'
import { adtsFrames } from './clean.ts'

const RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350]

/** Facts of an AAC file in ADTS; each frame holds one to four blocks of 1024 samples. */
export function inspectAac(bytes: Uint8Array): Result<Facts, MediaFailure> {
  const frames = adtsFrames(bytes)
  if (frames.length === 0)
    return fail({ code: 'malformed_media', type: 'audio/aac', detail: 'no two ADTS frames in a row' })
  const rate = RATES[(frames[0]![2]! >> 2) & 15]!
  const blocks = frames.reduce((sum, frame) => sum + (frame[6]! & 3) + 1, 0)
  const inside = frames.reduce((sum, frame) => sum + frame.length, 0)
  return ok({
    type: 'audio/aac',
    kind: 'audio',
    bytes: bytes.length,
    durationMs: Math.round((blocks * 1024 * 1000) / rate),
    hasMetadata: inside !== bytes.length,
    codecs: ['aac'],
  })
}
