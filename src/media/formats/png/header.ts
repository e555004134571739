import { hasAt, u32be } from '../../bytes.ts'
import { readOrientation } from '../../exif-orientation.ts'
import { isSound, PNG_SIGNATURE, pngChunks } from './chunks.ts'

/** All that the chunks of a PNG say besides the pixels. */
export type PngHeader = {
  /** Pixels as stored. */
  readonly width: number
  readonly height: number
  /** Bits a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha. */
  readonly colour: number
  readonly interlaced: boolean
  readonly palette: Uint8Array | undefined
  readonly transparent: Uint8Array | undefined
  readonly orientation: number
  readonly animated: boolean
  /** Offset of the first IDAT chunk, even when the file cuts it short; `undefined` when there is none. */
  readonly data: number | undefined
  /** The checksums of IHDR and PLTE are right. The core looks at those of the data. */
  readonly sound: boolean
  /** Names of the other chunks. */
  readonly others: ReadonlySet<string>
  /** Data of the chunks that say how colours are meant: iCCP, sRGB, gAMA, cHRM, cICP. */
  readonly meaning: ReadonlyMap<string, Uint8Array>
}

const MEANING = new Set(['iCCP', 'sRGB', 'gAMA', 'cHRM', 'cICP'])
const STRUCTURE = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND', 'acTL', 'fcTL', 'fdAT'])
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
}

/** Reads the chunks without touching the pixels; `undefined` when IHDR is missing or outside the standard. */
export function readPngHeader(bytes: Uint8Array): PngHeader | undefined {
  if (!hasAt(bytes, 12, 'IHDR') || u32be(bytes, 8) !== 13 || bytes.length < 33) return undefined
  const width = u32be(bytes, 16)
  const height = u32be(bytes, 20)
  const [depth, colour, method, filter, interlace] = bytes.subarray(24, 29) as unknown as number[]
  const sane =
    width > 0 && height > 0 && width < 2 ** 31 && height < 2 ** 31 && DEPTHS[colour!]?.includes(depth!)
  if (!sane || method !== 0 || filter !== 0 || interlace! > 1) return undefined
  let palette: Uint8Array | undefined
  let transparent: Uint8Array | undefined
  let orientation = 1
  let animated = false
  let data: number | undefined
  let sound = true
  let behind = PNG_SIGNATURE
  const others = new Set<string>()
  const meaning = new Map<string, Uint8Array>()
  for (const chunk of pngChunks(bytes)) {
    behind = chunk.end
    if (chunk.name === 'IHDR' || chunk.name === 'PLTE') sound &&= isSound(bytes, chunk)
    else if (chunk.name !== 'IDAT' && !isSound(bytes, chunk)) continue
    if (chunk.name === 'PLTE') palette ??= chunk.data
    else if (chunk.name === 'tRNS') transparent ??= chunk.data
    else if (chunk.name === 'IDAT') data ??= chunk.start
    else if (chunk.name === 'acTL') animated ||= data === undefined
    else if (chunk.name === 'eXIf') orientation = readOrientation(chunk.data)
    if (MEANING.has(chunk.name)) meaning.set(chunk.name, chunk.data)
    else if (!STRUCTURE.has(chunk.name)) others.add(chunk.name)
  }
  if (hasAt(bytes, behind + 4, 'IDAT')) data ??= behind
  if (colour === 3 && palette === undefined) return undefined
  const interlaced = interlace === 1
  return {
    width,
    height,
    depth: depth!,
    colour: colour!,
    interlaced,
    palette,
    transparent,
    orientation,
    animated,
    data,
    sound,
    others,
    meaning,
  }
}
