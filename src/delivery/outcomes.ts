import type { Message } from '../domain/message.ts'
import type { DeliveryReason } from '../domain/reason.ts'
import { advance, combine, isFinal, rank, type Standing } from '../domain/state.ts'
import type { SubmitOutcome } from '../vendors/contract.ts'
import type { Log } from './log.ts'
import type { Change, LoggedMessage } from './log-rows.ts'
import { isByMember } from './members.ts'
import { combinedRecipients, movePiece } from './piece-reports.ts'
import type { PieceRow } from './piece-rows.ts'
import type { DeliveryPorts } from './ports.ts'
import { nextWait } from './schedule.ts'
import { advanceAll, standingOf } from './standing.ts'

/** After a time-out the vendor is given this long before it is asked what became of the message. */
const ASK_AFTER = 3000

/** Why something is lost, and what the vendor said of it. */
type Lost = {
  readonly reason: DeliveryReason
  readonly vendorCode: string | null
  readonly vendorText: string | null
}

const UNKNOWN: Lost = { reason: 'outcome_unknown', vendorCode: null, vendorText: null }

/** Writes down what attempts came to, and finds it out where it is not known. */
export class Outcomes {
  readonly #log: Log
  readonly #ports: DeliveryPorts

  constructor(log: Log, ports: DeliveryPorts) {
    this.#log = log
    this.#ports = ports
  }

  /** Writes down what an attempt came to. A report may have overtaken the answer: the state moves forward only. */
  settle(id: string, n: number, outcome: SubmitOutcome, now: number, piece: PieceRow | null = null): void {
    const current = this.#log.find(id)
    if (current === null) return
    const { message } = current
    // A report that overtook the answer already proved that the vendor has it: sending again would double it.
    const overtaken =
      piece === null
        ? rank(standingOf(message)) >= rank({ state: 'submitted' })
        : this.#log.pieces.byReference(piece.reference)?.submitted !== false
    if (outcome.kind !== 'accepted' && overtaken) return
    switch (outcome.kind) {
      case 'accepted': {
        this.#submitted(
          current,
          outcome.vendorId,
          { event: 'submitted', detail: null, attempt: n, vendorCode: null },
          now,
          piece,
        )
        return
      }
      case 'refused': {
        this.#lose(current, piece, outcome, now, n)
        return
      }
      case 'later': {
        const tried = now - (current.firstAttemptAt ?? now)
        const wait = nextWait(n, tried, outcome.retryAfter, this.#ports.random())
        if (wait === null) {
          this.#lose(current, piece, outcome, now, n)
          return
        }
        this.#log.change(
          id,
          {
            dueAt: now + wait,
            vendorCode: outcome.vendorCode,
            vendorText: outcome.vendorText,
            entry: {
              event: 'retrying',
              detail: `${outcome.reason}; next attempt in ${Math.round(wait / 1000)} s`,
              attempt: n,
              vendorCode: outcome.vendorCode,
            },
          },
          now,
        )
        return
      }
      case 'unknown': {
        this.#log.change(
          id,
          {
            outcomeUnknown: true,
            dueAt: now + ASK_AFTER,
            entry: { event: 'attempt_unknown', detail: outcome.detail, attempt: n, vendorCode: null },
          },
          now,
        )
        return
      }
    }
  }

  /** Asks the vendor about an attempt whose outcome is not known, before anything is sent again. */
  async resolve(waiting: LoggedMessage): Promise<void> {
    const { message } = waiting
    const piece = this.#log.pieces.next(message.id)
    const carrier = this.#ports.carrier(message.vendor)
    const answer =
      carrier === null
        ? ({ kind: 'later' } as const)
        : await carrier
            .query({
              account: message.account,
              reference: piece?.reference ?? message.id,
              to: piece?.recipients.map((one) => one.address) ?? message.to,
              createdAt: message.createdAt,
            })
            .catch(() => ({ kind: 'later' }) as const)
    const now = this.#ports.clock.now()
    const current = this.#log.find(message.id)
    if (current === null) return
    const attempt = current.attempts
    switch (answer.kind) {
      case 'found':
        return this.#submitted(
          current,
          answer.vendorId,
          {
            event: 'submitted',
            detail: 'The vendor has it: found by our reference.',
            attempt,
            vendorCode: null,
          },
          now,
          piece,
        )
      case 'absent':
        return this.#log.change(
          message.id,
          {
            outcomeUnknown: false,
            dueAt: now,
            entry: {
              event: 'attempt_void',
              detail: 'The vendor never got it; it is sent again.',
              attempt,
              vendorCode: null,
            },
          },
          now,
        )
      case 'later': {
        const wait = nextWait(
          Math.max(1, attempt),
          now - (current.firstAttemptAt ?? now),
          null,
          this.#ports.random(),
        )
        if (wait === null) return this.#lose(current, piece, UNKNOWN, now, attempt)
        return this.#log.change(message.id, { dueAt: now + wait }, now)
      }
      case 'unsupported': {
        // What may arrive twice is worse than what may not arrive, where somebody is advertised to.
        if (current.message.maybeDuplicate || current.message.purpose === 'marketing')
          return this.#lose(current, piece, UNKNOWN, now, attempt)
        return this.#log.change(
          message.id,
          {
            outcomeUnknown: false,
            maybeDuplicate: true,
            dueAt: now,
            entry: {
              event: 'maybe_duplicate',
              detail: 'The vendor cannot be asked; it is sent once more, and may arrive twice.',
              attempt,
              vendorCode: null,
            },
          },
          now,
        )
      }
    }
  }

  #submitted(
    current: LoggedMessage,
    vendorId: string,
    entry: NonNullable<Change['entry']>,
    now: number,
    piece: PieceRow | null,
  ): void {
    const { message } = current
    if (piece !== null && this.#morePieces(message, vendorId, entry, now, piece)) return
    this.#settleWhole(message, current.validUntil, { vendorId, entry }, now)
  }

  /** Writes down where a message stands that was submitted, all pieces of it where it goes as several. */
  #settleWhole(message: Message, validUntil: number, change: Change, now: number): void {
    const pieces = this.#log.pieces.of(message.id)
    const recipients =
      pieces.length === 0
        ? advanceAll(message.recipients, { state: 'submitted' })
        : combinedRecipients(pieces, message.recipients)
    const standing = advance(standingOf(message), combine(recipients))
    this.#log.change(
      message.id,
      {
        standing,
        recipients,
        dueAt: null,
        outcomeUnknown: false,
        unpark: true,
        confirmAt: isFinal(standing.state) ? null : Math.max(validUntil, now),
        ...change,
      },
      now,
    )
  }

  /** Ends a message that cannot go, or the one of a group's that cannot: the others' go on. */
  #lose(
    current: LoggedMessage,
    piece: PieceRow | null,
    said: Lost,
    now: number,
    attempt: number | null,
  ): void {
    const { message } = current
    const rows = this.#log.pieces
    const { reason, vendorCode, vendorText } = said
    const ending = { state: 'failed', reason } as const
    if (piece === null || !isByMember(message, rows.of(message.id))) {
      this.end(message, ending, vendorCode, vendorText, now, attempt)
      return
    }
    movePiece(rows, rows.byReference(piece.reference) ?? piece, ending, { recipient: null, vendorId: null })
    const who = piece.recipients[0]?.address ?? ''
    const entry = { event: 'failed', detail: `${who}: ${vendorText ?? reason}`, attempt, vendorCode }
    if (rows.next(message.id) === null)
      this.#settleWhole(message, current.validUntil, { vendorCode, vendorText, entry }, now)
    else this.#log.change(message.id, { dueAt: now, outcomeUnknown: false, entry }, now)
  }

  /** Writes down that the vendor has a piece; true when others are still to go. */
  #morePieces(
    message: Message,
    vendorId: string,
    entry: NonNullable<Change['entry']>,
    now: number,
    piece: PieceRow,
  ): boolean {
    const rows = this.#log.pieces
    // Read again: a report may have moved it while the vendor was asked.
    const current = rows.byReference(piece.reference) ?? piece
    movePiece(rows, current, { state: 'submitted' }, { recipient: null, vendorId })
    if (rows.next(message.id) === null) return false
    const detail = `The vendor has message ${piece.n + 1} of ${message.pieces?.length ?? 1}.`
    this.#log.change(
      message.id,
      { vendorId, dueAt: now, outcomeUnknown: false, entry: { ...entry, event: 'piece_submitted', detail } },
      now,
    )
    return true
  }

  /** Ends a message that will not be submitted (again). */
  end(
    message: Message,
    ending: Standing & { reason: DeliveryReason },
    vendorCode: string | null,
    vendorText: string | null,
    now: number,
    attempt: number | null = null,
  ): void {
    const rows = this.#log.pieces
    const pieces = rows.of(message.id)
    const byMember = isByMember(message, pieces)
    if (byMember)
      for (const piece of pieces)
        if (!piece.submitted) movePiece(rows, piece, ending, { recipient: null, vendorId: null })
    // Those of a group that the vendor has already are not lost with the others.
    const recipients = byMember
      ? combinedRecipients(rows.of(message.id), message.recipients)
      : advanceAll(message.recipients, ending)
    const standing = advance(standingOf(message), byMember ? combine(recipients) : ending)
    this.#log.change(
      message.id,
      {
        standing,
        recipients,
        vendorCode,
        vendorText,
        dueAt: null,
        outcomeUnknown: false,
        confirmAt: null,
        entry: { event: ending.state, detail: vendorText ?? ending.reason, attempt, vendorCode },
      },
      now,
    )
  }
}
