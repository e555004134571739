import { be, bytesOf, zeros } from '../../bytes-of.ts'
import { box } from '../mp4/write-movie.ts'

/** One item of a HEIF file to be written. */
export type WrittenItem = {
  readonly type: string
  readonly data: Iterable<number>
  readonly properties?: readonly Uint8Array[]
  /** References that go out from it, by kind. */
  readonly references?: Readonly<Record<string, readonly number[]>>
}

/** How the file deviates from what is usual. */
export type HeifOptions = { readonly brand?: string; readonly primary?: number; readonly pieces?: number }

/** A HEIF file of these items, which are numbered from 1; the first is the primary one. */
export function writeHeif(items: readonly WrittenItem[], options: HeifOptions = {}): Uint8Array<ArrayBuffer> {
  const { brand = 'heic', primary = 1, pieces = 1 } = options
  const properties: Uint8Array[] = []
  const associations = items.map(({ properties: own = [] }) =>
    own.map((property) => {
      const index = properties.findIndex((one) => Buffer.compare(one, property) === 0)
      return index >= 0 ? index + 1 : properties.push(property)
    }),
  )
  const contents = items.map(({ data }) => Uint8Array.from(data))
  const meta = (start: number) => {
    let at = start
    const places = contents.flatMap((content, index) => {
      const cuts = Array.from({ length: pieces + 1 }, (_, i) => Math.floor((content.length * i) / pieces))
      const extents = cuts.slice(1).flatMap((end, i) => [...be(at + cuts[i]!, 4), ...be(end - cuts[i]!, 4)])
      at += content.length
      return [...be(index + 1, 2), 0, 0, ...be(pieces, 2), ...extents]
    })
    const references = items.flatMap((item, index) =>
      Object.entries(item.references ?? {}).map(([kind, to]) =>
        box(kind, be(index + 1, 2), be(to.length, 2), ...to.map((id) => be(id, 2))),
      ),
    )
    return box(
      'meta',
      zeros(4),
      box('hdlr', zeros(8), 'pict', zeros(13)),
      box('pitm', zeros(4), be(primary, 2)),
      box('iloc', zeros(4), 0x44, 0, be(items.length, 2), places),
      box(
        'iinf',
        zeros(4),
        be(items.length, 2),
        ...items.map(({ type }, i) => box('infe', 2, 0, 0, 0, be(i + 1, 2), 0, 0, type, 0)),
      ),
      ...(references.length === 0 ? [] : [box('iref', zeros(4), ...references)]),
      box(
        'iprp',
        box('ipco', ...properties),
        box(
          'ipma',
          [0, 0, 0, 1],
          be(items.length, 4),
          ...associations.map((own, i) => [
            ...be(i + 1, 2),
            own.length,
            ...own.flatMap((index) => be(0x8000 | index, 2)),
          ]),
        ),
      ),
    )
  }
  const head = box('ftyp', brand, zeros(4), 'mif1', brand)
  const start = head.length + meta(0).length + 8
  return bytesOf(head, meta(start), box('mdat', ...contents))
}

/** Properties of items. */
export const property = {
  extent: (width: number, height: number) => box('ispe', zeros(4), be(width, 4), be(height, 4)),
  /** Quarter turns anticlockwise. */
  turn: (quarters: number) => box('irot', quarters),
  /** 0 swaps top and bottom, 1 left and right. */
  mirror: (axis: number) => box('imir', axis),
  hevc: (configuration: Iterable<number>) => box('hvcC', configuration),
  av1: (configuration: Iterable<number>) => box('av1C', configuration),
  colours: (primaries: number, transfer: number, matrix: number, fullRange: boolean) =>
    box('colr', 'nclx', be(primaries, 2), be(transfer, 2), be(matrix, 2), fullRange ? 0x80 : 0),
  profile: (icc: Iterable<number>) => box('colr', 'prof', icc),
  auxiliary: (name: string) => box('auxC', zeros(4), name, 0),
  /** Width, height and how far the middle is off, as fractions. */
  aperture: (...fractions: readonly (readonly [number, number])[]) =>
    box('clap', ...fractions.map(([over, under]) => [...be(over >>> 0, 4), ...be(under, 4)])),
}

/** The content of a grid. */
export function gridOf(columns: number, rows: number, width: number, height: number): number[] {
  return [0, 0, rows - 1, columns - 1, ...be(width, 2), ...be(height, 2)]
}
