import { PNG_SIGNATURE, pngChunks } from './chunks.ts'

/** Chunks that a PNG of ours may have: pixels, palette, transparency. */
const ALLOWED = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND', 'sRGB', 'gAMA', 'cHRM'])

/** What in a PNG must not leave; `undefined` when nothing is found. */
export function verifyPng(bytes: Uint8Array): string | undefined {
  let at = PNG_SIGNATURE
  let last = ''
  for (const { name, end } of pngChunks(bytes)) {
    if (!ALLOWED.has(name)) return `chunk ${name}`
    at = end
    last = name
  }
  if (last !== 'IEND') return 'no IEND'
  return at === bytes.length ? undefined : `${bytes.length - at} bytes behind IEND`
}
