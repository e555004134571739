import { u16le, u32le } from '../../bytes.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { fail, ok, type Result } from '../../result.ts'
import { riffChunks } from '../../riff.ts'

const NAMES: Readonly<Record<number, string>> = {
  1: 'pcm',
  2: 'adpcm-ms',
  3: 'float',
  6: 'alaw',
  7: 'ulaw',
  17: 'adpcm-ima',
  85: 'mp3',
}

/** Facts of a WAV file from its chunk headers. */
export function inspectWav(bytes: Uint8Array): Result<Facts, MediaFailure> {
  let rate = 0
  let sampleRate = 0
  let samples = 0
  let tag = 0
  let length = 0
  let hasMetadata = false
  for (const { name, data } of riffChunks(bytes)) {
    if (name === 'fmt ') {
      tag = u16le(data, 0)
      sampleRate = u32le(data, 4)
      rate = u32le(data, 8)
    } else if (name === 'data') length = data.length
    else if (name === 'fact') samples = u32le(data, 0)
    else hasMetadata = true
  }
  if (rate <= 0) return fail({ code: 'malformed_media', type: 'audio/wav', detail: 'no format with a rate' })
  const codecs = [NAMES[tag] ?? `wave-${tag}`]
  // Compressed codings count their samples; their mean rate is a guess of the encoder's.
  const counted = tag !== 1 && samples > 0 && sampleRate > 0
  const durationMs = Math.round((counted ? samples / sampleRate : length / rate) * 1000)
  return ok({ type: 'audio/wav', kind: 'audio', bytes: bytes.length, durationMs, hasMetadata, codecs })
}
