import type { Offering } from '../domain/choice.ts'
import type { Thread } from '../domain/conversation.ts'
import { eventOfState } from '../domain/event.ts'
import type { Envelope, Message, MessageWithTimeline, Recipient, TimelineEntry } from '../domain/message.ts'
import type { MessageState } from '../domain/state.ts'
import { EventRows } from './event-rows.ts'
import { JoinRows } from './join-rows.ts'
import {
  bodyChanges,
  bodyOf,
  type Change,
  type LoggedMessage,
  loggedOf,
  messageOf,
  type Row,
} from './log-rows.ts'
import { LOG_SCHEMA } from './log-schema.ts'
import { PieceRows } from './piece-rows.ts'
import { RefitRows } from './refit-rows.ts'

/** The log of one conversation. Methods are synchronous: what runs between two awaits is one transaction of the object. */
export class Log {
  readonly #sql: SqlStorage
  /** What the account is still to be told. */
  readonly events: EventRows
  /** Messages that go as several. */
  readonly pieces: PieceRows
  /** Messages that a carrier called too large. */
  readonly refits: RefitRows
  /** Messages that came in one by one. */
  readonly joins: JoinRows

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(LOG_SCHEMA)
    this.events = new EventRows(sql)
    this.pieces = new PieceRows(sql)
    this.refits = new RefitRows(sql)
    this.joins = new JoinRows(sql)
  }

  #rows(query: string, ...bindings: SqlStorageValue[]): Row[] {
    return this.#sql.exec(query, ...bindings).toArray()
  }

  /** The thread that this object is; null before its first message. */
  thread(): (Thread & { id: string }) | null {
    const row = this.#rows('SELECT id, account, own, members FROM thread')[0]
    if (row === undefined) return null
    return {
      id: row.id as string,
      account: row.account as string,
      own: row.own as string,
      members: JSON.parse(row.members as string),
    }
  }

  begin(id: string, thread: Thread): void {
    this.#sql.exec(
      'INSERT OR IGNORE INTO thread (one, id, account, own, members) VALUES (1, ?, ?, ?, ?)',
      id,
      thread.account,
      thread.own,
      JSON.stringify(thread.members),
    )
  }

  /** Adds a message at the end of the thread. Returns null when the id is already there. */
  add(
    message: Omit<Envelope, 'validUntil'>,
    more: {
      direction: Message['direction']
      state: MessageState
      recipients: readonly Recipient[]
      dueAt: number | null
      validUntil: number
      now: number
    },
  ): Message | null {
    const { id, parts, createdAt } = message
    const row = this.#rows(
      `INSERT INTO messages (id, direction, body, parts, state, recipients, created_at, updated_at, due_at, valid_until)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING RETURNING *`,
      id,
      more.direction,
      JSON.stringify(bodyOf(message)),
      JSON.stringify(parts),
      more.state,
      JSON.stringify(more.recipients),
      createdAt,
      more.now,
      more.dueAt,
      more.validUntil,
    )[0]
    if (row === undefined) return null
    const added = messageOf(row)
    this.pieces.add(added)
    this.events.added(added, this.thread(), more.now)
    return added
  }

  find(id: string): LoggedMessage | null {
    const row = this.#rows('SELECT * FROM messages WHERE id = ?', id)[0]
    return row === undefined ? null : loggedOf(row)
  }

  withTimeline(id: string): MessageWithTimeline | null {
    const found = this.find(id)
    if (found === null) return null
    const timeline = this.#rows(
      'SELECT at, event, detail, attempt, vendor_code FROM timeline WHERE message = ? ORDER BY n',
      id,
    ).map((row) => ({
      at: row.at as number,
      event: row.event as string,
      detail: row.detail as string | null,
      attempt: row.attempt as number | null,
      vendorCode: row.vendor_code as string | null,
    }))
    return { ...found.message, timeline }
  }

  page(before: number | null, limit: number): Message[] {
    return this.#rows(
      'SELECT * FROM messages WHERE sequence < ? AND hidden_at IS NULL ORDER BY sequence DESC LIMIT ?',
      before ?? Number.MAX_SAFE_INTEGER,
      limit,
    ).map(messageOf)
  }

  /** Writes a change and its line of history; the message gets a new revision, so that it is projected again. */
  change(id: string, change: Change, now: number): void {
    const reached = change.standing === undefined ? null : eventOfState(change.standing.state)
    const tells = reached !== null || change.parts !== undefined
    const before = tells ? this.find(id) : null
    const sets: string[] = ['revision = revision + 1', 'updated_at = ?']
    const bindings: SqlStorageValue[] = [now]
    const set = (column: string, value: SqlStorageValue | undefined): void => {
      if (value === undefined) return
      sets.push(`${column} = ?`)
      bindings.push(value)
    }
    if (change.standing !== undefined) {
      set('state', change.standing.state)
      set('certainty', change.standing.certainty ?? null)
      set('reason', change.standing.reason ?? null)
    }
    set('recipients', change.recipients && JSON.stringify(change.recipients))
    set('vendor_code', change.vendorCode)
    set('vendor_text', change.vendorText)
    set('vendor_id', change.vendorId)
    set('maybe_duplicate', change.maybeDuplicate && 1)
    set('parts', change.parts && JSON.stringify(change.parts))
    set('due_at', change.dueAt)
    set('attempts', change.attempts)
    set('first_attempt_at', change.firstAttemptAt)
    set('hold_until', change.holdUntil)
    set('outcome_unknown', change.outcomeUnknown === undefined ? undefined : Number(change.outcomeUnknown))
    set('confirm_at', change.confirmAt)
    set('hidden_at', change.hiddenAt)
    set('unpark', change.unpark === undefined ? undefined : Number(change.unpark))
    const body = bodyChanges(change)
    sets.push(...body.map(([sql]) => sql))
    bindings.push(...body.flatMap(([, ...values]) => values))
    this.#sql.exec(`UPDATE messages SET ${sets.join(', ')} WHERE id = ?`, ...bindings, id)
    if (change.entry !== undefined) this.note(id, change.entry, now)
    const after = before === null ? null : this.find(id)
    if (before !== null && after !== null)
      this.events.changed(before.message, after.message, this.thread()?.own ?? null, now)
  }

  /** Adds a line to a message's history. */
  note(id: string, entry: Omit<TimelineEntry, 'at'>, now: number): void {
    this.#sql.exec(
      'INSERT INTO timeline (message, n, at, event, detail, attempt, vendor_code) SELECT ?, COALESCE(MAX(n), 0) + 1, ?, ?, ?, ?, ? FROM timeline WHERE message = ?',
      id,
      now,
      entry.event,
      entry.detail,
      entry.attempt,
      entry.vendorCode,
      id,
    )
  }

  /** Remembers an event of a vendor; false when it was there already. */
  claim(claim: string, message: string, now: number): boolean {
    return (
      this.#rows(
        'INSERT INTO claims (claim, message, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING claim',
        claim,
        message,
        now,
      ).length === 1
    )
  }

  claimed(claim: string): string | null {
    return (
      (this.#rows('SELECT message FROM claims WHERE claim = ?', claim)[0]?.message as string | undefined) ??
      null
    )
  }

  forgetClaims(before: number): void {
    this.#sql.exec('DELETE FROM claims WHERE at < ?', before)
    this.joins.forget(before)
  }

  /** Whether anybody of the thread wrote since then. */
  heardSince(since: number): boolean {
    return (
      this.#rows("SELECT 1 FROM messages WHERE direction = 'inbound' AND created_at >= ? LIMIT 1", since)
        .length > 0
    )
  }

  /** The last messages that offered answers and may have arrived, newest first. What lies far behind is not looked at. */
  offerings(since: number): Offering[] {
    return this.#rows(
      `SELECT * FROM messages WHERE sequence > (SELECT MAX(sequence) FROM messages) - 200 AND direction = 'outbound'
         AND created_at >= ? AND state NOT IN ('failed', 'expired', 'canceled') AND json_extract(body, '$.offers') IS NOT NULL
       ORDER BY sequence DESC LIMIT 5`,
      since,
    )
      .map(messageOf)
      .map(({ id, offers }) => ({ message: id, offers: offers ?? [] }))
  }

  /** The last message of ours that may have arrived. */
  lastSent(since: number): Message | null {
    const row = this.#rows(
      `SELECT * FROM messages WHERE sequence > (SELECT MAX(sequence) FROM messages) - 200 AND direction = 'outbound'
         AND created_at >= ? AND state NOT IN ('failed', 'expired', 'canceled') ORDER BY sequence DESC LIMIT 1`,
      since,
    )[0]
    return row === undefined ? null : messageOf(row)
  }

  /** Messages that wait to be submitted, in order. */
  outbox(limit: number): LoggedMessage[] {
    return this.#rows('SELECT * FROM messages WHERE due_at IS NOT NULL ORDER BY sequence LIMIT ?', limit).map(
      loggedOf,
    )
  }

  beginAttempt(id: string, n: number, now: number): void {
    this.#sql.exec('INSERT INTO attempts (message, n, started_at) VALUES (?, ?, ?)', id, n, now)
  }

  endAttempt(id: string, n: number, outcome: string, detail: string | null, now: number): void {
    this.#sql.exec(
      'UPDATE attempts SET ended_at = ?, outcome = ?, detail = ? WHERE message = ? AND n = ? AND ended_at IS NULL',
      now,
      outcome,
      detail,
      id,
      n,
    )
  }

  /** The attempt of a message that was begun and never ended: a crash cut it. */
  openAttempt(id: string): number | null {
    return (
      (this.#rows(
        'SELECT n FROM attempts WHERE message = ? AND ended_at IS NULL ORDER BY n DESC LIMIT 1',
        id,
      )[0]?.n as number | undefined) ?? null
    )
  }

  unprojected(limit: number): LoggedMessage[] {
    return this.#rows(
      'SELECT * FROM messages WHERE projected < revision ORDER BY sequence LIMIT ?',
      limit,
    ).map(loggedOf)
  }

  projected(id: string, revision: number): void {
    this.#sql.exec('UPDATE messages SET projected = MAX(projected, ?) WHERE id = ?', revision, id)
  }

  /** Makes every message due for projection again. */
  reproject(): void {
    this.#sql.exec('UPDATE messages SET projected = 0')
  }

  toUnpark(limit: number): LoggedMessage[] {
    return this.#rows('SELECT * FROM messages WHERE unpark = 1 ORDER BY sequence LIMIT ?', limit).map(
      loggedOf,
    )
  }

  /** What was parked for a message has been taken up. Nothing that anybody is shown changes: the revision stays. */
  unparked(id: string): void {
    this.#sql.exec('UPDATE messages SET unpark = 0 WHERE id = ?', id)
  }

  /** Submitted messages whose validity has ended without a report. */
  unreported(now: number, limit: number): LoggedMessage[] {
    return this.#rows(
      'SELECT * FROM messages WHERE confirm_at <= ? ORDER BY confirm_at LIMIT ?',
      now,
      limit,
    ).map(loggedOf)
  }

  nextConfirm(): number | null {
    return (
      (this.#rows('SELECT MIN(confirm_at) AS at FROM messages WHERE confirm_at IS NOT NULL')[0]?.at as
        | number
        | null
        | undefined) ?? null
    )
  }

  addCopy(message: string, position: number, url: string, dueAt: number): void {
    this.#sql.exec(
      'INSERT OR IGNORE INTO copies (message, position, url, due_at) VALUES (?, ?, ?, ?)',
      message,
      position,
      url,
      dueAt,
    )
  }

  dueCopies(now: number, limit: number): { message: string; position: number; url: string; tries: number }[] {
    return this.#rows(
      'SELECT message, position, url, tries FROM copies WHERE due_at <= ? ORDER BY due_at LIMIT ?',
      now,
      limit,
    ) as never
  }

  postponeCopy(message: string, position: number, tries: number, dueAt: number): void {
    this.#sql.exec(
      'UPDATE copies SET tries = ?, due_at = ? WHERE message = ? AND position = ?',
      tries,
      dueAt,
      message,
      position,
    )
  }

  endCopy(message: string, position: number): void {
    this.#sql.exec('DELETE FROM copies WHERE message = ? AND position = ?', message, position)
  }

  nextCopy(): number | null {
    return (this.#rows('SELECT MIN(due_at) AS at FROM copies')[0]?.at as number | null | undefined) ?? null
  }
}
