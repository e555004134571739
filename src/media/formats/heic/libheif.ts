import { compileLibheif } from '#libheif'
import { makeLibheif } from '../../../../wasm/build/libheif.mjs'

/** Most memory that the decoder may take. What asks for more fails by itself, as it would on a full machine. */
const MOST_MEMORY = 48 * 2 ** 20

/** The parts of libheif's C interface that are used; a structure that C returns is written where `out` says. */
export type Libheif = {
  readonly HEAPU8: Uint8Array<ArrayBuffer>
  readonly HEAP32: Int32Array<ArrayBuffer>
  _malloc(bytes: number): number
  _free(at: number): void
  _heif_context_alloc(): number
  _heif_context_free(context: number): void
  _heif_context_read_from_memory_without_copy(
    out: number,
    context: number,
    file: number,
    bytes: number,
    options: number,
  ): void
  _heif_context_get_image_handle(out: number, context: number, id: number, handle: number): void
  _heif_image_handle_release(handle: number): void
  _heif_decoding_options_alloc(): number
  _heif_decoding_options_free(options: number): void
  _heif_decode_image(
    out: number,
    handle: number,
    image: number,
    colourSpace: number,
    chroma: number,
    options: number,
  ): void
  _heif_image_release(image: number): void
  _heif_image_get_width(image: number, channel: number): number
  _heif_image_get_height(image: number, channel: number): number
  _heif_image_get_chroma_format(image: number): number
  _heif_image_get_bits_per_pixel_range(image: number, channel: number): number
  _heif_image_get_plane_readonly2(image: number, channel: number, stride: number): number
  _heif_image_get_nclx_color_profile(out: number, image: number, profile: number): void
  _heif_nclx_color_profile_free(profile: number): void
}

/** An instance of libheif and its memory. */
export type LibheifInstance = { readonly library: Libheif; readonly memory: () => Uint8Array }

let compiled: Promise<WebAssembly.Module> | undefined

/** Makes an instance; the module is compiled once. */
export async function newLibheif(): Promise<LibheifInstance> {
  compiled ??= compileLibheif().catch((reason: unknown) => {
    compiled = undefined
    throw reason
  })
  const module = await compiled
  let memory: WebAssembly.Memory | undefined
  const library = makeLibheif({
    // What it has to say of a file is in the errors that it returns.
    print: () => {},
    printErr: () => {},
    instantiateWasm(imports, use) {
      const { exports } = new WebAssembly.Instance(module, imports)
      const seen = { ...exports } as Record<string, unknown>
      for (const [name, value] of Object.entries(exports))
        if (value instanceof WebAssembly.Memory) {
          memory = value
          seen[name] = bounded(value)
        }
      use({ exports: seen })
      return seen
    },
  })
  return { library: library as unknown as Libheif, memory: () => new Uint8Array(memory!.buffer) }
}

/** A memory that does not grow past {@link MOST_MEMORY}; the glue asks for nothing else of it. */
function bounded(memory: WebAssembly.Memory): { readonly buffer: ArrayBuffer; grow(pages: number): number } {
  return {
    get buffer() {
      return memory.buffer as ArrayBuffer
    },
    grow(pages) {
      if (memory.buffer.byteLength + pages * 65_536 > MOST_MEMORY) throw new RangeError('memory')
      return memory.grow(pages)
    },
  }
}
