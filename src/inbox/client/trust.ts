import { signal } from '@preact/signals'
import { conversations, nameOf, opened, threads } from './state.ts'

/** Whose pictures are shown without asking. */

const KEY = 'belino.trusted'

const kept = (): string[] => {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '[]')
  } catch {
    return []
  }
}

const trusted = signal<ReadonlySet<string>>(new Set(kept()))

/** Whether we know who writes: by name, because we wrote to them, or because somebody said so. */
export function isTrusted(conversation: string): boolean {
  if (trusted.value.has(conversation)) return true
  const row = conversations.value.items.get(conversation) ?? opened.value.get(conversation)
  if (row?.last_message?.direction === 'outbound') return true
  if (row !== undefined && row.members.length > 0 && row.members.every((one) => nameOf(one) !== null))
    return true
  const thread = threads.value.get(conversation)
  return thread !== undefined && [...thread.items.values()].some((one) => one.direction === 'outbound')
}

/** Shows a conversation's pictures from now on. */
export function trust(conversation: string): void {
  trusted.value = new Set(trusted.value).add(conversation)
  localStorage.setItem(KEY, JSON.stringify([...trusted.value].slice(-2000)))
}
