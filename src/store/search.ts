import type { Found } from '../domain/people.ts'
import type { SearchStore } from '../domain/people-ports.ts'
import { createDatabase } from './database.ts'
import type { Retry } from './retry.ts'

/** Words of one search, at most: more only narrow what is already narrow. */
const MOST_WORDS = 8

/**
 * A query of FTS5 that finds the words, the last one as a beginning (a single letter begins too much), in one account. Words are quoted, so that nothing
 * that a person types is an operator. Null when there is no word in it.
 */
export function matchQuery(account: string, text: string): string | null {
  const words = text
    .normalize('NFC')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS)
  if (words.length === 0) return null
  const quoted = words.map(
    (word, index) => `"${word}"${index === words.length - 1 && word.length > 1 ? '*' : ''}`,
  )
  return `account : "${account.replace(/"/g, '')}" AND {subject text} : (${quoted.join(' AND ')})`
}

/** Text search, in D1. */
export function createSearchStore(options: { db: D1Database; retry?: Retry }): SearchStore {
  const db = createDatabase(options.db, options.retry)
  return {
    async messages(account, text, before, limit) {
      const match = matchQuery(account, text)
      if (match === null) return []
      return await db.all<Found>(
        `SELECT m.position, m.id AS message, m.conversation, m.created_at AS at,
           snippet(message_words, iif(m.text IS NULL, 1, 2), '', '', '…', 16) AS snippet
         FROM message_words AS w CROSS JOIN messages AS m ON m.position = w.rowid
         WHERE message_words MATCH ?1 AND w.rowid < ?2 AND m.account = ?4
           AND NOT EXISTS (SELECT 1 FROM deleted_messages AS d WHERE d.message = m.id)
         ORDER BY w.rowid DESC LIMIT ?3`,
        match,
        before ?? Number.MAX_SAFE_INTEGER,
        limit,
        account,
      )
    },
  }
}
