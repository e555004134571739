import decoder from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'
import encoder from '@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm'
import { init as initDecoder } from '@jsquash/jpeg/decode.js'
import { init as initEncoder } from '@jsquash/jpeg/encode.js'
import * as png from '@jsquash/png/codec/pkg/squoosh_png_bg.wasm'
import { init as initPng } from '@jsquash/png/decode.js'

/** Readies the codecs from modules that were compiled when the Worker was uploaded. */
export async function ready(): Promise<void> {
  once ??= Promise.all([
    initDecoder(decoder as never),
    initEncoder(encoder as never),
    initPng((png as unknown as { default: WebAssembly.Module }).default),
  ])
  await once
}

let once: Promise<unknown> | undefined
