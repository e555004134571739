import { latin1, u16be, u32be } from '../../bytes.ts'
import { type Box, boxes, find } from '../mp4/boxes.ts'

/** One item of a HEIF file: a picture, a tile of one, a list of tiles, or metadata. */
export type HeifItem = {
  readonly id: number
  /** Four letters: hvc1, av01, grid, Exif ... */
  readonly type: string
  /** Its properties in the order in which they apply. */
  readonly properties: readonly Box[]
  /** Where its bytes lie. */
  readonly extents: readonly Extent[]
}

type Extent = { readonly inside: 'file' | 'idat'; readonly from: number; readonly length: number }

/** What a HEIF file says of its items (ISO/IEC 14496-12, 8.11, and 23008-12). */
export type HeifItems = {
  readonly primary: number
  readonly items: ReadonlyMap<number, HeifItem>
  /** References of one kind that go out from an item, in order. */
  references(kind: string, from: number): readonly number[]
  /** The items that refer to this one by a reference of this kind. */
  referring(kind: string, to: number): readonly number[]
  /** An item's bytes, or `undefined` where they are not all there. */
  content(item: HeifItem): Uint8Array | undefined
}

/** Items at most: a phone's picture of 48 tiles has 52, one of 200 megapixels in small tiles a thousand. */
export const MOST_ITEMS = 2000
/** Pieces of one item at most. */
const MOST_EXTENTS = 64
const MOST_REFERENCES = 4096

/** Reads the item boxes. A text is what there is too much of; `undefined` is a file without a primary picture. */
export function readHeifItems(bytes: Uint8Array): HeifItems | string | undefined {
  const meta = find(bytes, 'meta')?.subarray(4)
  if (meta === undefined) return undefined
  const primary = readPrimary(find(meta, 'pitm'))
  const types = readTypes(find(meta, 'iinf'))
  if (primary === undefined || types === undefined) return undefined
  if (typeof types === 'string') return types
  const properties = readProperties(find(meta, 'iprp'))
  const places = readPlaces(find(meta, 'iloc'))
  const references = readReferences(find(meta, 'iref'))
  const idat = find(meta, 'idat')
  const items = new Map<number, HeifItem>()
  for (const [id, type] of types)
    items.set(id, { id, type, properties: properties.get(id) ?? [], extents: places.get(id) ?? [] })
  return {
    primary,
    items,
    references: (kind, from) =>
      references.filter((one) => one.kind === kind && one.from === from).flatMap((one) => one.to),
    referring: (kind, to) =>
      references.filter((one) => one.kind === kind && one.to.includes(to)).map((one) => one.from),
    content: (item) => contentOf(item, bytes, idat),
  }
}

function contentOf(item: HeifItem, file: Uint8Array, idat?: Uint8Array): Uint8Array | undefined {
  const pieces: Uint8Array[] = []
  let total = 0
  for (const { inside, from, length } of item.extents) {
    const whole = inside === 'file' ? file : idat
    if (whole === undefined || from + length > whole.length) return undefined
    // Extents may overlap: what they add up to must be bounded by what is there.
    total += length
    if (total > file.length) return undefined
    pieces.push(whole.subarray(from, from + length))
  }
  if (pieces.length <= 1) return pieces[0]
  const content = new Uint8Array(total)
  let at = 0
  for (const piece of pieces) {
    content.set(piece, at)
    at += piece.length
  }
  return content
}

/** A number of 16 bits in version 0 of a box, of 32 later. */
const idAt = (data: Uint8Array, at: number, wide: boolean) => (wide ? u32be(data, at) : u16be(data, at))

function readPrimary(data: Uint8Array | undefined): number | undefined {
  if (data === undefined) return undefined
  const id = idAt(data, 4, data[0]! > 0)
  return id > 0 ? id : undefined
}

function readTypes(data: Uint8Array | undefined): Map<number, string> | string | undefined {
  if (data === undefined) return undefined
  const wide = data[0]! > 0
  if (idAt(data, 4, wide) > MOST_ITEMS) return `more than ${MOST_ITEMS} items`
  const types = new Map<number, string>()
  for (const { type, data: entry } of boxes(data.subarray(wide ? 8 : 6))) {
    const version = entry[0] ?? 0
    if (type !== 'infe' || version < 2) continue
    const id = idAt(entry, 4, version > 2)
    if (id > 0) types.set(id, latin1(entry, version > 2 ? 10 : 8, 4))
    if (types.size > MOST_ITEMS) return `more than ${MOST_ITEMS} items`
  }
  return types
}

function readProperties(data: Uint8Array | undefined): Map<number, Box[]> {
  const found = new Map<number, Box[]>()
  const container = data && find(data, 'ipco')
  if (data === undefined || container === undefined) return found
  const all = [...boxes(container)]
  for (const { type, data: entry } of boxes(data)) {
    if (type !== 'ipma') continue
    const wideId = (entry[0] ?? 0) > 0
    const wideIndex = ((entry[3] ?? 0) & 1) === 1
    let at = 8
    for (let left = Math.min(u32be(entry, 4), MOST_ITEMS); left > 0 && at < entry.length; left--) {
      const id = idAt(entry, at, wideId)
      at += wideId ? 4 : 2
      const count = entry[at++] ?? 0
      const list: Box[] = []
      for (let i = 0; i < count; i++) {
        const index = wideIndex ? u16be(entry, at) & 0x7fff : (entry[at] ?? 0) & 0x7f
        at += wideIndex ? 2 : 1
        const property = all[index - 1]
        if (property !== undefined) list.push(property)
      }
      if (!found.has(id)) found.set(id, list)
    }
  }
  return found
}

/** The item location box: sizes of its fields are given in half bytes. */
function readPlaces(data: Uint8Array | undefined): Map<number, Extent[]> {
  const places = new Map<number, Extent[]>()
  if (data === undefined || data.length < 8) return places
  const version = data[0]!
  const [offsetSize, lengthSize, baseSize] = [data[4]! >> 4, data[4]! & 15, data[5]! >> 4]
  const indexSize = version > 0 ? data[5]! & 15 : 0
  let at = 6
  const take = (size: number) => {
    let value = 0
    for (let i = 0; i < size; i++) value = value * 256 + (data[at++] ?? 0)
    return value
  }
  const count = take(version < 2 ? 2 : 4)
  for (let i = 0; i < Math.min(count, MOST_ITEMS) && at < data.length; i++) {
    const id = take(version < 2 ? 2 : 4)
    const method = version > 0 ? take(2) & 15 : 0
    take(2)
    const base = take(baseSize)
    const extents: Extent[] = []
    const pieces = take(2)
    for (let e = 0; e < pieces && at < data.length; e++) {
      take(indexSize)
      const from = base + take(offsetSize)
      const length = take(lengthSize)
      if (e < MOST_EXTENTS && method < 2)
        extents.push({ inside: method === 0 ? 'file' : 'idat', from, length })
    }
    places.set(id, extents)
  }
  return places
}

type Reference = { readonly kind: string; readonly from: number; readonly to: readonly number[] }

function readReferences(data: Uint8Array | undefined): Reference[] {
  if (data === undefined) return []
  const wide = (data[0] ?? 0) > 0
  const size = wide ? 4 : 2
  return [...boxes(data.subarray(4))].map(({ type, data: entry }) => {
    const count = Math.min(u16be(entry, size), MOST_REFERENCES)
    const to: number[] = []
    for (let i = 0, at = size + 2; i < count && at + size <= entry.length; i++, at += size)
      to.push(idAt(entry, at, wide))
    return { kind: type, from: idAt(entry, 0, wide), to }
  })
}
