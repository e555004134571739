import libwebp from '../../../wasm/decoders/webp.wasm'

/** The decoder of WebP, compiled when the Worker was uploaded. */
export async function compileLibwebp(): Promise<WebAssembly.Module> {
  return libwebp
}
