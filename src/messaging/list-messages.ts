import type { Message } from '../domain/message.ts'
import type { ListMessages, MessageListStore } from '../domain/message-list.ts'
import type { Conversations } from '../domain/ports.ts'
import { ok } from '../domain/result.ts'
import { forbidden, lacks } from './scopes.ts'

/** Messages that are asked for at the same time, each of its conversation: a request has six connections. */
const ABREAST = 5

/** Makes the use case. The index says which messages; each is then read where it is true. */
export function createListMessages(ports: {
  readonly list: MessageListStore
  readonly conversations: Pick<Conversations, 'message'>
}): ListMessages {
  return async (caller, filter, page) => {
    if (lacks(caller, 'read')) return forbidden('read')
    const ids = await ports.list.ids(caller.account, filter, page)
    if (!ids.ok) return ids
    const items: (Message | null)[] = []
    for (let from = 0; from < ids.value.items.length; from += ABREAST) {
      const some = ids.value.items.slice(from, from + ABREAST)
      items.push(...(await Promise.all(some.map((id) => ports.conversations.message(caller.account, id)))))
    }
    const there = items.filter((one) => one !== null && one.deletedAt === undefined)
    return ok({ items: there as Message[], next: ids.value.next })
  }
}
