// The library is compiled without Node's types, and this is all that is used of them.
declare const process: {
  getBuiltinModule(name: 'node:fs'): { readFileSync(path: URL): Uint8Array<ArrayBuffer> }
}

/** Compiles the decoder of WebP from its file. */
export async function compileLibwebp(): Promise<WebAssembly.Module> {
  const bytes = process
    .getBuiltinModule('node:fs')
    .readFileSync(new URL('../../../wasm/decoders/webp.wasm', import.meta.url))
  // The Workers' types leave out compiling, because a Worker may not; Node may.
  return (WebAssembly as unknown as { compile(bytes: Uint8Array): Promise<WebAssembly.Module> }).compile(
    bytes,
  )
}
