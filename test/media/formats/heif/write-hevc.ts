/**
 * HEVC pictures whose samples stand in the stream as they are (ITU-R H.265, pulse code modulation): each block of 16 x 16
 * is one word of the arithmetic coder, one that says "plain samples", and the samples. What a decoder has to give is
 * known without one.
 */

/** Y, Cb and Cr of a picture, without gaps; chroma is half as wide and high (4:2:0), or there is none. */
export type HevcSamples = {
  /** Multiples of 16. */
  readonly width: number
  readonly height: number
  /** 8 unless said; up to 12. */
  readonly bits?: number
  readonly planes: readonly ArrayLike<number>[]
  /** What the stream says of its colours; nothing unless said. */
  readonly colours?: {
    readonly primaries: number
    readonly transfer: number
    readonly matrix: number
    readonly fullRange: boolean
  }
}

const BLOCK = 16
/** Bits that are read one after the other, the most significant of each number first. */
class BitWriter {
  readonly bytes: number[] = []
  #free = 0

  put(value: number, count: number): this {
    for (let i = count - 1; i >= 0; i--) {
      if (this.#free === 0) {
        this.bytes.push(0)
        this.#free = 8
      }
      this.#free--
      const last = this.bytes.length - 1
      this.bytes[last] = this.bytes[last]! | ((Math.floor(value / 2 ** i) % 2) << this.#free)
    }
    return this
  }

  /** Exp-Golomb. */
  ue(value: number): this {
    const length = Math.floor(Math.log2(value + 1))
    return this.put(0, length).put(value + 1, length + 1)
  }

  align(bit: 0 | 1): this {
    if (bit === 1) this.put(1, 1)
    while (this.#free > 0) this.put(0, 1)
    return this
  }
}

/** Ranges of the less probable symbol by state, for a range of 448 and more, which is the only one that comes up here. */
const LEAST_RANGE = [
  240, 227, 216, 205, 195, 185, 175, 166, 158, 150, 142, 135, 128, 122, 116, 110, 104, 99, 94, 89, 85, 80, 76,
  72, 69, 65, 62, 59, 56, 53, 50, 48, 45, 43, 41, 39, 37, 35, 33, 31, 30, 28, 27, 25, 24, 23, 22, 21, 20, 19,
  18, 17, 16, 15, 14, 14, 13, 12, 12, 11, 11, 10, 9, 2,
]

/** The arithmetic coder as far as it is needed: one context, whose more probable symbol is all that comes, and ends. */
class Coder {
  readonly #out: BitWriter
  #low = 0
  #range = 510
  #first = true
  #outstanding = 0
  /** Of the context of `part_mode`, which at a quantiser of 26 begins at 0 with 1 as the more probable. */
  #state = 0

  constructor(out: BitWriter) {
    this.#out = out
  }

  probable(): void {
    if (this.#range < 448) throw new Error('a range that is not in the table')
    this.#range -= LEAST_RANGE[this.#state]!
    if (this.#state < 62) this.#state++
    this.#normalise()
  }

  /** A word that ends something when it is 1; then plain bits may follow. */
  terminate(end: boolean): void {
    this.#range -= 2
    if (!end) {
      this.#normalise()
      return
    }
    this.#low += this.#range
    this.#range = 2
    this.#normalise()
    this.#putBit((this.#low >> 9) & 1)
    this.#out.put(((this.#low >> 7) & 3) | 1, 2)
    this.#low = 0
    this.#range = 510
    this.#first = true
    this.#outstanding = 0
  }

  #normalise(): void {
    while (this.#range < 256) {
      if (this.#low < 256) this.#putBit(0)
      else if (this.#low >= 512) {
        this.#low -= 512
        this.#putBit(1)
      } else {
        this.#low -= 256
        this.#outstanding++
      }
      this.#range <<= 1
      this.#low <<= 1
    }
  }

  #putBit(bit: number): void {
    if (this.#first) this.#first = false
    else this.#out.put(bit, 1)
    for (; this.#outstanding > 0; this.#outstanding--) this.#out.put(1 - bit, 1)
  }
}

/** A unit with its header; three bytes that would look like a start are kept apart. */
function unit(type: number, { bytes }: BitWriter): number[] {
  const apart: number[] = []
  for (const byte of bytes) {
    if (byte <= 3 && apart.at(-1) === 0 && apart.at(-2) === 0) apart.push(3)
    apart.push(byte)
  }
  return [type << 1, 1, ...apart]
}

function profile(to: BitWriter, bits: number): BitWriter {
  // Main, or the range extensions for what it does not have.
  const number = bits === 8 ? 1 : bits === 10 ? 2 : 4
  to.put(0, 3).put(number, 5)
  for (let i = 0; i < 32; i++) to.put(i === number ? 1 : 0, 1)
  return to.put(0b1011, 4).put(0, 32).put(0, 12).put(93, 8)
}

function parameterSets({ width, height, bits = 8, planes, colours }: HevcSamples) {
  const video = profile(
    new BitWriter().put(0, 4).put(3, 2).put(0, 6).put(0, 3).put(1, 1).put(0xffff, 16),
    bits,
  )
  video.put(1, 1).ue(0).ue(0).ue(0).put(0, 6).ue(0).put(0, 2).align(1)
  const sequence = profile(new BitWriter().put(0, 4).put(0, 3).put(1, 1), bits).ue(0)
  sequence
    .ue(planes.length === 1 ? 0 : 1)
    .ue(width)
    .ue(height)
    .put(0, 1)
  sequence
    .ue(bits - 8)
    .ue(bits - 8)
    .ue(0)
    .put(1, 1)
    .ue(0)
    .ue(0)
    .ue(0)
  // Blocks of 16, transforms of 4 to 16.
  sequence.ue(1).ue(0).ue(0).ue(2).ue(0).ue(0).put(0, 3)
  sequence
    .put(1, 1)
    .put(bits - 1, 4)
    .put(bits - 1, 4)
    .ue(1)
    .ue(0)
    .put(1, 1)
  sequence.ue(0).put(0, 3)
  if (colours === undefined) sequence.put(0, 1)
  else {
    sequence
      .put(1, 1)
      .put(0, 2)
      .put(1, 1)
      .put(5, 3)
      .put(colours.fullRange ? 1 : 0, 1)
      .put(1, 1)
    sequence.put(colours.primaries, 8).put(colours.transfer, 8).put(colours.matrix, 8)
    sequence.put(0, 5).put(0, 2)
  }
  sequence.put(0, 1).align(1)
  const picture = new BitWriter().ue(0).ue(0).put(0, 7).ue(0).ue(0).ue(0).put(0, 3)
  picture.ue(0).ue(0).put(0, 6).put(0, 1).put(1, 1).put(0, 1).put(1, 1).put(0, 2).ue(0).put(0, 2).align(1)
  return [unit(32, video), unit(33, sequence), unit(34, picture)] as const
}

function slice({ width, height, bits = 8, planes }: HevcSamples): number[] {
  const out = new BitWriter().put(1, 1).put(0, 1).ue(0).ue(2).ue(0).align(1)
  const coder = new Coder(out)
  for (let y = 0; y < height; y += BLOCK)
    for (let x = 0; x < width; x += BLOCK) {
      if (x + y > 0) coder.terminate(false)
      coder.probable()
      coder.terminate(true)
      out.align(0)
      for (const [index, plane] of planes.entries()) {
        const half = index === 0 ? 1 : 2
        for (let row = y / half; row < (y + BLOCK) / half; row++)
          for (let column = x / half; column < (x + BLOCK) / half; column++)
            out.put(plane[(row * width) / half + column]!, bits)
      }
    }
  coder.terminate(true)
  return unit(20, out.align(0))
}

/** A picture as an item of a HEIF file has it: its decoder's configuration, and the slice behind its length. */
export function writeHevc(samples: HevcSamples): { configuration: number[]; data: number[] } {
  const { bits = 8, planes } = samples
  const sets = parameterSets(samples)
  const two = (value: number) => [value >> 8, value & 255]
  const configuration = [
    ...[1, sets[1][3]!, ...sets[1].slice(4, 8), 0x90, 0, 0, 0, 0, 0, 93],
    ...[
      0xf0,
      0,
      0xfc,
      0xfc | (planes.length === 1 ? 0 : 1),
      0xf8 | (bits - 8),
      0xf8 | (bits - 8),
      0,
      0,
      0x0f,
      3,
    ],
    ...sets.flatMap((set, index) => [0x80 | (32 + index), 0, 1, ...two(set.length), ...set]),
  ]
  const coded = slice(samples)
  return { configuration, data: [...length(coded), ...coded] }
}

function length(bytes: readonly number[]): number[] {
  return [24, 16, 8, 0].map((shift) => (bytes.length >> shift) & 255)
}
