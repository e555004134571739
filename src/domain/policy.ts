import { type Address, isShortCode } from './address.ts'
import type { Failure } from './failure.ts'
import type { Channel, Warning } from './message.ts'
import { countryOf } from './network.ts'
import { type OwnNumber, type Pace, type Registration, registrationNeeded } from './number.ts'
import { mmsNow, type RecipientFacts, sourceInWords } from './recipient.ts'
import { shortenerIn } from './shorteners.ts'

/** What a vendor carries for a kind of number; a row of `vendors/<vendor>/limits.ts`. */
export type VendorLimits = {
  /** Bytes of a whole message on the wire, in the vendor's encoding. */
  readonly messageBytes: number
  readonly encoding: 'binary' | 'base64'
  readonly parts: number
  readonly recipients: number
  readonly textLength: number
  readonly subjectLength: number
  /** Pixels on the long side that its networks let through. */
  readonly maxSide: number
  /** Media types it takes. */
  readonly types: readonly string[]
  /** Whether it reaches beyond the US and Canada. */
  readonly international: boolean
  /** Vendor or networks answer STOP and HELP themselves; a second answer would be one too many. */
  readonly selfAnswersStop?: boolean
  /** What the vendor takes from one number; without it nothing is held back. */
  readonly pace?: Pace
  /** Whether it blocks links of public URL shorteners; elsewhere they only warn. */
  readonly refusesShorteners?: boolean
  /** Whether it promises nothing but ASCII letters. */
  readonly plainLettersOnly?: boolean
  /** Where it has short codes; the US alone unless said. */
  readonly shortCodeCountries?: readonly ('US' | 'CA')[]
}

/** What somebody asks to send. Addresses are already E.164 or short codes. */
export type Proposal = {
  readonly sender: OwnNumber
  readonly to: readonly Address[]
  readonly channel: Channel
  readonly subject: string | null
  readonly text: string | null
  readonly parts: number
  readonly ownNumbers: ReadonlySet<Address>
  readonly testKey: boolean
  readonly limits: VendorLimits
  /** What is known of the recipients; whoever is missing is unknown. */
  readonly recipients?: ReadonlyMap<Address, RecipientFacts>
  /** Milliseconds since 1970, which knowledge is held against. */
  readonly now?: number
}

/** The verdict: with any error nothing is sent; warnings travel with the answer. */
export type Verdict = { readonly errors: readonly Failure[]; readonly warnings: readonly Warning[] }

/** Subjects past this are cut by most phones. */
const SUBJECT_SHOWN = 40

/** What people count: code points, not UTF-16 units. */
const characters = (text: string): number => [...text].length

/** Decides whether a message may be sent, from its facts alone. */
export function mayBeSent(proposal: Proposal): Verdict {
  const { sender, limits } = proposal
  const errors: Failure[] = []
  const warnings: Warning[] = []
  if (proposal.to.length === 0) errors.push({ code: 'no_recipients' })
  if (proposal.to.length > limits.recipients)
    errors.push({ code: 'too_many_recipients', limit: limits.recipients })
  judgeSender(proposal, errors, warnings)
  if (proposal.testKey && sender.vendor !== 'simulator') errors.push({ code: 'test_key_live_number' })
  for (const address of proposal.to) {
    if (proposal.ownNumbers.has(address)) errors.push({ code: 'recipient_is_own_number', address })
    else if (!limits.international && !isShortCode(address) && countryOf(address) === null)
      errors.push({ code: 'recipient_outside_area', address })
    const facts = proposal.recipients?.get(address)
    if (proposal.channel === 'mms' && facts !== undefined && mmsNow(facts, proposal.now ?? 0) === 'no')
      errors.push({ code: 'recipient_without_mms', address, source: sourceInWords(facts.mmsSource) })
  }
  const textLength = proposal.text === null ? 0 : characters(proposal.text)
  const subjectLength = proposal.subject === null ? 0 : characters(proposal.subject)
  if (textLength > limits.textLength)
    errors.push({ code: 'text_too_long', limit: limits.textLength, length: textLength })
  if (subjectLength > limits.subjectLength)
    errors.push({ code: 'subject_too_long', limit: limits.subjectLength, length: subjectLength })
  else if (subjectLength > SUBJECT_SHOWN)
    warnings.push({
      code: 'subject_long',
      field: 'subject',
      message: `Most phones show ${SUBJECT_SHOWN} characters of a subject; this one has ${subjectLength}.`,
    })
  if (proposal.text !== null) judgeLetters(proposal.text, limits, errors, warnings)
  if (proposal.parts > limits.parts)
    errors.push({ code: 'too_many_parts', limit: limits.parts, count: proposal.parts })
  if (textLength === 0 && subjectLength === 0 && proposal.parts === 0)
    errors.push({ code: 'nothing_to_send' })
  return { errors, warnings }
}

/** What each registration is called by those who ask for it. */
const REGISTRATION_WORDS: { readonly [K in Registration['kind']]: string } = {
  '10dlc': '10DLC campaign',
  'toll-free': 'toll-free verification',
  'short-code': 'short code programme',
}

/** Whether the number can do it at all, and may do it towards the US. */
function judgeSender(proposal: Proposal, errors: Failure[], warnings: Warning[]): void {
  const { sender, channel } = proposal
  const { address } = sender
  const state = sender.capabilities[channel]
  if (state === 'off')
    errors.push({ code: channel === 'mms' ? 'sender_without_mms' : 'sender_without_sms', address })
  if (state === 'requested') errors.push({ code: 'capability_requested', address, channel })
  if (state === 'pending')
    warnings.push({
      code: 'capability_pending',
      field: 'from',
      message: `${channel.toUpperCase()} of ${address} may take up to 48 hours after porting. The message is tried; the first that arrives ends this.`,
    })
  const registered = sender.registration?.state === 'active'
  // The simulated carrier carries anything: trying is what it is for.
  if (!registered && sender.vendor !== 'simulator' && proposal.to.some((one) => countryOf(one) === 'US'))
    errors.push({
      code: 'sender_not_registered',
      address,
      needs: REGISTRATION_WORDS[registrationNeeded(sender.type)],
    })
}

/** Links and letters that do not arrive everywhere. */
function judgeLetters(text: string, limits: VendorLimits, errors: Failure[], warnings: Warning[]): void {
  const host = shortenerIn(text)
  if (host !== null && limits.refusesShorteners === true) errors.push({ code: 'shortener_refused', host })
  else if (host !== null)
    warnings.push({
      code: 'url_shortener',
      field: 'text',
      message: `Operators often block links of ${host}, a public URL shortener. Write the whole address.`,
    })
  // Everything but printable ASCII and line ends.
  if (limits.plainLettersOnly === true && /[^\n\r\t\x20-\x7e]/.test(text))
    warnings.push({
      code: 'letters_not_promised',
      field: 'text',
      message: 'The vendor promises no accents, emoji or letters beyond a to z. They may arrive changed.',
    })
}

/** A pattern that vendors limit accounts for: the same content to more than so many strangers within so long. */
export const BULK = { recipients: 25, within: 600_000 } as const

/** The remark on such a pattern. */
export const bulkWarning = (recipients: number): Warning => ({
  code: 'bulk_pattern',
  message: `The same content went to ${recipients} or more people who never wrote to you, within ${BULK.within / 60_000} minutes. Vendors limit accounts that do that; use a campaign with consent.`,
})

/** What strict mode looks at, beside the message. */
export type StrictPart = { readonly type: string; readonly bytes: number; readonly alpha: boolean }

/** Bytes of a part before fitting that strict mode lets through. */
const STRICT_PART = 1_000_000

/**
 * What strict mode refuses (Sinch's MMS_STRICT_VALIDATION): a type outside the list, a part over 1 MB before fitting, PNG
 * where JPEG would do, a subject past 40 characters, two media on a slide.
 *
 * @param slides media of each slide, where the caller laid them out
 */
export function strictRefusals(
  subject: string | null,
  parts: readonly StrictPart[],
  limits: VendorLimits,
  slides: readonly number[] = [],
): Failure[] {
  const refused: Failure[] = []
  const refuse = (field: 'media' | 'subject' | 'smil', problem: string): void => {
    refused.push({ code: 'strict_refused', field, problem })
  }
  for (const [index, part] of parts.entries()) {
    const n = index + 1
    if (!limits.types.includes(part.type))
      refuse('media', `part ${n} is ${part.type}, which is not carried. Send another type.`)
    if (part.bytes > STRICT_PART)
      refuse('media', `part ${n} has ${part.bytes} bytes; ${STRICT_PART} are allowed. Send a smaller file.`)
    if (part.type === 'image/png' && !part.alpha)
      refuse('media', `part ${n} is a PNG without transparency. Send it as JPEG.`)
  }
  if (subject !== null && characters(subject) > SUBJECT_SHOWN)
    refuse('subject', `the subject is longer than ${SUBJECT_SHOWN} characters. Shorten it.`)
  if (slides.some((media) => media > 1))
    refuse('smil', 'a slide holds two media. Give each a slide of its own.')
  return refused
}

/** 911, 988 and the N11 service lines, as people type them. */
export const isEmergency = (typed: string): boolean =>
  /^\+?1?(?:[2-9]11|988|112|999)$/.test(typed.replace(/[\s().-]/g, ''))
