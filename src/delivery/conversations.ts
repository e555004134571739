import type { Thread } from '../domain/conversation.ts'
import { conversationOfMessage, isConversationId } from '../domain/ids.ts'
import type { Envelope, Message, MessageWithTimeline } from '../domain/message.ts'
import type { Conversations, Inbound, Report } from '../domain/ports.ts'
import type { Replacement, ReplaceResult } from '../domain/replacement.ts'
import { StorageError } from '../domain/storage-error.ts'
import type { ConversationObject } from './conversation.ts'

/** A namespace of conversation objects, as the binding gives it. */
export type ConversationNamespace = { readonly getByName: (name: string) => unknown }

/** The door to the objects: ids that cannot be ours are answered without waking one. */
export function createConversations(namespace: ConversationNamespace): Conversations {
  const object = (id: string): ConversationObject => namespace.getByName(id) as ConversationObject

  /** The platform retries a lost call itself; a second, blind retry on top could only make a storm. */
  async function call<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw new StorageError('A conversation did not answer', { cause: error })
    }
  }

  return {
    async accept(conversation: string, thread: Thread, envelope: Envelope) {
      const answer = await call(() => object(conversation).accept(conversation, thread, envelope))
      if (answer === null) throw new Error(`The conversation ${conversation} belongs to another account`)
      return answer
    },
    async receive(conversation: string, thread: Thread, inbound: Inbound) {
      const answer = await call(() => object(conversation).receive(conversation, thread, inbound))
      if (answer === null) throw new Error(`The conversation ${conversation} belongs to another account`)
      return answer
    },
    report: (conversation: string, account: string, report: Report) =>
      call(() => object(conversation).report(account, report)),
    async message(account: string, id: string): Promise<MessageWithTimeline | null> {
      const conversation = conversationOfMessage(id)
      return conversation === null ? null : await call(() => object(conversation).message(account, id))
    },
    async thread(
      account: string,
      conversation: string,
      page,
    ): Promise<{ messages: Message[]; more: boolean } | null> {
      return isConversationId(conversation)
        ? await call(() => object(conversation).page(account, page.before, page.limit))
        : null
    },
    async cancel(account: string, id: string) {
      const conversation = conversationOfMessage(id)
      return conversation === null
        ? 'unknown_message'
        : await call(() => object(conversation).cancel(account, id))
    },
    async replace(account: string, id: string, content: Replacement): Promise<ReplaceResult> {
      const conversation = conversationOfMessage(id)
      return conversation === null
        ? 'unknown_message'
        : await call(() => object(conversation).replace(account, id, content))
    },
    async hide(account: string, id: string, hidden: boolean): Promise<MessageWithTimeline | null> {
      const conversation = conversationOfMessage(id)
      return conversation === null ? null : await call(() => object(conversation).hide(account, id, hidden))
    },
    wake: (conversation: string) => call(() => object(conversation).wake()),
  }
}
