import { hex } from './hex.ts'

/** Where a page ended: the sort key and the id of its last row. */
export type Position = readonly [at: number, id: string]

/** Characters of the hash that a cursor carries. */
const CHECK_LENGTH = 10

/** Binds a cursor to its list. Not a signature: whoever computes one sees only rows of their own account. */
async function checksum(list: string, payload: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${list}\0${payload}`))
  return hex(digest).slice(0, CHECK_LENGTH)
}

/** The opaque text of a position. `list` names the list and its account, so that no other list takes the cursor. */
export async function writeCursor(list: string, [at, id]: Position): Promise<string> {
  const payload = `${at.toString(36)}.${id}`
  return `${payload}.${await checksum(list, payload)}`
}

/** The position in a cursor of the same list, or null when it was changed or is from elsewhere. */
export async function readCursor(list: string, cursor: string): Promise<Position | null> {
  const match = /^([0-9a-z]{1,11})\.([0-9A-Za-z_]{1,80})\.([0-9a-f]{10})$/.exec(cursor)
  if (match === null) return null
  const [, at, id, check] = match as unknown as [string, string, string, string]
  if ((await checksum(list, `${at}.${id}`)) !== check) return null
  return [Number.parseInt(at, 36), id]
}
