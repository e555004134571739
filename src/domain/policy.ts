import { type Address, isShortCode } from './address.ts'
import type { Failure } from './failure.ts'
import type { Channel, Warning } from './message.ts'
import { countryOf } from './network.ts'
import type { OwnNumber } from './number.ts'

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
  if (proposal.channel === 'mms' && !sender.mms)
    errors.push({ code: 'sender_without_mms', address: sender.address })
  if (proposal.channel === 'sms' && !sender.sms)
    errors.push({ code: 'sender_without_sms', address: sender.address })
  if (proposal.testKey && sender.vendor !== 'simulator') errors.push({ code: 'test_key_live_number' })
  for (const address of proposal.to) {
    if (proposal.ownNumbers.has(address)) errors.push({ code: 'recipient_is_own_number', address })
    else if (!limits.international && !isShortCode(address) && countryOf(address) === null)
      errors.push({ code: 'recipient_outside_area', address })
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
  if (proposal.parts > limits.parts)
    errors.push({ code: 'too_many_parts', limit: limits.parts, count: proposal.parts })
  if (textLength === 0 && subjectLength === 0 && proposal.parts === 0)
    errors.push({ code: 'nothing_to_send' })
  return { errors, warnings }
}

/** 911, 988 and the N11 service lines, as people type them. */
export const isEmergency = (typed: string): boolean =>
  /^\+?1?(?:[2-9]11|988|112|999)$/.test(typed.replace(/[\s().-]/g, ''))
