import { classifyReply, normaliseReply } from './stop-words.ts'

/** One answer that a message offers, as it was numbered in the text. */
export type Offer = {
  /** From 1. */
  readonly number: number
  readonly title: string
  /** What the sender gets back when it is chosen; null where none was given. */
  readonly postback: string | null
}

/** What an inbound message chose, and of which message. */
export type ChoiceResponse = {
  readonly message: string
  readonly title: string
  readonly postback: string | null
}

/** A message that offered answers. */
export type Offering = { readonly message: string; readonly offers: readonly Offer[] }

/** Why a title cannot be offered, in words; null when it can. */
export function refuseTitle(title: string, others: readonly string[]): string | null {
  const intent = classifyReply(title)
  // A phone that sends such a word means what operators say it means, whatever stands beside it.
  if (intent === 'stop' || intent === 'start' || intent === 'help')
    return `${JSON.stringify(title)} is a word by which people stop, start or ask about messages. Choose another.`
  const said = normaliseReply(title)
  if (said !== '' && others.some((one) => normaliseReply(one) === said))
    return `${JSON.stringify(title)} is there twice. Give each choice words of its own.`
  return null
}

/**
 * What a reply chose, if anything. Words of a choice are looked for in every offering, a bare number only in the newest:
 * nobody counts in a list that scrolled away.
 *
 * @param offerings newest first
 */
export function matchChoice(text: string, offerings: readonly Offering[]): ChoiceResponse | null {
  const said = normaliseReply(text.slice(0, 300))
  if (said === '') return null
  for (const { message, offers } of offerings) {
    const chosen = offers.find((offer) => normaliseReply(offer.title) === said)
    if (chosen !== undefined) return { message, title: chosen.title, postback: chosen.postback }
  }
  const digits = /^(?:(?:option|choice|number|no|choix|opcion) )?(\d{1,2})$/.exec(said)?.[1]
  const [newest] = offerings
  const chosen = newest?.offers.find((offer) => offer.number === Number(digits))
  return newest === undefined || chosen === undefined
    ? null
    : { message: newest.message, title: chosen.title, postback: chosen.postback }
}
