/** Pixels of four bytes each (red, green, blue, opacity), rows from the top without gaps. */
export type Bitmap = { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number }

/** A smaller bitmap by the mean of the area under each new pixel. */
export function shrink(source: Bitmap, width: number, height: number): Bitmap {
  if (width === source.width && height === source.height) return source
  const rows = new Float32Array(width * source.height * 4)
  const across = source.width / width
  for (let y = 0; y < source.height; y++)
    for (let x = 0; x < width; x++)
      average(source.data, y * source.width * 4, 4, x * across, (x + 1) * across, rows, (y * width + x) * 4)
  const data = new Uint8ClampedArray(width * height * 4)
  const down = source.height / height
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      average(rows, x * 4, width * 4, y * down, (y + 1) * down, data, (y * width + x) * 4)
  return { data, width, height }
}

type Samples = Float32Array | Uint8ClampedArray

function average(
  from: Samples,
  base: number,
  stride: number,
  start: number,
  end: number,
  to: Samples,
  at: number,
) {
  let [a, b, c, d] = [0, 0, 0, 0]
  for (let i = Math.floor(start); i < end - 1e-6; i++) {
    const share = Math.min(i + 1, end) - Math.max(i, start)
    const pixel = base + i * stride
    a += share * from[pixel]!
    b += share * from[pixel + 1]!
    c += share * from[pixel + 2]!
    d += share * from[pixel + 3]!
  }
  const size = end - start
  to[at] = a / size
  to[at + 1] = b / size
  to[at + 2] = c / size
  to[at + 3] = d / size
}

/** The bitmap turned and mirrored as an EXIF orientation (1 to 8) asks. */
export function orient(source: Bitmap, orientation: number): Bitmap {
  if (orientation <= 1 || orientation > 8) return source
  const { width: w, height: h } = source
  const turned = orientation > 4
  const [width, height] = turned ? [h, w] : [w, h]
  const from = new Uint32Array(source.data.buffer, source.data.byteOffset, w * h)
  const to = new Uint32Array(w * h)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let [sx, sy] = turned ? [y, x] : [x, y]
      if ([2, 3, 7, 8].includes(orientation)) sx = w - 1 - sx
      if ([3, 4, 6, 7].includes(orientation)) sy = h - 1 - sy
      to[y * width + x] = from[sy * w + sx]!
    }
  return { data: new Uint8ClampedArray(to.buffer), width, height }
}

/** Lays what is transparent on white, in place; says whether anything was. */
export function flatten(bitmap: Bitmap): boolean {
  const { data } = bitmap
  let any = false
  for (let at = 3; at < data.length; at += 4) {
    const opacity = data[at]!
    if (opacity === 255) continue
    any = true
    for (let c = at - 3; c < at; c++) data[c] = 255 + ((data[c]! - 255) * opacity) / 255
    data[at] = 255
  }
  return any
}
