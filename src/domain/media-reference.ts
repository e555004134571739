import type { SlidePlace } from './smil.ts'

/** An attachment of a request: already stored, or to be fetched. */
export type MediaReference = ({ readonly id: string } | { readonly url: string }) & {
  /** What somebody is told who cannot see or hear it. */
  readonly alt?: string | undefined
  /** What a presentation of the sender's own calls it. */
  readonly name?: string | undefined
  /** Set by Belino itself from such a presentation. */
  readonly slide?: SlidePlace | undefined
}
