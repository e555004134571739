import type { Address } from '../../domain/address.ts'
import type { DeliveryReason } from '../../domain/reason.ts'
import type { Fault } from './chaos.ts'
import { type DropCause, dropCause, type HandsetProfile } from './handset.ts'
import { SIMULATOR_LIMITS } from './limits.ts'
import { magicOf } from './magic-numbers.ts'
import type { MessageFacts } from './message-facts.ts'
import type { StatusEvent, SubmitHead } from './wire.ts'

/** How the simulated carrier decides: pure, so that every decision can be tested without a network. */

/** A refusal as the carrier answers it. */
export type Refusal = { readonly status: number; readonly code: string; readonly message: string }

const refusal = (status: number, code: DeliveryReason | 'malformed', message: string): Refusal => ({
  status,
  code,
  message,
})

/** HTTP statuses of the reasons that show in the answer to a submit. */
const STATUS: { readonly [R in DeliveryReason]?: number } = {
  vendor_credentials: 401,
  insufficient_funds: 402,
  sender_not_allowed: 403,
  too_large: 413,
  unsupported_media: 415,
  rate_limited: 429,
  vendor_unavailable: 503,
}

/** Seconds after which the carrier asks to be tried again. */
export const PAUSE_SECONDS = 2

/** What is wrong with a submission by the carrier's own limits; null when it takes it. */
export function checkLimits(head: SubmitHead, message: MessageFacts, now: number): Refusal | null {
  const limits = SIMULATOR_LIMITS
  if (head.validUntil <= now) return refusal(400, 'expired', 'The validity has ended.')
  if (new Set(head.to).size !== head.to.length || head.to.length > limits.recipients)
    return refusal(400, 'invalid_recipient', `At most ${limits.recipients} different recipients are taken.`)
  if (message.bytes > limits.messageBytes)
    return refusal(
      413,
      'too_large',
      `The message has ${message.bytes} bytes; ${limits.messageBytes} are taken.`,
    )
  if ([...(message.text ?? '')].length > limits.textLength)
    return refusal(400, 'content_refused', `The text is longer than ${limits.textLength} characters.`)
  if (message.attachments > limits.parts)
    return refusal(400, 'content_refused', `At most ${limits.parts} attachments are taken.`)
  return null
}

/** What a magic recipient does to the whole submission; null when it goes on. A group goes on as long as anybody works. */
export function checkMagic(head: SubmitHead): Refusal | 'silence' | null {
  const magics = head.to.map((number) => magicOf(number, head.channel))
  const pause = magics.find((magic) => magic?.shows === 'later' || magic?.shows === 'silence')
  const chosen = pause ?? (magics.every((magic) => magic?.shows === 'refused') ? magics[0] : undefined)
  if (chosen === undefined) return null
  if (chosen.shows === 'silence') return 'silence'
  return refusal(STATUS[chosen.reason] ?? 400, chosen.reason, chosen.meaning)
}

/** The answer to a submit that chaos rejects. The words are the carrier's own: the message was certainly not taken. */
export function rejection(fault: Fault): Refusal {
  if (fault.kind === 'too_large') return refusal(413, 'too_large', 'The message is too large today.')
  const status = fault.code ?? 400
  const known = Object.entries(STATUS).find(([, one]) => one === status)?.[0] as DeliveryReason | undefined
  const code = known ?? (status >= 500 ? 'vendor_unavailable' : 'carrier_rejected')
  return refusal(status, code, 'Chaos has struck.')
}

/** What became of a message at one phone. */
export type Reception = {
  readonly number: Address
  readonly outcome: 'delivered' | 'dropped' | 'failed'
  /** Why, in a word: a reason of delivery, or the cause for which a whole message was dropped. */
  readonly cause: DeliveryReason | DropCause | null
  /** For each part of the entity, why it was dropped, or null. */
  readonly drops: readonly (DropCause | null)[]
}

/** What a phone receives of a message. */
export function receive(
  number: Address,
  profile: HandsetProfile,
  head: SubmitHead,
  message: MessageFacts,
): Reception {
  const magic = magicOf(number, head.channel)
  const none = message.parts.map(() => null)
  if (magic !== undefined) return { number, outcome: 'failed', cause: magic.reason, drops: none }
  if (message.bytes > profile.messageBytes)
    return { number, outcome: 'dropped', cause: 'too_many_bytes', drops: none }
  const drops = message.parts.map((part) => dropCause(profile, part))
  const cause = drops.find((one) => one !== null) ?? null
  // A network that reports refuses the message; one that does not takes out what the phone cannot show.
  if (cause !== null && profile.reports) return { number, outcome: 'dropped', cause, drops: none }
  return { number, outcome: 'delivered', cause: null, drops }
}

/** A report that the carrier will send of a reception, with how long after the submit. */
export type Report = Pick<StatusEvent, 'recipient' | 'state' | 'certainty' | 'code' | 'text'> & {
  readonly after: number
}

const HANDOVER_MS = 150

/** The reports of one reception, in the order in which a well-behaved network sends them. */
export function reportsOf(reception: Reception, profile: HandsetProfile): Report[] {
  const recipient = reception.number
  const submitted: Report = {
    recipient,
    state: 'submitted',
    certainty: 'carrier',
    code: null,
    text: null,
    after: 0,
  }
  const final = (state: Report['state'], code: string | null, text: string | null): Report[] => [
    submitted,
    {
      recipient,
      state,
      certainty: state === 'delivered' ? 'handset' : 'carrier',
      code,
      text,
      after: HANDOVER_MS,
    },
  ]
  switch (reception.outcome) {
    case 'delivered':
      return final('delivered', null, null)
    case 'failed':
      if (reception.cause === 'expired')
        return final('expired', 'expired', 'The phone was off until the end.')
      return final('failed', reception.cause, magicOf(recipient, 'mms')?.meaning ?? null)
    case 'dropped': {
      if (!profile.reports) return [submitted]
      const tooLarge = reception.cause === 'too_many_bytes'
      return final(
        'failed',
        tooLarge ? 'too_large' : 'unsupported_media',
        tooLarge
          ? `The phone takes ${profile.messageBytes} bytes.`
          : `The phone takes pictures up to ${profile.longSide}x${profile.shortSide} pixels of its own types (${reception.cause}).`,
      )
    }
  }
}
