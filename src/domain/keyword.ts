import type { Address } from './address.ts'
import type { Channel } from './message.ts'
import { normaliseReply } from './stop-words.ts'

/** What is done with an inbound message by itself: by its words, or with every message of a number. */
export type KeywordRule = {
  readonly id: string
  /** The number that it is for; null for all numbers of the account. */
  readonly number: Address | null
  /** `any` takes every message: a forward of a number. */
  readonly match: 'exact' | 'starts' | 'any'
  /** The word or words; empty with `any`. */
  readonly word: string
  /** Only messages of this channel; null for both. */
  readonly channel: Channel | null
  /** The rule with the highest number wins. */
  readonly priority: number
  readonly reply: { readonly text: string; readonly media: readonly string[] } | null
  readonly forwardTo: Address | null
  /** A mailbox; rules of before have none. */
  readonly forwardEmail?: string | null
  readonly label: string | null
  /** The account is told of it by an event; rules of before tell of nothing. */
  readonly notify?: boolean
  readonly enabled: boolean
}

/** An inbound message as rules see it. */
export type Heard = { readonly number: Address; readonly channel: Channel; readonly text: string | null }

/** Rules that apply: the best of those with words, and every `any` that only forwards or labels. */
export function rulesFor(rules: readonly KeywordRule[], heard: Heard): KeywordRule[] {
  const said = normaliseReply((heard.text ?? '').slice(0, 500))
  const mine = rules.filter(
    (rule) =>
      rule.enabled &&
      (rule.number === null || rule.number === heard.number) &&
      (rule.channel === null || rule.channel === heard.channel),
  )
  const worded = mine
    .filter((rule) => rule.match !== 'any' && matches(rule, said))
    .sort((a, b) => b.priority - a.priority || b.word.length - a.word.length || (a.id < b.id ? -1 : 1))
  const always = mine.filter((rule) => rule.match === 'any')
  return [...worded.slice(0, 1), ...always]
}

/** Whether a text in its plain form is the word, or begins with it as a word of its own. */
function matches(rule: KeywordRule, said: string): boolean {
  const word = normaliseReply(rule.word)
  if (word === '') return false
  return said === word || (rule.match === 'starts' && said.startsWith(`${word} `))
}
