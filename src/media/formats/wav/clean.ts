import { u16le } from '../../bytes.ts'
import type { MediaFailure } from '../../failure.ts'
import type { Cleaned } from '../../pass-through.ts'
import { fail, ok, type Result } from '../../result.ts'
import { type RiffChunk, riffChunks, writeRiff } from '../../riff.ts'

/** Bytes of the format chunk that players read, by what its first field says. */
const PLAIN_FORMAT = 16
const EXTENSIBLE = 0xfffe
const EXTENSIBLE_FORMAT = 40

/** The format and the samples of a WAV file: LIST, bext, iXML, id3, cue and every other chunk stay behind. */
export function cleanWav(source: Uint8Array): Result<Cleaned, MediaFailure> {
  const bad = (detail: string) => fail({ code: 'malformed_media', type: 'audio/wav', detail } as const)
  if (source[1] === 0x46)
    return fail({ code: 'unsupported_feature', type: 'audio/wav', feature: '64-bit sizes' })
  let format: Uint8Array | undefined
  let fact: Uint8Array | undefined
  let samples: RiffChunk | undefined
  for (const chunk of riffChunks(source)) {
    if (chunk.name === 'fmt ') format ??= wholeFormat(chunk.data)
    else if (chunk.name === 'fact') fact ??= chunk.data.subarray(0, 4)
    else if (chunk.name === 'data') samples ??= chunk
  }
  if (format === undefined) return bad('no format chunk of a known length')
  if (samples === undefined || samples.data.length === 0) return bad('no samples')
  const block = Math.max(1, u16le(format, 12))
  // A recorder that was cut off leaves half a block, which players click on.
  const data = samples.data.subarray(0, samples.data.length - (samples.data.length % block))
  const chunks = [{ name: 'fmt ', data: format }]
  if (fact?.length === 4) chunks.push({ name: 'fact', data: fact })
  chunks.push({ name: 'data', data })
  return ok({ bytes: writeRiff('WAVE', chunks), warnings: samples.cut ? [{ code: 'truncated' }] : [] })
}

/** The format without what may follow it; compressed codings count the bytes of their own in its 17th and 18th. */
function wholeFormat(data: Uint8Array): Uint8Array | undefined {
  const tag = u16le(data, 0)
  const extra = data.length >= 18 ? u16le(data, 16) : 0
  const length =
    tag === EXTENSIBLE
      ? EXTENSIBLE_FORMAT
      : tag === 1 || tag === 3
        ? PLAIN_FORMAT
        : extra === 0
          ? PLAIN_FORMAT
          : 18 + extra
  return data.length >= length && length <= 64 ? data.subarray(0, length) : undefined
}
