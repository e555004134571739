import { stepBelow } from '../domain/budget.ts'
import { mintMessageId } from '../domain/ids.ts'
import type { Message, Part } from '../domain/message.ts'
import type { Report } from '../domain/ports.ts'
import { REASONS } from '../domain/reason.ts'
import type { Refit, RefitRequest } from '../domain/refit.ts'
import { isFinal } from '../domain/state.ts'
import type { SubmitOutcome } from '../vendors/contract.ts'
import type { Log } from './log.ts'
import type { LoggedMessage } from './log-rows.ts'
import { goBySms } from './other-channel.ts'
import type { Outcomes } from './outcomes.ts'
import { reportedPiece } from './piece-reports.ts'
import type { PieceRow } from './piece-rows.ts'
import type { DeliveryPorts } from './ports.ts'
import { nextWait } from './schedule.ts'

/** Milliseconds that the work may take: the longest that a request of the Worker may compute. */
const PATIENCE = 130_000

/** What a carrier said that called a message too large. */
type TooLarge = {
  readonly code: string | null
  readonly words: string | null
  readonly attempt: number | null
}

/** Bytes that the message is to take next; null where it cannot be made smaller. */
const nextBudget = (message: Message): number | null =>
  message.channel === 'mms' && message.parts.length > 0
    ? stepBelow(Math.min(message.budget, message.wireBytes))
    : null

/**
 * Takes a message that is too large back into the outbox, to be made smaller: once, and under a new reference, since for its
 * carrier it is another message.
 */
function want(log: Log, message: Message, piece: PieceRow | null, said: TooLarge, now: number): boolean {
  const budget = nextBudget(message)
  if (budget === null || !log.refits.want(message.id, said.code, said.words)) return false
  const reference = mintMessageId(message.conversation, now)
  if (piece === null) {
    log.refits.supersede(message.id, message.id, message.vendorId)
    const { recipients } = message
    log.pieces.divide(message.id, [{ reference, from: 0, to: message.parts.length, recipients }])
  } else {
    log.refits.supersede(piece.reference, message.id, piece.vendorId)
    log.pieces.renew(piece, reference)
  }
  log.change(
    message.id,
    {
      dueAt: now,
      confirmAt: null,
      outcomeUnknown: false,
      entry: {
        event: 'too_large',
        detail: `The carrier called it too large at ${message.wireBytes} bytes; it is made to fit ${budget} and sent again.`,
        attempt: said.attempt,
        vendorCode: said.code,
      },
    },
    now,
  )
  return true
}

/** Whether an attempt ended with "too large" and the message is to be made smaller instead of failing. */
export function refusedForSize(
  log: Log,
  ports: DeliveryPorts,
  id: string,
  attempt: number,
  outcome: SubmitOutcome,
  piece: PieceRow | null,
): boolean {
  if (ports.fitter === null || outcome.kind !== 'refused' || REASONS[outcome.reason].refit !== true)
    return false
  const current = log.find(id)
  const gone = current === null || isFinal(current.message.state)
  const live = piece === null ? null : log.pieces.byReference(piece.reference)
  if (gone || (piece !== null && live?.submitted !== false)) return false
  const said = { code: outcome.vendorCode, words: outcome.vendorText, attempt }
  return want(log, current.message, live, said, ports.clock.now())
}

/** The same for a report: only where it speaks for all who would get the message again. */
export function reportedForSize(
  log: Log,
  ports: DeliveryPorts,
  found: LoggedMessage,
  report: Report,
  now: number,
): boolean {
  const { message, validUntil } = found
  if (ports.fitter === null || report.state !== 'failed' || report.reason === null) return false
  if (REASONS[report.reason].refit !== true || isFinal(message.state) || now >= validUntil) return false
  const piece = reportedPiece(log.pieces, message.id, report)
  if ((piece ?? message).recipients.length !== 1) return false
  const said = { code: report.vendorCode, words: report.vendorText, attempt: null }
  return want(log, message, piece, said, now)
}

/** The ranges of parts that are still to go; members of a group who get a message each share one. */
function ranges(pieces: readonly PieceRow[]): RefitRequest['pieces'] {
  const seen = new Map<number, RefitRequest['pieces'][number]>()
  for (const { submitted, reference, from, to } of pieces)
    if (!submitted && !seen.has(from)) seen.set(from, { reference, from, to })
  return [...seen.values()]
}

const rawBytes = (parts: readonly Part[]): number => parts.reduce((sum, part) => sum + part.bytes, 0)

async function ask(ports: DeliveryPorts, request: RefitRequest): Promise<Refit> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const over = new Promise<Refit>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'later' }), PATIENCE)
  })
  try {
    const nobody: Refit = { kind: 'cannot', why: 'The Worker does not export its Fitter.' }
    return await Promise.race([ports.fitter?.refit(request) ?? nobody, over])
  } catch (error) {
    ports.log('refit_failed', { message: request.message.id, error: String(error).slice(0, 200) })
    return { kind: 'later' }
  } finally {
    if (timer !== null) clearTimeout(timer)
  }
}

/** Has a message made smaller, and puts it into the outbox again. True when the message had been called too large. */
export async function refit(
  log: Log,
  ports: DeliveryPorts,
  outcomes: Outcomes,
  waiting: LoggedMessage,
): Promise<boolean> {
  const { message } = waiting
  const wanted = log.refits.wanted(message.id)
  if (wanted === null) return false
  const budget = nextBudget(message)
  const pieces = ranges(log.pieces.of(message.id))
  const result: Refit =
    budget === null || ports.clock.now() >= waiting.validUntil
      ? { kind: 'cannot', why: 'Its validity has ended.' }
      : await ask(ports, { message, pieces, budget })
  const now = ports.clock.now()
  const current = log.find(message.id)
  // A report proved meanwhile that it arrived after all.
  if (current === null || current.dueAt === null) return true
  const wait =
    result.kind === 'later'
      ? nextWait(wanted.tries + 1, now - (waiting.firstAttemptAt ?? now), null, ports.random())
      : null
  if (wait !== null) {
    log.refits.tried(message.id)
    log.change(message.id, { dueAt: now + wait }, now)
    return true
  }
  log.refits.done(message.id)
  if (result.kind !== 'fitted' || budget === null) {
    const why = result.kind === 'cannot' ? result.why : 'It could not be made smaller in time.'
    log.note(message.id, { event: 'refit_failed', detail: why, attempt: null, vendorCode: null }, now)
    const fault = { reason: 'too_large', code: wanted.code, attempt: null } as const
    if (!goBySms(log, current.message, fault, now))
      outcomes.end(message, { state: 'failed', reason: 'too_large' }, wanted.code, wanted.words, now)
    return true
  }
  const parts = [...message.parts]
  for (const [i, { from, to }] of pieces.entries())
    parts.splice(from, to - from, ...(result.pieces[i]?.parts ?? message.parts.slice(from, to)))
  const isWhole = pieces.reduce((sum, { from, to }) => sum + to - from, 0) === parts.length
  const wireBytes = isWhole
    ? result.pieces.reduce((sum, piece) => sum + piece.wireBytes, 0)
    : message.wireBytes - rawBytes(message.parts) + rawBytes(parts)
  log.change(
    message.id,
    {
      parts,
      refit: { budget, wireBytes },
      dueAt: now,
      entry: {
        event: 'refit',
        detail: `Made to fit ${budget} bytes; it takes ${wireBytes} now.`,
        attempt: null,
        vendorCode: null,
      },
    },
    now,
  )
  return true
}

/** What a report is about: its message, and whether it speaks of bytes that were replaced since. */
export function subjectOf(log: Log, report: Report): { readonly message: string; readonly stale: boolean } {
  const piece = log.pieces.byReference(report.message)
  if (piece !== null) return { message: piece.message, stale: false }
  const superseded = log.refits.supersededBy(report.message)
  const message = superseded ?? report.message
  if (report.vendorId !== null && log.refits.isStale(message, report.vendorId))
    return { message, stale: true }
  const isLive =
    report.vendorId !== null && log.pieces.of(message).some((one) => one.vendorId === report.vendorId)
  return { message, stale: superseded !== null && !isLive }
}
