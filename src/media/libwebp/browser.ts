/** Fetches the decoder of WebP from beside the code and compiles it while it arrives. */
export async function compileLibwebp(): Promise<WebAssembly.Module> {
  return WebAssembly.compileStreaming(fetch(new URL('../../../wasm/decoders/webp.wasm', import.meta.url)))
}
