import { hasAt, u16be } from '../../bytes.ts'
import type { PlaneColor } from '../../core/decode-planes.ts'
import { readOrientation } from '../../exif-orientation.ts'
import { estimateQuality } from './quality.ts'
import { isFrame, jpegSegments } from './segments.ts'

/** A component as the frame lists it. */
export interface JpegComponent {
  readonly id: number
  /** Sampling factors, 1 to 4. */
  readonly h: number
  readonly v: number
}

/** What the segments before the first scan say of a JPEG. */
export interface JpegHeader {
  /** Pixels, as stored: {@link JpegHeader.orientation} is not applied. */
  readonly width: number
  readonly height: number
  /** Bits a sample. */
  readonly bits: number
  readonly progressive: boolean
  /** The second byte of the frame's marker: 0xc0 baseline, 0xc1 extended, 0xc2 progressive, others hardly exist. */
  readonly frame: number
  readonly components: readonly JpegComponent[]
  readonly color: PlaneColor
  /** CMYK with 255 for no ink. */
  readonly inverted: boolean
  /** EXIF's, 1 to 8. */
  readonly orientation: number
  /** The transform of Adobe's segment, when there is one: 0 none, 1 YCbCr, 2 YCCK. */
  readonly adobeTransform: number | undefined
  /** The ICC profile, joined; absent when a piece of it is. */
  readonly icc: Uint8Array | undefined
  /** The quality, 1 to 100, at which libjpeg's tables come nearest to this file's. */
  readonly quality: number | undefined
}

/** Bytes of a profile that are joined at most; real ones have 500 to 600,000. */
const LARGEST_PROFILE = 2 ** 20
/** Segments looked at before the walk gives up. */
const MOST_SEGMENTS = 10_000

/**
 * Walks the segments up to the first scan, without touching the picture's data. Tolerates junk between segments and
 * a file that ends early; `undefined` when there is no frame.
 *
 * @example
 * const header = readJpegHeader(bytes)
 * if (header?.progressive) console.log(header.width, header.height)
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  if (u16be(bytes, 0) !== 0xffd8) return undefined
  const walk = new Walk(bytes)
  let at = 2
  for (let left = MOST_SEGMENTS; left > 0; left--) {
    at = nextMarker(bytes, at)
    const marker = bytes[at + 1]
    if (marker === undefined || marker === 0xda || marker === 0xd9) break
    if (marker === 0xd8 || marker === 1 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2
      continue
    }
    const length = u16be(bytes, at + 2)
    if (length < 0) break
    if (length >= 2) walk.take(marker, at + 4, Math.min(at + 2 + length, bytes.length))
    at += 2 + Math.max(0, length)
  }
  return walk.header()
}

/** Offset of the next 0xff that is followed by a marker's byte; past the end when there is none. */
function nextMarker(bytes: Uint8Array, from: number): number {
  let at = from
  while (true) {
    at = bytes.indexOf(0xff, at)
    if (at < 0) return bytes.length
    const code = bytes[at + 1]
    if (code !== 0 && code !== 0xff) return at
    at += code === 0 ? 2 : 1
  }
}

type Piece = { readonly number: number; readonly of: number; readonly data: Uint8Array }

class Walk {
  readonly #bytes: Uint8Array
  readonly #pieces: Piece[] = []
  #frame: { marker: number; from: number; end: number } | undefined
  #orientation: number | undefined
  #adobe: number | undefined
  #jfif = false
  #luma: Uint16Array | undefined

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  take(marker: number, from: number, end: number): void {
    const bytes = this.#bytes
    if (marker === 0xe1 && hasAt(bytes, from, 'Exif\0'))
      this.#orientation ??= readOrientation(bytes.subarray(from + 6, end))
    else if (marker === 0xe2 && hasAt(bytes, from, 'ICC_PROFILE\0') && end > from + 14)
      this.#pieces.push({
        number: bytes[from + 12]!,
        of: bytes[from + 13]!,
        data: bytes.subarray(from + 14, end),
      })
    else if (marker === 0xe0 && hasAt(bytes, from, 'JFIF\0')) this.#jfif = true
    else if (marker === 0xee && hasAt(bytes, from, 'Adobe') && end >= from + 12)
      this.#adobe = bytes[from + 11]!
    else if (marker === 0xdb) this.#luma ??= firstTable(bytes, from, end)
    else if (isFrame(marker) && end >= from + 6) this.#frame ??= { marker, from, end }
  }

  header(): JpegHeader | undefined {
    const bytes = this.#bytes
    if (this.#frame === undefined) return undefined
    const { marker, from, end } = this.#frame
    const count = Math.min(bytes[from + 5]!, Math.floor((end - from - 6) / 3))
    const components = Array.from({ length: count }, (_, c) => {
      const at = from + 6 + 3 * c
      return { id: bytes[at]!, h: bytes[at + 1]! >> 4, v: bytes[at + 1]! & 15 }
    })
    return {
      width: u16be(bytes, from + 3),
      height: u16be(bytes, from + 1) || laterHeight(bytes),
      bits: bytes[from]!,
      progressive: marker === 0xc2,
      frame: marker,
      components,
      color: this.#color(components),
      inverted: count === 4 && this.#adobe !== undefined,
      orientation: this.#orientation ?? 1,
      adobeTransform: this.#adobe,
      icc: joined(this.#pieces),
      quality: this.#luma && estimateQuality(this.#luma),
    }
  }

  /** As the core decides it: the markers first, the components' ids last. */
  #color(components: readonly JpegComponent[]): PlaneColor {
    if (components.length === 1) return 'grey'
    if (components.length === 4) return this.#adobe === 2 ? 'ycck' : 'cmyk'
    if (this.#jfif) return 'ycbcr'
    if (this.#adobe !== undefined) return this.#adobe === 0 ? 'rgb' : 'ycbcr'
    return components.map(({ id }) => String.fromCharCode(id)).join('') === 'RGB' ? 'rgb' : 'ycbcr'
  }
}

/** The height that a DNL segment behind the first scan brings (T.81 B.2.5); 0 when there is none. */
function laterHeight(bytes: Uint8Array): number {
  let scanned = false
  for (const { marker, start } of jpegSegments(bytes)) {
    if (scanned) return marker === 0xdc ? Math.max(0, u16be(bytes, start + 4)) : 0
    scanned = marker === 0xda
  }
  return 0
}

/** The first quantisation table of a DQT segment, which is luma's in every file but the odd one. */
function firstTable(bytes: Uint8Array, from: number, end: number): Uint16Array | undefined {
  const wide = bytes[from]! >> 4 !== 0
  if (from + 1 + (wide ? 128 : 64) > end) return undefined
  return Uint16Array.from({ length: 64 }, (_, i) =>
    wide ? u16be(bytes, from + 1 + 2 * i) : bytes[from + 1 + i]!,
  )
}

/** The profile of its pieces, each of which names its number, from 1, and how many there are. */
function joined(pieces: readonly Piece[]): Uint8Array | undefined {
  const of = pieces[0]?.of
  if (of === undefined) return undefined
  const ordered: Uint8Array[] = []
  for (let number = 1; number <= of; number++) {
    const piece = pieces.find((candidate) => candidate.number === number)
    if (piece === undefined) return undefined
    ordered.push(piece.data)
  }
  const size = ordered.reduce((sum, data) => sum + data.length, 0)
  if (size > LARGEST_PROFILE) return undefined
  const profile = new Uint8Array(size)
  let at = 0
  for (const data of ordered) {
    profile.set(data, at)
    at += data.length
  }
  return profile
}
