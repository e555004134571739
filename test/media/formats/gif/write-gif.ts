import { bytesOf, le } from '../../bytes-of.ts'

/** One picture as a test wants it. */
export type TestPicture = {
  readonly left?: number
  readonly top?: number
  readonly width: number
  readonly height: number
  /** The index of each pixel. */
  readonly index: (x: number, y: number) => number
  /** Red, green and blue of each color; the file's unless said. */
  readonly colors?: readonly number[]
  readonly transparent?: number
  readonly disposal?: number
  readonly delay?: number
  readonly interlaced?: boolean
  /** Bits of an index: 2 to 8. */
  readonly bits?: number
  /** Codes instead of the right ones. */
  readonly codes?: Uint8Array
}

/** What comes before the pictures. */
export type TestScreen = {
  readonly width: number
  readonly height: number
  readonly colors?: readonly number[]
  /** Repeats of the block that says so; no block unless said. */
  readonly repeats?: number
  /** Blocks between the header and the pictures. */
  readonly extras?: Iterable<number>
}

/** Writes a GIF89a file, without any cleverness. */
export function writeGif(screen: TestScreen, pictures: readonly TestPicture[]): Uint8Array<ArrayBuffer> {
  const { width, height, colors, repeats, extras = [] } = screen
  const loop = repeats === undefined ? [] : bytesOf(0x21, 0xff, 11, 'NETSCAPE2.0', 3, 1, le(repeats, 2), 0)
  const head = bytesOf('GIF89a', le(width, 2), le(height, 2), flags(colors), 0, 0, colors ?? [])
  return bytesOf(head, loop, extras, ...pictures.map(blocks), 0x3b)
}

function flags(colors: readonly number[] | undefined): number {
  return colors === undefined ? 0x70 : 0xf0 | (Math.log2(colors.length / 3) - 1)
}

function blocks(picture: TestPicture): Uint8Array {
  const { left = 0, top = 0, width, height, colors, transparent, interlaced, bits = 8 } = picture
  const packed = ((picture.disposal ?? 0) << 2) | (transparent === undefined ? 0 : 1)
  const control = bytesOf(0x21, 0xf9, 4, packed, le(picture.delay ?? 10, 2), transparent ?? 0, 0)
  const table = colors === undefined ? 0 : 0x80 | (Math.log2(colors.length / 3) - 1)
  const place = [left, top, width, height].flatMap((side) => le(side, 2))
  return bytesOf(
    control,
    0x2c,
    place,
    table | (interlaced ? 0x40 : 0),
    colors ?? [],
    bits,
    chain(picture.codes ?? lzw(pixelsOf(picture), bits)),
  )
}

function pixelsOf({ width, height, index, interlaced }: TestPicture): number[] {
  const rows = Array.from({ length: height }, (_, y) => y)
  const pass = (first: number, step: number) => rows.filter((y) => y % step === first)
  const order = interlaced ? [...pass(0, 8), ...pass(4, 8), ...pass(2, 4), ...pass(1, 2)] : rows
  return order.flatMap((y) => Array.from({ length: width }, (_, x) => index(x, y)))
}

/** Sub-blocks of up to 255 bytes, and the empty one. */
export function chain(bytes: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += 255) {
    const part = bytes.subarray(at, at + 255)
    pieces.push(bytesOf(part.length, part))
  }
  return bytesOf(...pieces, 0)
}

/** The codes of indices, as the specification's appendix F makes them. */
export function lzw(indices: readonly number[], bits: number): Uint8Array {
  const clear = 1 << bits
  const out: number[] = []
  let held = 0
  let count = 0
  let size = bits + 1
  const put = (code: number) => {
    held |= code << count
    for (count += size; count >= 8; count -= 8) {
      out.push(held & 255)
      held >>>= 8
    }
  }
  let strings = new Map<string, number>()
  let next = clear + 2
  put(clear)
  let string = ''
  let code = -1
  for (const index of indices) {
    const longer = `${string},${index}`
    const known = code < 0 ? index : strings.get(longer)
    if (known !== undefined) {
      string = longer
      code = known
      continue
    }
    put(code)
    strings.set(longer, next)
    // The reader is one string behind, and takes the wider codes when it has caught up.
    if (next === 1 << size) size++
    next++
    if (next > 4095) {
      put(clear)
      strings = new Map()
      next = clear + 2
      size = bits + 1
    }
    string = `,${index}`
    code = index
  }
  put(code)
  if (next === 1 << size && size < 12) size++
  put(clear + 1)
  if (count > 0) out.push(held & 255)
  return Uint8Array.from(out)
}

/** So many colors, far from each other. */
export function testColors(count: number, seed = 0): number[] {
  return Array.from({ length: count * 3 }, (_, at) => (at * 83 + seed * 57 + ((at / 3) | 0) * 29) & 255)
}
