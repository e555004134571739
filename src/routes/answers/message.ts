import * as v from 'valibot'
import { REASON_NAMES } from '../../domain/reason.ts'
import { STATES } from '../../domain/state.ts'
import {
  channel,
  count,
  moment,
  numberOrNull,
  Problem,
  pageOf,
  textOrNull,
  vendor,
  Warning,
} from './common.ts'

const state = v.picklist([...STATES, 'received'])
const certainty = v.nullable(v.picklist(['handed-off', 'carrier', 'handset']))
const reason = v.nullable(v.strictObject({ code: v.picklist(REASON_NAMES), message: v.string() }))

/** An attachment: what travels, and what it was made from. */
export const Part = v.strictObject({
  media: textOrNull,
  name: v.string(),
  type: v.string(),
  bytes: count,
  width: numberOrNull,
  height: numberOrNull,
  sha256: textOrNull,
  state: v.picklist(['stored', 'pending', 'unavailable', 'blocked']),
  alt: textOrNull,
  /** How it looks beside its source, 0 to 100; null where nothing was made or measured. */
  score: numberOrNull,
  reason: textOrNull,
  source: v.nullable(
    v.strictObject({
      media: v.string(),
      type: v.string(),
      bytes: count,
      width: numberOrNull,
      height: numberOrNull,
    }),
  ),
})

const choice = { title: v.string(), postback: textOrNull }

const MESSAGE = {
  id: v.string(),
  conversation: v.string(),
  sequence: count,
  direction: v.picklist(['outbound', 'inbound']),
  channel,
  vendor,
  from: v.string(),
  /** Another number of the account, where the first could not. */
  sent_from: v.string(),
  to: v.array(v.string()),
  subject: textOrNull,
  text: textOrNull,
  state,
  certainty,
  reason,
  vendor_code: textOrNull,
  vendor_text: textOrNull,
  maybe_duplicate: v.boolean(),
  budget: count,
  wire_bytes: count,
  parts: v.array(Part),
  recipients: v.array(v.strictObject({ address: v.string(), state, certainty, reason })),
  warnings: v.array(Warning),
  pieces: count,
  batch: textOrNull,
  answers: textOrNull,
  choices: v.array(v.strictObject({ number: count, ...choice })),
  choice_response: v.nullable(v.strictObject({ message: v.string(), ...choice })),
  metadata: v.record(v.string(), v.string()),
  /** The id of the key that sent it, `automatic` for rules; null for what came in. */
  sent_by: textOrNull,
  created_at: moment,
  updated_at: moment,
}

/** A message. */
export const Message = v.strictObject(MESSAGE)

/** A message with its history. */
export const MessageWithTimeline = v.strictObject({
  ...MESSAGE,
  timeline: v.array(
    v.strictObject({
      at: moment,
      event: v.string(),
      detail: textOrNull,
      attempt: numberOrNull,
      vendor_code: textOrNull,
    }),
  ),
})

/** What became of one request for several people. */
export const Separately = v.strictObject({
  batch: v.string(),
  messages: v.array(Message),
  failures: v.array(
    v.strictObject({ address: v.string(), error: v.pick(Problem, ['code', 'message', 'retryable']) }),
  ),
})

const segments = v.nullable(v.strictObject({ count, alphabet: v.picklist(['gsm-7', 'ucs-2']) }))

/** What speaks against a message, and what it would go as. */
export const Checked = v.strictObject({
  allowed: v.boolean(),
  errors: v.array(v.pick(Problem, ['code', 'message', 'field'])),
  warnings: v.array(Warning),
  channel: v.nullable(channel),
  segments,
  budget: numberOrNull,
  cost: numberOrNull,
})

const mime = v.array(v.strictObject({ type: v.string(), name: textOrNull, bytes: count }))

/** Exactly what would be received. */
export const Previewed = v.strictObject({
  channel,
  segments,
  from: v.string(),
  budget: count,
  wire_bytes: count,
  recipients: v.array(
    v.strictObject({ address: v.string(), network: textOrNull, network_bytes: numberOrNull }),
  ),
  parts: v.array(v.strictObject({ ...Part.entries, url: v.string() })),
  smil: textOrNull,
  mime,
  pieces: v.array(v.strictObject({ wire_bytes: count, parts: v.array(v.string()), smil: textOrNull, mime })),
  warnings: v.array(Warning),
})

const CONVERSATION = {
  id: v.string(),
  number: v.string(),
  members: v.array(v.string()),
  group: v.boolean(),
  messages: count,
  last_message: v.nullable(
    v.strictObject({
      id: v.string(),
      text: textOrNull,
      direction: v.picklist(['outbound', 'inbound']),
      state,
      parts: count,
    }),
  ),
  created_at: moment,
  updated_at: moment,
  names: v.array(textOrNull),
  unread: count,
  read_through: count,
  assignee: textOrNull,
  labels: v.array(v.string()),
  draft: v.nullable(
    v.strictObject({
      text: v.string(),
      from: v.optional(v.string()),
      media: v.optional(v.array(v.string())),
    }),
  ),
  deleted_at: v.nullable(moment),
}

/** A conversation as lists show it. */
export const Conversation = v.strictObject(CONVERSATION)

/** A remark among colleagues. */
export const Note = v.strictObject({ id: v.string(), author: v.string(), text: v.string(), at: moment })

/** A conversation with its notes, and the threads before and after where its group changed. */
export const ConversationWithNotes = v.strictObject({
  ...CONVERSATION,
  previous: textOrNull,
  next: textOrNull,
  notes: v.array(Note),
})

/** Messages in which words were said. */
export const SearchResults = pageOf(
  'results',
  v.strictObject({ message: v.string(), conversation: v.string(), snippet: v.string(), at: moment }),
)

/** A stored file. */
export const Media = v.strictObject({
  id: v.string(),
  type: v.string(),
  bytes: count,
  width: numberOrNull,
  height: numberOrNull,
  sha256: v.string(),
  url: v.optional(v.string()),
  created_at: moment,
  expires_at: moment,
})

const source = v.strictObject({
  type: v.string(),
  bytes: count,
  width: numberOrNull,
  height: numberOrNull,
})

/** What a fit did. */
export const FitReport = v.strictObject({
  type: v.string(),
  bytes: count,
  width: numberOrNull,
  height: numberOrNull,
  budget: count,
  changed: v.boolean(),
  score: numberOrNull,
  reason: v.string(),
  source,
  warnings: v.array(Warning),
})

/** What a fit of several files did, which are stored. */
export const FitsReport = v.strictObject({
  budget: count,
  bytes: count,
  files: v.array(
    v.strictObject({
      id: v.string(),
      url: v.string(),
      type: v.string(),
      bytes: count,
      width: numberOrNull,
      height: numberOrNull,
      quality: numberOrNull,
      score: numberOrNull,
      reason: v.string(),
      source,
      warnings: v.array(Warning),
    }),
  ),
})
