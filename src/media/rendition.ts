import type { Facts } from './facts.ts'
import type { MediaType } from './types.ts'
import type { MediaWarning } from './warning.ts'

/** What a format makes of a source; {@link Rendition} is this, checked. */
export type Draft = {
  readonly bytes: Uint8Array
  readonly type: MediaType
  /** Pixels as seen. */
  readonly width?: number
  readonly height?: number
  /** One sentence: why it became what it became. */
  readonly reason: string
  /** 0 to 100, for pictures that were encoded anew. */
  readonly quality?: number
  /** 0 to 100, for pictures: how near it looks to its source at the size of a phone's screen. */
  readonly score?: number
  readonly warnings: readonly MediaWarning[]
}

/** A file that may leave: within its budget, of an accepted type, without metadata. */
export type Rendition = Draft & {
  readonly extension: string
  readonly source: Facts
  /** `false` when the bytes are those of the source. */
  readonly changed: boolean
}
