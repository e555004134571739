import type { Message, Recipient, TimelineEntry } from '../domain/message.ts'
import type { Report } from '../domain/ports.ts'
import { standingOfPieces } from '../domain/split.ts'
import { advance, type Standing } from '../domain/state.ts'
import type { PieceRow, PieceRows } from './piece-rows.ts'
import { advanceAll } from './standing.ts'

/** The piece that a report is about: by the vendor's id where that is known, else by the reference it came with. */
export function reportedPiece(rows: PieceRows, message: string, report: Report): PieceRow | null {
  const pieces = rows.of(message)
  const byVendor = pieces.find((one) => report.vendorId !== null && one.vendorId === report.vendorId)
  return byVendor ?? pieces.find((one) => one.reference === report.message) ?? null
}

const after = (recipients: readonly Recipient[], address: string | null, reported: Standing): Recipient[] =>
  recipients.map(
    (one): Recipient =>
      address === null || one.address === address ? { address: one.address, ...advance(one, reported) } : one,
  )

/** Moves a piece forward by a report, or by the vendor's answer to its submission. */
export function movePiece(
  rows: PieceRows,
  piece: PieceRow,
  reported: Standing,
  from: { readonly recipient: string | null; readonly vendorId: string | null },
): void {
  const moved = after(piece.recipients, from.recipient, reported)
  rows.save({ ...piece, vendorId: from.vendorId, recipients: advanceAll(moved, { state: 'submitted' }) })
}

/** The recipients of a message after a report; null while pieces of it still wait to be submitted. */
export function recipientsAfter(
  rows: PieceRows,
  message: Message,
  report: Report,
  reported: Standing,
): Recipient[] | null {
  const piece = reportedPiece(rows, message.id, report)
  if (piece === null) return after(message.recipients, report.recipient, reported)
  movePiece(rows, piece, reported, report)
  return rows.next(message.id) === null ? combinedRecipients(rows.of(message.id), message.recipients) : null
}

/** How each recipient stands with all pieces together. */
export function combinedRecipients(
  pieces: readonly PieceRow[],
  recipients: readonly Recipient[],
): Recipient[] {
  return recipients.map((recipient): Recipient => {
    const standings = pieces.flatMap((piece) =>
      piece.recipients.filter((one) => one.address === recipient.address),
    )
    const [first, ...others] = standings
    return first === undefined
      ? recipient
      : { ...standingOfPieces([first, ...others]), address: recipient.address }
  })
}

/** The line of history that a report leaves. */
export const entryOf = (report: Report): Omit<TimelineEntry, 'at'> => ({
  event: report.state,
  detail:
    [report.certainty, report.recipient, report.reason, report.vendorText]
      .filter((one) => one !== null)
      .join('; ') || null,
  attempt: null,
  vendorCode: report.vendorCode,
})
