import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { Failure } from '../../domain/failure.ts'
import type { ConversationRow } from '../../domain/ports.ts'
import { fail, ok, type Result } from '../../domain/result.ts'
import { appOf, masked } from './dialect-apps.ts'
import { contactById, reach } from './dialect-contacts.ts'
import { representMessages } from './dialect-represent.ts'
import { tellApp } from './dialect-webhooks.ts'
import { isKept, missing, pageOf, read, refused, type SinchEnv } from './rpc.ts'
import { ensureContact, recordOf, type SinchApp, type SinchConversation } from './state.ts'
import type { Trigger } from './wire.ts'

/** Conversations: threads of one of our numbers with one other, and what the vendor keeps beside them. */

const text = (most: number) => v.optional(v.nullable(v.pipe(v.string(), v.maxLength(most))))
/** What the vendor keeps for whoever sends (2,048 characters, as the API has it). */
const Metadata = v.pipe(
  v.record(v.string(), v.unknown()),
  v.check((value) => isKept(value, 2048), 'Use at most 2048 characters of JSON.'),
)
const Fields = {
  active: v.optional(v.nullable(v.boolean())),
  active_channel: text(40),
  metadata: text(1024),
  metadata_json: v.optional(v.nullable(Metadata)),
  correlation_id: text(128),
}
const ConversationRequest = v.object({ app_id: v.string(), contact_id: v.string(), ...Fields })
const ConversationUpdate = v.object({ app_id: text(100), contact_id: text(100), ...Fields })

type Shown = Awaited<ReturnType<typeof shown>>

const NEW: Omit<SinchConversation, 'app_id' | 'contact_id'> = {
  active: true,
  active_channel: 'MMS',
  metadata: '',
  metadata_json: {},
  correlation_id: '',
}

async function kept(
  c: Context<SinchEnv>,
  id: string,
): Promise<{ body: SinchConversation; at: number } | null> {
  const record = await c.get('records').find(c.get('caller').account, 'sinch_conversation', id)
  return record === null ? null : { body: record.body as SinchConversation, at: record.updatedAt }
}

/** A conversation as the vendor shows it: what was kept of it, and what follows from the thread. */
async function shown(
  c: Context<SinchEnv>,
  row: Pick<ConversationRow, 'id' | 'own' | 'members' | 'updatedAt'> | null,
  id: string,
) {
  const { account } = c.get('caller')
  const records = c.get('records')
  const before = await kept(c, id)
  const other = row?.members[0]
  const contact_id =
    before?.body.contact_id ??
    (other === undefined ? '' : (await ensureContact(records, account, other, 'list', Date.now())).id)
  const sender = row === null ? null : await records.find(account, 'sinch_sender', row.own)
  const { body, at } = before ?? { body: { ...NEW, app_id: sender?.parent ?? '', contact_id }, at: 0 }
  return {
    id,
    ...body,
    contact_id,
    // Whoever writes in a conversation that was stopped goes on with it.
    active: body.active || (row?.updatedAt ?? 0) > at,
    last_received: new Date(row?.updatedAt ?? at).toISOString(),
  }
}

/** Notes what a send says of its conversation. */
export async function noteConversation(
  c: Context<SinchEnv>,
  id: string,
  said: { app_id: string; contact_id: string; channel: string; correlation_id: string },
  metadata: Readonly<Record<string, unknown>> | null,
  merge: boolean,
): Promise<void> {
  const { account } = c.get('caller')
  const before = (await kept(c, id))?.body
  const same =
    before?.active === true &&
    metadata === null &&
    before.app_id === said.app_id &&
    before.contact_id === said.contact_id &&
    before.active_channel === said.channel
  if (same) return
  const body: SinchConversation = {
    ...NEW,
    ...before,
    app_id: said.app_id,
    contact_id: said.contact_id,
    active: true,
    active_channel: said.channel,
    metadata_json:
      metadata === null
        ? (before?.metadata_json ?? {})
        : merge
          ? { ...before?.metadata_json, ...metadata }
          : metadata,
  }
  await c
    .get('records')
    .put(recordOf(account, 'conversation', id, body, Date.now(), { parent: said.contact_id, subject: id }))
}

async function found(c: Context<SinchEnv>, id: string): Promise<Result<Shown, Failure>> {
  const row = await c.get('people').conversation(c.get('caller'), id)
  if (row.ok && row.value.people.deletedAt === null) return ok(await shown(c, row.value, id))
  return (await kept(c, id)) === null ? missing('conversation') : ok(await shown(c, null, id))
}

async function tell(c: Context<SinchEnv>, trigger: Trigger, conversation: Shown): Promise<void> {
  const services = { records: c.get('records'), webhooks: c.get('webhooks') }
  const body = { [`${trigger.toLowerCase()}_notification`]: { conversation } }
  await tellApp(services, c.get('caller').account, conversation.app_id, trigger, body)
}

/** The number that an app sends from where nobody names one. */
export async function senderOf(c: Context<SinchEnv>, app: SinchApp): Promise<string | null> {
  if (app.default_sender !== null) return app.default_sender
  const numbers = await c.get('messaging').numbers(c.get('caller'))
  return numbers.find((one) => one.isDefault)?.address ?? null
}

type Listed = { readonly conversation: Shown; readonly row: ConversationRow | null }

/** A page of conversations: the threads, newest first, then those that were only announced. */
async function list(c: Context<SinchEnv>): Promise<Result<{ items: Listed[]; next: string }, Failure>> {
  const { app_id, contact_id, only_active, active_channel } = c.req.query()
  const { cursor, limit } = pageOf(c, 50)
  const items: Listed[] = []
  const take = async (row: ConversationRow | null, id: string): Promise<void> => {
    const conversation = await shown(c, row, id)
    const of = conversation.app_id
    if (app_id && of !== '' && of !== app_id) return
    if (contact_id && conversation.contact_id !== contact_id) return
    if (only_active === 'true' && !conversation.active) return
    if (active_channel && conversation.active_channel !== active_channel) return
    items.push({ conversation, row })
  }
  const caller = c.get('caller')
  let announced: string | null = cursor?.startsWith('~') === true ? cursor.slice(1) : null
  if (announced === null) {
    const page = await c.get('messaging').conversations(caller, { cursor, limit })
    if (!page.ok) return page
    for (const row of page.value.items) await take(row, row.id)
    if (page.value.next !== null) return ok({ items, next: page.value.next })
    if (items.length > 0) return ok({ items, next: '~' })
    announced = ''
  }
  const before = announced === '' ? null : announced
  const rows = await c.get('records').page(caller.account, 'sinch_conversation', { before, limit })
  for (const { id } of rows) {
    // Those with messages were in the first part of the list.
    const thread = await c.get('people').conversation(caller, id)
    if (!thread.ok) await take(null, id)
  }
  const last = rows.at(-1)?.id
  return ok({ items, next: rows.length === limit && last !== undefined ? `~${last}` : '' })
}

/** `/conversations`. */
export function conversationRoutes(): Hono<SinchEnv> {
  const routes = new Hono<SinchEnv>()

  routes.get('/conversations', async (c) => {
    const page = await list(c)
    if (!page.ok) return refused(page.failure)
    const { items, next } = page.value
    return c.json({
      conversations: items.map((one) => one.conversation),
      next_page_token: next,
      total_size: 0,
    })
  })

  routes.get('/conversations:recent', async (c) => {
    const page = await list(c)
    if (!page.ok) return refused(page.failure)
    const conversations: unknown[] = []
    for (const { conversation, row } of page.value.items) {
      const last = row?.lastMessage?.id
      const message = last === undefined ? null : await c.get('messaging').message(c.get('caller'), last)
      const [last_message] = message?.ok ? await representMessages(c, [message.value]) : []
      conversations.push({ conversation, ...(last_message === undefined ? {} : { last_message }) })
    }
    return c.json({ conversations, next_page_token: page.value.next, total_size: 0 })
  })

  routes.post('/conversations', async (c) => {
    const request = await read(c, ConversationRequest)
    if (!request.ok) return refused(request.failure)
    const { app_id, contact_id, ...fields } = request.value
    const app = await appOf(c, app_id)
    if (!app.ok) return refused(app.failure)
    const contact = await contactById(c, contact_id)
    if (!contact.ok) return refused(contact.failure)
    const reached = await reach(c, { contact_id }, ['MMS', 'SMS'])
    if (!reached.ok) return refused(reached.failure)
    const own = await senderOf(c, app.value.body as SinchApp)
    if (own === null) return refused({ code: 'no_default_number' })
    const id = await c.get('threadId')(c.get('caller'), own, [reached.value.address])
    const said = Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null))
    const body = { ...NEW, ...said, app_id, contact_id }
    const { account } = c.get('caller')
    await c
      .get('records')
      .put(recordOf(account, 'conversation', id, body, Date.now(), { parent: contact_id, subject: id }))
    const conversation = await shown(c, null, id)
    await tell(c, 'CONVERSATION_START', conversation)
    return c.json(conversation)
  })

  routes.get('/conversations/:id', async (c) => {
    const conversation = await found(c, c.req.param('id'))
    return conversation.ok ? c.json(conversation.value) : refused(conversation.failure)
  })

  routes.patch('/conversations/:id', async (c) => {
    const conversation = await found(c, c.req.param('id'))
    if (!conversation.ok) return refused(conversation.failure)
    const request = await read(c, ConversationUpdate)
    if (!request.ok) return refused(request.failure)
    const { id, last_received: _, ...before } = conversation.value
    const change = masked(request.value, c.req.query('update_mask'))
    const said = Object.fromEntries(Object.entries(change).filter(([, value]) => value != null))
    if (c.req.query('metadata_update_strategy') === 'MERGE_PATCH' && change.metadata_json != null)
      said.metadata_json = { ...before.metadata_json, ...change.metadata_json }
    const body: SinchConversation = { ...before, ...said }
    const { account } = c.get('caller')
    await c
      .get('records')
      .put(recordOf(account, 'conversation', id, body, Date.now(), { parent: body.contact_id, subject: id }))
    return c.json({ ...conversation.value, ...body })
  })

  routes.delete('/conversations/:id', async (c) => {
    const caller = c.get('caller')
    const conversation = await found(c, c.req.param('id'))
    if (!conversation.ok) return refused(conversation.failure)
    const { id } = conversation.value
    const hidden = await c.get('people').change(caller, id, { deletedAt: Date.now() })
    if (!hidden.ok && hidden.failure.code !== 'not_found') return refused(hidden.failure)
    await c.get('records').remove(caller.account, 'sinch_conversation', id)
    await tell(c, 'CONVERSATION_DELETE', conversation.value)
    return c.json({})
  })

  routes.post('/conversations/:target{[^:/]+:stop}', async (c) => {
    const conversation = await found(c, c.req.param('target').replace(/:stop$/, ''))
    if (!conversation.ok) return refused(conversation.failure)
    const { id, last_received: _, ...before } = conversation.value
    const { account } = c.get('caller')
    const body: SinchConversation = { ...before, active: false }
    await c
      .get('records')
      .put(recordOf(account, 'conversation', id, body, Date.now(), { parent: body.contact_id, subject: id }))
    await tell(c, 'CONVERSATION_STOP', { ...conversation.value, active: false })
    return c.json({})
  })

  return routes
}

/** The conversation that a query names, or the failure that says so. */
export const conversationIdOf = (id: string | undefined): Result<string | undefined, Failure> =>
  id === undefined || id === '' || /^cnv_\w{22}$/.test(id)
    ? ok(id || undefined)
    : fail({ code: 'not_found', what: 'conversation' })
