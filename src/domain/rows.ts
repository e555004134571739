import type { Address } from './address.ts'
import type { MessageState } from './state.ts'

/** A page of a list, and the cursor of the next. */
export type Page<T> = { readonly items: readonly T[]; readonly next: string | null }

/** A conversation as lists show it. */
export type ConversationRow = {
  readonly id: string
  readonly account: string
  readonly own: Address
  readonly members: readonly Address[]
  readonly lastMessage: {
    readonly id: string
    readonly text: string | null
    readonly direction: 'inbound' | 'outbound'
    readonly state: MessageState
    readonly parts: number
  } | null
  readonly messages: number
  readonly createdAt: number
  readonly updatedAt: number
}
