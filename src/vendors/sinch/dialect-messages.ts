import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { DialectRecord } from '../../domain/dialect-records.ts'
import type { Failure } from '../../domain/failure.ts'
import type { Message } from '../../domain/message.ts'
import type { MediaReference, SendRequest } from '../../domain/ports.ts'
import { ok, type Result } from '../../domain/result.ts'
import { type RichContent, renderRich } from '../../domain/rich.ts'
import { contentOf, type Way, wayOf, wordsOf } from './app-message.ts'
import { appOf } from './dialect-apps.ts'
import { contactById, reach, tellCreated } from './dialect-contacts.ts'
import { conversationIdOf, noteConversation } from './dialect-conversations.ts'
import { representMessages } from './dialect-represent.ts'
import { filledTemplate } from './dialect-templates.ts'
import { ensureOverride } from './dialect-webhooks.ts'
import { messageIdOf, TAG } from './represent.ts'
import { invalid, isKept, missing, pageOf, read, refused, type SinchEnv } from './rpc.ts'
import { addressOf, ensureContact, recordOf, type SinchApp, type SinchMessage } from './state.ts'
import { SendMessageRequest } from './wire.ts'
import { AppMessage } from './wire-message.ts'

/** Messages: send, list, get, change, delete, and how they would look. */

const TranscodeRequest = v.object({
  app_id: v.string(),
  app_message: AppMessage,
  channels: v.pipe(v.array(v.string()), v.maxLength(20)),
  from: v.optional(v.nullable(v.string())),
  to: v.optional(v.nullable(v.string())),
})
const UpdateRequest = v.object({ metadata: v.pipe(v.string(), v.maxLength(1024)) })
const LastRequest = v.object({
  channel_identities: v.optional(v.pipe(v.array(v.string()), v.maxLength(20))),
  contact_ids: v.optional(v.pipe(v.array(v.string()), v.maxLength(20))),
})

/** Why it is sent. Marketing needs an opt-in here, as everywhere in the account. */
const PURPOSES = {
  CONTENT_UNKNOWN: {},
  CONTENT_MARKETING: { purpose: 'marketing', programme: 'marketing' },
  CONTENT_NOTIFICATION: { purpose: 'transactional', programme: 'notification' },
} as const

/** The words of a message: a template filled in, or what it says itself. */
async function worded(
  c: Context<SinchEnv>,
  message: AppMessage,
  way: Way,
): Promise<Result<Pick<SendRequest, 'content' | 'text' | 'media' | 'template'>, Failure>> {
  const channel = way.channel === 'sms' ? 'SMS' : 'MMS'
  const explicit = message.explicit_channel_message?.[channel]
  const own = message.template_message?.channel_template?.[channel]
  // A template of a channel is one of the account: it is filled in there.
  if (own !== undefined)
    return ok({ template: { id: own.template_id, variables: own.parameters ?? {} }, media: [] })
  const filled = await filledTemplate(c, message)
  if (!filled.ok) return filled
  const content = contentOf(filled.value)
  return content.ok ? ok(wordsOf(content.value, way.channel, explicit)) : content
}

/** Our own public URLs are files of ours: asked for over the network they would be refused. */
async function ownMedia(c: Context<SinchEnv>, content: RichContent): Promise<RichContent> {
  const { host } = new URL(c.req.url)
  const { account } = c.get('caller')
  const resolve = async (one: unknown): Promise<unknown> => {
    if (Array.isArray(one)) return await Promise.all(one.map(resolve))
    if (typeof one !== 'object' || one === null) return one
    const entries: [string, unknown][] = []
    for (const [name, value] of Object.entries(one))
      entries.push([name, name === 'media' ? await own(value) : await resolve(value)])
    return Object.fromEntries(entries)
  }
  const own = async (one: unknown): Promise<unknown> => {
    const reference = one as MediaReference | undefined
    const url = reference !== undefined && 'url' in reference ? URL.parse(reference.url) : null
    const token =
      url?.host === host ? /^(?:\/dialects\/sinch\/media|\/m)\/([^/]+)\//.exec(url.pathname)?.[1] : undefined
    if (token === undefined) return one
    const found = await c.get('publicMedia').find(token)
    return found.ok && found.value.account === account ? { id: found.value.id } : one
  }
  return (await resolve(content)) as RichContent
}

async function send(
  c: Context<SinchEnv>,
  app: DialectRecord,
  request: SendMessageRequest,
): Promise<Result<Message, Failure>> {
  const caller = c.get('caller')
  const records = c.get('records')
  const settings = app.body as SinchApp
  if (!isKept(request.conversation_metadata ?? {}, 2048))
    return invalid('conversation_metadata', 'Use at most 2048 characters of JSON.')
  const prior = await reach(c, request.recipient, request.channel_priority_order ?? [])
  if (!prior.ok) return prior
  const { address } = prior.value
  const named = request.channel_priority_order ?? []
  const order = named.length > 0 ? named : (prior.value.known?.contact.channel_priority ?? [])
  const way = wayOf(order) ?? (named.length > 0 ? null : wayOf([]))
  if (way === null) return invalid('channel_priority_order', 'MMS and SMS are carried here, nothing else.')
  const words = await worded(c, request.message, way)
  if (!words.ok) return words
  const properties = request.channel_properties ?? {}
  const typed =
    (way.channel === 'sms' ? properties.SMS_SENDER : properties.MMS_SENDER) || properties.MMS_SENDER
  const from = typed ? (addressOf(typed) ?? typed) : (settings.default_sender ?? undefined)
  if (request.callback_url) {
    const services = { records, webhooks: c.get('webhooks') }
    const told = await ensureOverride(services, caller, app.id, request.callback_url)
    if (!told.ok) return told
  }
  const now = Date.now()
  const contact = prior.value.known ?? (await ensureContact(records, caller.account, address, 'api', now))
  if (prior.value.known === null) await tellCreated(c, contact)
  const tags: Record<string, string | null | undefined> = {
    [TAG.app]: app.id,
    [TAG.contact]: contact.id,
    [TAG.metadata]: request.message_metadata,
    [TAG.correlation]: request.correlation_id,
    [TAG.callback]: request.callback_url,
  }
  const { content } = words.value
  const sent = await c.get('messaging').send(
    caller,
    {
      ...words.value,
      ...(content === undefined ? {} : { content: await ownMedia(c, content) }),
      from,
      to: [address],
      ...way,
      strict: properties.MMS_STRICT_VALIDATION === 'true' ? true : undefined,
      validity: request.ttl ? Math.max(60_000, Number.parseFloat(request.ttl) * 1000) : undefined,
      ...PURPOSES[request.message_content_type ?? 'CONTENT_UNKNOWN'],
      metadata: Object.fromEntries(
        Object.entries(tags).filter((tag): tag is [string, string] => Boolean(tag[1])),
      ),
    },
    null,
  )
  if (!sent.ok) return sent
  const { message } = sent.value
  const note: SinchMessage = { app_message: request.message }
  await records.put(
    recordOf(caller.account, 'message', message.id, note, now, { subject: message.conversation }),
  )
  const said = {
    app_id: app.id,
    contact_id: contact.id,
    channel: message.channel.toUpperCase(),
    correlation_id: request.correlation_id ?? '',
  }
  const merge = request.conversation_metadata_update_strategy === 'MERGE_PATCH'
  await noteConversation(c, message.conversation, said, request.conversation_metadata ?? null, merge)
  return ok(message)
}

/** The message of an id, hidden ones left out. */
async function found(c: Context<SinchEnv>, id: string): Promise<Result<Message, Failure>> {
  const message = await c.get('messaging').message(c.get('caller'), messageIdOf(id))
  return message.ok && message.value.deletedAt !== undefined ? missing('message') : message
}

/** What a query narrows the list to; null for a list with nothing in it. */
async function filterOf(c: Context<SinchEnv>) {
  const { contact_id, channel_identity, channel, direction, start_time, end_time } = c.req.query()
  const conversation = conversationIdOf(c.req.query('conversation_id'))
  if (!conversation.ok || c.req.query('messages_source') === 'DISPATCH_SOURCE') return null
  let members: string[] | undefined
  if (contact_id) {
    const contact = await contactById(c, contact_id)
    if (!contact.ok) return null
    members = contact.value.contact.channel_identities.flatMap((one) => addressOf(one.identity) ?? [])
  }
  if (channel_identity) members = [addressOf(channel_identity) ?? '']
  const inbound = direction === 'TO_APP' || c.req.query('only_recipient_originated') === 'true'
  const time = (text: string | undefined): number | undefined => {
    const at = text ? Date.parse(text) : Number.NaN
    return Number.isNaN(at) ? undefined : at
  }
  return {
    conversation: conversation.value,
    members,
    direction: inbound ? 'inbound' : direction === 'TO_CONTACT' ? 'outbound' : undefined,
    channel: channel === 'MMS' ? 'mms' : channel === 'SMS' ? 'sms' : undefined,
    after: time(start_time),
    before: time(end_time),
  } as const
}

/** `/messages`. */
export function messageRoutes(): Hono<SinchEnv> {
  const routes = new Hono<SinchEnv>()

  routes.post('/messages:send', async (c) => {
    const request = await read(c, SendMessageRequest)
    if (!request.ok) return refused(request.failure)
    const app = await appOf(c, request.value.app_id)
    if (!app.ok) return refused(app.failure)
    const sent = await send(c, app.value, request.value)
    if (!sent.ok) return refused(sent.failure)
    const { id, createdAt } = sent.value
    return c.json({ message_id: id, accepted_time: new Date(createdAt).toISOString() })
  })

  routes.post('/messages:transcode', async (c) => {
    const request = await read(c, TranscodeRequest)
    if (!request.ok) return refused(request.failure)
    const { app_id, app_message, channels } = request.value
    const app = await appOf(c, app_id)
    if (!app.ok) return refused(app.failure)
    const filled = await filledTemplate(c, app_message)
    if (!filled.ok) return refused(filled.failure)
    const content = contentOf(filled.value)
    if (!content.ok) return refused(content.failure)
    const transcoded_message: Record<string, string> = {}
    for (const channel of channels) {
      if (channel !== 'MMS' && channel !== 'SMS') continue
      const explicit = app_message.explicit_channel_message?.[channel]
      if (channel === 'SMS') {
        const { text } = wordsOf(content.value, 'sms', explicit)
        transcoded_message.SMS = text ?? renderRich(content.value, true).text ?? ''
        continue
      }
      const { subject, text, media, vcard } = renderRich(content.value, false)
      transcoded_message.MMS = JSON.stringify({
        subject: subject || null,
        text: explicit ?? text,
        media: media.map((one) => ('url' in one ? one.url : one.id)),
        ...(vcard === null ? {} : { vcard }),
      })
    }
    return c.json({ transcoded_message })
  })

  routes.post('/messages:fetch-last-message', async (c) => {
    const request = await read(c, LastRequest)
    if (!request.ok) return refused(request.failure)
    const addresses = (request.value.channel_identities ?? []).map((one) => addressOf(one) ?? '')
    for (const id of request.value.contact_ids ?? []) {
      const contact = await contactById(c, id)
      if (!contact.ok) return refused(contact.failure)
      addresses.push(addressOf(contact.value.contact.channel_identities[0]?.identity ?? '') ?? '')
    }
    const last: Message[] = []
    for (const address of new Set(addresses)) {
      const page = await c.get('listMessages')(
        c.get('caller'),
        { members: [address] },
        { cursor: null, limit: 1 },
      )
      if (!page.ok) return refused(page.failure)
      last.push(...page.value.items)
    }
    return c.json({ messages: await representMessages(c, last), next_page_token: '' })
  })

  routes.get('/messages', async (c) => {
    const filter = await filterOf(c)
    if (filter === null) return c.json({ messages: [], next_page_token: '' })
    const { cursor, limit } = pageOf(c, 50)
    const page = await c.get('listMessages')(c.get('caller'), filter, { cursor, limit })
    if (!page.ok) return refused(page.failure)
    const app = c.req.query('app_id')
    const shown = page.value.items.filter((one) => !app || (one.metadata?.[TAG.app] ?? app) === app)
    return c.json({ messages: await representMessages(c, shown), next_page_token: page.value.next ?? '' })
  })

  routes.get('/messages/:id', async (c) => {
    const id = c.req.param('id')
    const message = await found(c, id)
    if (!message.ok) return refused(message.failure)
    const shown = (await representMessages(c, [message.value])).find((one) => one.id === id)
    return shown === undefined ? refused({ code: 'not_found', what: 'message' }) : c.json(shown)
  })

  routes.patch('/messages/:id', async (c) => {
    const message = await found(c, c.req.param('id'))
    if (!message.ok) return refused(message.failure)
    const request = await read(c, UpdateRequest)
    if (!request.ok) return refused(request.failure)
    const { account } = c.get('caller')
    const { id, conversation } = message.value
    const before = await c.get('records').find(account, 'sinch_message', id)
    const [shown] = await representMessages(c, [message.value])
    const note: SinchMessage = {
      app_message: (before?.body as SinchMessage | undefined)?.app_message ?? shown?.app_message ?? null,
      metadata: request.value.metadata,
    }
    await c.get('records').put(recordOf(account, 'message', id, note, Date.now(), { subject: conversation }))
    return c.json({ ...shown, metadata: note.metadata })
  })

  routes.delete('/messages/:id', async (c) => {
    const message = await found(c, c.req.param('id'))
    if (!message.ok) return refused(message.failure)
    const hidden = await c.get('people').hide(c.get('caller'), message.value.id, true)
    if (!hidden.ok) return refused(hidden.failure)
    await c.get('records').remove(c.get('caller').account, 'sinch_message', message.value.id)
    return c.json({})
  })

  return routes
}
