/** Fetches the decoder of HEIC from beside the code and compiles it while it arrives. */
export async function compileLibheif(): Promise<WebAssembly.Module> {
  return WebAssembly.compileStreaming(fetch(new URL('../../../wasm/build/libheif.wasm', import.meta.url)))
}
