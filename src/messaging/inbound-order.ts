import { inShownOrder } from '../domain/smil-reader.ts'
import type { InboundPart } from '../vendors/contract.ts'

const isPresentation = (part: InboundPart): part is Extract<InboundPart, { kind: 'bytes' }> =>
  part.kind === 'bytes' && /^application\/smil(?:\+xml)?$/i.test(part.typeHint ?? '')

/**
 * The attachments of an inbound message in the order in which its presentation shows them. Some vendors hand the presentation on
 * like an attachment: people never see it.
 */
export function orderedParts(parts: readonly InboundPart[]): InboundPart[] {
  const presentation = parts.find(isPresentation)
  if (presentation === undefined) return [...parts]
  const smil = new TextDecoder().decode(presentation.bytes)
  const rest = parts.filter((part) => !isPresentation(part))
  return inShownOrder(rest, smil, (part) => part.nameHint)
}
