import { keepInstance, takeInstance } from '../../instance-slot.ts'
import type { HeifItem } from '../heif/items.ts'
import type { Cicp } from '../heif/picture.ts'
import type { DecodedTile } from '../heif/samples.ts'
import type { OpenTileDecoder, TileDecoder } from '../heif/tile-decoder.ts'
import { type Libheif, type LibheifInstance, newLibheif } from './libheif.ts'

/** libheif's numbers: what the file has, unconverted. */
const AS_IT_IS = 99
/** By libheif's number of the chroma format: grey, 4:2:0, 4:2:2, 4:4:4. */
const CHROMA = [undefined, { x: 1, y: 1 }, { x: 1, y: 0 }, { x: 0, y: 0 }] as const
/**
 * Where libheif's options have the flags by which a picture is neither turned (that is done on the way into the encoder)
 * nor brought to other colours.
 */
const LEAVE_AS_IT_IS = [1, 69] as const
/** libheif's error for memory that was not to be had. */
const MEMORY_ERROR = 6
const KIND = 'libheif'
/** An instance that broke with this much memory in use most likely broke for want of more. */
const MUCH_MEMORY = 40 * 2 ** 20

/** Opens libheif for the tiles of a file. Each is asked for by its item, so that no more than one is ever decoded. */
export const openHeicTiles: OpenTileDecoder = async (file) =>
  new HeicTiles(await takeInstance(KIND, newLibheif), file)

class HeicTiles implements TileDecoder {
  cicp: Cicp | undefined
  outOfMemory = false
  readonly #instance: LibheifInstance
  readonly #library: Libheif
  /** Where results are written: an error of three words, then a pointer. */
  #out = 0
  #file = 0
  #options = 0
  #context = 0
  #image = 0
  #broken = false

  constructor(instance: LibheifInstance, file: Uint8Array) {
    this.#instance = instance
    this.#library = instance.library
    this.#guarded(() => this.#open(file))
  }

  decode(item: HeifItem): DecodedTile | undefined {
    return this.#guarded(() => this.#decode(item.id))
  }

  close(): void {
    this.#guarded(() => {
      this.#release()
      this.#library._heif_context_free(this.#context)
      this.#library._heif_decoding_options_free(this.#options)
      this.#library._free(this.#file)
      this.#library._free(this.#out)
    })
    if (!this.#broken) keepInstance(KIND, this.#instance)
    this.#broken = true
  }

  #open(file: Uint8Array): void {
    const library = this.#library
    this.#out = library._malloc(24)
    this.#file = library._malloc(file.length)
    library.HEAPU8.set(file, this.#file)
    this.#context = library._heif_context_alloc()
    this.#options = library._heif_decoding_options_alloc()
    for (const offset of LEAVE_AS_IT_IS) library.HEAPU8[this.#options + offset] = 1
    library._heif_context_read_from_memory_without_copy(this.#out, this.#context, this.#file, file.length, 0)
  }

  #decode(id: number): DecodedTile | undefined {
    const library = this.#library
    const out = this.#out
    const result = out + 12
    this.#release()
    library._heif_context_get_image_handle(out, this.#context, id, result)
    if (this.#failed()) return undefined
    const handle = this.#word(result)
    library._heif_decode_image(out, handle, result, AS_IT_IS, AS_IT_IS, this.#options)
    const failed = this.#failed()
    library._heif_image_handle_release(handle)
    if (failed) return undefined
    this.#image = this.#word(result)
    this.cicp = this.#readCicp()
    return this.#tile()
  }

  #tile(): DecodedTile | undefined {
    const library = this.#library
    const image = this.#image
    const format = library._heif_image_get_chroma_format(image)
    if (format < 0 || format >= CHROMA.length) return undefined
    const chroma = CHROMA[format]
    const planes = (chroma === undefined ? [0] : [0, 1, 2]).map((channel) => {
      const at = library._heif_image_get_plane_readonly2(image, channel, this.#out)
      return { at, stride: this.#word(this.#out) }
    })
    return {
      width: library._heif_image_get_width(image, 0),
      height: library._heif_image_get_height(image, 0),
      bits: library._heif_image_get_bits_per_pixel_range(image, 0),
      chroma,
      planes,
      memory: () => library.HEAPU8,
    }
  }

  /** What the coded picture says of its colours: a structure of a byte, three numbers and a byte, each on four bytes. */
  #readCicp(): Cicp | undefined {
    const library = this.#library
    const result = this.#out + 12
    library._heif_image_get_nclx_color_profile(this.#out, this.#image, result)
    if (this.#word(this.#out) !== 0) return undefined
    const at = this.#word(result)
    const [primaries, transfer, matrix] = [4, 8, 12].map((offset) => this.#word(at + offset)) as [
      number,
      number,
      number,
    ]
    const fullRange = library.HEAPU8[at + 16] !== 0
    library._heif_nclx_color_profile_free(at)
    return { primaries, transfer, matrix, fullRange }
  }

  /** Whether the last call returned an error. */
  #failed(): boolean {
    const error = this.#word(this.#out)
    if (error === MEMORY_ERROR) this.outOfMemory = true
    return error !== 0
  }

  #release(): void {
    if (this.#image !== 0) this.#library._heif_image_release(this.#image)
    this.#image = 0
  }

  #word(at: number): number {
    return this.#library.HEAP32[at >> 2]!
  }

  /** Runs what calls the library. A trap, or an exception of its C++ that nobody there caught, ends the instance. */
  #guarded<T>(work: () => T): T | undefined {
    if (this.#broken) return undefined
    try {
      return work()
    } catch (error) {
      // Ours, not the library's.
      if (error instanceof TypeError || error instanceof ReferenceError) throw error
      this.#broken = true
      this.outOfMemory ||= this.#instance.memory().length > MUCH_MEMORY
      return undefined
    }
  }
}
