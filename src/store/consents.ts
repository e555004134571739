import type { Address } from '../domain/address.ts'
import type { Consent, ConsentSource } from '../domain/consent.ts'
import type { ConsentStore } from '../domain/ports.ts'
import { fail, ok } from '../domain/result.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { createDatabase, type Statement, statement } from './database.ts'
import type { Retry } from './retry.ts'

type ConsentRow = {
  who: string
  address: string | null
  programme: string
  state: 'in' | 'out'
  source: ConsentSource
  at: number
}

/** Rows of one batch: with eight parameters each they stay far under D1's limits. */
const BATCH = 50

const consentOf = (row: ConsentRow): Consent => ({
  address: row.address,
  programme: row.programme === '' ? null : row.programme,
  state: row.state,
  source: row.source,
  at: row.at,
})

/**
 * Consents in D1.
 *
 * @param options.who the keyed hash of an account's recipient, as text
 */
export function createConsentStore(options: {
  db: D1Database
  who: (account: string, address: Address) => Promise<string>
  retry?: Retry
}): ConsentStore {
  const db = createDatabase(options.db, options.retry)

  return {
    async of(account, addresses) {
      const hashes = new Map<string, Address>()
      for (const address of addresses) hashes.set(await options.who(account, address), address)
      const rows = await db.all<ConsentRow>(
        `SELECT who, address, programme, state, source, at FROM consents
         WHERE account = ?1 AND who IN (SELECT value FROM json_each(?2))`,
        account,
        JSON.stringify([...hashes.keys()]),
      )
      const found = new Map<Address, Consent[]>()
      for (const row of rows) {
        const address = hashes.get(row.who)
        if (address !== undefined) found.set(address, [...(found.get(address) ?? []), consentOf(row)])
      }
      return found
    },

    async set(account, consents) {
      const statements: Statement[] = []
      for (const { address, programme, state, source, at } of consents)
        statements.push(
          // A later word wins; of two at the same moment the one that asks to be left alone.
          statement(
            `INSERT INTO consents (account, who, programme, address, state, source, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (account, who, programme) DO UPDATE SET
               address = excluded.address, state = excluded.state, source = excluded.source, at = excluded.at
             WHERE excluded.at > consents.at OR (excluded.at = consents.at AND excluded.state = 'out')`,
            account,
            await options.who(account, address),
            programme ?? '',
            address,
            state,
            source,
            at,
          ),
        )
      for (let i = 0; i < statements.length; i += BATCH) await db.batch(statements.slice(i, i + BATCH))
    },

    async list(account, page) {
      const after = page.cursor === null ? null : await readCursor('consents', page.cursor)
      if (page.cursor !== null && after === null) return fail({ code: 'invalid_cursor' })
      const rows = await db.all<ConsentRow>(
        `SELECT who, address, programme, state, source, at FROM consents
         WHERE account = ?1 AND (?2 IS NULL OR (at, who || programme) < (?2, ?3))
         ORDER BY at DESC, who DESC, programme DESC LIMIT ?4`,
        account,
        after?.[0] ?? null,
        after?.[1] ?? null,
        page.limit + 1,
      )
      const items = rows.slice(0, page.limit)
      const last = items.at(-1)
      const more = rows.length > page.limit && last !== undefined
      return ok({
        items: items.map(consentOf),
        next: more ? await writeCursor('consents', [last.at, last.who + last.programme]) : null,
      })
    },

    async mayReply(reply, since) {
      const row = await db.first<{ message: string }>(
        `INSERT INTO automatic_replies (account, number, sender, word, message, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (account, number, sender, word) DO UPDATE SET
           at = CASE message WHEN excluded.message THEN at ELSE excluded.at END, message = excluded.message
         WHERE at <= ?7 OR message = excluded.message
         RETURNING message`,
        reply.account,
        reply.number,
        reply.sender,
        reply.word,
        reply.message,
        reply.at,
        since,
      )
      return row !== null
    },
  }
}
