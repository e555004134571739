import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import type { Draft } from '../../rendition.ts'
import { fail, ok, type Result } from '../../result.ts'
import { sniff } from '../../sniff.ts'
import { accepts, type Target } from '../../target.ts'
import { readText } from './read-text.ts'

/** Text in UTF-8 without byte order mark or control characters. Text is never shortened: it fits or it does not. */
export async function renderText(
  source: Uint8Array,
  facts: Facts,
  target: Target,
): Promise<Result<Draft, MediaFailure>> {
  const { type } = facts
  if (!accepts(target, type)) return fail({ code: 'type_not_accepted', type, accepted: target.types ?? [] })
  const { text, repaired } = readText(source)
  const bytes = new TextEncoder().encode(text)
  const { budget } = target
  if (bytes.length === 0) return fail({ code: 'empty_media' })
  // What hid behind a control character counts as what it is without it.
  const now = sniff(bytes)
  if (now.outcome === 'forbidden') return fail({ code: 'forbidden_type', kind: now.kind })
  if (bytes.length > budget)
    return fail({
      code: 'cannot_fit',
      type,
      reason: 'text cannot be made smaller',
      budget,
      smallest: bytes.length,
    })
  const reason = repaired ? 'Text in UTF-8, without what handsets cannot show.' : 'Text passes as it is.'
  return ok({ bytes, type, reason, warnings: repaired ? [{ code: 'text_repaired' }] : [] })
}
