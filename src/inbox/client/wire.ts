/** What the API answers, as far as the pages look at it. Fields that newer gateways add are optional. */

/** A reason of a failure, in words. */
export type Reason = { readonly code: string; readonly message: string }

/** A remark on a message, or what forbids it. */
export type Remark = { readonly code: string; readonly message: string; readonly field?: string }

/** An attachment of a message. */
export type Part = {
  readonly media: string | null
  readonly name: string
  readonly type: string
  readonly bytes: number
  readonly width: number | null
  readonly height: number | null
  readonly state: 'stored' | 'pending' | 'unavailable' | 'blocked'
  readonly reason: string | null
  readonly alt?: string | null
  readonly source: {
    readonly type: string
    readonly bytes: number
    readonly width: number | null
    readonly height: number | null
  } | null
}

/** How a message stands with one of its recipients. */
export type Recipient = {
  readonly address: string
  readonly state: string
  readonly certainty: string | null
  readonly reason: Reason | null
}

/** A message. */
export type Message = {
  readonly id: string
  readonly conversation: string
  readonly sequence: number
  readonly direction: 'inbound' | 'outbound'
  readonly channel: 'sms' | 'mms'
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string | null
  readonly text: string | null
  readonly state: string
  readonly certainty: string | null
  readonly reason: Reason | null
  readonly vendor_code: string | null
  readonly vendor_text: string | null
  readonly maybe_duplicate: boolean
  readonly budget: number
  readonly wire_bytes: number
  readonly parts: readonly Part[]
  readonly recipients: readonly Recipient[]
  readonly warnings: readonly Remark[]
  readonly created_at: string
  readonly updated_at: string
  readonly deleted_at?: string | null
  readonly timeline?: readonly {
    readonly at: string
    readonly event: string
    readonly detail: string | null
  }[]
}

/** A conversation in a list. */
export type Conversation = {
  readonly id: string
  readonly number: string
  readonly members: readonly string[]
  readonly messages: number
  readonly unread?: number
  readonly failed?: boolean
  readonly last_message: {
    readonly id: string
    readonly text: string | null
    readonly direction: 'inbound' | 'outbound'
    readonly state: string
    readonly parts: number
  } | null
  readonly updated_at: string
}

/** A number of the account. */
export type OwnNumber = {
  readonly number: string
  readonly type: 'long-code' | 'toll-free' | 'short-code'
  readonly country: string
  readonly vendor: string
  readonly sms: boolean
  readonly mms: boolean
  readonly budget: number | null
  readonly default: boolean
  readonly label: string | null
}

/** A name in the phonebook. */
export type Contact = { readonly address: string; readonly name: string | null }

/** A stored file. */
export type Media = {
  readonly id: string
  readonly type: string
  readonly bytes: number
  readonly width: number | null
  readonly height: number | null
  readonly url?: string
}

/** Something that happened. */
export type LiveEvent = {
  readonly type: string
  readonly id: string
  readonly sequence: number
  readonly data: {
    readonly number: string | null
    readonly conversation: string | null
    readonly members?: readonly string[]
    readonly message?: Message
    readonly truncated?: boolean
    readonly part?: number
  }
}
