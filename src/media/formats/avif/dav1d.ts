import { compileDav1d } from '#dav1d'

/** What `wasm/decoders/dav1d.c` exports. */
export type Dav1d = {
  readonly memory: WebAssembly.Memory
  unit_alloc(bytes: number): number
  unit_free(at: number): void
  stream_open(mostPixels: number): number
  stream_close(): void
  stream_decode(unit: number, bytes: number): number
  picture_fact(which: number): number
  picture_plane(which: number): number
  picture_stride(which: number): number
}

/** An instance of dav1d. */
export type Dav1dInstance = { readonly library: Dav1d; readonly memory: () => Uint8Array<ArrayBuffer> }

/** The C library wants files for what it prints; nothing is printed. */
const NO_FILES = { fd_close: () => 8, fd_seek: () => 8, fd_write: () => 8 }

let compiled: Promise<WebAssembly.Module> | undefined

/** Makes an instance; the module is compiled once. */
export async function newDav1d(): Promise<Dav1dInstance> {
  compiled ??= compileDav1d().catch((reason: unknown) => {
    compiled = undefined
    throw reason
  })
  const { exports } = new WebAssembly.Instance(await compiled, { wasi_snapshot_preview1: NO_FILES })
  const library = exports as unknown as Dav1d
  return { library, memory: () => new Uint8Array(library.memory.buffer as ArrayBuffer) }
}
