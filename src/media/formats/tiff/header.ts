import { hasAt, u16be, u16le, u32be, u32le } from '../../bytes.ts'

/** The first picture of a TIFF file, as its directory describes it. */
export type TiffHeader = {
  readonly width: number
  readonly height: number
  readonly little: boolean
  /** Bits a sample: 1, 4, 8 or 16, the same for all. */
  readonly depth: number
  readonly samples: number
  /** 1 none, 5 LZW, 8 deflate, 32773 PackBits. */
  readonly compression: number
  /** 0 white is zero, 1 black is zero, 2 RGB, 3 palette, 5 CMYK. */
  readonly photometric: number
  /** Samples are differences from the pixel before. */
  readonly differences: boolean
  /** The fourth sample (second of grey) is opacity; 1 when colours are multiplied by it already. */
  readonly alpha: 'none' | 'associated' | 'separate'
  readonly rowsPerStrip: number
  readonly strips: readonly { readonly offset: number; readonly length: number }[]
  /** Red, then green, then blue, 16 bits each, for every entry. */
  readonly palette: Uint16Array | undefined
  readonly orientation: number
  readonly profile: Uint8Array | undefined
  /** Further pictures in the file. */
  readonly more: boolean
  /** Whether there are tags besides those of the picture. */
  readonly hasMetadata: boolean
}

/** Entries of a directory that are looked at. */
const MOST_ENTRIES = 512
/** Bytes of each type of value, TIFF 6.0, section 2. */
const TYPE_SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]
const PICTURE_TAGS = new Set([
  254, 255, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 282, 283, 284, 296, 317, 320, 338, 339,
])

/** Reads the first directory; a text is the feature that is not supported, `undefined` is no TIFF. */
export function readTiffHeader(bytes: Uint8Array): TiffHeader | string | undefined {
  const little = hasAt(bytes, 0, 'II')
  const u16 = little ? u16le : u16be
  const u32 = little ? u32le : u32be
  const start = u32(bytes, 4)
  const count = u16(bytes, start)
  if (start < 8 || count <= 0) return undefined
  const tags = new Map<number, { readonly at: number; readonly type: number; readonly count: number }>()
  for (let i = 0; i < Math.min(count, MOST_ENTRIES); i++) {
    const entry = start + 2 + i * 12
    const type = u16(bytes, entry + 2)
    const values = u32(bytes, entry + 4)
    const size = (TYPE_SIZES[type] ?? 0) * values
    const at = size <= 4 ? entry + 8 : u32(bytes, entry + 8)
    if (size > 0 && at >= 0 && at + size <= bytes.length)
      tags.set(u16(bytes, entry), { at, type, count: values })
  }
  const values = (tag: number, most: number): number[] | undefined => {
    const found = tags.get(tag)
    if (found === undefined) return undefined
    const { at, type, count: n } = found
    return Array.from({ length: Math.min(n, most) }, (_, i) =>
      type === 3 ? u16(bytes, at + i * 2) : type === 4 ? u32(bytes, at + i * 4) : (bytes[at + i] ?? 0),
    )
  }
  const one = (tag: number, otherwise: number) => values(tag, 1)?.[0] ?? otherwise
  const [width, height] = [one(256, 0), one(257, 0)]
  if (width <= 0 || height <= 0) return undefined
  const samples = one(277, 1)
  const depths = values(258, 8) ?? [1]
  const depth = depths[0]!
  const photometric = one(262, 1)
  const feature = unsupported({
    tiles: tags.has(322),
    planes: one(284, 1) === 2 && samples > 1,
    compression: one(259, 1),
    photometric,
    depth,
    mixed: depths.some((other) => other !== depth),
    samples,
    format: one(339, 1),
    predictor: one(317, 1),
    order: one(266, 1),
  })
  if (feature !== undefined) return feature
  const rowsPerStrip = Math.min(height, one(278, height) || height)
  const wanted = Math.ceil(height / rowsPerStrip)
  const offsets = values(273, wanted) ?? []
  const lengths = values(279, wanted) ?? (offsets.length === 1 ? [bytes.length - offsets[0]!] : [])
  if (offsets.length === 0 || lengths.length !== offsets.length) return undefined
  const colours = { 0: 1, 1: 1, 2: 3, 3: 1, 5: 4 }[photometric]!
  const extra = samples > colours ? one(338, 0) : 0
  const palette = photometric === 3 ? values(320, 3 << depth) : undefined
  if (photometric === 3 && palette?.length !== 3 << depth) return undefined
  const icc = tags.get(34675)
  const compression = one(259, 1)
  return {
    width,
    height,
    little,
    depth,
    samples,
    compression: compression === 32946 ? 8 : compression,
    photometric,
    differences: one(317, 1) === 2,
    alpha: extra === 1 ? 'associated' : extra === 2 ? 'separate' : 'none',
    rowsPerStrip,
    strips: offsets.map((offset, i) => ({ offset, length: lengths[i]! })),
    palette: palette && Uint16Array.from(palette),
    orientation: one(274, 1) >= 1 && one(274, 1) <= 8 ? one(274, 1) : 1,
    profile: icc && bytes.subarray(icc.at, icc.at + icc.count),
    more: u32(bytes, start + 2 + count * 12) > 0,
    hasMetadata: [...tags.keys()].some((tag) => !PICTURE_TAGS.has(tag)),
  }
}

type Kind = {
  readonly tiles: boolean
  readonly planes: boolean
  readonly compression: number
  readonly photometric: number
  readonly depth: number
  readonly mixed: boolean
  readonly samples: number
  readonly format: number
  readonly predictor: number
  readonly order: number
}

function unsupported(kind: Kind): string | undefined {
  const { compression, photometric, depth, samples } = kind
  if (kind.tiles) return 'tiles'
  if (kind.planes) return 'separate planes'
  if (![1, 5, 8, 32773, 32946].includes(compression)) return `compression ${compression}`
  if (![0, 1, 2, 3, 5].includes(photometric)) return `colours of kind ${photometric}`
  if (kind.mixed || ![1, 4, 8, 16].includes(depth)) return 'this number of bits a sample'
  if (samples < { 0: 1, 1: 1, 2: 3, 3: 1, 5: 4 }[photometric]! || samples > 8)
    return 'this number of samples a pixel'
  if (depth < 8 && samples > 1) return 'this number of bits a sample'
  if (kind.format !== 1) return 'samples that are not whole numbers'
  if (kind.predictor > 2 || (kind.predictor === 2 && depth < 8)) return 'this predictor'
  return kind.order === 1 ? undefined : 'bits in reverse'
}
