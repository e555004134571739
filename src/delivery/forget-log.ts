import type { Halted } from '../domain/forget.ts'
import type { Part } from '../domain/message.ts'

/** Takes back what the thread still wants to do: submits, copies, events. */
export function takeBackAll(sql: SqlStorage): void {
  sql.exec('UPDATE messages SET due_at = NULL, confirm_at = NULL, unpark = 0, projected = revision')
  sql.exec('DELETE FROM copies')
  sql.exec('DELETE FROM events')
}

/** Changes with every message that is added and every one that is changed. */
export function markOf(sql: SqlStorage): string {
  const row = sql.exec('SELECT MAX(sequence) AS last, SUM(revision) AS revisions FROM messages').one()
  return `${row.last ?? 0}.${row.revisions ?? 0}`
}

/** What the thread names, and its mark. */
export function haltedOf(sql: SqlStorage): Halted {
  const media = new Set<string>()
  for (const row of sql.exec<{ parts: string }>('SELECT parts FROM messages'))
    for (const part of JSON.parse(row.parts) as Part[])
      for (const id of [part.media, part.source?.media]) if (id !== undefined && id !== '') media.add(id)
  return { media: [...media], mark: markOf(sql) }
}

/**
 * Empties every table, those of later versions included. Sequence numbers go on where they were: a message that comes later is
 * not taken for an old one.
 */
export function wipeAll(sql: SqlStorage): void {
  const tables = sql.exec<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*'",
  )
  for (const { name } of tables.toArray()) sql.exec(`DELETE FROM "${name}"`)
}
