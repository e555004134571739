import type { HeifItem, HeifItems } from './items.ts'
import type { Cicp } from './picture.ts'
import type { DecodedTile } from './samples.ts'

/** Decodes the tiles of one file, one at a time. */
export type TileDecoder = {
  /** A tile, good until the next one is asked for; `undefined` where it cannot be decoded. */
  decode(item: HeifItem): DecodedTile | undefined
  /** What the last decoded tile says of its colours. */
  readonly cicp: Cicp | undefined
  /** Whether a tile was not decoded because the decoder may not have more memory. */
  readonly outOfMemory: boolean
  /** Gives the decoder back. */
  close(): void
}

/** Opens a decoder for the tiles of a file. */
export type OpenTileDecoder = (file: Uint8Array, items: HeifItems) => Promise<TileDecoder>
