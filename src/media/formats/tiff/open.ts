import type { Bitmap } from '../../bitmap.ts'
import { u16be, u16le } from '../../bytes.ts'
import type { TiffHeader } from './header.ts'
import { type Unpacker, unpacker } from './unpack.ts'

/** Opens the first picture of a TIFF file for reading from the top; one row is held. */
export function openTiff(bytes: Uint8Array, header: TiffHeader): Bitmap {
  const { width, height, depth, samples, strips, rowsPerStrip, compression } = header
  const packed = new Uint8Array(Math.ceil((width * samples * depth) / 8))
  const channels = channelsOf(header)
  let y = 0
  let rowsRead = 0
  let unpack: Unpacker | undefined
  const read = (into: Uint8Array, rows: number) => {
    for (let i = 0; i < rows; i++, y++) {
      if (y % rowsPerStrip === 0) {
        const strip = strips[y / rowsPerStrip]
        unpack = strip && unpacker(bytes.subarray(strip.offset, strip.offset + strip.length), compression)
      }
      const to = i * width * channels
      if (unpack?.(packed) !== packed.length) into.fill(255, to, to + width * channels)
      else {
        if (header.differences) addUp(packed, header)
        expand(packed, header, into, to, channels)
        rowsRead++
      }
    }
  }
  return { rows: { width, height, channels, read }, state: () => ({ rowsRead, damaged: false }) }
}

function channelsOf({ photometric, alpha }: TiffHeader): 1 | 3 | 4 {
  if (photometric === 5) return 3
  if (alpha !== 'none') return 4
  return photometric <= 1 ? 1 : 3
}

/** The predictor of section 14: each sample is the difference from the same one of the pixel to its left. */
function addUp(row: Uint8Array, { samples, depth, little }: TiffHeader): void {
  if (depth === 8) for (let at = samples; at < row.length; at++) row[at] = row[at]! + row[at - samples]!
  if (depth !== 16) return
  const read = little ? u16le : u16be
  const [high, low] = little ? [1, 0] : [0, 1]
  for (let at = samples * 2; at + 1 < row.length; at += 2) {
    const sum = read(row, at) + read(row, at - samples * 2)
    row[at + high] = sum >> 8
    row[at + low] = sum
  }
}

function expand(
  row: Uint8Array,
  header: TiffHeader,
  into: Uint8Array,
  start: number,
  channels: number,
): void {
  const { width, depth, samples, photometric, palette, alpha, little } = header
  if (depth === 8 && samples === channels && alpha === 'none' && (photometric === 1 || photometric === 2)) {
    into.set(row, start)
    return
  }
  const most = (1 << Math.min(depth, 8)) - 1
  // Of 16 bits the upper eight are kept.
  const sample = (x: number, c: number) => {
    if (depth === 8) return row[x * samples + c]!
    if (depth === 16) return row[(x * samples + c) * 2 + (little ? 1 : 0)]!
    const bit = x * depth
    return (row[bit >> 3]! >> (8 - depth - (bit & 7))) & most
  }
  for (let x = 0, to = start; x < width; x++, to += channels) {
    if (photometric === 3) {
      const entry = depth === 16 ? 0 : sample(x, 0)
      for (let c = 0; c < 3; c++) into[to + c] = palette![(c << depth) + entry]! >> 8
      if (channels === 4) into[to + 3] = sample(x, 1)
      continue
    }
    if (photometric === 5) {
      const rest = 255 - sample(x, 3)
      for (let c = 0; c < 3; c++) into[to + c] = ((255 - sample(x, c)) * rest) / 255
      continue
    }
    const colours = photometric === 2 ? 3 : 1
    const opacity = channels === 4 ? sample(x, colours) : 255
    for (let c = 0; c < Math.min(3, channels); c++) {
      let value = (sample(x, c % colours) * 255) / most
      if (photometric === 0) value = 255 - value
      // Colours multiplied by their opacity are divided by it again.
      into[to + c] = alpha === 'associated' && opacity > 0 ? Math.min(255, (value * 255) / opacity) : value
    }
    if (channels === 4) into[to + 3] = opacity
  }
}
