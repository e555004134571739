import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { fail, ok, type Result } from '../../result.ts'
import { amrFrames } from './clean.ts'

/** Facts of an AMR file: every frame is 20 ms. */
export function inspectAmr(bytes: Uint8Array): Result<Facts, MediaFailure> {
  const read = amrFrames(bytes)
  if (read === undefined)
    return fail({ code: 'unsupported_feature', type: 'audio/amr', feature: 'several channels' })
  const { type, frames, whole } = read
  const codecs = [type === 'audio/amr' ? 'amr-nb' : 'amr-wb']
  return ok({
    type,
    kind: 'audio',
    bytes: bytes.length,
    durationMs: frames.length * 20,
    hasMetadata: !whole,
    codecs,
  })
}
