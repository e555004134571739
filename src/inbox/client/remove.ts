import { api } from './api.ts'
import { refreshConversations } from './load.ts'
import { openConversation } from './navigate.ts'
import { t } from './page.ts'
import { hide, selected } from './state.ts'
import { toast } from './toast.tsx'
import type { Conversation, Message } from './wire.ts'

/** Deletes something and offers to take that back. It goes from the page at once, and comes back if the gateway refuses. */
async function remove(path: string, ids: readonly string[], said: string): Promise<void> {
  hide(ids, true)
  const gone = await api(path, { method: 'DELETE' })
  if (!gone.ok) {
    hide(ids, false)
    toast(gone.problem.message)
    return
  }
  toast(said, () => {
    void api(`${path}/restore`, { method: 'POST' }).then((back) => {
      if (!back.ok) return toast(back.problem.message)
      hide(ids, false)
      void refreshConversations()
    })
  })
}

/** Deletes a message. */
export const removeMessage = (message: Message): Promise<void> =>
  remove(`/v1/messages/${message.id}`, [message.id], t('messageDeleted'))

/** Deletes a conversation. */
export function removeConversation(conversation: Conversation): Promise<void> {
  if (selected.value === conversation.id) openConversation(null)
  return remove(`/v1/conversations/${conversation.id}`, [conversation.id], t('conversationDeleted'))
}
