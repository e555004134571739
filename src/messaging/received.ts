import type { Address } from '../domain/address.ts'
import type { Channel } from '../domain/message.ts'
import type { OwnNumber } from '../domain/number.ts'

/** An inbound message that was just committed. */
export type Received = {
  readonly id: string
  readonly conversation: string
  readonly number: OwnNumber
  readonly channel: Channel
  readonly from: Address
  readonly text: string | null
  readonly subject: string | null
  /** Ids of its files that are stored already. */
  readonly media: readonly string[]
  readonly at: number
}
