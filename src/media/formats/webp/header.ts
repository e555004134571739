import { hasAt, u16le, u32le } from '../../bytes.ts'
import { readOrientation } from '../../exif-orientation.ts'
import { riffChunks } from '../../riff.ts'

/** What the chunks of a WebP file say (RFC 9649). */
export type WebpHeader = {
  /** Of the canvas, as stored. */
  readonly width: number
  readonly height: number
  readonly alpha: boolean
  /** Whether any picture in it is coded without loss. */
  readonly lossless: boolean
  /** Pictures of an animation; 0 for a still. */
  readonly frames: number
  readonly durationMs: number
  /** EXIF's. */
  readonly orientation: number
  readonly icc?: Uint8Array
  readonly hasMetadata: boolean
}

type Seen = { -readonly [K in keyof WebpHeader]: WebpHeader[K] }

/** Chunks looked at; an animation has one for each picture. */
const MOST_CHUNKS = 20_000

/** Reads the headers of all chunks; `undefined` where there is no picture. */
export function readWebpHeader(bytes: Uint8Array): WebpHeader | undefined {
  const seen: Seen = {
    width: 0,
    height: 0,
    alpha: false,
    lossless: false,
    frames: 0,
    durationMs: 0,
    orientation: 1,
    hasMetadata: false,
  }
  let left = MOST_CHUNKS
  for (const { name, data } of riffChunks(bytes)) {
    if (left-- === 0) break
    if (name === 'EXIF')
      seen.orientation = readOrientation(hasAt(data, 0, 'Exif\0\0') ? data.subarray(6) : data)
    if (name === 'ICCP') seen.icc = data
    if (['EXIF', 'XMP ', 'ICCP'].includes(name)) seen.hasMetadata = true
    else readPicture(name, data, seen)
  }
  return seen.width === 0 || seen.height === 0 ? undefined : seen
}

function readPicture(name: string, data: Uint8Array, seen: Seen): void {
  if (name === 'ANMF') {
    seen.frames++
    seen.durationMs += u24(data, 12)
    // The picture's own chunk, behind its opacity if it has any.
    if (hasAt(data, 16, 'VP8L')) seen.lossless = true
  }
  if (name === 'VP8L') seen.lossless = true
  // The extended header comes first and counts more than those of the pictures in it.
  if (seen.width > 0) return
  if (name === 'VP8X' && data.length >= 10) {
    seen.alpha = (data[0]! & 0x10) !== 0
    seen.width = u24(data, 4) + 1
    seen.height = u24(data, 7) + 1
  } else if (name === 'VP8 ' && hasAt(data, 3, '\x9d\x01\x2a')) {
    seen.width = u16le(data, 6) & 0x3fff
    seen.height = u16le(data, 8) & 0x3fff
  } else if (name === 'VP8L' && data[0] === 0x2f && data.length >= 5) {
    const bits = u32le(data, 1)
    seen.width = (bits & 0x3fff) + 1
    seen.height = ((bits >>> 14) & 0x3fff) + 1
    seen.alpha = ((bits >>> 28) & 1) === 1
  }
}

function u24(data: Uint8Array, at: number): number {
  return (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8) | ((data[at + 2] ?? 0) << 16)
}
