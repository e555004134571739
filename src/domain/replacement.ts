import type { MediaReference } from './media-reference.ts'
import type { Part, Warning } from './message.ts'

/** A request to put another content in the place of a message's, before anything in it was checked. */
export type ReplaceRequest = {
  /** Without one the message keeps its own; an empty one takes it away. */
  readonly subject?: string | undefined
  readonly text?: string | undefined
  readonly media: readonly MediaReference[]
}

/** The new content as a conversation takes it: checked, made to fit and stored. */
export type Replacement = {
  readonly subject: string | null
  readonly text: string | null
  readonly parts: readonly Part[]
  readonly wireBytes: number
  readonly warnings: readonly Warning[]
  /** The text that goes in its place where no MMS can; null for none. */
  readonly otherwise: string | null
}

/** What became of a replacement. Of `silent` nobody knows whether the carrier took it; then the message keeps its content here. */
export type ReplaceResult = 'replaced' | 'too_late' | 'refused' | 'silent' | 'unknown_message'
