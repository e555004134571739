import type { Bitmap } from '../../bitmap.ts'
import type { Cicp, HeifGrid, HeifPicture } from './picture.ts'
import { copySamples, isWithin, type Samples, samplesInPlace } from './samples.ts'
import type { TileDecoder } from './tile-decoder.ts'
import { type RowConverter, rgbConverter, UNSPECIFIED } from './to-rgb.ts'

/** Opens a picture for reading from the top; one row of tiles is held. */
export function openHeif(picture: HeifPicture, decoder: TileDecoder): Bitmap {
  const { crop, colour, alpha, premultiplied } = picture
  const channels = alpha === undefined ? 3 : 4
  // Opacity first, and copied: the colours of a single tile are read where they are.
  const opacity = alpha && bandReader(alpha, decoder, false)
  const colours = bandReader(colour, decoder, colour.columns === 1)
  let convert: RowConverter | undefined
  let y = crop.top
  let rowsRead = 0
  const readRow = (into: Uint8ClampedArray, at: number): boolean => {
    const covering = opacity?.(y)
    const tiles = colours(y)
    // Where the file does not say it, the tile does that was decoded last, which is one of the colours.
    convert ??= converterFor(picture.cicp ?? decoder.cicp ?? UNSPECIFIED)
    let whole = true
    for (const { tile, x, count, from, row } of spans(tiles, colour, y, crop)) {
      const to = at + x * channels
      if (tile === undefined) {
        into.fill(255, to, to + count * channels)
        whole = false
      } else convert(tile, row, from, count, into, to, channels)
    }
    if (covering !== undefined)
      for (const { tile, x, count, from, row } of spans(covering, alpha!, y, crop)) {
        const values = tile?.row(0, row)
        for (let i = 0, to = at + x * 4 + 3; i < count; i++, to += 4) into[to] = values?.[from + i] ?? 255
      }
    if (premultiplied && channels === 4) divide(into, at, crop.width)
    return whole
  }
  const read = (into: Uint8Array, rows: number) => {
    const clamped = new Uint8ClampedArray(into.buffer, into.byteOffset, into.length)
    for (let i = 0; i < rows; i++, y++) if (readRow(clamped, i * crop.width * channels)) rowsRead++
  }
  return {
    rows: { width: crop.width, height: crop.height, channels, read },
    state: () => ({ rowsRead, damaged: false }),
  }
}

/** The part of a row that lies in one tile: `x` in the result, `from` and `row` in the tile. */
type Span = { tile: Samples | undefined; x: number; count: number; from: number; row: number }

function* spans(
  tiles: readonly (Samples | undefined)[],
  { tileWidth, tileHeight }: HeifGrid,
  y: number,
  crop: HeifPicture['crop'],
): Generator<Span> {
  const end = crop.left + crop.width
  for (let x = crop.left; x < end; ) {
    const column = Math.floor(x / tileWidth)
    const count = Math.min(end, (column + 1) * tileWidth) - x
    yield { tile: tiles[column], x: x - crop.left, count, from: x - column * tileWidth, row: y % tileHeight }
    x += count
  }
}

/** Gives the tiles that a row of the picture goes through, each decoded once. */
function bandReader(grid: HeifGrid, decoder: TileDecoder, inPlace: boolean) {
  let band = -1
  let tiles: (Samples | undefined)[] = []
  return (y: number): readonly (Samples | undefined)[] => {
    const wanted = Math.floor(y / grid.tileHeight)
    if (wanted === band) return tiles
    band = wanted
    // Let go before the next ones come.
    tiles = []
    const from = wanted * grid.columns
    tiles = grid.tiles.slice(from, from + grid.columns).map((item) => {
      const tile = decoder.decode(item)
      if (tile === undefined || tile.width < grid.tileWidth || tile.height < grid.tileHeight) return undefined
      if (!isWithin(tile)) return undefined
      return inPlace ? samplesInPlace(tile) : copySamples(tile)
    })
    return tiles
  }
}

/** A matrix that is not known has been refused where the file names it; where only a tile does, the usual one has to do. */
function converterFor(cicp: Cicp): RowConverter {
  const converter = rgbConverter(cicp)
  return typeof converter === 'string' ? converterFor(UNSPECIFIED) : converter
}

/** Divides the colours of a row by their opacity. */
function divide(row: Uint8ClampedArray, from: number, count: number): void {
  for (let at = from; at < from + count * 4; at += 4) {
    const opacity = row[at + 3]!
    if (opacity === 0 || opacity === 255) continue
    for (let c = 0; c < 3; c++) row[at + c] = (row[at + c]! * 255) / opacity
  }
}
