/** Indices of a picture packed in run lengths, the lowest row first, and whether the data broke off or left the picture. */
export type Unpacked = { readonly pixels: Uint8Array; readonly damaged: boolean }

/**
 * Unpacks BI_RLE8 and BI_RLE4: a count and a value, or a zero and what to do: end a row, end the picture, move on, or
 * copy so many indices as they are. Pixels that are skipped are 0. Time is linear in data and picture.
 */
export function unpackRuns(data: Uint8Array, width: number, height: number, bits: 4 | 8): Unpacked {
  const pixels = new Uint8Array(width * height)
  let at = 0
  let x = 0
  let y = 0
  const put = (index: number) => {
    if (x < width) pixels[y * width + x] = index
    x++
  }
  while (y < height) {
    const count = data[at++]
    const value = data[at++]
    if (count === undefined || value === undefined) return { pixels, damaged: true }
    if (count > 0) {
      for (let i = 0; i < count; i++) put(bits === 8 ? value : i & 1 ? value & 15 : value >> 4)
    } else if (value === 0) {
      x = 0
      y++
    } else if (value === 1) return { pixels, damaged: false }
    else if (value === 2) {
      x += data[at++] ?? 0
      y += data[at++] ?? 0
    } else {
      for (let i = 0; i < value; i++) {
        const byte = data[at + (bits === 8 ? i : i >> 1)] ?? 0
        put(bits === 8 ? byte : i & 1 ? byte & 15 : byte >> 4)
      }
      // Copies fill whole words.
      const used = bits === 8 ? value : (value + 1) >> 1
      at += used + (used & 1)
    }
  }
  return { pixels, damaged: false }
}
