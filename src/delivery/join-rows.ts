/** The events that messages were joined of. Kept as long as claims are: a repetition finds its claim before it comes here. */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS joins (
  claim TEXT PRIMARY KEY, message TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS joins_key ON joins (key, at);
CREATE INDEX IF NOT EXISTS joins_message ON joins (message);
`

/** What belongs together of what came in by itself. */
export class JoinRows {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(SCHEMA)
  }

  /** The message that an event belongs to: of its key, and all of it accepted within so many milliseconds with the event. */
  find(key: string, at: number, within: number): string | null {
    const row = this.#sql
      .exec(
        `SELECT message FROM joins
         WHERE message IN (SELECT message FROM joins WHERE key = ?1 AND at BETWEEN ?2 - ?3 AND ?2 + ?3)
         GROUP BY message HAVING MAX(MAX(at), ?2) - MIN(MIN(at), ?2) <= ?3 ORDER BY ABS(MIN(at) - ?2) LIMIT 1`,
        key,
        at,
        within,
      )
      .toArray()[0]
    return (row?.message as string | undefined) ?? null
  }

  /** Writes an event down; gives how many of its message were accepted before it. */
  add(claim: string, message: string, key: string, at: number): number {
    this.#sql.exec('INSERT INTO joins (claim, message, key, at) VALUES (?, ?, ?, ?)', claim, message, key, at)
    const row = this.#sql
      .exec('SELECT COUNT(*) AS n FROM joins WHERE message = ? AND (at, claim) < (?, ?)', message, at, claim)
      .one()
    return row.n as number
  }

  /** Moves what waits to be copied behind the parts that come between. */
  makeRoom(message: string, position: number, parts: number): void {
    // In two steps: a row may not stand where another still does.
    this.#sql.exec(
      'UPDATE copies SET position = -(position + ?) - 1 WHERE message = ? AND position >= ?',
      parts,
      message,
      position,
    )
    this.#sql.exec('UPDATE copies SET position = -position - 1 WHERE message = ? AND position < 0', message)
  }

  /** Where a part stands now that is being copied from a URL: others may have come before it meanwhile. */
  positionOf(message: string, url: string): number | null {
    const row = this.#sql
      .exec(
        'SELECT position FROM copies WHERE message = ? AND url = ? ORDER BY position LIMIT 1',
        message,
        url,
      )
      .toArray()[0]
    return (row?.position as number | undefined) ?? null
  }

  forget(before: number): void {
    this.#sql.exec('DELETE FROM joins WHERE at < ?', before)
  }
}
