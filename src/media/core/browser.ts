/** Fetches the core from beside the code and compiles it while it arrives. */
export function compileCore(): Promise<WebAssembly.Module> {
  return WebAssembly.compileStreaming(fetch(new URL('../../../wasm/build/core.wasm', import.meta.url)))
}
