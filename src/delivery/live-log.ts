import type { AccountEvent, Forgotten } from '../domain/event.ts'

const SCHEMA = `
CREATE TABLE IF NOT EXISTS owner (one INTEGER PRIMARY KEY CHECK (one = 1), account TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, number TEXT, conversation TEXT,
  kept_at INTEGER NOT NULL, body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS cursors (
  endpoint TEXT PRIMARY KEY, since INTEGER NOT NULL, sequence INTEGER NOT NULL,
  failures INTEGER NOT NULL DEFAULT 0, due_at INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS replays (
  run INTEGER PRIMARY KEY AUTOINCREMENT, endpoint TEXT NOT NULL, sequence INTEGER NOT NULL, last INTEGER NOT NULL,
  due_at INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS tickets (id TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
`

/** How much of the past is kept: for resuming, replaying, and knowing an event that comes twice. */
export const KEPT = { events: 100_000, milliseconds: 7 * 86_400_000 } as const
/** Rows that one pruning takes away. */
const PRUNED = 2_000

/** An event of the log. `body` is the JSON that everybody is told, the same for all. */
export type KeptEvent = {
  readonly sequence: number
  readonly id: string
  readonly type: string
  readonly number: string | null
  readonly conversation: string | null
  readonly body: string
}

/** How far an endpoint was told of the log. */
export type Cursor = {
  readonly endpoint: string
  readonly since: number
  readonly sequence: number
  readonly failures: number
  readonly dueAt: number
}

/** Events to be told again. */
export type Replay = {
  readonly run: number
  readonly endpoint: string
  readonly sequence: number
  readonly last: number
  readonly dueAt: number
}

type Row = Record<string, SqlStorageValue>

/** The log of an account: what happened, in the order in which we learned of it. Methods are synchronous. */
export class LiveLog {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(SCHEMA)
  }

  #rows(query: string, ...bindings: SqlStorageValue[]): Row[] {
    return this.#sql.exec(query, ...bindings).toArray()
  }

  /** Whether this log is that account's; the first to ask owns it. */
  belongsTo(account: string): boolean {
    this.#sql.exec('INSERT OR IGNORE INTO owner (one, account) VALUES (1, ?)', account)
    return this.owner() === account
  }

  owner(): string | null {
    return (this.#rows('SELECT account FROM owner')[0]?.account as string | undefined) ?? null
  }

  /** Adds an event; null when it is there already. */
  add(
    event: AccountEvent,
    represent: (event: AccountEvent, sequence: number) => string,
    now: number,
  ): KeptEvent | null {
    const row = this.#rows(
      `INSERT INTO events (id, type, number, conversation, kept_at, body) VALUES (?, ?, ?, ?, ?, '')
       ON CONFLICT (id) DO NOTHING RETURNING sequence`,
      event.id,
      event.type,
      event.number,
      event.conversation,
      now,
    )[0]
    if (row === undefined) return null
    const sequence = row.sequence as number
    const body = represent(event, sequence)
    this.#sql.exec('UPDATE events SET body = ? WHERE sequence = ?', body, sequence)
    const { id, type, number, conversation } = event
    return { sequence, id, type, number, conversation, body }
  }

  /** Events after a sequence number, up to another one. */
  after(sequence: number, limit: number, last = Number.MAX_SAFE_INTEGER): KeptEvent[] {
    return this.#rows(
      `SELECT sequence, id, type, number, conversation, body FROM events
       WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?`,
      sequence,
      last,
      limit,
    ) as unknown as KeptEvent[]
  }

  /** The sequence number of an event; null when it is not kept (any more). */
  sequenceOf(id: string): number | null {
    return (
      (this.#rows('SELECT sequence FROM events WHERE id = ?', id)[0]?.sequence as number | undefined) ?? null
    )
  }

  /** The newest sequence number; 0 before the first event. */
  newest(): number {
    return (this.#rows('SELECT MAX(sequence) AS n FROM events')[0]?.n as number | null | undefined) ?? 0
  }

  /** The newest event that was kept before a time: where an endpoint of that age begins. */
  newestBefore(at: number): number {
    const row = this.#rows(
      'SELECT sequence FROM events WHERE kept_at < ? ORDER BY sequence DESC LIMIT 1',
      at,
    )[0]
    if (row !== undefined) return row.sequence as number
    const oldest = this.#rows('SELECT MIN(sequence) AS n FROM events')[0]?.n as number | null | undefined
    return (oldest ?? 1) - 1
  }

  cursors(): Cursor[] {
    return this.#rows(
      'SELECT endpoint, since, sequence, failures, due_at AS dueAt FROM cursors',
    ) as unknown as Cursor[]
  }

  setCursor(endpoint: string, since: number, sequence: number): void {
    this.#sql.exec(
      `INSERT INTO cursors (endpoint, since, sequence) VALUES (?, ?, ?)
       ON CONFLICT (endpoint) DO UPDATE SET since = excluded.since, sequence = excluded.sequence, failures = 0, due_at = 0`,
      endpoint,
      since,
      sequence,
    )
  }

  postponeCursor(endpoint: string, failures: number, dueAt: number): void {
    this.#sql.exec(
      'UPDATE cursors SET failures = ?, due_at = ? WHERE endpoint = ?',
      failures,
      dueAt,
      endpoint,
    )
  }

  /** Forgets an endpoint, and what was to be told to it again. */
  dropEndpoint(endpoint: string): void {
    this.#sql.exec('DELETE FROM cursors WHERE endpoint = ?', endpoint)
    this.#sql.exec('DELETE FROM replays WHERE endpoint = ?', endpoint)
  }

  addReplay(endpoint: string, from: number, last: number): void {
    this.#sql.exec(
      'INSERT INTO replays (endpoint, sequence, last) VALUES (?, ?, ?)',
      endpoint,
      from - 1,
      last,
    )
  }

  replays(): Replay[] {
    return this.#rows(
      'SELECT run, endpoint, sequence, last, due_at AS dueAt FROM replays ORDER BY run',
    ) as unknown as Replay[]
  }

  advanceReplay(run: number, sequence: number): void {
    this.#sql.exec('UPDATE replays SET sequence = ?, due_at = 0 WHERE run = ?', sequence, run)
  }

  postponeReplay(run: number, dueAt: number): void {
    this.#sql.exec('UPDATE replays SET due_at = ? WHERE run = ?', dueAt, run)
  }

  endReplay(run: number): void {
    this.#sql.exec('DELETE FROM replays WHERE run = ?', run)
  }

  /** When somebody waits to be told of something; null when nobody does. */
  nextDue(): number | null {
    const row = this.#rows(
      `SELECT MIN(due_at) AS at FROM (
         SELECT due_at FROM cursors WHERE sequence < (SELECT MAX(sequence) FROM events)
         UNION ALL SELECT due_at FROM replays)`,
    )[0]
    return (row?.at as number | null | undefined) ?? null
  }

  /** Uses a ticket; false when it was used before. Used ones are remembered until they would have ended. */
  useTicket(id: string, until: number, now: number): boolean {
    this.#sql.exec('DELETE FROM tickets WHERE until < ?', now)
    return (
      this.#rows(
        'INSERT INTO tickets (id, until) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING id',
        id,
        until,
      ).length === 1
    )
  }

  /** Lets the oldest events go once they are past their time or number, and everybody who is to be told was. */
  prune(now: number): void {
    const told = this.#rows(
      'SELECT MIN(sequence) AS n FROM (SELECT sequence FROM cursors UNION ALL SELECT sequence FROM replays)',
    )[0]?.n as number | null | undefined
    this.#sql.exec(
      `DELETE FROM events WHERE sequence IN (SELECT sequence FROM events ORDER BY sequence LIMIT ?)
       AND sequence <= ? AND (kept_at < ? OR sequence <= ?)`,
      PRUNED,
      told ?? Number.MAX_SAFE_INTEGER,
      now - KEPT.milliseconds,
      this.newest() - KEPT.events,
    )
  }

  /** Takes out every event of these conversations, and every other one that names one of the addresses. */
  forget({ conversations, addresses }: Forgotten): void {
    this.#sql.exec(
      `DELETE FROM events WHERE conversation IN (SELECT value FROM json_each(?))
         OR EXISTS (SELECT 1 FROM json_each(?) WHERE instr(events.body, value) > 0)`,
      JSON.stringify(conversations),
      JSON.stringify(addresses),
    )
  }
}
