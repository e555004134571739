import type { Address } from '../domain/address.ts'
import type { Message, Part, Recipient, TimelineEntry, Warning } from '../domain/message.ts'
import type { VendorName } from '../domain/number.ts'
import type { Replacement } from '../domain/replacement.ts'
import type { Certainty, MessageState, Standing } from '../domain/state.ts'

/** A message's row: what is shown of it and what only its delivery needs. */
export type LoggedMessage = {
  readonly message: Message
  readonly revision: number
  /** The revision that the index took last; 0 for none. */
  readonly projected: number
  readonly dueAt: number | null
  readonly attempts: number
  readonly firstAttemptAt: number | null
  readonly holdUntil: number | null
  readonly validUntil: number
  readonly outcomeUnknown: boolean
}

/** What a change of a message may set; what is left out stays. */
export type Change = {
  readonly standing?: Standing
  readonly recipients?: readonly Recipient[]
  readonly vendorCode?: string | null
  readonly vendorText?: string | null
  readonly vendorId?: string
  readonly maybeDuplicate?: true
  readonly parts?: readonly Part[]
  readonly dueAt?: number | null
  readonly attempts?: number
  readonly firstAttemptAt?: number
  readonly holdUntil?: number
  readonly outcomeUnknown?: boolean
  readonly confirmAt?: number | null
  readonly unpark?: boolean
  /** When somebody deleted it for the people who read the thread; null brings it back. */
  readonly hiddenAt?: number | null
  /** What its parts were made to fit, other than what it was committed with, in bytes. */
  readonly refit?: { readonly budget: number; readonly wireBytes: number }
  /** The number that it goes from in place of its own, with that number's vendor, and what is told of it. */
  readonly via?: { readonly number: Address; readonly vendor: VendorName; readonly warning: Warning }
  /** It goes as this text, without its files. */
  readonly bySms?: { readonly text: string; readonly warning: Warning }
  /** Its words, in the place of those that it was committed with. */
  readonly content?: Omit<Replacement, 'parts'>
  readonly entry?: Omit<TimelineEntry, 'at'>
}

/** A row as SQLite gives it. */
export type Row = Record<string, SqlStorageValue>

/** What of a message its row keeps as JSON; the rest has columns and rows of its own. */
const BODY = [
  'account',
  'conversation',
  'channel',
  'vendor',
  'from',
  'to',
  'subject',
  'text',
  'budget',
  'wireBytes',
  'warnings',
  'purpose',
  'programme',
  'automatic',
  'offers',
  'metadata',
  'otherwise',
  'batch',
  'answers',
  'pieces',
  'choice',
  'sentBy',
  'via',
] as const satisfies readonly (keyof Message)[]
/** What changes seldom or never after a message was committed; the rest has columns of its own. */
export type Body = Pick<Message, (typeof BODY)[number]>

/** That part of a message. */
export const bodyOf = (message: Partial<Message> & Omit<Body, 'via'>): Body =>
  Object.fromEntries(
    BODY.flatMap((name) => (message[name] === undefined ? [] : [[name, message[name]]])),
  ) as unknown as Body

/** The message of a row. */
export function messageOf(row: Row): Message {
  const body = JSON.parse(row.body as string) as Body
  return {
    ...body,
    id: row.id as string,
    sequence: row.sequence as number,
    direction: row.direction as Message['direction'],
    parts: JSON.parse(row.parts as string),
    state: row.state as MessageState,
    certainty: row.certainty as Certainty | null,
    reason: row.reason as Message['reason'],
    vendorCode: row.vendor_code as string | null,
    vendorText: row.vendor_text as string | null,
    vendorId: row.vendor_id as string | null,
    maybeDuplicate: row.maybe_duplicate === 1,
    recipients: JSON.parse(row.recipients as string),
    ...(row.hidden_at === null ? {} : { deletedAt: row.hidden_at as number }),
    createdAt: row.created_at as number,
    updatedAt: row.updated_at as number,
  }
}

/** The row with what only delivery needs. */
export const loggedOf = (row: Row): LoggedMessage => ({
  message: messageOf(row),
  revision: row.revision as number,
  projected: row.projected as number,
  dueAt: row.due_at as number | null,
  attempts: row.attempts as number,
  firstAttemptAt: row.first_attempt_at as number | null,
  holdUntil: row.hold_until as number | null,
  validUntil: row.valid_until as number,
  outcomeUnknown: row.outcome_unknown === 1,
})

/** What a change sets in a row's body, as SQL with its values: one of them at a time. */
export function bodyChanges({ refit, via, bySms, content }: Change): [string, ...SqlStorageValue[]][] {
  const changes: [string, ...SqlStorageValue[]][] = []
  if (refit !== undefined)
    changes.push(["body = json_set(body, '$.budget', ?, '$.wireBytes', ?)", refit.budget, refit.wireBytes])
  if (via !== undefined)
    changes.push([
      "body = json_insert(json_set(body, '$.via', ?, '$.vendor', ?), '$.warnings[#]', json(?))",
      via.number,
      via.vendor,
      JSON.stringify(via.warning),
    ])
  if (bySms !== undefined)
    changes.push([
      `parts = '[]', body = json_insert(json_set(body, '$.channel', 'sms', '$.subject', NULL, '$.text', ?, '$.wireBytes', ?),
         '$.warnings[#]', json(?))`,
      bySms.text,
      new TextEncoder().encode(bySms.text).byteLength,
      JSON.stringify(bySms.warning),
    ])
  if (content !== undefined) {
    const { subject, text, wireBytes, warnings, otherwise } = content
    const set = "'$.subject', ?, '$.text', ?, '$.wireBytes', ?, '$.warnings', json(?)"
    const rest = [subject, text, wireBytes, JSON.stringify(warnings)] as const
    // What it offered and what would go in its place belonged to the words before.
    const body = "json_remove(body, '$.offers', '$.otherwise')"
    changes.push(
      otherwise === null
        ? [`body = json_set(${body}, ${set})`, ...rest]
        : [`body = json_set(${body}, ${set}, '$.otherwise', ?)`, ...rest, otherwise],
    )
  }
  return changes
}
