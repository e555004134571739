import type { Address } from '../domain/address.ts'
import type { Message } from '../domain/message.ts'
import type { NetworkOverride } from '../domain/networks.ts'
import {
  type KnowledgeSource,
  NO_MMS_FOR,
  type RecipientFacts,
  unknownRecipient,
} from '../domain/recipient.ts'
import type { RecipientStore } from '../domain/recipient-store.ts'
import { createDatabase, statement } from './database.ts'
import type { Retry } from './retry.ts'

type RecipientRow = {
  address: string
  mms: 'yes' | 'no' | null
  mms_source: KnowledgeSource | null
  mms_at: number | null
  mms_until: number | null
  network: string | null
  network_source: KnowledgeSource | null
  network_at: number | null
  wrote_at: number | null
}

const COLUMNS = 'address, mms, mms_source, mms_at, mms_until, network, network_source, network_at, wrote_at'

const factsOf = (row: RecipientRow): RecipientFacts => ({
  address: row.address,
  mms: row.mms ?? 'unknown',
  mmsSource: row.mms_source,
  mmsAt: row.mms_at,
  mmsUntil: row.mms_until,
  network: row.network,
  networkSource: row.network_source,
  networkAt: row.network_at,
  wroteAt: row.wrote_at,
})

/** Sightings that one run of the sweep deletes, at most. */
const MOST_SWEPT = 5_000
/** Sightings counted, at most: a warning needs no exact number. */
const MOST_COUNTED = 1_000

const MANUAL = `INSERT INTO recipients (account, address, mms, mms_source, mms_at, network, network_source, network_at)
  VALUES (?1, ?2, ?3, CASE WHEN ?3 IS NULL THEN NULL ELSE 'manual' END, CASE WHEN ?3 IS NULL THEN NULL ELSE ?5 END,
    ?4, CASE WHEN ?4 IS NULL THEN NULL ELSE 'manual' END, CASE WHEN ?4 IS NULL THEN NULL ELSE ?5 END)
  ON CONFLICT (account, address) DO UPDATE SET
    (mms, mms_source, mms_at, mms_until) = (SELECT
      CASE ?6 WHEN 1 THEN excluded.mms ELSE mms END, CASE ?6 WHEN 1 THEN excluded.mms_source ELSE mms_source END,
      CASE ?6 WHEN 1 THEN excluded.mms_at ELSE mms_at END, CASE ?6 WHEN 1 THEN NULL ELSE mms_until END),
    (network, network_source, network_at) = (SELECT
      CASE ?7 WHEN 1 THEN excluded.network ELSE network END,
      CASE ?7 WHEN 1 THEN excluded.network_source ELSE network_source END,
      CASE ?7 WHEN 1 THEN excluded.network_at ELSE network_at END)`

/** What is known of recipients and networks, in D1. */
export function createRecipientStore(options: { db: D1Database; retry?: Retry }): RecipientStore {
  const db = createDatabase(options.db, options.retry)

  const known = async (
    account: string,
    addresses: readonly Address[],
  ): Promise<Map<Address, RecipientFacts>> => {
    const rows = await db.all<RecipientRow>(
      `SELECT ${COLUMNS} FROM recipients WHERE account = ?1 AND address IN (SELECT value FROM json_each(?2))`,
      account,
      JSON.stringify(addresses),
    )
    return new Map(rows.map((row) => [row.address, factsOf(row)]))
  }

  return {
    known,

    async set(account, address, change, now) {
      await db.run(
        MANUAL,
        account,
        address,
        change.mms === undefined || change.mms === 'unknown' ? null : change.mms,
        change.network ?? null,
        now,
        change.mms === undefined ? 0 : 1,
        change.network === undefined ? 0 : 1,
      )
      return (await known(account, [address])).get(address) ?? unknownRecipient(address)
    },

    async learnNetwork(account, address, network, source, at) {
      await db.run(
        `INSERT INTO recipients (account, address, network, network_source, network_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (account, address) DO UPDATE SET
           network = excluded.network, network_source = excluded.network_source, network_at = excluded.network_at
         WHERE network_source IS NOT 'manual' AND coalesce(network_at, 0) <= excluded.network_at`,
        account,
        address,
        network,
        source,
        at,
      )
    },

    async overrides(account) {
      const rows = await db.all<{ network: string; message_bytes: number | null; max_side: number | null }>(
        'SELECT network, message_bytes, max_side FROM network_overrides WHERE account = ?1',
        account,
      )
      return new Map(
        rows.map((row): [string, NetworkOverride] => [
          row.network,
          { messageBytes: row.message_bytes, maxSide: row.max_side },
        ]),
      )
    },

    async override(account, network, own) {
      if (own === null)
        await db.run('DELETE FROM network_overrides WHERE account = ?1 AND network = ?2', account, network)
      else
        await db.run(
          `INSERT INTO network_overrides (account, network, message_bytes, max_side) VALUES (?1, ?2, ?3, ?4)
           ON CONFLICT (account, network) DO UPDATE SET message_bytes = excluded.message_bytes, max_side = excluded.max_side`,
          account,
          network,
          own.messageBytes,
          own.maxSide,
        )
    },

    async sighted(account, contents, strangers, since, now) {
      const listed = JSON.stringify(contents)
      const write = statement(
        `INSERT INTO sightings (account, content, address, at)
         SELECT ?1, content.value, stranger.value, ?4 FROM json_each(?2) AS content, json_each(?3) AS stranger WHERE true
         ON CONFLICT (account, content, address) DO UPDATE SET at = excluded.at`,
        account,
        listed,
        JSON.stringify(strangers),
        now ?? 0,
      )
      const count = statement(
        `SELECT max((SELECT count(*) FROM (
           SELECT 1 FROM sightings WHERE account = ?1 AND content = one.value AND at > ?3 LIMIT ${MOST_COUNTED}
         ))) AS most FROM json_each(?2) AS one`,
        account,
        listed,
        since,
      )
      const [row] = await db.batchAll<{ most: number | null }>(now === null ? [count] : [write, count])
      return row?.most ?? 0
    },

    async forget(account, address) {
      await db.batch([
        statement('DELETE FROM recipients WHERE account = ?1 AND address = ?2', account, address),
        // Read for the whole account: its rows live for ten minutes, and this is asked seldom.
        statement('DELETE FROM sightings WHERE account = ?1 AND address = ?2', account, address),
      ])
    },

    async sweep(before) {
      return await db.run(
        `DELETE FROM sightings WHERE (account, content, address) IN (
           SELECT account, content, address FROM sightings WHERE at < ?1 ORDER BY at LIMIT ${MOST_SWEPT}
         )`,
        before,
      )
    },
  }
}

/** What a message tells of the people in it, as the statements below read it. */
export type Heard = {
  readonly address: Address
  readonly mms: 'yes' | 'no' | null
  readonly source: KnowledgeSource
  readonly at: number
  readonly until: number | null
  readonly wrote: number | null
}

/** What a message tells: who writes takes MMS if it was one, a phone's own report says yes, a vendor's code says no. */
export function heardIn(message: Message): Heard[] {
  const common = { until: null, wrote: null }
  if (message.direction === 'inbound')
    return [
      {
        ...common,
        address: message.from,
        mms: message.channel === 'mms' ? 'yes' : null,
        source: 'inbound',
        at: message.createdAt,
        wrote: message.createdAt,
      },
    ]
  if (message.channel !== 'mms') return []
  return message.recipients.flatMap(({ address, state, certainty, reason }): Heard[] => {
    const at = message.updatedAt
    if (state === 'delivered' && certainty === 'handset')
      return [{ ...common, address, mms: 'yes', source: 'receipt', at }]
    if (state === 'failed' && reason === 'no_mms')
      return [{ ...common, address, mms: 'no', source: 'vendor', at, until: at + NO_MMS_FOR }]
    return []
  })
}

const HEARD = "json_each(?1) AS one CROSS JOIN json_each(one.value, '$.heard') AS h"

/** Learns from projected messages (`?1`), in their transaction. Newer knowledge wins; what a person set stays. */
export const LEARN = {
  mms: `INSERT INTO recipients (account, address, mms, mms_source, mms_at, mms_until)
   SELECT one.value ->> 'account', h.value ->> 'address', h.value ->> 'mms', h.value ->> 'source', h.value ->> 'at',
     h.value ->> 'until'
   FROM ${HEARD} WHERE h.value ->> 'mms' IS NOT NULL
   ON CONFLICT (account, address) DO UPDATE SET
     mms = excluded.mms, mms_source = excluded.mms_source, mms_at = excluded.mms_at, mms_until = excluded.mms_until
   WHERE mms_source IS NOT 'manual' AND coalesce(mms_at, 0) <= excluded.mms_at`,
  wrote: `INSERT INTO recipients (account, address, wrote_at)
   SELECT one.value ->> 'account', h.value ->> 'address', h.value ->> 'wrote' FROM ${HEARD}
   WHERE h.value ->> 'wrote' IS NOT NULL
   ON CONFLICT (account, address) DO UPDATE SET wrote_at = excluded.wrote_at
   WHERE coalesce(wrote_at, 0) < excluded.wrote_at`,
  // A capability that waits after porting is proved by the first message that arrives, either way.
  provenMms: `UPDATE numbers SET mms = 1 WHERE mms = 3 AND (account, address) IN (
     SELECT value ->> 'account', value ->> 'proves' FROM json_each(?1)
     WHERE value ->> 'channel' = 'mms' AND value ->> 'proves' IS NOT NULL)`,
  provenSms: `UPDATE numbers SET sms = 1 WHERE sms = 3 AND (account, address) IN (
     SELECT value ->> 'account', value ->> 'proves' FROM json_each(?1)
     WHERE value ->> 'channel' = 'sms' AND value ->> 'proves' IS NOT NULL)`,
} as const

/** Our number whose capability a message proves; null where it proves none. */
export function provesNumber(message: Message): Address | null {
  if (message.direction === 'outbound') return message.state === 'delivered' ? message.from : null
  // The first of an inbound message's recipients is ours; the others are the group.
  return message.to[0] ?? null
}
