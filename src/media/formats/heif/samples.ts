/** How many samples of luma there are to one of chroma along each axis, as shifts. */
export type ChromaShift = { readonly x: 0 | 1; readonly y: 0 | 1 }

/** Where the samples of a decoded tile lie in its decoder's memory. */
export type DecodedTile = {
  readonly width: number
  readonly height: number
  /** Bits a sample: 8, or 10 and 12 in two bytes each, the low one first. */
  readonly bits: number
  /** `undefined` where there is only luma. */
  readonly chroma: ChromaShift | undefined
  /** Y, Cb, Cr: offset of the first sample and bytes a row. */
  readonly planes: readonly { readonly at: number; readonly stride: number }[]
  /** The decoder's memory, which moves when it grows. */
  memory(): Uint8Array
}

/** A tile's samples in 8 bits. */
export type Samples = {
  readonly width: number
  readonly height: number
  readonly chroma: ChromaShift | undefined
  /** One row of a plane, until the next row of it is asked for. */
  row(plane: number, y: number): Uint8Array
}

type Size = Pick<DecodedTile, 'width' | 'height' | 'chroma'>

/** Columns and rows of a plane. */
function planeSize({ width, height, chroma }: Size, plane: number): { columns: number; rows: number } {
  const { x, y } = plane === 0 || chroma === undefined ? { x: 0, y: 0 } : chroma
  return { columns: (width + (1 << x) - 1) >> x, rows: (height + (1 << y) - 1) >> y }
}

/** Whether all rows of a tile lie within the decoder's memory: its numbers come from a stranger's file. */
export function isWithin(tile: DecodedTile): boolean {
  const step = tile.bits > 8 ? 2 : 1
  const { length } = tile.memory()
  const wanted = tile.chroma === undefined ? 1 : 3
  return (
    tile.planes.length >= wanted &&
    tile.planes.every(({ at, stride }, plane) => {
      const { columns, rows } = planeSize(tile, plane)
      return at > 0 && stride >= columns * step && at + stride * (rows - 1) + columns * step <= length
    })
  )
}

/** A tile's samples where they are: good until the decoder is given the next one. */
export function samplesInPlace(tile: DecodedTile): Samples {
  const { width, height, chroma, planes, bits } = tile
  const rows = planes.map((_, plane) => new Uint8Array(bits === 8 ? 0 : planeSize(tile, plane).columns))
  const row = (plane: number, y: number) => {
    const { at, stride } = planes[plane]!
    const from = at + y * stride
    if (bits === 8) return tile.memory().subarray(from, from + planeSize(tile, plane).columns)
    narrow(tile.memory(), from, rows[plane]!, bits - 8)
    return rows[plane]!
  }
  return { width, height, chroma, row }
}

/** A tile's samples copied into memory of our own. */
export function copySamples(tile: DecodedTile): Samples {
  const there = samplesInPlace(tile)
  const { width, height, chroma } = tile
  const copies = tile.planes.map((_, plane) => {
    const { columns, rows } = planeSize(tile, plane)
    const data = new Uint8Array(columns * rows)
    for (let y = 0; y < rows; y++) data.set(there.row(plane, y), y * columns)
    return { data, columns }
  })
  const row = (plane: number, y: number) => {
    const { data, columns } = copies[plane]!
    return data.subarray(y * columns, (y + 1) * columns)
  }
  return { width, height, chroma, row }
}

/** Brings a row of two bytes a sample down to one. */
function narrow(from: Uint8Array, start: number, to: Uint8Array, shift: number): void {
  const half = 1 << (shift - 1)
  for (let i = 0, at = start; i < to.length; i++, at += 2)
    to[i] = Math.min(255, ((from[at]! | (from[at + 1]! << 8)) + half) >> shift)
}
