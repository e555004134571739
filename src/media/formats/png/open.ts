import type { RowSource } from '../jpeg/fit.ts'
import type { PngHeader } from './header.ts'
import { assemble } from './interlaced.ts'
import { PngPixels } from './pixels.ts'

/** A PNG as rows for an encoder, and what was wrong with it, which is known once the rows are read. */
export type OpenPng = { readonly rows: RowSource; readonly pixels: PngPixels }

/** Opens a PNG for reading from the top. The rows of an interlaced one are all decoded here. */
export function openPng(bytes: Uint8Array, header: PngHeader): OpenPng {
  const pixels = new PngPixels(bytes, header)
  const { channels } = pixels
  if (header.interlaced) {
    const picture = assemble(pixels, header)
    let y = 0
    const read = (into: Uint8Array, rows: number) => {
      for (let i = 0; i < rows; i++) picture.row(y++, into, i * picture.width * channels)
    }
    return { rows: { width: picture.width, height: picture.height, channels, read }, pixels }
  }
  const { width, height } = header
  pixels.startPass(width)
  const read = (into: Uint8Array, rows: number) => {
    for (let i = 0; i < rows; i++) pixels.readRow(width, into, i * width * channels)
  }
  return { rows: { width, height, channels, read }, pixels }
}
