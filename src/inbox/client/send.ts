import { api } from './api.ts'
import { type Attachment, type Draft, setDraft } from './draft.ts'
import { loadConversation, refreshConversations } from './load.ts'
import { openConversation } from './navigate.ts'
import { t } from './page.ts'
import { announcement, putMessages, selected, sentHere } from './state.ts'
import { toast } from './toast.tsx'
import type { Message } from './wire.ts'

/** The request that a draft makes. */
export const requestOf = (draft: Draft, to: readonly string[]) => ({
  from: draft.from,
  to: [...to],
  ...(draft.text === '' ? {} : { text: draft.text }),
  ...(draft.subject ? { subject: draft.subject } : {}),
  ...(draft.budget ? { budget: draft.budget } : {}),
  ...(draft.files.length === 0 ? {} : { media: draft.files.flatMap(mediaOf) }),
})

const mediaOf = ({ media, alt }: Attachment) =>
  media === null ? [] : [{ id: media, ...(alt.trim() === '' ? {} : { alt: alt.trim() }) }]

/** The last request with the key under which it went: asked again after a failure, it is still one message. */
let last = { body: '', key: '' }

async function post(body: object): Promise<Message | string> {
  const text = JSON.stringify(body)
  if (last.body !== text) last = { body: text, key: crypto.randomUUID() }
  const sent = await api<Message>('/v1/messages', { json: body, headers: { 'idempotency-key': last.key } })
  if (!sent.ok) return sent.problem.message
  last = { body: '', key: '' }
  return sent.value
}

async function show(message: Message): Promise<void> {
  sentHere.value = message.id
  putMessages(message.conversation, [message])
  await loadConversation(message.conversation)
  void refreshConversations()
  announcement.value = t('sentWords')
}

/** Sends a draft; gives the sentence of what went wrong, or null. */
export async function sendDraft(place: string, draft: Draft, to: readonly string[]): Promise<string | null> {
  const sent = await post(requestOf(draft, to))
  if (typeof sent === 'string') return sent
  setDraft(place, null)
  await show(sent)
  if (selected.value === place && place !== sent.conversation) openConversation(sent.conversation)
  return null
}

/** Sends a message once more, to the same recipients, as a new one. */
export async function sendAgain(message: Message): Promise<void> {
  const sent = await api<Message>(`/v1/messages/${message.id}/resend`, { method: 'POST' })
  if (sent.ok) await show(sent.value)
  else toast(sent.problem.message)
}
