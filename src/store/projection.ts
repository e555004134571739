import type { Projection } from '../domain/ports.ts'
import { chargeIn, SETTLE } from './credit.ts'
import { type Database, type Statement, statement } from './database.ts'
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
function row({ message, revision, vendorIds, known }: Projection) {
  return {
    id: message.id,
    account: message.account,
    conversation: message.conversation,
    sequence: message.sequence,
    direction: message.direction,
    channel: message.channel,
    vendor: message.vendor,
    vendorId: message.vendorId,
    vendorIds: vendorIds ?? [],
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
    known: known === true,
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
    subject = excluded.subject, text = excluded.text, parts = excluded.parts, wire_bytes = excluded.wire_bytes,
    state = excluded.state, certainty = excluded.certainty, reason = excluded.reason,
    updated_at = excluded.updated_at, revision = excluded.revision
  WHERE excluded.revision > messages.revision AND excluded.account = messages.account`

/** The projected messages whose row is of the projected revision: the others were stale, and leave no other trace. */
const CURRENT = `
  json_each(?1) AS one CROSS JOIN messages AS m
    ON m.id = one.value ->> 'id' AND m.revision = one.value ->> 'revision' AND m.account = one.value ->> 'account'`

/** By itself: what names an indexed column writes the index, even if nothing changes. */
const VENDOR = `
  UPDATE messages SET (vendor, vendor_id) = (
    SELECT value ->> 'vendor', value ->> 'vendorId' FROM json_each(?1) WHERE value ->> 'id' = messages.id
  )
  WHERE id IN (
    SELECT m.id FROM ${CURRENT}
    WHERE m.vendor <> one.value ->> 'vendor' OR m.vendor_id IS NOT one.value ->> 'vendorId'
  )`

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

const VENDOR_IDS = `
  INSERT INTO vendor_ids (vendor, vendor_id, message, account, conversation)
  SELECT m.vendor, id.value, m.id, m.account, m.conversation
  FROM ${CURRENT} CROSS JOIN json_each(one.value, '$.vendorIds') AS id WHERE true
  ON CONFLICT DO NOTHING`

/** The newest message of the conversation `conversations`. */
const newest = (column: string): string => `
  SELECT ${column} FROM messages AS m
  WHERE m.account = conversations.account AND m.conversation = conversations.id ORDER BY sequence DESC LIMIT 1`

/** When the conversation `conversations` was last changed by what is projected. */
const CHANGED = `SELECT max(m.updated_at) FROM ${CURRENT} WHERE m.conversation = conversations.id`

/**
 * What a conversation shows of its newest message, taken from the rows as they now are, so that the order in which
 * projections arrive does not matter. In two: most changes leave its place in the list, and the indexes of that, alone.
 */
const NEWEST = `
  UPDATE conversations SET
    (last_message, last_text, last_direction, last_state, last_parts, messages, last_at) = (
      ${newest('id, text, direction, state, parts, sequence, created_at')}
    ),
    updated_at = max(updated_at, (${CHANGED}))
  WHERE (id, account) IN (SELECT m.conversation, m.account FROM ${CURRENT})
    AND last_message IS NOT (${newest('id')})`

const STATES = `
  UPDATE conversations SET
    (last_text, last_state, last_parts) = (
      SELECT text, state, parts FROM messages AS m WHERE m.id = conversations.last_message
    ),
    updated_at = max(updated_at, (${CHANGED}))
  WHERE (id, account) IN (SELECT m.conversation, m.account FROM ${CURRENT})
    AND (updated_at < (${CHANGED}) OR (last_text, last_state, last_parts) IS NOT (
      SELECT text, state, parts FROM messages AS m WHERE m.id = conversations.last_message
    ))`

const MEMBERS = `
  INSERT INTO members (account, address, conversation)
  SELECT c.account, member.value, c.id
  FROM (SELECT DISTINCT value ->> 'conversation' AS id FROM json_each(?1)) AS seen
    CROSS JOIN conversations AS c ON c.id = seen.id CROSS JOIN json_each(c.members) AS member
  WHERE true ON CONFLICT DO NOTHING`

type Row = ReturnType<typeof row>

/** The statements that have anything to do with the rows, in their order. Those that may be left out would find nothing. */
function* statementsFor(rows: readonly Row[]): Generator<string> {
  const some = (holds: (one: Row) => boolean): boolean => rows.some(holds)
  const someNew = some((one) => !one.known)
  if (someNew) yield CONVERSATIONS
  yield MESSAGES
  yield VENDOR
  if (some((one) => one.channel === 'mms' || one.parts.length > 0)) {
    yield PARTS
    yield SURPLUS_PARTS
  }
  if (some((one) => one.vendorIds.length > 0)) yield VENDOR_IDS
  yield NEWEST
  yield STATES
  if (someNew) yield MEMBERS
  if (some((one) => one.heard.some(({ mms }) => mms !== null))) yield LEARN.mms
  if (some((one) => one.heard.some(({ wrote }) => wrote !== null))) yield LEARN.wrote
  if (some((one) => one.proves !== null && one.channel === 'mms')) yield LEARN.provenMms
  if (some((one) => one.proves !== null && one.channel === 'sms')) yield LEARN.provenSms
  if (some((one) => one.charge.settlement === 'settled')) yield SETTLE.settled
  if (some((one) => one.charge.settlement === 'released')) yield SETTLE.released
}

/** The rows, and as one JSON array, of a size that one statement takes. */
function* batches(projections: readonly Projection[]): Generator<{ rows: readonly Row[]; json: string }> {
  let rows: Row[] = []
  let texts: string[] = []
  let characters = 0
  for (const projection of projections) {
    const next = row(projection)
    const text = JSON.stringify(next)
    if (rows.length === MOST_MESSAGES || (rows.length > 0 && characters + text.length > MOST_CHARACTERS)) {
      yield { rows, json: `[${texts.join(',')}]` }
      rows = []
      texts = []
      characters = 0
    }
    rows.push(next)
    texts.push(text)
    characters += text.length
  }
  if (rows.length > 0) yield { rows, json: `[${texts.join(',')}]` }
}

/**
 * Writes what conversations' objects report into the tables that lists read. Guarded by revision and idempotent: a
 * repeated projection changes nothing, and neither does one that a later one overtook. Throws `StorageError`.
 *
 * @param last statements for the end of the last transaction
 */
export async function projectMessages(
  db: Database,
  projections: readonly Projection[],
  last: readonly Statement[] = [],
): Promise<void> {
  const all = [...batches(projections)]
  for (const [n, { rows, json }] of all.entries()) {
    const statements = [...statementsFor(rows)].map((sql) => statement(sql, json))
    await db.batch(n === all.length - 1 ? [...statements, ...last] : statements)
  }
}
