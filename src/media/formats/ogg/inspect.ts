import { u16le, u32le } from '../../bytes.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { ok, type Result } from '../../result.ts'
import { readOgg } from './clean.ts'

/** Facts of an Ogg file. Its length is the last granule position, in samples; Opus always counts 48,000 a second. */
export function inspectOgg(bytes: Uint8Array): Result<Facts, MediaFailure> {
  const read = readOgg(bytes)
  if (!read.ok) return read
  const { codec, headers, audio } = read.value
  const head = headers[0]!
  const rate = codec.name === 'opus' ? 48_000 : u32le(head, codec.name === 'vorbis' ? 12 : 36)
  const skipped = codec.name === 'opus' ? u16le(head, 10) : 0
  const granule = audio.at(-1)?.granule ?? new Uint8Array(8)
  const samples = u32le(granule, 0) + u32le(granule, 4) * 2 ** 32 - skipped
  const sane = rate > 0 && samples > 0 && samples < 2 ** 48
  return ok({
    type: 'audio/ogg',
    kind: 'audio',
    bytes: bytes.length,
    ...(sane ? { durationMs: Math.round((samples / rate) * 1000) } : {}),
    hasMetadata: headers[1]!.length > codec.blank.length,
    codecs: [codec.name],
  })
}
