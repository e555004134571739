import { type Bitmap, renderBitmap } from '../../bitmap.ts'
import type { Renderer } from '../../renderer.ts'
import { fail } from '../../result.ts'
import { readWbmpHeader, type WbmpHeader } from './header.ts'

/** A JPEG from a wireless bitmap. */
export const renderWbmp: Renderer = async (source, facts, target) => {
  const header = readWbmpHeader(source)
  if (header === undefined) return fail({ code: 'malformed_media', type: facts.type, detail: 'header' })
  return renderBitmap(
    () => openWbmp(source, header),
    { rows: header.height, colour: { kind: 'srgb' } },
    facts,
    target,
  )
}

/** Opens a wireless bitmap for reading from the top: a set bit is white. */
export function openWbmp(bytes: Uint8Array, { width, height, pixels }: WbmpHeader): Bitmap {
  const stride = Math.ceil(width / 8)
  let y = 0
  let rowsRead = 0
  const read = (into: Uint8Array, rows: number) => {
    for (let i = 0; i < rows; i++, y++) {
      const row = bytes.subarray(pixels + y * stride, pixels + (y + 1) * stride)
      if (row.length === stride) rowsRead++
      for (let x = 0; x < width; x++)
        into[i * width + x] = ((row[x >> 3] ?? 255) >> (7 - (x & 7))) & 1 ? 255 : 0
    }
  }
  return { rows: { width, height, channels: 1, read }, state: () => ({ rowsRead, damaged: false }) }
}
