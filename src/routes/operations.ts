import type { GenericSchema } from 'valibot'
import { AccountBody, KeyBody, RetentionBody } from './accounts.ts'
import { ConsentBody } from './consents.ts'
import { ConversationBody, NoteBody } from './conversations.ts'
import { FitKeyBody, NewFitKeyBody, RotateFitKeyBody } from './fit-keys.ts'
import { FIT_OPTIONS } from './fit-options.ts'
import { ForgetBody } from './forget.ts'
import { FundBody } from './fund.ts'
import { KeywordBody } from './keywords.ts'
import { NewNumberBody, NumberBody } from './numbers.ts'
import { ContactsBody } from './people.ts'
import { ProfileBody } from './profiles.ts'
import { NetworkBody, RecipientBody } from './recipients.ts'
import { ReplaceBody } from './replace-request.ts'
import { SendBody } from './send-request.ts'
import { TicketBody } from './stream.ts'
import { TemplateBody } from './templates.ts'
import { KeyLimitsBody } from './usage.ts'
import { NewVendorBody, VendorBody } from './vendors.ts'
import { NewWebhookBody, ReplayBody, RotateBody, WebhookBody } from './webhooks.ts'

/** What a reader must know of a route beside what the router and its schema say. */
export type Operation = {
  readonly tag: string
  readonly summary: string
  /** The very schema that the route validates with. */
  readonly body?: GenericSchema
  /** Other types of body that it takes; the first is the only one where there is no schema. */
  readonly takes?: readonly string[]
  /** May the body be left out? */
  readonly bodyOptional?: boolean
  /** Query parameters, by name. */
  readonly query?: Readonly<Record<string, string>>
  /** The status of success; 200 without one. */
  readonly status?: number
  /** The root key opens it, no other. */
  readonly operator?: boolean
}

const PAGE = {
  limit: '1 to 200 items a page; 50 without it.',
  cursor: 'The `next` of the page before.',
}
const DAYS = {
  after: 'A moment in ISO 8601, or a day like 2026-01-31 of the `timezone`.',
  before: 'The same; a day is included whole.',
  timezone: 'A name like America/Toronto; UTC without one.',
}
const EVENTS = {
  after: 'The id of the last event that is known: evt_...',
  types: 'Types of events, with commas between them.',
  numbers: 'Numbers of the account, with commas between them.',
  conversation: 'Only what happens in this conversation.',
}
const FORM = 'multipart/form-data'
const FILE = 'application/octet-stream'

type More = Omit<Operation, 'tag' | 'summary'>
// Its own type is kept, so that clients know which body goes where.
const of =
  (tag: string) =>
  <const M extends More = Record<never, never>>(summary: string, more?: M) => ({
    tag,
    summary,
    ...(more as M),
  })
const messages = of('Messages')
const conversations = of('Conversations')
const people = of('People')
const numbers = of('Numbers')
const recipients = of('Recipients')
const media = of('Media')
const webhooks = of('Webhooks')
const events = of('Events')
const account = of('Account')
const money = of('Money')
const automation = of('Automation')
const vendors = of('Vendors')

/** Every route of the API, named as the router names it, each with its own type. */
export const DESCRIBED = {
  'POST /v1/messages': messages('Send a message', { body: SendBody, takes: [FORM], status: 202 }),
  'POST /v1/messages:check': messages('Ask whether a message may be sent, without sending it', {
    body: SendBody,
  }),
  'POST /v1/messages:preview': messages('See exactly what would be received, without sending it', {
    body: SendBody,
    takes: [FORM],
  }),
  'GET /v1/messages': messages('Messages of every conversation, newest first', {
    query: {
      ...PAGE,
      conversation: 'Only those of this conversation.',
      member: 'Only those in conversations with this number.',
      direction: 'inbound or outbound.',
      channel: 'sms or mms.',
      after: 'A moment in ISO 8601.',
      before: 'A moment in ISO 8601.',
    },
  }),
  'GET /v1/messages/:id': messages('A message with its history'),
  'DELETE /v1/messages/:id': messages('Hide a message from its readers'),
  'POST /v1/messages/:id/restore': messages('Bring a hidden message back'),
  'POST /v1/messages/:id/cancel': messages('Take a message back that was not handed over yet'),
  'POST /v1/messages/:id/replace': messages('Put another content in the place of one that nobody got yet', {
    body: ReplaceBody,
  }),
  'POST /v1/messages/:id/resend': messages('Send a message again as a new one', { status: 202 }),

  'GET /v1/conversations': conversations('Conversations, the one with the newest message first', {
    query: {
      ...PAGE,
      ...DAYS,
      number: 'A number of the account.',
      member: 'Somebody in the conversation.',
      q: 'Words, a name or a number.',
      unread: 'true for those with something unread.',
      failed: 'true for those whose last message failed.',
      deleted: 'true for those that were deleted.',
      label: 'A label.',
    },
  }),
  'GET /v1/conversations/:id': conversations('A conversation with its notes'),
  'PATCH /v1/conversations/:id': conversations('Mark as read, assign, label, or keep a draft', {
    body: ConversationBody,
  }),
  'DELETE /v1/conversations/:id': conversations('Hide a conversation'),
  'POST /v1/conversations/:id/restore': conversations('Bring a hidden conversation back'),
  'POST /v1/conversations/:id/notes': conversations('Add a note for colleagues', {
    body: NoteBody,
    status: 201,
  }),
  'GET /v1/conversations/:id/messages': conversations('Its messages, newest first', { query: PAGE }),
  'GET /v1/search': conversations('Search the words of messages', {
    query: { ...PAGE, q: '1 to 200 characters.' },
  }),

  'GET /v1/contacts': people('Names for addresses', { query: { ...PAGE, q: 'Part of a name or a number.' } }),
  'POST /v1/contacts': people('Write down names', { body: ContactsBody }),
  'DELETE /v1/contacts/:address': people('Take a name away', { status: 204 }),
  'GET /v1/consents': people('What people said about being written to', { query: PAGE }),
  'POST /v1/consents': people('Record what people said', { body: ConsentBody, takes: ['text/csv'] }),
  'POST /v1/forget': people('Delete everything that is kept of a number, for good', { body: ForgetBody }),

  'GET /v1/numbers': numbers('Numbers of the account'),
  'POST /v1/numbers': numbers('Add a number', { body: NewNumberBody, status: 201 }),
  'GET /v1/numbers/:number': numbers('A number'),
  'PATCH /v1/numbers/:number': numbers('Change a number', { body: NumberBody }),
  'DELETE /v1/numbers/:number': numbers('Take a number out', { status: 204 }),

  'GET /v1/recipients/:recipient': recipients('What is known of somebody: MMS, network'),
  'PUT /v1/recipients/:recipient': recipients('Say what is known', { body: RecipientBody }),
  'GET /v1/networks': recipients('Networks and what they carry'),
  'PUT /v1/networks/:network': recipients("Set the account's own word on a network", { body: NetworkBody }),
  'DELETE /v1/networks/:network': recipients('Take that word back', { status: 204 }),

  'POST /v1/media': media('Store a file for messages to come', { takes: [FILE, FORM], status: 201 }),
  'GET /v1/media/:id': media('A stored file and a URL of it', {
    query: { original: 'true for the bytes as they came.' },
  }),
  'GET /v1/fit-keys': media("Keys that sign the optimizer's URLs", { query: PAGE }),
  'POST /v1/fit-keys': media("Make a key that signs the optimizer's URLs", {
    body: NewFitKeyBody,
    status: 201,
  }),
  'PATCH /v1/fit-keys/:id': media('Change its name, sources or limits', { body: FitKeyBody }),
  'GET /v1/fit-keys/:id/secrets': media('The secrets that are good now'),
  'POST /v1/fit-keys/:id/rotate': media('Make a new secret; the one before stays good beside it', {
    body: RotateFitKeyBody,
    bodyOptional: true,
  }),
  'DELETE /v1/fit-keys/:id': media('Delete a key: its URLs are void at once', { status: 204 }),
  'POST /v1/fit': media('Make a file, or several together, as good as can be within a number of bytes', {
    takes: [FILE, FORM],
    query: FIT_OPTIONS,
  }),

  'POST /v1/webhooks': webhooks('Add an endpoint', { body: NewWebhookBody, status: 201 }),
  'GET /v1/webhooks': webhooks('Endpoints', { query: PAGE }),
  'GET /v1/webhooks/:id': webhooks('An endpoint'),
  'PATCH /v1/webhooks/:id': webhooks('Change an endpoint', { body: WebhookBody }),
  'DELETE /v1/webhooks/:id': webhooks('Remove an endpoint', { status: 204 }),
  'GET /v1/webhooks/:id/secret': webhooks('The secrets that sign now'),
  'POST /v1/webhooks/:id/rotate': webhooks('Make a new secret', { body: RotateBody, bodyOptional: true }),
  'POST /v1/webhooks/:id/replay': webhooks('Tell everything from an event on once more', {
    body: ReplayBody,
    status: 202,
  }),
  'POST /v1/webhooks/:id/test': webhooks('Post a test event at once'),
  'GET /v1/webhooks/:id/deliveries': webhooks('What became of its deliveries', { query: PAGE }),

  'GET /v1/stream': events('Live events over a WebSocket', {
    query: { ...EVENTS, ticket: 'A ticket, for pages.' },
    status: 101,
  }),
  'POST /v1/stream/tickets': events('A ticket that opens the stream once', {
    body: TicketBody,
    bodyOptional: true,
    status: 201,
  }),
  'GET /v1/events': events('The same events as a list, oldest first', {
    query: { limit: PAGE.limit, ...EVENTS },
  }),

  'GET /v1/keywords': automation('What is done with inbound messages by themselves'),
  'POST /v1/keywords': automation('Add a rule', { body: KeywordBody, status: 201 }),
  'PUT /v1/keywords/:id': automation('Replace a rule', { body: KeywordBody }),
  'DELETE /v1/keywords/:id': automation('Remove a rule', { status: 204 }),
  'GET /v1/content-profiles': automation('Which inbound media is shown to people'),
  'PUT /v1/content-profiles/:number': automation('Set it for a number, or for `default`', {
    body: ProfileBody,
  }),
  'DELETE /v1/content-profiles/:number': automation('Take it back', { status: 204 }),
  'GET /v1/templates': automation('Messages to be filled in', { query: PAGE }),
  'POST /v1/templates': automation('Add a template', { body: TemplateBody, status: 201 }),
  'GET /v1/templates/:id': automation('A template'),
  'PUT /v1/templates/:id': automation('Replace a template', { body: TemplateBody }),
  'DELETE /v1/templates/:id': automation('Remove a template', { status: 204 }),

  'GET /v1/overview': account('Counts by day and number, and why messages failed', {
    query: { ...DAYS, utc_offset_minutes: 'Minutes by which days are moved, -840 to 840.' },
  }),
  'GET /v1/account': account('The account of the key'),
  'PATCH /v1/account': account('Set for how long media is kept', { body: RetentionBody }),
  'GET /v1/keys': account('Keys'),
  'POST /v1/keys': account('Make a key; it is shown once', { body: KeyBody, status: 201 }),
  'DELETE /v1/keys/:id': account('Revoke a key', { status: 204 }),
  'GET /v1/keys/:key/limits': account('What a key may send'),
  'PUT /v1/keys/:key/limits': account('Bound what a key may send', { body: KeyLimitsBody }),
  'POST /v1/accounts': account('Make an account with its first keys', {
    body: AccountBody,
    status: 201,
    operator: true,
  }),

  'GET /v1/orphans': account('What vendors told of messages and numbers that are nobody’s here', {
    query: PAGE,
  }),
  'GET /v1/accounts/orphans': account('The same of all accounts, and of none', {
    query: PAGE,
    operator: true,
  }),

  'GET /v1/usage': money('What went and came, by day, number, kind and direction', {
    query: {
      ...PAGE,
      from: 'A day (UTC); 30 days ago without it.',
      to: 'A day (UTC); today without it.',
      kind: 'sms or mms.',
      number: 'A number of the account.',
    },
  }),
  'GET /v1/credit': money('How the account pays, and what is left'),
  'GET /v1/credit/ledger': money('Every move of the credit, newest first', { query: PAGE }),
  'PATCH /v1/accounts/:account/credit': money('Set a plan or add credit', { body: FundBody, operator: true }),

  'GET /v1/vendors': vendors('Accounts of ours at vendors', { query: PAGE }),
  'POST /v1/vendors': vendors('Connect one', { body: NewVendorBody, status: 201 }),
  'GET /v1/vendors/:id': vendors('One of them, without its credentials'),
  'PATCH /v1/vendors/:id': vendors('Change one', { body: VendorBody }),
  'GET /v1/vendors/:id/hook': vendors('Where the vendor is to send its reports'),
  'POST /v1/vendors/:id/hook': vendors('Make a new address for its reports'),
  'DELETE /v1/vendors/:id': vendors('Disconnect one', { status: 204 }),
} satisfies Readonly<Record<string, Operation>>

/** The same for whoever walks through them. A test holds them and the router together. */
export const OPERATIONS: Readonly<Record<string, Operation>> = DESCRIBED
