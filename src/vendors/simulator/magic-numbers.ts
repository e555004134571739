import type { Address } from '../../domain/address.ts'
import type { Channel } from '../../domain/message.ts'
import { type DeliveryReason, REASON_NAMES, REASONS } from '../../domain/reason.ts'

/**
 * Numbers that always go wrong in one way: one for each reason, +1 (613) 555-0100 and up, in the order of the table of
 * reasons. 555-01xx is set aside for fiction (NANP), so that no phone of anybody is among them.
 */

/** How a reason shows: in the answer to the submit, as a pause asked for, in a later report, or by silence. */
export type MagicShows = 'refused' | 'later' | 'report' | 'silence'

/** A number with what it does. */
export type MagicNumber = {
  readonly number: Address
  readonly reason: DeliveryReason
  readonly meaning: string
  readonly shows: MagicShows
  /** Whether text messages pass. */
  readonly mmsOnly: boolean
}

/** Exhaustive on purpose: a new reason does not compile until it is said how it shows. */
const SHOWS: { readonly [R in DeliveryReason]: MagicShows } = {
  invalid_recipient: 'refused',
  unreachable: 'report',
  no_mms: 'report',
  opted_out: 'report',
  carrier_rejected: 'report',
  spam_filtered: 'report',
  content_refused: 'report',
  unsupported_media: 'refused',
  too_large: 'refused',
  media_unreachable: 'report',
  sender_not_allowed: 'refused',
  rate_limited: 'later',
  insufficient_funds: 'refused',
  vendor_unavailable: 'later',
  vendor_credentials: 'refused',
  carrier_unavailable: 'report',
  expired: 'report',
  outcome_unknown: 'silence',
}

const MMS_ONLY: ReadonlySet<DeliveryReason> = new Set([
  'no_mms',
  'unsupported_media',
  'too_large',
  'media_unreachable',
])

/** Every magic number. */
export const MAGIC_NUMBERS: readonly MagicNumber[] = REASON_NAMES.map((reason, index) => ({
  number: `+161355501${String(index).padStart(2, '0')}`,
  reason,
  meaning: REASONS[reason].meaning,
  shows: SHOWS[reason],
  mmsOnly: MMS_ONLY.has(reason),
}))

const BY_NUMBER = new Map(MAGIC_NUMBERS.map((magic) => [magic.number, magic]))

/** The magic of a number for a kind of message; undefined for phones that simply work. */
export function magicOf(number: Address, channel: Channel): MagicNumber | undefined {
  const magic = BY_NUMBER.get(number)
  return magic?.mmsOnly && channel === 'sms' ? undefined : magic
}
