import { init as initDecoder } from '@jsquash/jpeg/decode.js'
import { init as initEncoder } from '@jsquash/jpeg/encode.js'
import { init as initPng } from '@jsquash/png/decode.js'

// The library is compiled without Node's types, and this is all that is used of them.
declare const process: {
  getBuiltinModule(name: 'node:fs'): { readFileSync(path: URL): Uint8Array<ArrayBuffer> }
}

const load = (specifier: string) => {
  const path = new URL((import.meta as unknown as { resolve(name: string): string }).resolve(specifier))
  const wasm = WebAssembly as unknown as { compile(bytes: Uint8Array): Promise<WebAssembly.Module> }
  return wasm.compile(process.getBuiltinModule('node:fs').readFileSync(path))
}

/** Readies the codecs; the modules are compiled at the first call. */
export async function ready(): Promise<void> {
  once ??= start()
  await once
}

let once: Promise<unknown> | undefined

async function start(): Promise<void> {
  await Promise.all([
    initDecoder((await load('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm')) as never),
    initEncoder((await load('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm')) as never),
    initPng(await load('@jsquash/png/codec/pkg/squoosh_png_bg.wasm')),
  ])
}
