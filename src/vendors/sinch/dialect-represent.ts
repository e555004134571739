import type { Context } from 'hono'
import type { Message, Part } from '../../domain/message.ts'
import { appMessageOf, channelIdentityOf, contactMessageOf, piecesOf, statusOf, TAG } from './represent.ts'
import type { SinchEnv } from './rpc.ts'
import { ensureContact, identityOf, type SinchMessage } from './state.ts'

/** Where an attachment lies; null when it cannot be had now. */
async function urlOf(c: Context<SinchEnv>, part: Part): Promise<string | null> {
  if (part.state !== 'stored') return null
  const shown = await c.get('messaging').media(c.get('caller'), part.media)
  return shown.ok ? shown.value.url : null
}

/** What was kept of messages beside themselves, by their ids. */
async function notes(c: Context<SinchEnv>, messages: readonly Message[]): Promise<Map<string, SinchMessage>> {
  const ids = messages.map((one) => one.id)
  const rows = await c.get('records').several(c.get('caller').account, 'sinch_message', ids)
  return new Map(rows.map((row) => [row.id, row.body as SinchMessage]))
}

/** Messages as the vendor shows them; one that came in with several attachments is several. */
export async function representMessages(c: Context<SinchEnv>, messages: readonly Message[]) {
  const { account } = c.get('caller')
  const kept = await notes(c, messages)
  const shown: Record<string, unknown>[] = []
  for (const message of messages) {
    const inbound = message.direction === 'inbound'
    const other = (inbound ? message.from : message.to[0]) ?? ''
    const note = kept.get(message.id)
    const contact_id =
      message.metadata?.[TAG.contact] ??
      (await ensureContact(c.get('records'), account, other, 'list', message.createdAt)).id
    const head = {
      direction: inbound ? 'TO_APP' : 'TO_CONTACT',
      channel_identity: channelIdentityOf(message),
      conversation_id: message.conversation,
      contact_id,
      metadata: note?.metadata ?? message.metadata?.[TAG.metadata] ?? '',
      accept_time: new Date(message.createdAt).toISOString(),
      sender_id: identityOf(inbound ? (message.to[0] ?? '') : message.from),
      processing_mode: 'CONVERSATION',
      injected: false,
      message_status: {
        status: statusOf(message),
        event_time: new Date(message.updatedAt).toISOString(),
      },
    }
    if (!inbound) {
      const urls = note === undefined ? await Promise.all(message.parts.map((part) => urlOf(c, part))) : []
      const there = urls.filter((one) => one !== null)
      shown.push({ id: message.id, ...head, app_message: note?.app_message ?? appMessageOf(message, there) })
      continue
    }
    for (const { id, part } of piecesOf(message)) {
      const url = part === null ? null : await urlOf(c, part)
      shown.push({ id, ...head, contact_message: contactMessageOf(message, part, url) })
    }
  }
  return shown
}
