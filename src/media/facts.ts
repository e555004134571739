import type { MediaKind, MediaType } from './types.ts'

/** What the headers of a file say, read without decoding it. */
export type Facts = {
  readonly type: MediaType
  readonly kind: MediaKind
  /** Size of the file. */
  readonly bytes: number
  /** Pixels as the file is meant to be seen, that is after its orientation. */
  readonly width?: number
  readonly height?: number
  /** EXIF orientation, 1 to 8; the stored rows need it applied. */
  readonly orientation?: number
  readonly animated?: boolean
  /** Pictures of an animation. */
  readonly frames?: number
  /** Whether further pictures follow the first one, as in a scan of several pages. */
  readonly morePages?: boolean
  /** Whether any pixel can be transparent, as far as the header says. */
  readonly alpha?: boolean
  /** Whether the file carries something that must not leave: EXIF, comments, tags, names, places. */
  readonly hasMetadata?: boolean
  /** Bytes at which a still looks good at the size of a phone, about: what a plan divides by. */
  readonly demand?: number
  readonly durationMs?: number
  /** Codec names of the tracks, in the words of the container. */
  readonly codecs?: readonly string[]
  /** Clockwise degrees by which a video is to be turned for display. */
  readonly rotation?: number
}
