import type { Bitmap } from '../../bitmap.ts'
import { type DecodedTile, isWithin, samplesInPlace } from '../heif/samples.ts'
import { rgbConverter } from '../heif/to-rgb.ts'
import type { WebpDecoder } from './decoder.ts'

/** A decoded picture in the decoder's memory, to be read as often as needed. */
export type WebpPicture = {
  readonly width: number
  readonly height: number
  /** Reads it from the top. */
  open(): Bitmap
}

/** libwebp's words for a picture that is whole, that ends early, and for memory that was not to be had. */
const WHOLE = 0
const NO_MEMORY = 1
const ENDS_EARLY = 5

/** Lossy pictures are ITU-R BT.601 with 16 to 235 (RFC 6386, 9.2). */
const LOSSY_COLOURS = { primaries: 1, transfer: 13, matrix: 6, fullRange: false } as const

/** Decodes a lossy picture to its planes. */
export function decodeLossy(
  decoder: WebpDecoder,
  { width, height, alpha }: { width: number; height: number; alpha: boolean },
): WebpPicture | undefined {
  return decoder.call((library, file, bytes) => {
    const rowsThere = decode(
      decoder,
      library.picture_decode(file, bytes, 0, width, height),
      library.picture_rows,
    )
    if (rowsThere === undefined) return undefined
    const planes = (alpha ? [0, 1, 2, 3] : [0, 1, 2]).map((which) => ({
      at: library.picture_plane(which),
      stride: library.picture_stride(which),
    }))
    const [y, u, v, a] = planes as [Plane, Plane, Plane, Plane | undefined]
    const { memory } = decoder
    const tile: DecodedTile = { width, height, bits: 8, chroma: { x: 1, y: 1 }, planes: [y, u, v], memory }
    const covering: DecodedTile | undefined = a && { ...tile, chroma: undefined, planes: [a] }
    if (!isWithin(tile) || (covering !== undefined && !isWithin(covering))) return undefined
    return { width, height, open: () => readPlanes(tile, covering, rowsThere) }
  })
}

/** Decodes a picture without loss to RGBA, brought down to the size given. */
export function decodeLossless(
  decoder: WebpDecoder,
  { width, height }: { width: number; height: number },
): WebpPicture | undefined {
  return decoder.call((library, file, bytes) => {
    const rowsThere = decode(
      decoder,
      library.picture_decode(file, bytes, 1, width, height),
      library.picture_rows,
    )
    if (rowsThere === undefined) return undefined
    const [at, stride] = [library.picture_plane(0), library.picture_stride(0)]
    return { width, height, open: () => readRgba(decoder.memory, { at, stride }, width, height, rowsThere) }
  })
}

type Plane = { readonly at: number; readonly stride: number }

/** Rows that are there after decoding, or `undefined` when there is nothing. */
function decode(decoder: WebpDecoder, status: number, rows: () => number): number | undefined {
  if (status === NO_MEMORY) decoder.outOfMemory = true
  return status === WHOLE || status === ENDS_EARLY ? rows() : undefined
}

function readPlanes(tile: DecodedTile, covering: DecodedTile | undefined, rowsThere: number): Bitmap {
  const { width, height } = tile
  const channels = covering === undefined ? 3 : 4
  const convert = rgbConverter(LOSSY_COLOURS)
  if (typeof convert === 'string') throw new Error(convert)
  const colours = samplesInPlace(tile)
  const opacity = covering && samplesInPlace(covering)
  return reader(width, height, channels, rowsThere, (y, into, at) => {
    convert(colours, y, 0, width, into, at, channels)
    const values = opacity?.row(0, y)
    if (values !== undefined) for (let x = 0; x < width; x++) into[at + x * 4 + 3] = values[x]!
  })
}

/** Reads RGBA that lies in memory. */
export function readRgba(
  memory: () => Uint8Array,
  { at, stride }: Plane,
  width: number,
  height: number,
  rowsThere: number,
): Bitmap {
  return reader(width, height, 4, rowsThere, (y, into, to) =>
    into.set(memory().subarray(at + y * stride, at + y * stride + width * 4), to),
  )
}

/** A bitmap from what writes one row; rows that are not there are white. */
function reader(
  width: number,
  height: number,
  channels: 3 | 4,
  rowsThere: number,
  write: (y: number, into: Uint8ClampedArray, at: number) => void,
): Bitmap {
  let y = 0
  const read = (into: Uint8Array, rows: number) => {
    const clamped = new Uint8ClampedArray(into.buffer, into.byteOffset, into.length)
    for (let i = 0; i < rows; i++, y++) {
      const at = i * width * channels
      if (y < rowsThere) write(y, clamped, at)
      else clamped.fill(255, at, at + width * channels)
    }
  }
  const rowsRead = () => Math.min(y, rowsThere)
  return {
    rows: { width, height, channels, read },
    state: () => ({ rowsRead: rowsRead(), damaged: false }),
  }
}
