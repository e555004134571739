import type { Bitmap } from '../../src/media/bitmap.ts'

/** The whole of a bitmap, read so many rows at a time. */
export function readRows({ rows, state }: Bitmap, step = 5) {
  const { width, height, channels } = rows
  const data = Buffer.alloc(width * height * channels)
  for (let y = 0; y < height; y += step) {
    const count = Math.min(step, height - y)
    rows.read(data.subarray(y * width * channels, (y + count) * width * channels), count)
  }
  return { width, height, channels, data, ...state() }
}
