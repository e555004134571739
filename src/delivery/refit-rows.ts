/** What is known of messages that a carrier called too large, and of the references that they had before. */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS refits (
  message TEXT PRIMARY KEY, done INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0, code TEXT, words TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS superseded (
  reference TEXT PRIMARY KEY, message TEXT NOT NULL, vendor_id TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS superseded_message ON superseded (message);
`

/** A message that is to be made smaller, and what the carrier said of it. */
export type WantedRefit = {
  readonly tries: number
  readonly code: string | null
  readonly words: string | null
}

/** Messages that were, or are to be, made smaller: each once. */
export class RefitRows {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(SCHEMA)
  }

  /** Writes down that a message is to be made smaller; false when it was once already. */
  want(message: string, code: string | null, words: string | null): boolean {
    return (
      this.#sql
        .exec(
          'INSERT INTO refits (message, code, words) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING message',
          message,
          code,
          words,
        )
        .toArray().length === 1
    )
  }

  wanted(message: string): WantedRefit | null {
    const row = this.#sql
      .exec('SELECT tries, code, words FROM refits WHERE message = ? AND done = 0', message)
      .toArray()[0]
    return row === undefined
      ? null
      : { tries: row.tries as number, code: row.code as string | null, words: row.words as string | null }
  }

  tried(message: string): void {
    this.#sql.exec('UPDATE refits SET tries = tries + 1 WHERE message = ?', message)
  }

  done(message: string): void {
    this.#sql.exec('UPDATE refits SET done = 1 WHERE message = ?', message)
  }

  /** The reference stands for bytes that nobody is to get any more. */
  supersede(reference: string, message: string, vendorId: string | null): void {
    this.#sql.exec(
      'INSERT OR IGNORE INTO superseded (reference, message, vendor_id) VALUES (?, ?, ?)',
      reference,
      message,
      vendorId,
    )
  }

  /** The message that a reference stood for once; null for every other text. */
  supersededBy(reference: string): string | null {
    return (
      (this.#sql.exec('SELECT message FROM superseded WHERE reference = ?', reference).toArray()[0]
        ?.message as string | undefined) ?? null
    )
  }

  /** Whether a vendor's id names bytes of the message that were replaced. */
  isStale(message: string, vendorId: string): boolean {
    return (
      this.#sql
        .exec('SELECT 1 FROM superseded WHERE message = ? AND vendor_id = ?', message, vendorId)
        .toArray().length > 0
    )
  }
}
