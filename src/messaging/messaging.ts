import type { Failure } from '../domain/failure.ts'
import { isConversationId } from '../domain/ids.ts'
import type { Message } from '../domain/message.ts'
import type { Caller, Messaging, Page } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { fitFile } from './fit.ts'
import type { MessagingPorts } from './ports.ts'
import { replace } from './replace.ts'
import { forbidden, lacks } from './scopes.ts'
import { send } from './send.ts'
import { showMedia } from './show-media.ts'
import { upload } from './upload.ts'

/** Belino as its API and its dialects see it, built from its ports. */
export function createMessaging(ports: MessagingPorts): Messaging {
  return {
    async send(caller, request, idempotency) {
      return lacks(caller, 'send') ? forbidden('send') : await send(ports, caller, request, idempotency)
    },
    async replace(caller, id, request) {
      return lacks(caller, 'send') ? forbidden('send') : await replace(ports, caller, id, request)
    },
    async message(caller, id) {
      if (lacks(caller, 'read')) return forbidden('read')
      const message = await ports.conversations.message(caller.account, id)
      return message === null ? fail({ code: 'not_found', what: 'message' }) : ok(message)
    },
    async conversations(caller, page) {
      return lacks(caller, 'read') ? forbidden('read') : await ports.index.conversations(caller.account, page)
    },
    async messages(caller, conversation, page) {
      return lacks(caller, 'read') ? forbidden('read') : await messagesOf(ports, caller, conversation, page)
    },
    async numbers(caller) {
      return await ports.numbers.list(caller.account)
    },
    async upload(caller, chunks, idempotency, lifetime) {
      return lacks(caller, 'send')
        ? forbidden('send')
        : await upload(ports, caller, chunks, idempotency, lifetime)
    },
    async media(caller, id, options) {
      return lacks(caller, 'read')
        ? forbidden('read')
        : await showMedia(ports, caller, id, options?.original ?? false)
    },
    async fit(caller, source, request) {
      return lacks(caller, 'send') ? forbidden('send') : await fitFile(source, request)
    },
  }
}

/** Newest first. The cursor is the sequence number that the next page starts below, which reveals nothing. */
async function messagesOf(
  ports: MessagingPorts,
  caller: Caller,
  conversation: string,
  page: { cursor: string | null; limit: number },
): Promise<Result<Page<Message>, Failure>> {
  if (!isConversationId(conversation)) return fail({ code: 'not_found', what: 'conversation' })
  if (page.cursor !== null && !/^[1-9]\d{0,14}$/.test(page.cursor)) return fail({ code: 'invalid_cursor' })
  const before = page.cursor === null ? null : Number(page.cursor)
  const thread = await ports.conversations.thread(caller.account, conversation, { before, limit: page.limit })
  if (thread === null) return fail({ code: 'not_found', what: 'conversation' })
  const last = thread.messages.at(-1)
  return ok({
    items: thread.messages,
    next: thread.more && last !== undefined ? String(last.sequence) : null,
  })
}
