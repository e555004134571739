import type { Address } from './address.ts'

/** The kinds of number that an account sends from. */
export type NumberType = 'long-code' | 'toll-free' | 'short-code'

/** The companies and protocols at the far side of a wire. */
export type VendorName =
  | 'simulator'
  | 'mm7'
  | 'sinch'
  | 'infobip'
  | 'voipms'
  | 'twilio'
  | 'telnyx'
  | 'bandwidth'

/** An address that an account sends from. */
export type OwnNumber = {
  readonly account: string
  readonly address: Address
  readonly type: NumberType
  readonly country: 'US' | 'CA'
  readonly sms: boolean
  readonly mms: boolean
  readonly vendor: VendorName
  /** Bytes of a whole message that this number's owner allows; null leaves it to the vendor's cell. */
  readonly budget: number | null
  readonly isDefault: boolean
  readonly label: string | null
}
