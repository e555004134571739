import type { Forgotten } from '../domain/event.ts'
import type { SwitchedOff, Webhook } from '../domain/webhook.ts'
import type { Attempted, DeliveryHead, DeliveryPosition, QueuedEvent } from './subscribers.ts'

const SCHEMA = `
CREATE TABLE IF NOT EXISTS endpoint (
  one INTEGER PRIMARY KEY CHECK (one = 1), account TEXT NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL,
  failing_since INTEGER, last_success_at INTEGER, told_success_at INTEGER NOT NULL DEFAULT 0,
  off_reason TEXT, off_at INTEGER, paused_until INTEGER NOT NULL DEFAULT 0, untold INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS deliveries (
  id TEXT PRIMARY KEY, sequence INTEGER NOT NULL, part INTEGER NOT NULL, type TEXT NOT NULL, conversation TEXT, body TEXT,
  state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, due_at INTEGER NOT NULL, queued_at INTEGER NOT NULL,
  last_at INTEGER, status INTEGER, error TEXT, milliseconds INTEGER, replay INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS deliveries_fresh ON deliveries (sequence, part) WHERE state = 'pending' AND attempts = 0;
CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (sequence, part) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS deliveries_retrying ON deliveries (due_at) WHERE state = 'pending' AND attempts > 0;
CREATE INDEX IF NOT EXISTS deliveries_queued ON deliveries (queued_at, id);
CREATE INDEX IF NOT EXISTS deliveries_of_conversation ON deliveries (conversation);
`

/** What a queue keeps: heads of what ended, and how much may wait for an endpoint that does not answer. */
export const QUEUE_LIMITS = { heads: 20_000, headAge: 30 * 86_400_000, waiting: 200_000 } as const

/** A delivery that is to be tried. */
export type Waiting = {
  readonly id: string
  readonly body: string
  readonly attempts: number
  readonly dueAt: number
}

/** What a queue knows of its endpoint. */
export type Standing = {
  readonly webhook: Webhook
  readonly failingSince: number | null
  readonly lastSuccessAt: number | null
  readonly toldSuccessAt: number
  readonly off: { readonly reason: SwitchedOff; readonly at: number } | null
  readonly pausedUntil: number
  /** The account's list does not know yet. */
  readonly untold: boolean
}

type Row = Record<string, SqlStorageValue>

const WAITING = 'SELECT id, body, attempts, due_at AS dueAt FROM deliveries'

/** The queue of one endpoint, or of one share of its events. Methods are synchronous. */
export class SubscriberQueue {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(SCHEMA)
  }

  #rows(query: string, ...bindings: SqlStorageValue[]): Row[] {
    return this.#sql.exec(query, ...bindings).toArray()
  }

  /** Null before the first event. */
  standing(): Standing | null {
    const row = this.#rows('SELECT * FROM endpoint')[0]
    if (row === undefined) return null
    return {
      webhook: JSON.parse(row.body as string),
      failingSince: row.failing_since as number | null,
      lastSuccessAt: row.last_success_at as number | null,
      toldSuccessAt: row.told_success_at as number,
      off:
        row.off_reason === null ? null : { reason: row.off_reason as SwitchedOff, at: row.off_at as number },
      pausedUntil: row.paused_until as number,
      untold: row.untold === 1,
    }
  }

  /** Takes a newer setting of the endpoint, which is judged anew. False when this one is not newer. */
  configure(webhook: Webhook): boolean {
    return (
      this.#rows(
        `INSERT INTO endpoint (one, account, revision, body) VALUES (1, ?, ?, ?)
         ON CONFLICT (one) DO UPDATE SET revision = excluded.revision, body = excluded.body, failing_since = NULL,
           off_reason = NULL, off_at = NULL, paused_until = 0, untold = 0
         WHERE excluded.revision > endpoint.revision AND excluded.account = endpoint.account RETURNING revision`,
        webhook.account,
        webhook.revision,
        JSON.stringify(webhook),
      ).length === 1
    )
  }

  /**
   * Empties the queue for good. What stays says that it is closed: a hand-over that was under way must not open it again
   * with a setting from before.
   */
  close(): void {
    this.#sql.exec('DELETE FROM deliveries')
    this.#sql.exec(
      `UPDATE endpoint SET revision = ?, untold = 0,
         body = json_set(body, '$.url', '', '$.description', NULL, '$.enabled', json('false'))`,
      Number.MAX_SAFE_INTEGER,
    )
  }

  /** Adds an event, or makes one that is there wait again for a later replay. `dropped` keeps its head only. */
  add(event: QueuedEvent, replay: number | null, dropped: string | null, now: number): void {
    this.#sql.exec(
      `INSERT INTO deliveries (id, sequence, part, type, conversation, body, state, due_at, queued_at, error, replay)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body, attempts = 0, due_at = excluded.due_at,
         queued_at = excluded.queued_at, error = excluded.error, replay = excluded.replay
       WHERE excluded.replay > deliveries.replay`,
      event.id,
      event.sequence,
      event.part,
      event.type,
      event.conversation,
      dropped === null ? event.body : null,
      dropped === null ? 'pending' : 'dropped',
      now,
      now,
      dropped,
      replay ?? 0,
    )
  }

  /** Writes down an attempt that was made outside the queue. */
  addProbe(event: QueuedEvent, attempted: Attempted, now: number): void {
    this.add(event, null, 'probe', now)
    this.end(event.id, attempted.delivered ? 'delivered' : 'given_up', attempted, now)
    this.#sql.exec('UPDATE deliveries SET attempts = 1 WHERE id = ?', event.id)
  }

  /** The next event that was never tried, in order. */
  nextFresh(): Waiting | null {
    return (this.#rows(
      `${WAITING} WHERE state = 'pending' AND attempts = 0 ORDER BY sequence, part LIMIT 1`,
    )[0] ?? null) as Waiting | null
  }

  /** The oldest event that waits, tried or not. */
  head(): Waiting | null {
    return (this.#rows(`${WAITING} WHERE state = 'pending' ORDER BY sequence, part LIMIT 1`)[0] ??
      null) as Waiting | null
  }

  /** Events whose next attempt is due. */
  dueRetries(now: number, limit: number): Waiting[] {
    return this.#rows(
      `${WAITING} WHERE state = 'pending' AND attempts > 0 AND due_at <= ? ORDER BY due_at LIMIT ?`,
      now,
      limit,
    ) as unknown as Waiting[]
  }

  nextRetry(): number | null {
    return (
      (this.#rows("SELECT MIN(due_at) AS at FROM deliveries WHERE state = 'pending' AND attempts > 0")[0]
        ?.at as number | null | undefined) ?? null
    )
  }

  /** Says that an attempt begins, and when the next one is due should this one never end. */
  begin(id: string, attempts: number, dueAt: number): void {
    this.#sql.exec('UPDATE deliveries SET attempts = ?, due_at = ? WHERE id = ?', attempts, dueAt, id)
  }

  /** Puts an event off after a failed attempt. */
  postpone(id: string, attempted: Attempted, now: number, dueAt: number): void {
    this.#note(id, attempted, now)
    this.#sql.exec('UPDATE deliveries SET due_at = ? WHERE id = ?', dueAt, id)
  }

  /** Ends a delivery; its body is let go. */
  end(id: string, state: 'delivered' | 'given_up', attempted: Attempted, now: number): void {
    this.#note(id, attempted, now)
    this.#sql.exec('UPDATE deliveries SET state = ?, body = NULL WHERE id = ?', state, id)
  }

  #note(id: string, attempted: Attempted, now: number): void {
    this.#sql.exec(
      'UPDATE deliveries SET last_at = ?, status = ?, error = ?, milliseconds = ? WHERE id = ?',
      now,
      attempted.status,
      attempted.error,
      attempted.milliseconds,
      id,
    )
  }

  isPending(id: string): boolean {
    return this.#rows("SELECT 1 FROM deliveries WHERE id = ? AND state = 'pending'", id).length === 1
  }

  /** Ends everything that waits: the endpoint is off. */
  dropAll(): void {
    this.#sql.exec("UPDATE deliveries SET state = 'dropped', body = NULL WHERE state = 'pending'")
  }

  succeeded(at: number, tell: boolean): void {
    this.#sql.exec(
      'UPDATE endpoint SET failing_since = NULL, last_success_at = ?, untold = max(untold, ?)',
      at,
      tell ? 1 : 0,
    )
  }

  failed(since: number): void {
    this.#sql.exec('UPDATE endpoint SET failing_since = ?, untold = 1 WHERE failing_since IS NULL', since)
  }

  switchOff(reason: SwitchedOff, at: number): void {
    this.#sql.exec('UPDATE endpoint SET off_reason = ?, off_at = ?, untold = 1', reason, at)
  }

  pauseUntil(at: number): void {
    this.#sql.exec('UPDATE endpoint SET paused_until = max(paused_until, ?)', at)
  }

  told(successAt: number | null): void {
    this.#sql.exec('UPDATE endpoint SET untold = 0, told_success_at = ?', successAt ?? 0)
  }

  /** How many wait; counted row by row, so not to be asked often. */
  waiting(): number {
    return (this.#rows("SELECT COUNT(*) AS n FROM deliveries WHERE state = 'pending'")[0]?.n as number) ?? 0
  }

  /** Heads, newest first. */
  page(before: DeliveryPosition | null, limit: number): DeliveryHead[] {
    return this.#rows(
      `SELECT id, type, sequence, part, state, attempts, queued_at, last_at, status, error, milliseconds, due_at FROM deliveries
       WHERE (queued_at, id) < (?, ?) ORDER BY queued_at DESC, id DESC LIMIT ?`,
      before?.at ?? Number.MAX_SAFE_INTEGER,
      before?.event ?? '~',
      limit,
    ).map((row) => ({
      event: row.id as string,
      type: row.type as string,
      sequence: row.sequence as number,
      part: row.part as number,
      state: row.state as DeliveryHead['state'],
      attempts: row.attempts as number,
      queuedAt: row.queued_at as number,
      lastAt: row.last_at as number | null,
      status: row.status as number | null,
      error: row.error as string | null,
      milliseconds: row.milliseconds as number | null,
      nextAt: row.state === 'pending' ? (row.due_at as number) : null,
    }))
  }

  /** Lets old heads go. What waits stays, however old. */
  prune(now: number): void {
    this.#sql.exec(
      `DELETE FROM deliveries WHERE state <> 'pending' AND (queued_at < ? OR (queued_at, id) < (
         SELECT queued_at, id FROM deliveries ORDER BY queued_at DESC, id DESC LIMIT 1 OFFSET ?))`,
      now - QUEUE_LIMITS.headAge,
      QUEUE_LIMITS.heads,
    )
  }

  /** Takes out every delivery of these conversations, and every waiting one that names one of the addresses. */
  forget({ conversations, addresses }: Forgotten): void {
    this.#sql.exec(
      `DELETE FROM deliveries WHERE conversation IN (SELECT value FROM json_each(?))
         OR EXISTS (SELECT 1 FROM json_each(?) WHERE instr(deliveries.body, value) > 0)`,
      JSON.stringify(conversations),
      JSON.stringify(addresses),
    )
  }
}
