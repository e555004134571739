import type { Address } from './address.ts'
import type { ConversationRow } from './rows.ts'

/** A name for an address. */
export type Contact = { readonly address: Address; readonly name: string; readonly updatedAt: number }

/** What people wrote but did not send yet; it follows them from one device to another. */
export type DraftText = { readonly text: string; readonly from?: Address; readonly media?: readonly string[] }

/** What people added to a conversation. */
export type ConversationPeople = {
  /** The highest sequence number that somebody has seen. */
  readonly readThrough: number
  readonly unread: number
  readonly assignee: string | null
  readonly labels: readonly string[]
  readonly draft: DraftText | null
  readonly deletedAt: number | null
  /** Names of the members, null where there is none, in their order. */
  readonly names: readonly (string | null)[]
}

/** A conversation as an inbox shows it. */
export type InboxRow = ConversationRow & { readonly people: ConversationPeople }

/** What a list of conversations is narrowed by. Times in milliseconds since 1970, `after` included, `before` not. */
export type InboxFilter = {
  readonly number?: Address | undefined
  readonly member?: Address | undefined
  readonly text?: string | undefined
  readonly after?: number | undefined
  readonly before?: number | undefined
  readonly unread?: boolean | undefined
  readonly failed?: boolean | undefined
  readonly label?: string | undefined
  readonly deleted?: boolean | undefined
}

/** What may be changed of a conversation; what is left out stays. */
export type PeopleChange = {
  readonly readThrough?: number | undefined
  readonly assignee?: string | null | undefined
  readonly labels?: readonly string[] | undefined
  readonly draft?: DraftText | null | undefined
  readonly deletedAt?: number | null | undefined
}

/** A remark among colleagues; it never leaves. */
export type Note = {
  readonly id: string
  readonly author: string
  readonly text: string
  readonly at: number
}

/** A message that a search found. */
export type Found = {
  readonly message: string
  readonly conversation: string
  readonly snippet: string
  readonly at: number
}

/** One day of one number, for the owner. */
export type DayRow = {
  readonly day: string
  readonly number: Address
  readonly sent: number
  readonly received: number
  readonly failed: number
  readonly bytesBefore: number
  readonly bytesAfter: number
}

/** The first moment of a day in a time zone, in milliseconds since 1970; null when day or zone do not exist. */
export function startOfDay(day: string, timeZone: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day)
  if (match === null) return null
  const utc = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]))
  if (Number.isNaN(utc) || new Date(utc).toISOString().slice(0, 10) !== day) return null
  try {
    // The offset of a moment is not known before the moment is: two steps settle it, also where a clock changes that day.
    let at = utc
    for (let i = 0; i < 2; i++) at = utc - offset(at, timeZone)
    return at
  } catch {
    return null
  }
}

/** Milliseconds that a zone's clocks are ahead of UTC at a moment. Throws `RangeError` on a zone that does not exist. */
function offset(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value)
  return (
    Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) -
    Math.floor(at / 1000) * 1000
  )
}
