import type { Address } from '../domain/address.ts'
import type { Failure } from '../domain/failure.ts'
import { mintMessageId } from '../domain/ids.ts'
import type { Channel, Part, Warning } from '../domain/message.ts'
import { layOut, type MimeMessage, TEXT_NAME } from '../domain/mime.ts'
import { networkById } from '../domain/networks.ts'
import type { Caller, SendRequest } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { Segments } from '../domain/segments.ts'
import { buildSmil } from '../domain/smil.ts'
import { allow } from './check.ts'
import { linkInstead } from './link-instead.ts'
import type { MessagingPorts } from './ports.ts'
import { plainRequest } from './rich.ts'
import { forbidden, lacks } from './scopes.ts'
import { type ComposedPiece, composePieces } from './split.ts'

/** A part as it would be received, with a link to its bytes. */
export type PreviewPart = Part & { readonly url: string }

/** One of the messages that it goes as; most go as one. */
export type PreviewPiece = {
  readonly wireBytes: number
  readonly parts: readonly PreviewPart[]
  readonly smil: string | null
  /** The tree of the MIME entity: each node's headers and bytes. */
  readonly mime: readonly { readonly type: string; readonly name: string | null; readonly bytes: number }[]
}

/** Exactly what would be received, before anything is sent. */
export type Preview = {
  readonly channel: Channel
  /** How the text travels as SMS; null for an MMS. */
  readonly segments: Segments | null
  readonly from: Address
  readonly budget: number
  readonly wireBytes: number
  readonly recipients: readonly {
    readonly address: Address
    readonly network: string | null
    readonly networkBytes: number | null
  }[]
  /** All parts; presentation and tree of the first piece. */
  readonly parts: readonly PreviewPart[]
  readonly smil: string | null
  readonly mime: PreviewPiece['mime']
  readonly pieces: readonly PreviewPiece[]
  readonly warnings: readonly Warning[]
}

/** What is previewed is kept for an hour: long enough to look at it, and to send it without fitting it again. */
const KEPT = 3_600_000
/** Any message id is as long as any other, and nothing else of it shows in the size. */
const NOBODY = 'cnv_0000000000000000000000'

/** Makes a message as `send` would, and hands it to nobody. Its media is the very media that a send then takes. */
export async function preview(
  ports: MessagingPorts,
  caller: Caller,
  asked: SendRequest,
): Promise<Result<Preview, Failure>> {
  if (lacks(caller, 'send')) return forbidden('send')
  if (asked.group === 'separate' && asked.to.length > 1)
    return fail({
      code: 'invalid_field',
      field: 'to',
      problem: 'Each gets a message of their own. Preview one recipient at a time.',
    })
  const plain = await plainRequest(ports, caller, asked, true)
  if (!plain.ok) return plain
  let { request } = plain.value
  let allowed = await allow(ports, caller, request)
  const linked = allowed.ok ? null : linkInstead(ports, request, [allowed.failure])
  if (linked !== null) {
    request = linked
    allowed = await allow(ports, caller, linked)
  }
  if (!allowed.ok) return allowed
  const { sender, to, subject, text, channel, limits, budget, known } = allowed.value
  const createdAt = ports.clock.now()
  const draft = {
    id: mintMessageId(NOBODY, createdAt),
    from: sender.address,
    to,
    subject,
    text,
    media: request.media,
    budget,
    minimumQuality: request.minimumQuality,
    limits,
    createdAt,
    keepUntil: createdAt + KEPT,
  }
  const composed = await composePieces(ports, caller, draft)
  if (!composed.ok) return composed
  const isMms = channel === 'mms'
  const pieces: PreviewPiece[] = []
  for (const piece of composed.value.pieces) pieces.push(await pieceOf(ports, piece, isMms))
  const [first] = pieces
  return ok({
    channel,
    segments: allowed.value.segments,
    from: sender.address,
    budget,
    wireBytes: pieces.reduce((sum, piece) => sum + piece.wireBytes, 0),
    recipients: to.map((address) => {
      const network = networkById(known.get(address)?.network ?? '')
      return { address, network: network?.name ?? null, networkBytes: network?.messageBytes ?? null }
    }),
    parts: pieces.flatMap((piece) => piece.parts),
    smil: first?.smil ?? null,
    mime: first?.mime ?? [],
    pieces,
    warnings: [...allowed.value.warnings, ...composed.value.warnings],
  })
}

async function pieceOf(
  ports: MessagingPorts,
  { draft, ...composed }: ComposedPiece,
  isMms: boolean,
): Promise<PreviewPiece> {
  const { text, limits } = draft
  const parts: PreviewPart[] = []
  for (const part of composed.parts)
    parts.push({ ...part, url: await ports.links.url(part.media, part.name, KEPT) })
  if (!isMms)
    return { wireBytes: new TextEncoder().encode(text ?? '').byteLength, parts, smil: null, mime: [] }
  const message: MimeMessage = { ...draft, parts, date: draft.createdAt, encoding: limits.encoding }
  const smil = buildSmil(parts, text === null || text === '' ? null : TEXT_NAME)
  return { wireBytes: layOut(message).size, parts, smil, mime: treeOf(message, smil) }
}

/** The nodes of the entity in their order: SMIL, text, attachments. */
function treeOf(message: MimeMessage, smil: string): PreviewPiece['mime'] {
  const size = (text: string): number => new TextEncoder().encode(text).byteLength
  return [
    { type: 'application/smil', name: 'smil.xml', bytes: size(smil) },
    ...(message.text ? [{ type: 'text/plain', name: TEXT_NAME, bytes: size(message.text) }] : []),
    ...message.parts.map(({ type, name, bytes }) => ({ type, name, bytes })),
  ]
}
