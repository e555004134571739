import type { Address } from '../domain/address.ts'
import type { DoomedMedia, ForgetStore } from '../domain/forget.ts'
import { createDatabase, type Statement, statement } from './database.ts'
import type { Retry } from './retry.ts'

/** Files a transaction: their ids travel as one parameter, twice. */
const FILES = 500

const MESSAGES = 'SELECT id FROM messages WHERE account = ?1 AND conversation = ?2'

/**
 * What is kept of a conversation. Charges and the ledger stay: they name our number and a message's id, which is no person.
 * The words of its messages leave the index with them, by a trigger.
 */
const CONVERSATION: readonly string[] = [
  `DELETE FROM parts WHERE message IN (${MESSAGES})`,
  `DELETE FROM deleted_messages WHERE message IN (${MESSAGES})`,
  `DELETE FROM claims WHERE account = ?1 AND subject IN (${MESSAGES})`,
  `DELETE FROM parked WHERE (vendor, vendor_id) IN (
     SELECT vendor, vendor_id FROM messages WHERE account = ?1 AND conversation = ?2 AND vendor_id IS NOT NULL
     UNION SELECT vendor, vendor_id FROM vendor_ids WHERE message IN (${MESSAGES}))`,
  `DELETE FROM vendor_ids WHERE message IN (${MESSAGES})`,
  'DELETE FROM thread_links WHERE account = ?1 AND conversation = ?2',
  'DELETE FROM thread_links WHERE account = ?1 AND previous = ?2',
  'DELETE FROM notes WHERE account = ?1 AND conversation = ?2',
  'DELETE FROM dialect_records WHERE account = ?1 AND subject = ?2',
  'DELETE FROM conversation_people WHERE account = ?1 AND conversation = ?2',
  `DELETE FROM members WHERE account = ?1 AND conversation = ?2 AND address IN (
     SELECT member.value FROM conversations CROSS JOIN json_each(conversations.members) AS member
     WHERE conversations.id = ?2 AND conversations.account = ?1)`,
  'DELETE FROM conversations WHERE id = ?2 AND account = ?1',
  'DELETE FROM messages WHERE account = ?1 AND conversation = ?2',
]

/** What is kept of a number by itself, beside its conversations. */
const ADDRESS: readonly string[] = [
  'DELETE FROM contacts WHERE account = ?1 AND address = ?2',
  'DELETE FROM recipients WHERE account = ?1 AND address = ?2',
  'DELETE FROM sightings WHERE account = ?1 AND address = ?2',
  'DELETE FROM members WHERE account = ?1 AND address = ?2',
  'DELETE FROM automatic_replies WHERE account = ?1 AND sender = ?2',
  'DELETE FROM parked WHERE account = ?1 AND instr(body, ?2) > 0',
  'DELETE FROM claims WHERE account = ?1 AND (instr(answer, ?2) > 0 OR instr(key, ?2) > 0)',
  // What a number leads to goes with it: a contact, which may name it among others.
  `DELETE FROM dialect_records WHERE account = ?1 AND id IN (
     SELECT parent FROM dialect_records WHERE account = ?1 AND subject = ?2 AND parent <> '')`,
  'DELETE FROM dialect_records WHERE account = ?1 AND subject = ?2',
  // A rule that forwards to the number would write it into every message that follows.
  'DELETE FROM keywords WHERE account = ?1 AND instr(rule, ?2) > 0',
  // So would a template that names it.
  'DELETE FROM templates WHERE account = ?1 AND instr(body, ?2) > 0',
]

/** Pages that were made for a number, alone or with others: a group's page goes with each of its members. */
const PAGES = `FROM link_pages WHERE account = ?1 AND EXISTS (
  SELECT 1 FROM json_each(link_pages.recipients) AS one WHERE one.value = ?2)`

/** The files of `?2` that no message of another conversation than those of `?3` carries, and no page shows. */
const DOOMED = `SELECT one.id FROM media AS one
  WHERE one.id IN (SELECT value FROM json_each(?2)) AND one.account = ?1 AND NOT EXISTS (
    SELECT 1 FROM parts CROSS JOIN messages ON messages.id = parts.message
    WHERE parts.account = ?1 AND parts.media = one.id
      AND messages.conversation NOT IN (SELECT value FROM json_each(?3)))
  AND NOT EXISTS (
    SELECT 1 FROM link_pages AS page CROSS JOIN json_each(page.media) AS named
    WHERE page.account = ?1 AND named.value = one.id)`

const MEDIA: readonly string[] = [
  // A blob lives as long as the other files that are made of it; without one, its time has come.
  `UPDATE blobs SET expires_at = min(expires_at, coalesce((
     SELECT max(other.expires_at) FROM media AS other
     WHERE other.account = blobs.account AND other.sha256 = blobs.sha256 AND other.deleted_at IS NULL
       AND other.id NOT IN (${DOOMED})), ?4))
   WHERE (account, sha256) IN (SELECT account, sha256 FROM media WHERE id IN (${DOOMED}))`,
  `DELETE FROM renditions WHERE media IN (${DOOMED})`,
  `DELETE FROM media WHERE id IN (${DOOMED})`,
]

/**
 * Forgetting, in D1.
 *
 * @param options.who the keyed hash of an account's recipient, as consents have it
 */
export function createForgetStore(options: {
  db: D1Database
  who: (account: string, address: Address) => Promise<string>
  retry?: Retry
}): ForgetStore {
  const db = createDatabase(options.db, options.retry)

  /** Cleaned copies of the files, which no message carries. */
  async function cleaned(
    account: string,
    ids: string,
    key: (sha256: string) => Promise<string>,
  ): Promise<string[]> {
    const files = await db.all<{ sha256: string }>(
      'SELECT sha256 FROM media WHERE account = ?1 AND id IN (SELECT value FROM json_each(?2))',
      account,
      ids,
    )
    const keys = await Promise.all(files.map(({ sha256 }) => key(sha256)))
    const rows = await db.all<{ media: string }>(
      'SELECT media FROM renditions WHERE account = ?1 AND key IN (SELECT value FROM json_each(?2))',
      account,
      JSON.stringify(keys),
    )
    return rows.map((row) => row.media)
  }

  /** Takes at most `FILES` files out, after other statements and in their transaction. Returns how many went. */
  async function remove(
    account: string,
    { ids, conversations, cleanedKey }: DoomedMedia,
    now: number,
    first: readonly Statement[],
  ): Promise<number> {
    const all = [...ids, ...(await cleaned(account, JSON.stringify(ids), cleanedKey))]
    const values = [account, JSON.stringify(all), JSON.stringify(conversations), now]
    const changed = await db.batch([
      ...first,
      // Only the first one has a time in it, and D1 takes no parameter too many.
      ...MEDIA.map((sql, n): Statement => ({ sql, values: n === 0 ? values : values.slice(0, 3) })),
    ])
    return changed.at(-1) ?? 0
  }

  return {
    async conversationsWith(account, address, guesses) {
      const rows = await db.all<{ id: string }>(
        `SELECT conversation AS id FROM members WHERE account = ?1 AND address = ?2
         UNION SELECT id FROM conversations WHERE id IN (SELECT value FROM json_each(?3)) AND account = ?1`,
        account,
        address,
        JSON.stringify(guesses),
      )
      return rows.map((row) => row.id)
    },

    async draftMedia(account, conversations) {
      const rows = await db.all<{ draft: string }>(
        `SELECT draft FROM conversation_people
         WHERE conversation IN (SELECT value FROM json_each(?2)) AND account = ?1 AND draft IS NOT NULL`,
        account,
        JSON.stringify(conversations),
      )
      return rows.flatMap((row) => row.draft.match(/\bmed_[0-9A-Za-z]{22}\b/g) ?? [])
    },

    async media(account, doomed, now) {
      let gone = 0
      for (let i = 0; i < doomed.ids.length; i += FILES)
        gone += await remove(account, { ...doomed, ids: doomed.ids.slice(i, i + FILES) }, now, [])
      return gone
    },

    async pages(account, address, doomed, now) {
      const rows = await db.all<{ media: string }>(`SELECT media ${PAGES}`, account, address)
      const ids = [...new Set(rows.flatMap((row) => JSON.parse(row.media) as string[]))].slice(0, FILES)
      // In one transaction: cut in between, nothing would know any more which files the pages had.
      return await remove(account, { ...doomed, ids }, now, [statement(`DELETE ${PAGES}`, account, address)])
    },

    async conversation(account, conversation) {
      const changed = await db.batch(CONVERSATION.map((sql) => statement(sql, account, conversation)))
      return changed.at(-1) ?? 0
    },

    async address(account, address) {
      const who = await options.who(account, address)
      await db.batch([
        ...ADDRESS.map((sql) => statement(sql, account, address)),
        statement("DELETE FROM consents WHERE account = ?1 AND who = ?2 AND state = 'in'", account, who),
        statement('UPDATE consents SET address = NULL WHERE account = ?1 AND who = ?2', account, who),
      ])
      const row = await db.first('SELECT 1 FROM consents WHERE account = ?1 AND who = ?2', account, who)
      return { optedOut: row !== null }
    },
  }
}
