import * as v from 'valibot'
import { PLANS } from '../../domain/credit.ts'
import { EVENT_TYPES } from '../../domain/event.ts'
import {
  CAPABILITY_STATES,
  NUMBER_TYPES,
  REGISTRATION_KINDS,
  REGISTRATION_STATES,
} from '../../domain/number.ts'
import { REASON_NAMES } from '../../domain/reason.ts'
import { Content } from '../rich-request.ts'
import { channel, count, moment, numberOrNull, textOrNull, vendor } from './common.ts'
import { Message } from './message.ts'

const capability = v.picklist(CAPABILITY_STATES)

/** A number of the account. */
export const OwnNumber = v.strictObject({
  number: v.string(),
  type: v.picklist(NUMBER_TYPES),
  country: v.picklist(['US', 'CA']),
  vendor,
  sms: v.boolean(),
  mms: v.boolean(),
  capabilities: v.strictObject({ sms: capability, mms: capability }),
  ported_at: v.nullable(moment),
  budget: numberOrNull,
  default: v.boolean(),
  label: textOrNull,
  prices: v.strictObject({
    sms_out: numberOrNull,
    sms_in: numberOrNull,
    mms_out: numberOrNull,
    mms_in: numberOrNull,
  }),
  prefer_jpeg: v.boolean(),
  failover: v.boolean(),
  sms_max_segments: count,
  registration: v.nullable(
    v.strictObject({
      kind: v.picklist(REGISTRATION_KINDS),
      state: v.picklist(REGISTRATION_STATES),
      id: textOrNull,
      caps: v.strictObject({ per_second: numberOrNull, per_minute: numberOrNull, per_day: numberOrNull }),
    }),
  ),
})

const source = v.nullable(v.picklist(['manual', 'inbound', 'receipt', 'vendor']))

/** What is known of somebody's phone. */
export const Recipient = v.strictObject({
  recipient: v.string(),
  mms: v.strictObject({
    state: v.picklist(['yes', 'no', 'unknown']),
    source,
    at: v.nullable(moment),
    until: v.nullable(moment),
  }),
  network: v.strictObject({ id: textOrNull, source, at: v.nullable(moment) }),
  wrote_at: v.nullable(moment),
})

/** A network and what it carries. */
export const Network = v.strictObject({
  id: v.string(),
  name: v.string(),
  country: v.string(),
  message_bytes: count,
  max_side: count,
  recipients: numberOrNull,
  subject: numberOrNull,
  overridden: v.boolean(),
})

/** A name for an address. */
export const Contact = v.strictObject({ address: v.string(), name: v.string() })

/** What somebody said about being written to. */
export const Consent = v.strictObject({
  address: textOrNull,
  programme: textOrNull,
  state: v.picklist(['in', 'out']),
  source: v.string(),
  at: moment,
})

/** What became of consents that were told. */
export const Imported = v.strictObject({
  written: count,
  refused: v.array(v.strictObject({ line: count, problem: v.string() })),
})

/** What was deleted of a number. */
export const Forgotten = v.strictObject({
  address: v.string(),
  conversations: count,
  messages: count,
  media: count,
  opt_out_kept: v.boolean(),
})

const FIT_KEY = {
  id: v.string(),
  name: v.string(),
  sources: v.array(v.string()),
  per_minute: numberOrNull,
  per_day: numberOrNull,
  secrets: count,
  created_at: moment,
  updated_at: moment,
}
/** A key that signs URLs of the optimizer. */
export const FitKey = v.strictObject(FIT_KEY)
/** The same in a list. */
export const ListedFitKey = v.strictObject({ ...FIT_KEY, made_today: count })
/** The secrets that are good now. */
export const FitSecrets = v.strictObject({ secret: v.string(), previous: textOrNull })
/** A new key, with its secret. */
export const MadeFitKey = v.strictObject({ ...FIT_KEY, ...FitSecrets.entries })

const WEBHOOK = {
  id: v.string(),
  url: v.string(),
  description: textOrNull,
  types: v.nullable(v.array(v.picklist(EVENT_TYPES))),
  numbers: v.nullable(v.array(v.string())),
  attachments: v.picklist(['together', 'each']),
  strict_order: v.boolean(),
  shards: count,
  enabled: v.boolean(),
  disabled_at: v.nullable(moment),
  disabled_reason: textOrNull,
  failing_since: v.nullable(moment),
  last_success_at: v.nullable(moment),
  created_at: moment,
  updated_at: moment,
}
/** An endpoint. */
export const Webhook = v.strictObject(WEBHOOK)
/** A new endpoint, with its secret. */
export const MadeWebhook = v.strictObject({ ...WEBHOOK, secret: v.string() })
/** The secrets that sign now. */
export const WebhookSecrets = v.strictObject({
  secret: v.string(),
  previous: v.nullable(v.strictObject({ secret: v.string(), until: moment })),
})
/** Which events are told again. */
export const Replayed = v.strictObject({ from_sequence: count, to_sequence: count })
/** What an endpoint answered to a test. */
export const Tested = v.strictObject({
  event: v.string(),
  delivered: v.boolean(),
  status: numberOrNull,
  error: textOrNull,
  milliseconds: numberOrNull,
})
/** What became of one event at one endpoint. */
export const Delivery = v.strictObject({
  event: v.string(),
  type: v.string(),
  sequence: count,
  state: v.string(),
  attempts: count,
  queued_at: moment,
  last_at: v.nullable(moment),
  status: numberOrNull,
  error: textOrNull,
  milliseconds: numberOrNull,
  next_at: v.nullable(moment),
})
/** A ticket that opens the stream once. */
export const Ticket = v.strictObject({ ticket: v.string(), expires_at: moment })
/** Something that happened. What `data` has beside these depends on its type. */
export const AccountEvent = v.strictObject({
  type: v.picklist([...EVENT_TYPES, 'webhook.test']),
  id: v.string(),
  sequence: count,
  created_at: moment,
  data: v.looseObject({
    number: textOrNull,
    conversation: textOrNull,
    members: v.optional(v.array(v.string())),
    message: v.optional(Message),
    truncated: v.optional(v.boolean()),
    part: v.optional(count),
  }),
})
/** Events, oldest first. */
export const Events = v.strictObject({ events: v.array(AccountEvent), next: textOrNull, more: v.boolean() })

/** What is done with inbound messages by themselves. */
export const Keyword = v.strictObject({
  id: v.string(),
  number: textOrNull,
  match: v.picklist(['exact', 'starts', 'any']),
  word: v.string(),
  channel: v.nullable(channel),
  priority: v.number(),
  reply: v.nullable(v.strictObject({ text: v.string(), media: v.array(v.string()) })),
  label: textOrNull,
  enabled: v.boolean(),
  forward_to: textOrNull,
  forward_email: textOrNull,
  notify: v.boolean(),
})
/** Which inbound media is shown. */
export const Profile = v.strictObject({
  number: textOrNull,
  allow: v.array(v.string()),
  block: v.array(v.string()),
})
/** A message to be filled in. */
export const Template = v.strictObject({
  id: v.string(),
  name: v.string(),
  content: Content,
  variables: v.array(v.string()),
  defaults: v.record(v.string(), v.string()),
  created_at: moment,
  updated_at: moment,
})

/** Counts by day and number, and why messages failed. */
export const Overview = v.strictObject({
  days: v.array(
    v.strictObject({
      day: v.string(),
      number: v.string(),
      sent: count,
      received: count,
      failed: count,
      bytes_before: count,
      bytes_after: count,
    }),
  ),
  reasons: v.array(v.strictObject({ reason: v.picklist(REASON_NAMES), count })),
})
/** The account of the key. */
export const Account = v.strictObject({ id: v.string(), name: v.string(), retention_days: numberOrNull })
const KEY = {
  id: v.string(),
  name: v.string(),
  scopes: v.array(v.picklist(['read', 'send', 'admin'])),
  test: v.boolean(),
  created_at: moment,
  revoked_at: v.nullable(moment),
}
/** A key without its secret. */
export const Key = v.strictObject(KEY)
/** A new key, shown this once. */
export const MadeKey = v.strictObject({ ...KEY, key: v.string() })
/** A new account with its first keys. */
export const MadeAccount = v.strictObject({ id: v.string(), name: v.string(), keys: v.array(MadeKey) })
/** What a key may send; null bounds nothing. */
export const KeyLimits = v.strictObject({
  messages_per_minute: numberOrNull,
  messages_per_day: numberOrNull,
  spend_per_day: numberOrNull,
})
/** How the account pays, in micro-units. */
export const Credit = v.strictObject({
  plan: v.picklist(PLANS),
  currency: v.string(),
  available: v.number(),
  held: v.number(),
})
/** A move of the credit. */
export const LedgerEntry = v.strictObject({
  id: v.string(),
  at: moment,
  kind: v.picklist(['top_up', 'hold', 'release', 'inbound']),
  amount: v.number(),
  message: textOrNull,
  note: textOrNull,
})
/** What went or came on one day. */
export const Usage = v.strictObject({
  day: v.string(),
  number: v.string(),
  kind: channel,
  direction: v.picklist(['outbound', 'inbound']),
  messages: count,
  units: count,
  amount: v.number(),
})

/** An account at a vendor: the names of its credentials, never the credentials. */
export const VendorAccount = v.strictObject({
  id: v.string(),
  vendor,
  name: v.string(),
  credentials: v.array(v.string()),
  settings: v.record(v.string(), v.unknown()),
  created_at: moment,
  updated_at: moment,
})
/** Where a vendor sends its reports. */
export const Hook = v.strictObject({ hook_url: v.string() })
/** A new account at a vendor. */
export const MadeVendorAccount = v.strictObject({ ...VendorAccount.entries, ...Hook.entries })

/** What a vendor told of a message or number that is nobody's here. */
export const Orphan = v.strictObject({
  vendor,
  event: v.string(),
  account: textOrNull,
  vendor_id: textOrNull,
  at: moment,
  said: v.unknown(),
})
