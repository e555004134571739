import { concat } from '../../bytes.ts'
import { Inflater } from '../../inflate.ts'
import { isSound, PNG_SIGNATURE, pngChunks } from './chunks.ts'
import { pngData } from './data.ts'
import type { PngHeader } from './header.ts'
import { imageBytes } from './size.ts'

/** Chunks without which the picture would look different. */
const KEPT = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND', 'sRGB', 'gAMA', 'cHRM'])

/**
 * The same picture to the bit with nothing but its pixels: of an animation the picture that old readers show.
 * `undefined` when that is more than `most` bytes, when a checksum is wrong, when the data is shorter or longer than the picture, or when bytes follow
 * the data within its chunks: such a file is encoded anew.
 */
export function cleanPng(
  bytes: Uint8Array,
  header: PngHeader,
  most: number,
): Uint8Array<ArrayBuffer> | undefined {
  if (!header.sound) return undefined
  const kept = [bytes.subarray(0, PNG_SIGNATURE)]
  let last = ''
  for (const chunk of pngChunks(bytes)) {
    const { name, start, end } = chunk
    // Whatever a reader would leave out for its checksum is left out here.
    if (!isSound(bytes, chunk)) continue
    if (KEPT.has(name)) kept.push(bytes.subarray(start, end))
    last = name
  }
  // To unpack the data is the long part, so it comes last.
  const length = kept.reduce((sum, chunk) => sum + chunk.length, 0)
  return last === 'IEND' && length <= most && isExact(bytes, header) ? concat(kept) : undefined
}

/** Whether the data unpacks to exactly the picture and ends there. */
function isExact(bytes: Uint8Array, header: PngHeader): boolean {
  let damaged = false
  const pieces = pngData(bytes, () => {
    damaged = true
  })
  const inflater = new Inflater(() => pieces.next().value ?? undefined)
  const wanted = imageBytes(header)
  const into = new Uint8Array(65_536)
  let got = 0
  // One byte more than the picture is asked for: then the end has been seen.
  while (got <= wanted) {
    const count = inflater.read(into.subarray(0, Math.min(into.length, wanted + 1 - got)))
    if (count === 0) break
    got += count
  }
  return got === wanted && inflater.state === 'done' && inflater.rest() === 4 && !damaged
}
