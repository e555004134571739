import { readable } from './format.ts'
import { count, t } from './page.ts'
import { nameOf, numbers } from './state.ts'
import type { Conversation } from './wire.ts'

/** What somebody is called: their name, or their number. */
export const called = (address: string): string => nameOf(address) ?? readable(address)

/** What a conversation is called. */
export function titleOf(members: readonly string[]): string {
  if (members.length === 0) return t('nobody')
  if (members.length <= 2) return members.map(called).join(t('and'))
  return `${members.slice(0, 2).map(called).join(', ')} ${count('andMore', members.length - 2)}`
}

/** What one of our numbers is called. */
export function ownName(number: string): string {
  return numbers.value.find((one) => one.number === number)?.label ?? readable(number)
}

/** The last line of a conversation, in words. */
export function lastLine(row: Conversation): string {
  const last = row.last_message
  if (last === null) return ''
  const text = last.text ?? (last.parts > 0 ? count('pictures', last.parts) : '')
  return last.direction === 'outbound' ? t('youSaid', { text }) : text
}
