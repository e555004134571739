import type { Address } from '../../domain/address.ts'
import type { Channel } from '../../domain/message.ts'
import type { Reception } from './behaviour.ts'
import { CALM, type ChaosState } from './chaos.ts'
import { type HandsetProfile, PROFILES } from './handset.ts'
import type { MessageFacts } from './message-facts.ts'

/**
 * What one account's network remembers, in its object's SQLite. Every method is synchronous, so that whatever one request
 * writes is one transaction with the alarm it sets.
 */

/** A message as it lies in the network. */
export type LedgerMessage = {
  /** Position in the whole network, from 1: the order of arrival. */
  readonly position: number
  readonly id: string
  /** `outbound` came from the gateway, `inbound` from a phone. */
  readonly direction: 'outbound' | 'inbound'
  readonly reference: string | null
  readonly channel: Channel
  readonly from: Address
  readonly to: readonly Address[]
  readonly at: number
  readonly facts: MessageFacts
}

/** A phone that was seen. */
export type LedgerHandset = {
  readonly number: Address
  readonly profile: HandsetProfile
  readonly messages: number
  readonly lastAt: number
  readonly lastText: string | null
}

/** What is known of a client reference: the id it was given (null: it was met with silence) and how often it came. */
export type LedgerReference = { readonly id: string | null; readonly seen: number }

const SCHEMA = `
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS handsets (number TEXT PRIMARY KEY, profile TEXT, last_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS submissions (reference TEXT PRIMARY KEY, id TEXT, seen INTEGER NOT NULL, at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS submissions_at ON submissions (at);
CREATE TABLE IF NOT EXISTS messages (position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  direction TEXT NOT NULL, reference TEXT, channel TEXT NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL,
  at INTEGER NOT NULL, facts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS threads (number TEXT NOT NULL, position INTEGER NOT NULL, reception TEXT,
  PRIMARY KEY (number, position)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS threads_position ON threads (position);
CREATE TABLE IF NOT EXISTS entities (message TEXT NOT NULL, chunk INTEGER NOT NULL, bytes BLOB NOT NULL,
  UNIQUE (message, chunk));
CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, message TEXT NOT NULL, lane TEXT NOT NULL,
  event TEXT NOT NULL, with_entity INTEGER NOT NULL, due INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  answer INTEGER, delivered_at INTEGER);
CREATE INDEX IF NOT EXISTS outbox_due ON outbox (due) WHERE delivered_at IS NULL;
CREATE INDEX IF NOT EXISTS outbox_message ON outbox (message);
`

/** Newest messages whose bytes are kept, and for how long; references outlive them, so that a late repeat is still known. */
const KEPT_MESSAGES = 500
const KEPT_MS = 7 * 86_400_000
const KEPT_REFERENCES = 50_000
/** A row of an object's SQLite holds 2 MB. */
const CHUNK = 1_000_000

type MessageRow = {
  position: number
  id: string
  direction: string
  reference: string | null
  channel: string
  sender: string
  recipients: string
  at: number
  facts: string
}

const messageOf = (row: MessageRow): LedgerMessage => ({
  position: row.position,
  id: row.id,
  direction: row.direction as LedgerMessage['direction'],
  reference: row.reference,
  channel: row.channel as Channel,
  from: row.sender,
  to: JSON.parse(row.recipients) as Address[],
  at: row.at,
  facts: JSON.parse(row.facts) as MessageFacts,
})

/** The memory of a network. */
export type Ledger = ReturnType<typeof createLedger>

/** Opens the memory of a network, making its tables where they are missing. */
export function createLedger(sql: SqlStorage) {
  sql.exec(SCHEMA)

  const fact = (name: string): string | null =>
    sql.exec<{ value: string }>('SELECT value FROM facts WHERE name = ?', name).toArray()[0]?.value ?? null

  const setFact = (name: string, value: string): void => {
    sql.exec(
      'INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      name,
      value,
    )
  }

  const touch = (number: Address, at: number): void => {
    sql.exec(
      'INSERT INTO handsets (number, last_at) VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET last_at = excluded.last_at',
      number,
      at,
    )
  }

  /** Forgets messages up to a position. What the gateway has not taken yet stays, with the bytes that it needs. */
  const forget = (upTo: number): void => {
    const old = sql
      .exec<{ id: string; position: number }>(
        `SELECT id, position FROM messages WHERE position <= ? AND NOT EXISTS
        (SELECT 1 FROM outbox o WHERE o.message = messages.id AND o.with_entity = 1 AND o.delivered_at IS NULL)`,
        upTo,
      )
      .toArray()
    for (const { id, position } of old) {
      sql.exec('DELETE FROM entities WHERE message = ?', id)
      sql.exec('DELETE FROM outbox WHERE message = ? AND delivered_at IS NOT NULL', id)
      sql.exec('DELETE FROM threads WHERE position = ?', position)
      sql.exec('DELETE FROM messages WHERE position = ?', position)
    }
  }

  return {
    /** The account whose network this is: the first that asked. */
    account(asked?: string): string | null {
      const known = fact('account')
      if (known !== null || asked === undefined) return known
      setFact('account', asked)
      return asked
    },

    chaos(): ChaosState {
      const stored = fact('chaos')
      return stored === null ? { ...CALM, rolls: [] } : (JSON.parse(stored) as ChaosState)
    },
    setChaos(state: ChaosState): void {
      setFact('chaos', JSON.stringify(state))
    },

    profile(number: Address): HandsetProfile {
      const row = sql
        .exec<{ profile: string | null }>('SELECT profile FROM handsets WHERE number = ?', number)
        .toArray()[0]
      return row?.profile ? (JSON.parse(row.profile) as HandsetProfile) : PROFILES.android
    },
    setProfile(number: Address, profile: HandsetProfile, at: number): void {
      touch(number, at)
      sql.exec('UPDATE handsets SET profile = ? WHERE number = ?', JSON.stringify(profile), number)
    },

    /** Every phone seen, the latest first. */
    handsets(): LedgerHandset[] {
      return sql
        .exec<{
          number: string
          profile: string | null
          last_at: number
          messages: number
          facts: string | null
        }>(
          `SELECT h.number, h.profile, h.last_at,
            (SELECT COUNT(*) FROM threads t WHERE t.number = h.number) AS messages,
            (SELECT m.facts FROM threads t JOIN messages m ON m.position = t.position WHERE t.number = h.number
              ORDER BY t.position DESC LIMIT 1) AS facts
          FROM handsets h ORDER BY h.last_at DESC, h.number LIMIT 200`,
        )
        .toArray()
        .map((row) => ({
          number: row.number,
          profile: row.profile === null ? PROFILES.android : (JSON.parse(row.profile) as HandsetProfile),
          messages: row.messages,
          lastAt: row.last_at,
          lastText: row.facts === null ? null : (JSON.parse(row.facts) as MessageFacts).text,
        }))
    },

    reference(reference: string): LedgerReference | null {
      return (
        sql
          .exec<{ id: string | null; seen: number }>(
            'SELECT id, seen FROM submissions WHERE reference = ?',
            reference,
          )
          .toArray()[0] ?? null
      )
    },
    /** Counts a reference; the first id it is given stays. */
    see(reference: string, id: string | null, at: number): LedgerReference {
      return sql
        .exec<{ id: string | null; seen: number }>(
          `INSERT INTO submissions VALUES (?, ?, 1, ?)
          ON CONFLICT (reference) DO UPDATE SET seen = seen + 1, id = COALESCE(id, excluded.id) RETURNING id, seen`,
          reference,
          id,
          at,
        )
        .one()
    },

    /** Keeps a message with its bytes, in the threads of the phones that it concerns. */
    add(
      message: Omit<LedgerMessage, 'position'>,
      entity: Uint8Array | null,
      threads: readonly { number: Address; reception: Reception | null }[],
    ): void {
      const { position } = sql
        .exec<{ position: number }>(
          `INSERT INTO messages (id, direction, reference, channel, sender, recipients, at, facts)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING position`,
          message.id,
          message.direction,
          message.reference,
          message.channel,
          message.from,
          JSON.stringify(message.to),
          message.at,
          JSON.stringify(message.facts),
        )
        .one()
      for (let at = 0; entity !== null && at < entity.length; at += CHUNK)
        sql.exec(
          'INSERT INTO entities VALUES (?, ?, ?)',
          message.id,
          at / CHUNK,
          entity.slice(at, at + CHUNK).buffer,
        )
      for (const { number, reception } of threads) {
        touch(number, message.at)
        sql.exec(
          'INSERT OR REPLACE INTO threads VALUES (?, ?, ?)',
          number,
          position,
          reception === null ? null : JSON.stringify(reception),
        )
      }
      forget(position - KEPT_MESSAGES)
    },

    /** Forgets what is too old or too much. */
    expire(now: number): void {
      const old = sql
        .exec<{ position: number | null }>(
          'SELECT MAX(position) AS position FROM messages WHERE at <= ?',
          now - KEPT_MS,
        )
        .one().position
      if (old !== null) forget(old)
      sql.exec(
        'DELETE FROM submissions WHERE at <= ? OR rowid <= (SELECT MAX(rowid) FROM submissions) - ?',
        now - KEPT_MS,
        KEPT_REFERENCES,
      )
    },
    /** When something will have to be forgotten, in milliseconds since 1970; null when nothing is kept. */
    expiry(): number | null {
      const oldest = sql.exec<{ at: number | null }>('SELECT MIN(at) AS at FROM submissions').one().at
      const first = sql
        .exec<{ at: number }>('SELECT at FROM messages ORDER BY position LIMIT 1')
        .toArray()[0]?.at
      if (oldest === null && first === undefined) return null
      return Math.min(oldest ?? Infinity, first ?? Infinity) + KEPT_MS
    },

    /** A phone's thread in order of arrival, after a position. */
    thread(number: Address, after: number): { message: LedgerMessage; reception: Reception | null }[] {
      return sql
        .exec<MessageRow & { reception: string | null }>(
          `SELECT m.*, t.reception FROM threads t JOIN messages m ON m.position = t.position
          WHERE t.number = ? AND t.position > ? ORDER BY t.position`,
          number,
          after,
        )
        .toArray()
        .map((row) => ({
          message: messageOf(row),
          reception: row.reception === null ? null : (JSON.parse(row.reception) as Reception),
        }))
    },

    /** A text that changes whenever something that is shown does. */
    version(): string {
      const { a, b, c, d } = sql
        .exec<{ a: number | null; b: number; c: number | null; d: number | null }>(
          `SELECT (SELECT MAX(position) FROM messages) AS a, (SELECT COUNT(*) FROM messages) AS b,
          (SELECT SUM(attempts) FROM outbox) AS c, (SELECT SUM(seen) FROM submissions) AS d`,
        )
        .one()
      return [a, b, c, d].join('.')
    },

    /** Whether a message is in a phone's thread. */
    holds(number: Address, id: string): boolean {
      return (
        sql
          .exec(
            'SELECT 1 FROM messages m JOIN threads t ON t.position = m.position WHERE m.id = ? AND t.number = ?',
            id,
            number,
          )
          .toArray().length > 0
      )
    },

    /** The bytes of a message as they came; null for an SMS, or once they are forgotten. */
    entity(id: string): Uint8Array | null {
      const chunks = sql
        .exec<{ bytes: ArrayBuffer }>('SELECT bytes FROM entities WHERE message = ? ORDER BY chunk', id)
        .toArray()
        .map((row) => new Uint8Array(row.bytes))
      if (chunks.length === 0) return null
      const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
      let at = 0
      for (const chunk of chunks) {
        whole.set(chunk, at)
        at += chunk.length
      }
      return whole
    },

    /** Forgets messages and what waits to be reported; profiles and chaos stay. */
    clear(): void {
      for (const table of ['messages', 'threads', 'entities', 'submissions', 'outbox', 'handsets'])
        sql.exec(table === 'handsets' ? 'DELETE FROM handsets WHERE profile IS NULL' : `DELETE FROM ${table}`)
    },
  }
}
