import { compileLibwebp } from '#libwebp'

/** What `wasm/decoders/webp.c` exports. */
export type Libwebp = {
  readonly memory: WebAssembly.Memory
  file_alloc(bytes: number): number
  file_free(at: number): void
  picture_decode(file: number, bytes: number, rgba: 0 | 1, width: number, height: number): number
  picture_rows(): number
  picture_plane(which: number): number
  picture_stride(which: number): number
  picture_close(): void
  animation_open(file: number, bytes: number): number
  animation_next(canvas: number): number
  animation_fact(which: number): number
  animation_rewind(): void
  animation_close(): void
}

/** An instance of libwebp. */
export type LibwebpInstance = { readonly library: Libwebp; readonly memory: () => Uint8Array<ArrayBuffer> }

let compiled: Promise<WebAssembly.Module> | undefined

/** Makes an instance; the module is compiled once. */
export async function newLibwebp(): Promise<LibwebpInstance> {
  compiled ??= compileLibwebp().catch((reason: unknown) => {
    compiled = undefined
    throw reason
  })
  const library = new WebAssembly.Instance(await compiled, {}).exports as unknown as Libwebp
  return { library, memory: () => new Uint8Array(library.memory.buffer as ArrayBuffer) }
}
