import { hasAt, latin1, u16le, u32be, u32le } from './bytes.ts'
import type { MediaType } from './types.ts'

/** Files that are boxes in boxes, or whose type stands a little inside: ISO media, RIFF, EBML, Ogg, PNG, BMP. */
export function sniffContainer(head: Uint8Array): MediaType | undefined {
  if (hasAt(head, 0, '\x89PNG\r\n\x1a\n'))
    return hasChunkBeforeData(head, 'acTL') ? 'image/apng' : 'image/png'
  if (hasAt(head, 0, 'RIFF') || hasAt(head, 0, 'RF64')) return riff(head)
  if (hasAt(head, 0, '\x1aE\xdf\xa3')) return ebml(head)
  if (hasAt(head, 0, 'OggS\0')) return ogg(head)
  return isBmp(head) ? 'image/bmp' : isoMedia(head)
}

/** APNG, by the PNG specification third edition, 11.3.6.1: the animation control chunk stands before the data. */
function hasChunkBeforeData(head: Uint8Array, wanted: string): boolean {
  let at = 8
  while (at + 8 <= head.length) {
    const name = latin1(head, at + 4, 4)
    if (name === wanted) return true
    if (name === 'IDAT') return false
    at += 12 + u32be(head, at)
  }
  return false
}

function riff(head: Uint8Array): MediaType | undefined {
  switch (latin1(head, 8, 4)) {
    case 'WAVE':
      return 'audio/wav'
    case 'WEBP':
      return 'image/webp'
    case 'AVI ':
      return 'video/x-msvideo'
    case 'QLCM':
      return 'audio/qcelp'
    case 'RMID':
      return 'audio/midi'
    default:
      return undefined
  }
}

/** The DocType element (0x4282) follows within the EBML header, which is a few dozen bytes. */
function ebml(head: Uint8Array): MediaType | undefined {
  const text = latin1(head, 0, 64)
  if (text.includes('\x42\x82\x84webm')) return 'video/webm'
  return text.includes('\x42\x82\x88matroska') ? 'video/x-matroska' : undefined
}

/** The first packet of an Ogg file names its codec; it stands after the page header and its table of segments. */
function ogg(head: Uint8Array): MediaType {
  const packet = 27 + (head[26] ?? 0)
  return hasAt(head, packet, '\x80theora') || hasAt(head, packet, 'BBCD\0') ? 'video/ogg' : 'audio/ogg'
}

/** "BM" alone is too little: the reserved fields and the size of the second header must agree. */
function isBmp(head: Uint8Array): boolean {
  if (!hasAt(head, 0, 'BM') || u32le(head, 6) !== 0) return false
  const size = u32le(head, 14)
  return [12, 16, 40, 52, 56, 64, 108, 124].includes(size) && u16le(head, 10) >= 14 + size
}

const BRANDS: Readonly<Record<string, MediaType>> = {
  heic: 'image/heic',
  heix: 'image/heic',
  heim: 'image/heic',
  heis: 'image/heic',
  hevc: 'image/heic',
  hevx: 'image/heic',
  avif: 'image/avif',
  avis: 'image/avif',
  mif1: 'image/heif',
  mif2: 'image/heif',
  msf1: 'image/heif',
  'qt  ': 'video/quicktime',
  'M4A ': 'audio/mp4',
  'M4B ': 'audio/mp4',
  'M4P ': 'audio/mp4',
  'F4A ': 'audio/mp4',
  isom: 'video/mp4',
  avc1: 'video/mp4',
  mp41: 'video/mp4',
  mp42: 'video/mp4',
  mp71: 'video/mp4',
  MSNV: 'video/mp4',
  XAVC: 'video/mp4',
  dash: 'video/mp4',
  mmp4: 'video/mp4',
  'M4V ': 'video/mp4',
  M4VH: 'video/mp4',
  M4VP: 'video/mp4',
  'F4V ': 'video/mp4',
  'f4v ': 'video/mp4',
  NDSC: 'video/mp4',
  // Japanese mobile operators' own brands; the files are 3GPP2.
  KDDI: 'video/3gpp2',
}

function brandType(brand: string): MediaType | undefined {
  const named = BRANDS[brand]
  if (named !== undefined) return named
  if (/^3g2/.test(brand)) return 'video/3gpp2'
  if (/^3g[pegrst]/.test(brand)) return 'video/3gpp'
  return /^iso[2-9a-z]$/.test(brand) ? 'video/mp4' : undefined
}

/**
 * The major brand decides (ISO/IEC 14496-12, 4.3), except where it only says "an image of some coding": then the
 * compatible brands do.
 */
function isoMedia(head: Uint8Array): MediaType | undefined {
  if (!hasAt(head, 4, 'ftyp')) return quickTime(head)
  const size = u32be(head, 0)
  if (size < 16) return undefined
  const brands: string[] = []
  for (let at = 16; at + 4 <= Math.min(size, head.length); at += 4) brands.push(latin1(head, at, 4))
  const major = brandType(latin1(head, 8, 4))
  if (major !== 'image/heif') return major ?? firstKnown(brands)
  return brands.map(brandType).find((type) => type === 'image/heic' || type === 'image/avif') ?? major
}

function firstKnown(brands: readonly string[]): MediaType | undefined {
  // A brand that nobody knows, with general ones beside it: JPEG XL and JPEG 2000 list none of these.
  return brands.map(brandType).find((type) => type !== undefined)
}

/** QuickTime files from before `ftyp` begin with one of these atoms. */
function quickTime(head: Uint8Array): MediaType | undefined {
  const size = u32be(head, 0)
  const name = latin1(head, 4, 4)
  if (!['moov', 'mdat', 'wide', 'free', 'skip', 'pnot'].includes(name)) return undefined
  if (size !== 1 && size < 8) return undefined
  // The next atom must be one as well, unless the first is longer than what can be seen.
  if (size === 1 || size + 8 > head.length) return 'video/quicktime'
  return /^(moov|mdat|wide|free|skip|pnot|PICT)$/.test(latin1(head, size + 4, 4))
    ? 'video/quicktime'
    : undefined
}
