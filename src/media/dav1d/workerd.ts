import dav1d from '../../../wasm/decoders/dav1d.wasm'

/** The decoder of AV1, compiled when the Worker was uploaded. */
export async function compileDav1d(): Promise<WebAssembly.Module> {
  return dav1d
}
