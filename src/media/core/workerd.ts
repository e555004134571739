import core from '../../../wasm/build/core.wasm'

/** The core, compiled when the Worker was uploaded. */
export async function compileCore(): Promise<WebAssembly.Module> {
  return core
}
