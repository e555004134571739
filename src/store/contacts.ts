import type { Contact } from '../domain/people.ts'
import type { ContactStore } from '../domain/people-ports.ts'
import { createDatabase, statement } from './database.ts'
import type { Retry } from './retry.ts'

const BATCH = 50

/** Names for addresses, in D1. */
export function createContactStore(options: { db: D1Database; retry?: Retry }): ContactStore {
  const db = createDatabase(options.db, options.retry)
  return {
    async list(account, query, after, limit) {
      // The last name and address of the page before; the first page starts before every name.
      const [name, address] = after ?? ['', '']
      return await db.all<Contact>(
        `SELECT address, name, updated_at AS updatedAt FROM contacts
         WHERE account = ?1 AND (name COLLATE NOCASE, address) > (?2 COLLATE NOCASE, ?3)
           AND (?4 = '' OR instr(lower(name), lower(?4)) > 0 OR instr(address, ?5) > 0)
         ORDER BY name COLLATE NOCASE, address LIMIT ?6`,
        account,
        name,
        address,
        query,
        query.replace(/\D/g, '') || '\u0000',
        limit,
      )
    },
    async find(account, address) {
      return await db.first<Contact>(
        'SELECT address, name, updated_at AS updatedAt FROM contacts WHERE account = ?1 AND address = ?2',
        account,
        address,
      )
    },
    async put(account, contacts, now) {
      const statements = contacts.map(({ address, name }) =>
        statement(
          `INSERT INTO contacts (account, address, name, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)
           ON CONFLICT (account, address) DO UPDATE SET name = excluded.name, updated_at = excluded.updated_at`,
          account,
          address,
          name,
          now,
        ),
      )
      for (let i = 0; i < statements.length; i += BATCH) await db.batch(statements.slice(i, i + BATCH))
    },
    async remove(account, address) {
      return (await db.run('DELETE FROM contacts WHERE account = ?1 AND address = ?2', account, address)) > 0
    },
  }
}
