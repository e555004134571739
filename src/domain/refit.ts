import type { Message, Part } from './message.ts'

/** A message that its carrier called too large, whose parts are to be made smaller. */
export type RefitRequest = {
  readonly message: Message
  /** The messages that are still to go, by their positions among the parts: one, unless the message is split. */
  readonly pieces: readonly { readonly reference: string; readonly from: number; readonly to: number }[]
  /** Bytes that each may take. */
  readonly budget: number
}

/** Its parts made to fit again, or why that cannot be. */
export type Refit =
  | {
      readonly kind: 'fitted'
      /** By piece, in the order of the request. */
      readonly pieces: readonly { readonly parts: readonly Part[]; readonly wireBytes: number }[]
    }
  | { readonly kind: 'cannot'; readonly why: string }
  /** Nothing answered, or there was no room: ask again. */
  | { readonly kind: 'later' }

/** Deferred work on media. It is asked for by a conversation, and done by a request of the Worker's own. */
export interface Fitter {
  refit(request: RefitRequest): Promise<Refit>
}
