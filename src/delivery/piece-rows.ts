import type { Message, Recipient } from '../domain/message.ts'

const SCHEMA = `
CREATE TABLE IF NOT EXISTS pieces (
  message TEXT NOT NULL, n INTEGER NOT NULL, reference TEXT NOT NULL UNIQUE, parts_from INTEGER NOT NULL, parts_to INTEGER NOT NULL,
  submitted INTEGER NOT NULL DEFAULT 0, vendor_id TEXT, recipients TEXT NOT NULL,
  PRIMARY KEY (message, n)
) WITHOUT ROWID;
`

/** One of the messages that a long one goes as, and how it stands. */
export type PieceRow = {
  readonly message: string
  /** From 0. */
  readonly n: number
  readonly reference: string
  readonly from: number
  readonly to: number
  readonly submitted: boolean
  readonly vendorId: string | null
  readonly recipients: readonly Recipient[]
}

const pieceOf = (row: Record<string, SqlStorageValue>): PieceRow => ({
  message: row.message as string,
  n: row.n as number,
  reference: row.reference as string,
  from: row.parts_from as number,
  to: row.parts_to as number,
  submitted: row.submitted === 1,
  vendorId: row.vendor_id as string | null,
  recipients: JSON.parse(row.recipients as string),
})

/** The pieces of a conversation's long messages. Most messages have none: they are one. */
export class PieceRows {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(SCHEMA)
  }

  #rows(where: string, ...bindings: SqlStorageValue[]): PieceRow[] {
    return this.#sql
      .exec(`SELECT * FROM pieces WHERE ${where}`, ...bindings)
      .toArray()
      .map(pieceOf)
  }

  add(message: Message): void {
    let from = 0
    for (const [n, piece] of (message.pieces ?? []).entries()) {
      this.#sql.exec(
        'INSERT OR IGNORE INTO pieces (message, n, reference, parts_from, parts_to, recipients) VALUES (?, ?, ?, ?, ?, ?)',
        message.id,
        n,
        piece.reference,
        from,
        from + piece.parts,
        JSON.stringify(message.recipients),
      )
      from += piece.parts
    }
  }

  /** Divides a message that is one: a row a piece, in order. */
  divide(
    message: string,
    pieces: readonly Pick<PieceRow, 'reference' | 'from' | 'to' | 'recipients'>[],
  ): void {
    for (const [n, { reference, from, to, recipients }] of pieces.entries())
      this.#sql.exec(
        'INSERT OR IGNORE INTO pieces (message, n, reference, parts_from, parts_to, recipients) VALUES (?, ?, ?, ?, ?, ?)',
        message,
        n,
        reference,
        from,
        to,
        JSON.stringify(recipients),
      )
  }

  /** Divides a message anew of which nothing was submitted yet. */
  redivide(message: string, pieces: Parameters<PieceRows['divide']>[1]): void {
    this.#sql.exec('DELETE FROM pieces WHERE message = ?', message)
    this.divide(message, pieces)
  }

  /** Has a piece submitted (again) under another reference. */
  renew(piece: PieceRow, reference: string): void {
    this.#sql.exec(
      'UPDATE pieces SET reference = ?, submitted = 0, vendor_id = NULL WHERE message = ? AND n = ?',
      reference,
      piece.message,
      piece.n,
    )
  }

  /** The vendor's ids of a message that is several. */
  vendorIds(message: string): string[] {
    return this.#rows('message = ? AND vendor_id IS NOT NULL', message).flatMap((one) => one.vendorId ?? [])
  }

  of(message: string): PieceRow[] {
    return this.#rows('message = ? ORDER BY n', message)
  }

  /** The first one that no vendor took yet; null when there is none, or the message is one. */
  next(message: string): PieceRow | null {
    return this.#rows('message = ? AND submitted = 0 ORDER BY n LIMIT 1', message)[0] ?? null
  }

  byReference(reference: string): PieceRow | null {
    return this.#rows('reference = ?', reference)[0] ?? null
  }

  /** Writes down how a piece stands. Whatever is known of it proves that the vendor has it. */
  save(piece: PieceRow): void {
    this.#sql.exec(
      'UPDATE pieces SET submitted = 1, vendor_id = COALESCE(?, vendor_id), recipients = ? WHERE reference = ?',
      piece.vendorId,
      JSON.stringify(piece.recipients),
      piece.reference,
    )
  }
}

/** The message that a piece travels as: text and subject go with the first parts. */
export const messageOfPiece = (message: Message, piece: PieceRow): Message => ({
  ...message,
  id: piece.reference,
  to: piece.recipients.map((one) => one.address),
  parts: message.parts.slice(piece.from, piece.to),
  ...(piece.from === 0 ? {} : { subject: null, text: null }),
})
