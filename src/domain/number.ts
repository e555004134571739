import { type Address, isShortCode } from './address.ts'
import { countryOf, isTollFree } from './network.ts'

/** The kinds of number that an account sends from. */
export const NUMBER_TYPES = ['long-code', 'toll-free', 'short-code'] as const
/** The kinds of number that an account sends from. */
export type NumberType = (typeof NUMBER_TYPES)[number]

/** The companies and protocols at the far side of a wire. */
export const VENDOR_NAMES = [
  'simulator',
  'mm7',
  'sinch',
  'infobip',
  'voipms',
  'twilio',
  'telnyx',
  'bandwidth',
] as const
/** The companies and protocols at the far side of a wire. */
export type VendorName = (typeof VENDOR_NAMES)[number]

/** How far a capability of a number is: nobody asked for it, asked for, usable soon (after porting), usable. */
export const CAPABILITY_STATES = ['off', 'requested', 'pending', 'active'] as const
/** How far a capability of a number is. */
export type CapabilityState = (typeof CAPABILITY_STATES)[number]

/** What one message costs, in integer micro-units (millionths) of the account's currency; null where nobody said. */
export type Prices = {
  readonly smsOut: number | null
  readonly smsIn: number | null
  readonly mmsOut: number | null
  readonly mmsIn: number | null
}

/** How many messages may leave; null where nothing bounds them. */
export type Pace = {
  /** Messages a second; fractions are slower than one a second. */
  readonly perSecond: number | null
  readonly perMinute: number | null
  /** Messages in any 24 hours. */
  readonly perDay: number | null
}

/** A pace that bounds nothing. */
export const UNPACED: Pace = { perSecond: null, perMinute: null, perDay: null }

/** What the operators of the US ask of a number before they carry what it sends. */
export const REGISTRATION_KINDS = ['10dlc', 'toll-free', 'short-code'] as const
/** The states that a registration goes through. */
export const REGISTRATION_STATES = ['none', 'pending', 'active', 'rejected', 'suspended'] as const

/** A 10DLC campaign, a toll-free verification or a short code's programme, with what it allows. */
export type Registration = {
  readonly kind: (typeof REGISTRATION_KINDS)[number]
  readonly state: (typeof REGISTRATION_STATES)[number]
  /** The id that the registry or vendor gave. */
  readonly id: string | null
  readonly caps: Pace
}

/** An address that an account sends from. */
export type OwnNumber = {
  readonly account: string
  readonly address: Address
  readonly type: NumberType
  readonly country: 'US' | 'CA'
  /** Whether a message of the kind may be tried: its capability is active, or pending after porting. */
  readonly sms: boolean
  readonly mms: boolean
  readonly capabilities: { readonly sms: CapabilityState; readonly mms: CapabilityState }
  /** Milliseconds since 1970 when porting to the vendor was completed; null for a number that was not ported. */
  readonly portedAt: number | null
  readonly vendor: VendorName
  /** Bytes of a whole message that this number's owner allows; null leaves it to the vendor's cell. */
  readonly budget: number | null
  readonly isDefault: boolean
  readonly label: string | null
  readonly prices: Prices
  /** Whether pictures that are no photographs leave as JPEG too, which more phones show than PNG. */
  readonly preferJpeg: boolean
  /** A text of more SMS segments than this goes as MMS; 1 or more. */
  readonly smsMaxSegments: number
  readonly registration: Registration | null
  /** Whether it and other such numbers of its kind and registration send in each other's place when one cannot. */
  readonly failover: boolean
}

/** What every number has; the rest has defaults. */
export type NumberBasics = Pick<OwnNumber, 'account' | 'address' | 'vendor'> &
  Partial<Omit<OwnNumber, 'sms' | 'mms'>>

/** Whether a capability in this state may be tried. */
export const canTry = (state: CapabilityState): boolean => state === 'active' || state === 'pending'

/** A number with everything that was not said: capable of both kinds, free, unregistered, unpaced. */
export function numberOf(basics: NumberBasics): OwnNumber {
  const capabilities = basics.capabilities ?? { sms: 'active', mms: 'active' }
  return {
    type: numberTypeOf(basics.address),
    country: countryOf(basics.address) ?? 'US',
    portedAt: null,
    budget: null,
    isDefault: false,
    label: null,
    prices: { smsOut: null, smsIn: null, mmsOut: null, mmsIn: null },
    preferJpeg: false,
    smsMaxSegments: 1,
    registration: null,
    failover: false,
    ...basics,
    capabilities,
    sms: canTry(capabilities.sms),
    mms: canTry(capabilities.mms),
  }
}

/** The kind of a number, which its digits tell. */
export const numberTypeOf = (address: Address): NumberType =>
  isShortCode(address) ? 'short-code' : isTollFree(address) ? 'toll-free' : 'long-code'

/** The registration that a kind of number needs before US operators carry it. */
export const registrationNeeded = (type: NumberType): Registration['kind'] =>
  type === 'long-code' ? '10dlc' : type

/** The stricter of two bounds. */
const least = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b)

/** What keeps both paces. */
export const slowest = (a: Pace, b: Pace): Pace => ({
  perSecond: least(a.perSecond, b.perSecond),
  perMinute: least(a.perMinute, b.perMinute),
  perDay: least(a.perDay, b.perDay),
})
