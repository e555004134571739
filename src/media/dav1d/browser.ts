/** Fetches the decoder of AV1 from beside the code and compiles it while it arrives. */
export async function compileDav1d(): Promise<WebAssembly.Module> {
  return WebAssembly.compileStreaming(fetch(new URL('../../../wasm/decoders/dav1d.wasm', import.meta.url)))
}
