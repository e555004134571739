import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { fail, ok, type Result } from '../../result.ts'
import { mp3Frames } from './frames.ts'

/** Facts of an MP3: every frame header is visited, which is a few thousand for a song. */
export function inspectMp3(bytes: Uint8Array): Result<Facts, MediaFailure> {
  let samples = 0
  let rate = 0
  let inside = 0
  for (const { header } of mp3Frames(bytes)) {
    samples += header.samples
    rate = header.sampleRate
    inside += header.length
  }
  if (rate === 0)
    return fail({ code: 'malformed_media', type: 'audio/mpeg', detail: 'no two frames in a row' })
  return ok({
    type: 'audio/mpeg',
    kind: 'audio',
    bytes: bytes.length,
    durationMs: Math.round((samples / rate) * 1000),
    hasMetadata: inside !== bytes.length,
    codecs: ['mp3'],
  })
}
