import * as v from 'valibot'
import * as account from './answers/account.ts'
import { pageOf } from './answers/common.ts'
import * as message from './answers/message.ts'

/** Several that fit no list of pages. */
const all = <const N extends string, S extends v.GenericSchema>(name: N, item: S) =>
  v.strictObject({ [name]: v.array(item) } as Record<N, v.ArraySchema<S, undefined>>)

/**
 * What each route answers when all went well, named as in the table of operations. A route that is missing there answers no JSON:
 * nothing at all, or a socket.
 */
export const ANSWERS = {
  'POST /v1/messages': v.union([message.Message, message.Separately]),
  'GET /v1/messages': pageOf('messages', message.Message),
  'POST /v1/messages:check': message.Checked,
  'POST /v1/messages:preview': message.Previewed,
  'GET /v1/messages/:id': message.MessageWithTimeline,
  'DELETE /v1/messages/:id': message.MessageWithTimeline,
  'POST /v1/messages/:id/restore': message.MessageWithTimeline,
  'POST /v1/messages/:id/cancel': message.MessageWithTimeline,
  'POST /v1/messages/:id/replace': message.MessageWithTimeline,
  'POST /v1/messages/:id/resend': message.Message,

  'GET /v1/conversations': pageOf('conversations', message.Conversation),
  'GET /v1/conversations/:id': message.ConversationWithNotes,
  'PATCH /v1/conversations/:id': message.Conversation,
  'DELETE /v1/conversations/:id': message.Conversation,
  'POST /v1/conversations/:id/restore': message.Conversation,
  'POST /v1/conversations/:id/notes': message.Note,
  'GET /v1/conversations/:id/messages': pageOf('messages', message.Message),
  'GET /v1/search': message.SearchResults,

  'GET /v1/contacts': pageOf('contacts', account.Contact),
  'POST /v1/contacts': all('contacts', account.Contact),
  'GET /v1/consents': pageOf('consents', account.Consent),
  'POST /v1/consents': account.Imported,
  'POST /v1/forget': account.Forgotten,

  'GET /v1/numbers': pageOf('numbers', account.OwnNumber),
  'POST /v1/numbers': account.OwnNumber,
  'GET /v1/numbers/:number': account.OwnNumber,
  'PATCH /v1/numbers/:number': account.OwnNumber,

  'GET /v1/recipients/:recipient': account.Recipient,
  'PUT /v1/recipients/:recipient': account.Recipient,
  'GET /v1/networks': pageOf('networks', account.Network),
  'PUT /v1/networks/:network': account.Network,

  'POST /v1/media': message.Media,
  'GET /v1/media/:id': message.Media,
  'POST /v1/fit': v.union([message.FitReport, message.FitsReport]),
  'GET /v1/fit-keys': pageOf('fit_keys', account.ListedFitKey),
  'POST /v1/fit-keys': account.MadeFitKey,
  'PATCH /v1/fit-keys/:id': account.FitKey,
  'GET /v1/fit-keys/:id/secrets': account.FitSecrets,
  'POST /v1/fit-keys/:id/rotate': account.FitSecrets,

  'POST /v1/webhooks': account.MadeWebhook,
  'GET /v1/webhooks': pageOf('webhooks', account.Webhook),
  'GET /v1/webhooks/:id': account.Webhook,
  'PATCH /v1/webhooks/:id': account.Webhook,
  'GET /v1/webhooks/:id/secret': account.WebhookSecrets,
  'POST /v1/webhooks/:id/rotate': account.WebhookSecrets,
  'POST /v1/webhooks/:id/replay': account.Replayed,
  'POST /v1/webhooks/:id/test': account.Tested,
  'GET /v1/webhooks/:id/deliveries': pageOf('deliveries', account.Delivery),

  'POST /v1/stream/tickets': account.Ticket,
  'GET /v1/events': account.Events,

  'GET /v1/keywords': all('keywords', account.Keyword),
  'POST /v1/keywords': account.Keyword,
  'PUT /v1/keywords/:id': account.Keyword,
  'GET /v1/content-profiles': all('content_profiles', account.Profile),
  'PUT /v1/content-profiles/:number': account.Profile,
  'GET /v1/templates': pageOf('templates', account.Template),
  'POST /v1/templates': account.Template,
  'GET /v1/templates/:id': account.Template,
  'PUT /v1/templates/:id': account.Template,

  'GET /v1/orphans': pageOf('orphans', account.Orphan),
  'GET /v1/accounts/orphans': pageOf('orphans', account.Orphan),
  'GET /v1/overview': account.Overview,
  'GET /v1/account': account.Account,
  'PATCH /v1/account': account.Account,
  'GET /v1/keys': all('keys', account.Key),
  'POST /v1/keys': account.MadeKey,
  'GET /v1/keys/:key/limits': account.KeyLimits,
  'PUT /v1/keys/:key/limits': account.KeyLimits,
  'POST /v1/accounts': account.MadeAccount,

  'GET /v1/usage': pageOf('usage', account.Usage),
  'GET /v1/credit': account.Credit,
  'GET /v1/credit/ledger': pageOf('entries', account.LedgerEntry),
  'PATCH /v1/accounts/:account/credit': account.Credit,

  'GET /v1/vendors': pageOf('vendors', account.VendorAccount),
  'POST /v1/vendors': account.MadeVendorAccount,
  'GET /v1/vendors/:id': account.VendorAccount,
  'PATCH /v1/vendors/:id': account.VendorAccount,
  'GET /v1/vendors/:id/hook': account.Hook,
  'POST /v1/vendors/:id/hook': account.Hook,
} as const
