import { isGroup, type Thread } from '../domain/conversation.ts'
import { followed } from '../domain/thread-links.ts'
import type { MessagingPorts } from './ports.ts'

/** Links a group's new thread to the one that it follows, before anything is committed in it. */
export async function linkNewThread(
  ports: Pick<MessagingPorts, 'index' | 'threadLinks'>,
  conversation: string,
  thread: Thread,
): Promise<void> {
  if (!isGroup(thread)) return
  if ((await ports.index.conversation(thread.account, conversation)) !== null) return
  const previous = followed(thread.members, await ports.threadLinks.related(thread, conversation))
  if (previous !== null) await ports.threadLinks.link(thread.account, conversation, previous)
}
