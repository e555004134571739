import type { ForgetfulConversations } from '../domain/forget.ts'
import { StorageError } from '../domain/storage-error.ts'
import type { ConversationObject } from './conversation.ts'
import type { ConversationNamespace } from './conversations.ts'

/** The door to the objects for forgetting. Methods throw `StorageError` when one does not answer. */
export function createForgetfulConversations(namespace: ConversationNamespace): ForgetfulConversations {
  const object = (id: string): ConversationObject => namespace.getByName(id) as ConversationObject
  async function call<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw new StorageError('A conversation did not answer', { cause: error })
    }
  }
  return {
    halt: (account, conversation) => call(() => object(conversation).halt(account)),
    wipe: (account, conversation, mark) => call(() => object(conversation).wipe(account, mark)),
  }
}
