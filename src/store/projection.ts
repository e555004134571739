import type { Projection } from '../domain/ports.ts'
import { chargeIn, SETTLE } from './credit.ts'
import { type Database, statement } from './database.ts'
import { eventId } from './events.ts'
import { heardIn, LEARN, provesNumber } from './recipients.ts'

/** Messages a transaction, and characters of their JSON: below what one parameter may hold, whatever they contain. */
const MOST_MESSAGES = 50
const MOST_CHARACTERS = 250_000

/** Characters of text and subject that lists show; the whole of both is with the conversation's object. */
const TEXT = 500
const SUBJECT = 120

/** What a phone sent may have more parts and longer names than anybody wants listed. */
const PARTS_LISTED = 100
const NAME = 100

/** Shortens by whole characters, and takes out what SQLite would end a text at. */
function cut(text: string | null, length: number): string | null {
  if (text === null) return null
  const plain = text
    .slice(0, length * 2)
    .replaceAll('\0', '')
    .toWellFormed()
  return [...plain].slice(0, length).join('')
}

/** What the statements below read from their one parameter. */
function row({ message, revision }: Projection) {
  return {
    id: message.id,
    account: message.account,
    conversation: message.conversation,
    sequence: message.sequence,
    direction: message.direction,
    channel: message.channel,
    vendor: message.vendor,
    vendorId: message.vendorId,
    from: message.from,
    to: message.to,
    subject: cut(message.subject, SUBJECT),
    text: cut(message.text, TEXT),
    count: message.parts.length,
    parts: message.parts.slice(0, PARTS_LISTED).map(({ media, name, type, bytes, state, source }) => ({
      media,
      name: cut(name, NAME),
      type: cut(type, NAME),
      bytes,
      state,
      sourceBytes: source?.bytes ?? null,
    })),
    wireBytes: message.wireBytes,
    state: message.state,
    certainty: message.certainty,
    reason: message.reason,
    createdAt: message.createdAt,
    updatedAt: message.updatedAt,
    revision,
    event: eventId(message.id, message.state),
    heard: heardIn(message),
    proves: provesNumber(message),
    charge: chargeIn(message),
  }
}

/**
 * A conversation has its row before its first message, unless this table was lost; then the thread is read from the
 * message: our side is the sender, or the first recipient that is a number of the account.
 */
const CONVERSATIONS = `
  WITH seen AS (
    SELECT value ->> 'conversation' AS id, value ->> 'account' AS account, value ->> 'createdAt' AS at,
      CASE value ->> 'direction' WHEN 'outbound' THEN value ->> 'from' ELSE (
        SELECT own.value FROM json_each(one.value, '$.to') AS own
        WHERE EXISTS (SELECT 1 FROM numbers WHERE account = one.value ->> 'account' AND address = own.value)
      ) END AS own,
      (SELECT json_group_array(address) FROM (
        SELECT other.value AS address FROM json_each(json_insert(one.value -> 'to', '$[#]', one.value ->> 'from')) AS other
        WHERE NOT EXISTS (SELECT 1 FROM numbers WHERE account = one.value ->> 'account' AND address = other.value)
          AND (one.value ->> 'direction' = 'inbound' OR other.value <> one.value ->> 'from')
        ORDER BY other.value
      )) AS members
    FROM json_each(?1) AS one
  )
  INSERT INTO conversations
    (id, account, own, members, open, opened_at, touched_at, messages, last_at, created_at, updated_at)
  SELECT id, account, own, members, 0, 0, at, 0, at, at, at FROM seen WHERE own IS NOT NULL
  ON CONFLICT (id) DO NOTHING`

const MESSAGES = `
  INSERT INTO messages
    (id, account, conversation, sequence, direction, channel, vendor, vendor_id, sender, recipients, subject, text,
     parts, wire_bytes, state, certainty, reason, created_at, updated_at, revision)
  SELECT value ->> 'id', value ->> 'account', value ->> 'conversation', value ->> 'sequence', value ->> 'direction',
    value ->> 'channel', value ->> 'vendor', value ->> 'vendorId', value ->> 'from', value -> 'to',
    value ->> 'subject', value ->> 'text', value ->> 'count', value ->> 'wireBytes',
    value ->> 'state', value ->> 'certainty', value ->> 'reason', value ->> 'createdAt', value ->> 'updatedAt',
    value ->> 'revision'
  FROM json_each(?1) WHERE true
  ON CONFLICT (id) DO UPDATE SET
    vendor_id = excluded.vendor_id, subject = excluded.subject, text = excluded.text, parts = excluded.parts,
    wire_bytes = excluded.wire_bytes, state = excluded.state, certainty = excluded.certainty,
    reason = excluded.reason, updated_at = excluded.updated_at, revision = excluded.revision
  WHERE excluded.revision > messages.revision AND excluded.account = messages.account`

/** The projected messages whose row is of the projected revision: the others were stale, and leave no other trace. */
const CURRENT = `
  json_each(?1) AS one CROSS JOIN messages AS m
    ON m.id = one.value ->> 'id' AND m.revision = one.value ->> 'revision' AND m.account = one.value ->> 'account'`

const PARTS = `
  INSERT INTO parts (message, position, account, media, name, type, bytes, state, source_bytes)
  SELECT m.id, part.key, m.account, part.value ->> 'media', part.value ->> 'name', part.value ->> 'type',
    part.value ->> 'bytes', part.value ->> 'state', part.value ->> 'sourceBytes'
  FROM ${CURRENT} CROSS JOIN json_each(one.value, '$.parts') AS part WHERE true
  ON CONFLICT (message, position) DO UPDATE SET
    media = excluded.media, name = excluded.name, type = excluded.type, bytes = excluded.bytes, state = excluded.state
  WHERE parts.media <> excluded.media OR parts.state <> excluded.state OR parts.bytes <> excluded.bytes`

const SURPLUS_PARTS = `
  DELETE FROM parts WHERE (message, position) IN (
    SELECT p.message, p.position FROM ${CURRENT} CROSS JOIN parts AS p ON p.message = m.id AND p.position >= m.parts
  )`

const EVENTS = `
  INSERT INTO events (id, account, conversation, message, state, certainty, reason, at)
  SELECT one.value ->> 'event', m.account, m.conversation, m.id, m.state, m.certainty, m.reason, m.updated_at
  FROM ${CURRENT} WHERE true
  ON CONFLICT (id) DO NOTHING`

/** Taken from the rows as they now are, so that the order in which projections arrive does not matter. */
const SUMMARIES = `
  UPDATE conversations SET
    (last_message, last_text, last_direction, last_state, last_parts, messages, last_at) = (
      SELECT id, text, direction, state, parts, sequence, created_at FROM messages AS m
      WHERE m.account = conversations.account AND m.conversation = conversations.id
      ORDER BY sequence DESC LIMIT 1
    ),
    updated_at = max(updated_at, (
      SELECT max(m.updated_at) FROM ${CURRENT} WHERE m.conversation = conversations.id
    ))
  WHERE (id, account) IN (SELECT m.conversation, m.account FROM ${CURRENT})`

const MEMBERS = `
  INSERT INTO members (account, address, conversation)
  SELECT c.account, member.value, c.id
  FROM (SELECT DISTINCT value ->> 'conversation' AS id FROM json_each(?1)) AS seen
    CROSS JOIN conversations AS c ON c.id = seen.id CROSS JOIN json_each(c.members) AS member
  WHERE true ON CONFLICT DO NOTHING`

const STATEMENTS = [
  CONVERSATIONS,
  MESSAGES,
  PARTS,
  SURPLUS_PARTS,
  EVENTS,
  SUMMARIES,
  MEMBERS,
  ...LEARN,
  ...SETTLE,
]

/** The rows as JSON arrays, each of a size that one statement takes. */
function* batches(projections: readonly Projection[]): Generator<string> {
  let rows: string[] = []
  let characters = 0
  for (const projection of projections) {
    const next = JSON.stringify(row(projection))
    if (rows.length === MOST_MESSAGES || (rows.length > 0 && characters + next.length > MOST_CHARACTERS)) {
      yield `[${rows.join(',')}]`
      rows = []
      characters = 0
    }
    rows.push(next)
    characters += next.length
  }
  if (rows.length > 0) yield `[${rows.join(',')}]`
}

/**
 * Writes what conversations' objects report into the tables that lists read. Guarded by revision and idempotent: a
 * repeated projection changes nothing, and neither does one that a later one overtook. Throws `StorageError`.
 */
export async function projectMessages(db: Database, projections: readonly Projection[]): Promise<void> {
  for (const rows of batches(projections)) await db.batch(STATEMENTS.map((sql) => statement(sql, rows)))
}
