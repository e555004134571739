import type { Bitmap } from '../../bitmap.ts'
import type { PngHeader } from './header.ts'
import { assemble } from './interlaced.ts'
import { PngPixels } from './pixels.ts'

/** Opens a PNG for reading from the top. The rows of an interlaced one are all decoded here. */
export function openPng(bytes: Uint8Array, header: PngHeader): Bitmap {
  const pixels = new PngPixels(bytes, header)
  const { channels } = pixels
  const state = () => pixels
  if (header.interlaced) {
    const picture = assemble(pixels, header)
    let y = 0
    const read = (into: Uint8Array, rows: number) => {
      for (let i = 0; i < rows; i++) picture.row(y++, into, i * picture.width * channels)
    }
    return { rows: { width: picture.width, height: picture.height, channels, read }, state }
  }
  const { width, height } = header
  pixels.startPass(width)
  const read = (into: Uint8Array, rows: number) => {
    for (let i = 0; i < rows; i++) pixels.readRow(width, into, i * width * channels)
  }
  return { rows: { width, height, channels, read }, state }
}
