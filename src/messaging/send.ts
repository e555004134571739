import { type Thread, threadKey } from '../domain/conversation.ts'
import type { Failure } from '../domain/failure.ts'
import { conversationId, conversationOfMessage, mintMessageId } from '../domain/ids.ts'
import type { Caller, Idempotency, SendRequest, Sent } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { Piece } from '../domain/split.ts'
import { allow, bulkPattern } from './check.ts'
import { reserve } from './credit.ts'
import { idempotent } from './idempotent.ts'
import { linkedRequest, mayGoOtherwise, onlyLinkGoes } from './link-page.ts'
import { linkNewThread } from './link-thread.ts'
import type { MessagingPorts } from './ports.ts'
import { type Plain, plainRequest } from './rich.ts'
import { type ComposedPieces, composePieces } from './split.ts'
import { strictly } from './strict.ts'
import { textInstead } from './text-instead.ts'

/** Sends a message: with an ok it is committed, and nothing loses it. */
export async function send(
  ports: MessagingPorts,
  caller: Caller,
  asked: SendRequest,
  idempotency: Idempotency | null,
): Promise<Result<Sent, Failure>> {
  const plain = await plainRequest(ports, caller, asked, true)
  if (!plain.ok) return plain
  const { request } = plain.value
  const sent = await sendPlain(ports, caller, plain.value, idempotency)
  const isTooMuch = !sent.ok && sent.failure.code === 'cannot_fit' && request.media.length > 0
  if (!isTooMuch || !mayGoOtherwise(request)) return sent
  const linked = await linkedRequest(ports, caller, request)
  if (!linked.ok) return sent
  return await sendPlain(ports, caller, { ...plain.value, request: linked.value }, idempotency)
}

/** The same of a request in plain words and files. */
async function sendPlain(
  ports: MessagingPorts,
  caller: Caller,
  plain: Plain,
  idempotency: Idempotency | null,
): Promise<Result<Sent, Failure>> {
  const { offers } = plain
  let { request } = plain
  const [first, retention] = await Promise.all([
    allow(ports, caller, request),
    ports.accounts.retentionDays(caller.account),
  ])
  let allowed = first
  if (!first.ok && mayGoOtherwise(request) && onlyLinkGoes(first.failure)) {
    const linked = await linkedRequest(ports, caller, request)
    if (!linked.ok) return linked
    request = linked.value
    allowed = await allow(ports, caller, request)
  }
  if (!allowed.ok) return allowed
  const approved = allowed.value
  const { sender, to, subject, text, channel, limits, budget } = approved
  const thread: Thread = { account: caller.account, own: sender.address, members: to }
  const conversation = await conversationId(ports.conversationSecret, caller.account, threadKey(thread))
  const createdAt = ports.clock.now()

  return await idempotent<Sent>(
    ports,
    caller,
    idempotency,
    mintMessageId(conversation, createdAt),
    async (id, resumed) => {
      // The default number changed since the first try of this key: it is not the same request any more.
      if (conversationOfMessage(id) !== conversation) return fail({ code: 'idempotency_mismatch' })
      if (resumed) {
        const before = await ports.conversations.message(caller.account, id)
        if (before !== null) return ok({ message: before, warnings: before.warnings })
      }
      const keepUntil =
        createdAt + (retention === null ? ports.settings.messageLifetime : retention * 86_400_000)
      const media =
        request.strict === true
          ? await strictly(ports, caller, { media: request.media, subject }, limits)
          : ok(request.media)
      if (!media.ok) return media
      const composed = await composePieces(ports, caller, {
        id,
        from: sender.address,
        to,
        subject,
        text,
        media: media.value,
        budget,
        minimumQuality: request.minimumQuality,
        limits,
        createdAt,
        keepUntil,
      })
      if (!composed.ok) return composed
      const { pieces } = composed.value
      const files = composed.value.parts.map((part) => part.sha256)
      const [bulk, reserved] = await Promise.all([
        bulkPattern(ports, caller.account, approved, files, true),
        reserve(ports, caller, approved, { id, to, channel, text, pieces: piecesOf(composed.value) }),
      ])
      if (!reserved.ok) return reserved
      const warnings = [...approved.warnings, ...(bulk === null ? [] : [bulk]), ...composed.value.warnings]
      const otherwise =
        pieces.length > 1 ? null : await textInstead(ports, request, approved, composed.value.parts)
      await linkNewThread(ports, conversation, thread)
      await ports.index.open(conversation, thread, ports.clock.now())
      const { message } = await ports.conversations.accept(conversation, thread, {
        id,
        account: caller.account,
        conversation,
        channel,
        vendor: sender.vendor,
        from: sender.address,
        to,
        subject,
        text,
        parts: composed.value.parts,
        budget,
        wireBytes:
          channel === 'mms' ? composed.value.wireBytes : new TextEncoder().encode(text ?? '').byteLength,
        warnings,
        purpose: approved.purpose,
        sentBy: caller.key,
        ...(offers.length === 0 ? {} : { offers }),
        ...(request.metadata === undefined ? {} : { metadata: request.metadata }),
        ...(otherwise === null ? {} : { otherwise }),
        ...(request.batch === undefined ? {} : { batch: request.batch }),
        ...(pieces.length === 1 ? {} : { pieces: piecesOf(composed.value) }),
        ...(request.programme === undefined ? {} : { programme: request.programme }),
        ...(request.automatic === undefined ? {} : { automatic: request.automatic }),
        createdAt,
        validUntil: (request.sendAt ?? createdAt) + (request.validity ?? ports.settings.validity),
        ...(request.sendAt === undefined ? {} : { sendAt: request.sendAt }),
      })
      return ok({ message, warnings })
    },
  )
}

const piecesOf = ({ pieces }: ComposedPieces): Piece[] =>
  pieces.map(({ draft, parts }) => ({ reference: draft.id, parts: parts.length }))
