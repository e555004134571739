import type { Address } from './address.ts'

/** Whether a phone takes MMS. Unknown sends: asking costs nothing that a refusal would not. */
export type MmsAbility = 'yes' | 'no' | 'unknown'

/** Where knowledge of a recipient came from; a manual value wins over every other. */
export type KnowledgeSource = 'manual' | 'inbound' | 'receipt' | 'vendor'

/** What an account knows of somebody it sends to. */
export type RecipientFacts = {
  readonly address: Address
  readonly mms: MmsAbility
  readonly mmsSource: KnowledgeSource | null
  /** Milliseconds since 1970 when it was learned. */
  readonly mmsAt: number | null
  /** When a `no` that a vendor gave is forgotten: phones and plans change. Null keeps it. */
  readonly mmsUntil: number | null
  /** The id of a row of `networks.ts`; null while unknown. */
  readonly network: string | null
  readonly networkSource: KnowledgeSource | null
  readonly networkAt: number | null
  /** When the recipient last wrote to this account; null for never. */
  readonly wroteAt: number | null
}

/** How long a vendor's word that a phone takes no MMS holds: 30 days, in milliseconds. */
export const NO_MMS_FOR = 30 * 86_400_000

/** Somebody of whom nothing is known. */
export const unknownRecipient = (address: Address): RecipientFacts => ({
  address,
  mms: 'unknown',
  mmsSource: null,
  mmsAt: null,
  mmsUntil: null,
  network: null,
  networkSource: null,
  networkAt: null,
  wroteAt: null,
})

/** What is known of a recipient's MMS now: a vendor's `no` ends by itself. */
export const mmsNow = (facts: RecipientFacts, now: number): MmsAbility =>
  facts.mms === 'no' && facts.mmsUntil !== null && facts.mmsUntil <= now ? 'unknown' : facts.mms

/** Where it was learned, in words that follow "known". */
export const sourceInWords = (source: KnowledgeSource | null): string =>
  source === 'manual'
    ? 'because somebody set it'
    : source === 'inbound'
      ? 'from its own messages'
      : "from the vendor's reports"
