import decode from '@jsquash/png/decode.js'
import { ready } from '#jsquash'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { fromCore } from '../../from-core.ts'
import { PIXEL_LIMITS, withinPixels } from '../../limits.ts'
import type { Draft } from '../../rendition.ts'
import { fail, ok, type Result } from '../../result.ts'
import { jpegDraft, jpegTarget } from '../../still.ts'
import { accepts, type Target } from '../../target.ts'
import { fitRows } from '../jpeg/fit.ts'

/** A JPEG from a PNG; transparency is laid on white. */
export async function renderPng(
  source: Uint8Array,
  facts: Facts,
  target: Target,
): Promise<Result<Draft, MediaFailure>> {
  if (!accepts(target, 'image/jpeg'))
    return fail({ code: 'type_not_accepted', type: facts.type, accepted: target.types ?? [] })
  const small = withinPixels(facts, PIXEL_LIMITS.wholeBitmap)
  if (!small.ok) return small
  await ready()
  const { data, width, height } = await decode(source.slice().buffer)
  const open = () => {
    let at = 0
    const read = (into: Uint8Array, rows: number) => {
      into.set(data.subarray(at, at + rows * width * 4))
      at += rows * width * 4
    }
    return { width, height, channels: 4 as const, read }
  }
  const fitted = await fitRows(open, jpegTarget(facts, target))
  if (!fitted.ok) return fail(fromCore(fitted.failure, facts, target))
  return ok(jpegDraft(fitted.value, facts, facts.alpha ? [{ code: 'transparency_flattened' }] : []))
}
