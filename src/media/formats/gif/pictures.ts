import { hasAt, u16le } from '../../bytes.ts'

/** One picture of a GIF: where it lies on the screen and in the file. */
export type GifPicture = {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly interlaced: boolean
  /** Offset of its colour table in the file, and how many colours that has. */
  readonly colors: number
  readonly colorCount: number
  /** The table is the picture's, not the file's. */
  readonly own: boolean
  /** Index that shows what is behind, or -1. */
  readonly transparent: number
  /** What happens to it before the next: 2 its part is emptied, 3 what was there comes back, else it stays. */
  readonly disposal: number
  /** Hundredths of a second. */
  readonly delay: number
  /** Bits of an index at the start of the codes. */
  readonly bits: number
  /** Offsets of the first sub-block and of what follows the last. */
  readonly data: number
  readonly end: number
}

/** What a GIF holds besides the pixels. */
export type GifPlan = {
  readonly width: number
  readonly height: number
  readonly pictures: readonly GifPicture[]
  /** How often it runs; 0 is for ever. */
  readonly loops: number
  /** The file ends within a picture, or goes on with what is no block. */
  readonly truncated: boolean
  /** Comments, text, or blocks of programs that say more than the loops. */
  readonly extras: boolean
  /** Offset behind the end of the last block. */
  readonly end: number
}

/** Lists the pictures of a GIF, up to `most` of them (GIF89a, 17 to 26). `undefined` where there is no screen. */
export function listPictures(bytes: Uint8Array, most: number): GifPlan | undefined {
  const [width, height] = [u16le(bytes, 6), u16le(bytes, 8)]
  if (bytes.length < 13 || width === 0 || height === 0) return undefined
  const pictures: GifPicture[] = []
  const common = tableOf(bytes, 10, 13)
  let at = 13 + common.colorCount * 3
  let control = { transparent: -1, disposal: 0, delay: 0 }
  let loops = 1
  let extras = false
  let ended = false
  while (at < bytes.length && pictures.length < most) {
    const introducer = bytes[at]
    if (introducer === 0x21) {
      const label = bytes[at + 1]
      if (label === 0xf9 && bytes[at + 2] === 4) {
        const packed = bytes[at + 3] ?? 0
        control = {
          transparent: packed & 1 ? (bytes[at + 6] ?? -1) : -1,
          disposal: (packed >> 2) & 7,
          delay: u16le(bytes, at + 4),
        }
      } else if (isLoop(bytes, at)) loops = loopsOf(u16le(bytes, at + 16))
      else extras = true
      at = chainEnd(bytes, at + 2)
    } else if (introducer === 0x2c && at + 11 < bytes.length) {
      const own = tableOf(bytes, at + 9, at + 10)
      const table = own.colorCount > 0 ? own : common
      const data = at + 11 + own.colorCount * 3
      const end = chainEnd(bytes, data)
      pictures.push({
        left: u16le(bytes, at + 1),
        top: u16le(bytes, at + 3),
        width: u16le(bytes, at + 5),
        height: u16le(bytes, at + 7),
        interlaced: (bytes[at + 9]! & 0x40) !== 0,
        ...table,
        own: own.colorCount > 0,
        ...control,
        bits: bytes[data - 1] ?? 0,
        data,
        end,
      })
      control = { transparent: -1, disposal: 0, delay: 0 }
      at = end
    } else {
      ended = introducer === 0x3b
      at += ended ? 1 : 0
      break
    }
  }
  const cut = !ended && pictures.length < most
  return { width, height, pictures, loops, truncated: cut, extras, end: Math.min(at, bytes.length) }
}

/** The colour table that the packed field at `field` announces; it lies at `at`. */
function tableOf(bytes: Uint8Array, field: number, at: number): { colors: number; colorCount: number } {
  const packed = bytes[field] ?? 0
  return { colors: at, colorCount: packed & 0x80 ? 2 << (packed & 7) : 0 }
}

/** The blocks by which programs say how often an animation runs. */
function isLoop(bytes: Uint8Array, at: number): boolean {
  const named = hasAt(bytes, at + 3, 'NETSCAPE2.0') || hasAt(bytes, at + 3, 'ANIMEXTS1.0')
  return (
    bytes[at + 1] === 0xff && bytes[at + 2] === 11 && named && bytes[at + 14] === 3 && bytes[at + 15] === 1
  )
}

/** The block counts repeats, so that two is three runs. */
function loopsOf(repeats: number): number {
  return repeats === 0 ? 0 : repeats + 1
}

/** The offset behind a chain of sub-blocks, or behind the file. */
function chainEnd(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && bytes[at] !== 0) at += bytes[at]! + 1
  return at + 1
}
