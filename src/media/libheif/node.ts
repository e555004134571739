// The library is compiled without Node's types, and this is all that is used of them.
declare const process: {
  getBuiltinModule(name: 'node:fs'): { readFileSync(path: URL): Uint8Array<ArrayBuffer> }
}

/** Compiles the decoder of HEIC from the file that the build wrote. */
export async function compileLibheif(): Promise<WebAssembly.Module> {
  const bytes = process
    .getBuiltinModule('node:fs')
    .readFileSync(new URL('../../../wasm/build/libheif.wasm', import.meta.url))
  // The Workers' types leave out compiling, because a Worker may not; Node may.
  return (WebAssembly as unknown as { compile(bytes: Uint8Array): Promise<WebAssembly.Module> }).compile(
    bytes,
  )
}
