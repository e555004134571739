import { concat, fromLatin1, hasAt } from '../../bytes.ts'
import type { MediaFailure } from '../../failure.ts'
import type { Cleaned } from '../../pass-through.ts'
import { fail, ok, type Result } from '../../result.ts'
import type { MediaType } from '../../types.ts'

/** Speech bytes of a frame by its type, RFC 4867, 5.3 with 3GPP TS 26.101 and 26.201; -1 is reserved. */
const NARROW = [12, 13, 15, 17, 19, 20, 26, 31, 5, 6, 5, 5, -1, -1, -1, 0]
const WIDE = [17, 23, 32, 36, 40, 46, 50, 58, 60, 5, -1, -1, -1, -1, 0, 0]

/** What an AMR file says about itself. */
export type AmrFrames = {
  readonly type: MediaType
  readonly magic: string
  /** Each with its one byte of header; 20 ms of sound each. */
  readonly frames: readonly Uint8Array[]
  /** Whether the walk ended at the last byte of the file. */
  readonly whole: boolean
}

/** The frames of an AMR or AMR-WB file of one channel; `undefined` when it is neither. */
export function amrFrames(bytes: Uint8Array): AmrFrames | undefined {
  const wide = hasAt(bytes, 0, '#!AMR-WB\n')
  if (!wide && !hasAt(bytes, 0, '#!AMR\n')) return undefined
  const magic = wide ? '#!AMR-WB\n' : '#!AMR\n'
  const sizes = wide ? WIDE : NARROW
  const frames: Uint8Array[] = []
  let at = magic.length
  while (at < bytes.length) {
    const head = bytes[at]!
    const size = sizes[(head >> 3) & 15]!
    // The bits around type and quality are zero in every file; where they are not, this is no frame.
    if (size < 0 || (head & 0x83) !== 0 || at + 1 + size > bytes.length) break
    frames.push(bytes.subarray(at, at + 1 + size))
    at += 1 + size
  }
  return { type: wide ? 'audio/amr-wb' : 'audio/amr', magic, frames, whole: at === bytes.length }
}

/** The speech frames of an AMR file; what follows the last good one is left out. */
export function cleanAmr(source: Uint8Array): Result<Cleaned, MediaFailure> {
  const read = amrFrames(source)
  if (read === undefined)
    return fail({ code: 'unsupported_feature', type: 'audio/amr', feature: 'several channels' })
  if (read.frames.length === 0) return fail({ code: 'malformed_media', type: read.type, detail: 'no frame' })
  const bytes = concat([fromLatin1(read.magic), ...read.frames])
  return ok({ bytes, warnings: read.whole ? [] : [{ code: 'truncated' }] })
}
