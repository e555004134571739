import { keepInstance, takeInstance } from '../../instance-slot.ts'
import type { HeifItem, HeifItems } from '../heif/items.ts'
import type { Cicp } from '../heif/picture.ts'
import type { DecodedTile } from '../heif/samples.ts'
import type { OpenTileDecoder, TileDecoder } from '../heif/tile-decoder.ts'
import { type Dav1dInstance, newDav1d } from './dav1d.ts'
import { readSequenceHeader } from './sequence-header.ts'

/** The name of dav1d's instances. */
export const KIND = 'dav1d'
/** Pixels of a tile at most, whatever the file says elsewhere. */
const MOST_PIXELS = 30_000_000
/** dav1d's error for memory that was not to be had, as WASI numbers it. */
const NO_MEMORY = -48
/** By dav1d's number of the layout: grey, 4:2:0, 4:2:2, 4:4:4. */
const CHROMA = [undefined, { x: 1, y: 1 }, { x: 1, y: 0 }, { x: 0, y: 0 }] as const

/** Opens dav1d for the tiles of a file. */
export const openAvifTiles: OpenTileDecoder = async (_file, items) =>
  new AvifTiles(await takeInstance(KIND, newDav1d), items)

class AvifTiles implements TileDecoder {
  cicp: Cicp | undefined
  outOfMemory = false
  readonly #instance: Dav1dInstance
  readonly #items: HeifItems
  #broken = false

  constructor(instance: Dav1dInstance, items: HeifItems) {
    this.#instance = instance
    this.#items = items
    this.#guarded(() => instance.library.stream_open(MOST_PIXELS))
  }

  decode(item: HeifItem): DecodedTile | undefined {
    const unit = this.#items.content(item)
    return unit && this.#guarded(() => this.#decode(unit))
  }

  close(): void {
    this.#guarded(() => this.#instance.library.stream_close())
    if (!this.#broken) keepInstance(KIND, this.#instance)
    this.#broken = true
  }

  #decode(unit: Uint8Array): DecodedTile | undefined {
    const { tile, outOfMemory } = decodeUnit(this.#instance, unit)
    this.outOfMemory ||= outOfMemory
    if (tile !== undefined) this.cicp = readSequenceHeader(unit)?.cicp
    return tile
  }

  /** Runs what calls the library; a trap ends the instance. */
  #guarded<T>(work: () => T): T | undefined {
    if (this.#broken) return undefined
    try {
      return work()
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error
      this.#broken = true
      return undefined
    }
  }
}

/** Decodes a temporal unit; its picture is good until the next one. Throws WebAssembly.RuntimeError on a trap. */
export function decodeUnit(
  { library, memory }: Dav1dInstance,
  unit: Uint8Array,
): { readonly tile: DecodedTile | undefined; readonly outOfMemory: boolean } {
  const at = library.unit_alloc(unit.length)
  if (at === 0) return { tile: undefined, outOfMemory: true }
  memory().set(unit, at)
  const result = library.stream_decode(at, unit.length)
  library.unit_free(at)
  if (result !== 1) return { tile: undefined, outOfMemory: result === NO_MEMORY }
  const [width, height, layout, bits] = [0, 1, 2, 3].map((which) => library.picture_fact(which)) as [
    number,
    number,
    0 | 1 | 2 | 3,
    number,
  ]
  const chroma = CHROMA[layout]
  const planes = (chroma === undefined ? [0] : [0, 1, 2]).map((plane) => ({
    at: library.picture_plane(plane),
    stride: library.picture_stride(plane),
  }))
  return { tile: { width, height, bits, chroma, planes, memory }, outOfMemory: false }
}
