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

/** The message that a piece travels as: text and subject go with the first. */
export const messageOfPiece = (message: Message, piece: PieceRow): Message => ({
  ...message,
  id: piece.reference,
  parts: message.parts.slice(piece.from, piece.to),
  ...(piece.n === 0 ? {} : { subject: null, text: null }),
})
