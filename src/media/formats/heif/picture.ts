import { latin1, u16be, u32be } from '../../bytes.ts'
import type { Box } from '../mp4/boxes.ts'
import { type HeifItem, type HeifItems, MOST_ITEMS } from './items.ts'
import { orientationOf } from './turns.ts'

/** How the tiles of pictures are coded that can be decoded. */
export type TileCoding = 'hvc1' | 'av01'

/** Code points of ISO/IEC 23091-2 for the colours of a picture. */
export type Cicp = {
  readonly primaries: number
  readonly transfer: number
  readonly matrix: number
  readonly fullRange: boolean
}

/** Pixels of one kind: tiles of equal size in rows, the last ones cut where the picture ends. */
export type HeifGrid = {
  readonly coding: TileCoding
  readonly width: number
  readonly height: number
  readonly columns: number
  readonly rows: number
  readonly tileWidth: number
  readonly tileHeight: number
  /** Bytes of decoded samples a pixel, as the configuration of the first tile has it. */
  readonly bytesPerPixel: number
  /** The tiles, row by row. */
  readonly tiles: readonly HeifItem[]
}

/** The primary picture of a HEIF file. */
export type HeifPicture = {
  readonly colour: HeifGrid
  readonly alpha?: HeifGrid
  /** The colours are multiplied by their opacity. */
  readonly premultiplied: boolean
  /** What of the decoded rows is the picture. */
  readonly crop: {
    readonly left: number
    readonly top: number
    readonly width: number
    readonly height: number
  }
  /** How to turn it, as EXIF numbers it. */
  readonly orientation: number
  readonly icc?: Uint8Array
  readonly cicp?: Cicp
}

/** Why there is no picture: what the file uses, or what is wrong with it. */
export type NoPicture = { readonly feature: string } | { readonly detail: string }

/** The primary picture of a file as its items describe it. Nothing is decoded. */
export function readHeifPicture(items: HeifItems): HeifPicture | NoPicture {
  const item = items.items.get(items.primary)
  if (item === undefined) return { detail: 'no primary item' }
  const colour = readGrid(items, item)
  if (!('tiles' in colour)) return colour
  const opacity = items
    .referring('auxl', item.id)
    .map((id) => items.items.get(id))
    .find((other) => other !== undefined && isAlpha(other))
  const alpha = opacity && readGrid(items, opacity)
  if (alpha !== undefined && !('tiles' in alpha)) return alpha
  if (alpha !== undefined && (alpha.width !== colour.width || alpha.height !== colour.height))
    return { feature: 'an opacity of another size than the picture' }
  const crop = readCrop(item.properties, colour)
  if (crop === undefined) return { detail: 'a clean aperture outside of the picture' }
  const tile = colour.tiles[0]!
  // A grid may leave its colours to its tiles.
  const described = [...item.properties, ...tile.properties].filter(({ type }) => type === 'colr')
  const icc = described.find(({ data }) => /prof|rICC/.test(latin1(data, 0, 4)))
  const nclx = described.find(({ data }) => latin1(data, 0, 4) === 'nclx')
  return {
    colour,
    ...(alpha === undefined ? {} : { alpha }),
    premultiplied: opacity !== undefined && items.references('prem', item.id).includes(opacity.id),
    crop,
    orientation: orientationOf(item.properties),
    ...(icc === undefined ? {} : { icc: icc.data.subarray(4) }),
    ...(nclx === undefined ? {} : { cicp: readNclx(nclx.data) }),
  }
}

function readGrid(items: HeifItems, item: HeifItem): HeifGrid | NoPicture {
  if (isCoded(item.type)) {
    const size = extentOf(item)
    if (size === undefined) return { detail: 'a picture without its extent' }
    return {
      coding: item.type,
      ...size,
      columns: 1,
      rows: 1,
      tileWidth: size.width,
      tileHeight: size.height,
      bytesPerPixel: bytesPerPixel(item),
      tiles: [item],
    }
  }
  if (item.type !== 'grid') return { feature: `a picture of the kind ${item.type}` }
  return readTiles(items, item)
}

/** A grid (ISO/IEC 23008-12, 6.6.2.3). Its tiles have to be coded pictures: one of grids could refer to itself. */
function readTiles(items: HeifItems, item: HeifItem): HeifGrid | NoPicture {
  const content = items.content(item)
  if (content === undefined || content.length < 8) return { detail: 'a grid without its sizes' }
  const wide = (content[1]! & 1) === 1
  const [rows, columns] = [content[2]! + 1, content[3]! + 1]
  const width = wide ? u32be(content, 4) : u16be(content, 4)
  const height = wide ? u32be(content, 8) : u16be(content, 6)
  if (rows * columns > MOST_ITEMS) return { feature: `a grid of ${rows * columns} tiles` }
  const ids = items.references('dimg', item.id)
  if (ids.length !== rows * columns) return { detail: `${ids.length} tiles of ${rows * columns}` }
  const tiles: HeifItem[] = []
  for (const id of ids) {
    const tile = items.items.get(id)
    if (tile === undefined) return { detail: `no tile ${id}` }
    if (tile.type === 'grid') return { feature: 'a grid of grids' }
    tiles.push(tile)
  }
  const first = tiles[0]!
  const size = extentOf(first)
  const { type } = first
  if (!isCoded(type)) return { feature: `tiles of the kind ${type}` }
  if (tiles.some((tile) => tile.type !== type)) return { feature: 'tiles of several kinds' }
  if (size === undefined) return { detail: 'a tile without its extent' }
  const { width: tileWidth, height: tileHeight } = size
  const covers = tileWidth * columns >= width && tileHeight * rows >= height
  // Whole columns or rows past the picture would be decoded for nothing.
  const spare = tileWidth * (columns - 1) >= width || tileHeight * (rows - 1) >= height
  if (width <= 0 || height <= 0 || !covers || spare) return { detail: 'tiles that do not cover the picture' }
  const bytes = bytesPerPixel(first)
  return { coding: type, width, height, columns, rows, tileWidth, tileHeight, bytesPerPixel: bytes, tiles }
}

/** From the decoder's configuration: of HEVC (ISO/IEC 14496-15, 8.3.3.1) or of AV1. What says nothing may be anything. */
function bytesPerPixel(item: HeifItem): number {
  const record = item.properties.find(({ type }) => type === 'hvcC' || type === 'av1C')
  if (record === undefined) return 6
  const { data } = record
  if (record.type === 'hvcC') return SAMPLES[(data[16] ?? 3) & 3]! * (((data[17] ?? 7) & 7) > 0 ? 2 : 1)
  const flags = data[2] ?? 0
  const chroma = flags & 0x10 ? 0 : flags & 8 ? (flags & 4 ? 1 : 2) : 3
  return SAMPLES[chroma]! * (flags & 0x40 ? 2 : 1)
}

/** Samples a pixel of grey, 4:2:0, 4:2:2 and 4:4:4. */
const SAMPLES = [1, 1.5, 2, 3] as const

const isCoded = (type: string): type is TileCoding => type === 'hvc1' || type === 'av01'

function extentOf(item: HeifItem): { width: number; height: number } | undefined {
  const data = item.properties.find(({ type }) => type === 'ispe')?.data
  const [width, height] = data === undefined ? [0, 0] : [u32be(data, 4), u32be(data, 8)]
  return width > 0 && height > 0 ? { width, height } : undefined
}

/** Whether an item is the opacity of another; both codings have a name of their own for it. */
function isAlpha(item: HeifItem): boolean {
  const data = item.properties.find(({ type }) => type === 'auxC')?.data
  return data !== undefined && /auxiliary:alpha|auxid:1\0/.test(latin1(data, 4, 64))
}

/** The clean aperture: width and height, then how far its middle is from the picture's, as fractions. */
function readCrop(properties: readonly Box[], grid: HeifGrid): HeifPicture['crop'] | undefined {
  const data = properties.find(({ type }) => type === 'clap')?.data
  if (data === undefined) return { left: 0, top: 0, width: grid.width, height: grid.height }
  const [wide, high, across, down] = [0, 8, 16, 24].map((at) => {
    const value = u32be(data, at) | 0
    return value / (u32be(data, at + 4) | 0)
  }) as [number, number, number, number]
  const [width, height] = [Math.round(wide), Math.round(high)]
  const left = Math.round(across + (grid.width - wide) / 2)
  const top = Math.round(down + (grid.height - high) / 2)
  const inside = left >= 0 && top >= 0 && left + width <= grid.width && top + height <= grid.height
  return width > 0 && height > 0 && inside ? { left, top, width, height } : undefined
}

function readNclx(data: Uint8Array): Cicp {
  return {
    primaries: u16be(data, 4),
    transfer: u16be(data, 6),
    matrix: u16be(data, 8),
    fullRange: ((data[10] ?? 0) & 0x80) !== 0,
  }
}
