/** What a sender wants back with a message and its events: names and values of their own, of which nothing is understood. */
export type Metadata = Readonly<Record<string, string>>

/** Bounds of it: pairs, characters of a name and of a value. */
export const METADATA = { pairs: 20, name: 40, value: 1024 } as const

/** What a request to send may ask for beside its words and files. */
export type SendOptions = {
  readonly metadata?: Metadata | undefined
  /** Goes as SMS, with a link to its media, where MMS was asked for and cannot go. */
  readonly channelFallback?: boolean | undefined
  /** Set by Belino itself: what it costs was taken already. */
  readonly isPaid?: boolean | undefined
}
