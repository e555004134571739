import libheif from '../../../wasm/build/libheif.wasm'

/** The decoder of HEIC, compiled when the Worker was uploaded. */
export async function compileLibheif(): Promise<WebAssembly.Module> {
  return libheif
}
