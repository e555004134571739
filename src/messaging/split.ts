import type { Failure } from '../domain/failure.ts'
import { conversationOfMessage, mintMessageId } from '../domain/ids.ts'
import type { Part, Warning } from '../domain/message.ts'
import type { Caller } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { cut } from '../domain/split.ts'
import { compose, type Draft } from './compose.ts'
import type { MessagingPorts } from './ports.ts'

/** One of the messages that a long one goes as. */
export type ComposedPiece = {
  readonly draft: Draft
  readonly parts: readonly Part[]
  readonly wireBytes: number
}

/** A message made to fit: one piece, or as many as its vendor makes of it. */
export type ComposedPieces = {
  readonly pieces: readonly ComposedPiece[]
  readonly parts: readonly Part[]
  readonly wireBytes: number
  readonly warnings: readonly Warning[]
}

/**
 * Makes a message fit, in as many messages as its attachments take: each with the whole budget, the words with the first.
 */
export async function composePieces(
  ports: MessagingPorts,
  caller: Caller,
  draft: Draft,
): Promise<Result<ComposedPieces, Failure>> {
  const conversation = conversationOfMessage(draft.id)
  if (conversation === null) return fail({ code: 'internal' })
  const pieces: ComposedPiece[] = []
  const warnings: Warning[] = []
  for (const [n, media] of cut(draft.media, draft.limits.parts).entries()) {
    const piece: Draft =
      n === 0
        ? { ...draft, media }
        : { ...draft, id: mintMessageId(conversation, draft.createdAt), subject: null, text: null, media }
    const composed = await compose(ports, caller, piece)
    if (!composed.ok) return composed
    const { parts, wireBytes } = composed.value
    pieces.push({ draft: piece, parts, wireBytes })
    warnings.push(...composed.value.warnings)
  }
  if (pieces.length > 1)
    warnings.push({
      code: 'split',
      field: 'media',
      message: `The message goes as ${pieces.length} messages: one of its number carries ${draft.limits.parts} attachments.`,
    })
  return ok({
    pieces,
    parts: pieces.flatMap((piece) => piece.parts),
    wireBytes: pieces.reduce((sum, piece) => sum + piece.wireBytes, 0),
    warnings,
  })
}
