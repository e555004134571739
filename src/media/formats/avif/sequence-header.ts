import type { Cicp } from '../heif/picture.ts'
import type { ChromaShift } from '../heif/samples.ts'

/** What the sequence header of an AV1 stream says (AV1 specification, 5.5) of size, samples and colours. */
export type SequenceHeader = {
  readonly width: number
  readonly height: number
  readonly bits: 8 | 10 | 12
  /** `undefined` where there is only luma. */
  readonly chroma: ChromaShift | undefined
  readonly cicp: Cicp
}

/** Units looked at before the sequence header. */
const MOST_UNITS = 16
const SEQUENCE_HEADER = 1

/** The first sequence header of an AV1 stream, or `undefined`. */
export function readSequenceHeader(stream: Uint8Array): SequenceHeader | undefined {
  let at = 0
  for (let count = 0; count < MOST_UNITS && at < stream.length; count++) {
    const header = stream[at]!
    const type = (header >> 3) & 15
    at += header & 4 ? 2 : 1
    let size = stream.length - at
    if (header & 2) {
      const read = leb128(stream, at)
      if (read === undefined) return undefined
      size = read.value
      at = read.end
    }
    if (type === SEQUENCE_HEADER) return parse(new Bits(stream.subarray(at, at + size)))
    at += size
  }
  return undefined
}

function leb128(bytes: Uint8Array, from: number): { value: number; end: number } | undefined {
  let value = 0
  for (let i = 0; i < 5; i++) {
    const byte = bytes[from + i]
    if (byte === undefined) return undefined
    value += (byte & 127) * 2 ** (7 * i)
    if (byte < 128) return { value, end: from + i + 1 }
  }
  return undefined
}

class Bits {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isPastEnd(): boolean {
    return this.#at > this.#bytes.length * 8
  }

  take(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++, this.#at++)
      value = value * 2 + (((this.#bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1)
    return value
  }

  /** A number whose length stands before it in zeros. */
  skipUvlc(): void {
    let zeros = 0
    while (zeros < 32 && !this.isPastEnd && this.take(1) === 0) zeros++
    if (zeros < 32) this.take(zeros)
  }
}

function parse(bits: Bits): SequenceHeader | undefined {
  const profile = bits.take(3)
  bits.take(1)
  const reduced = bits.take(1) === 1
  if (reduced) bits.take(5)
  else skipOperatingPoints(bits)
  const widthBits = bits.take(4) + 1
  const heightBits = bits.take(4) + 1
  const width = bits.take(widthBits) + 1
  const height = bits.take(heightBits) + 1
  if (!reduced && bits.take(1) === 1) bits.take(7)
  bits.take(3)
  if (!reduced) skipInterTools(bits)
  bits.take(3)
  const colours = colourConfig(bits, profile)
  return bits.isPastEnd ? undefined : { width, height, ...colours }
}

function skipOperatingPoints(bits: Bits): void {
  let delayBits = 0
  let modelInfo = false
  if (bits.take(1) === 1) {
    bits.take(64)
    if (bits.take(1) === 1) bits.skipUvlc()
    modelInfo = bits.take(1) === 1
    if (modelInfo) {
      delayBits = bits.take(5) + 1
      bits.take(42)
    }
  }
  const displayDelays = bits.take(1) === 1
  const points = bits.take(5) + 1
  for (let i = 0; i < points; i++) {
    bits.take(12)
    if (bits.take(5) > 7) bits.take(1)
    if (modelInfo && bits.take(1) === 1) bits.take(2 * delayBits + 1)
    if (displayDelays && bits.take(1) === 1) bits.take(4)
  }
}

function skipInterTools(bits: Bits): void {
  bits.take(4)
  const orderHint = bits.take(1) === 1
  if (orderHint) bits.take(2)
  const screenContent = bits.take(1) === 1 ? 2 : bits.take(1)
  if (screenContent > 0 && bits.take(1) === 0) bits.take(1)
  if (orderHint) bits.take(3)
}

function colourConfig(bits: Bits, profile: number): Pick<SequenceHeader, 'bits' | 'chroma' | 'cicp'> {
  const high = bits.take(1) === 1
  const depth = profile === 2 && high ? (bits.take(1) === 1 ? 12 : 10) : high ? 10 : 8
  const grey = profile !== 1 && bits.take(1) === 1
  const described = bits.take(1) === 1
  const [primaries, transfer, matrix] = described
    ? [bits.take(8), bits.take(8), bits.take(8)]
    : ([2, 2, 2] as const)
  const colours = { primaries, transfer, matrix }
  if (grey) return { bits: depth, chroma: undefined, cicp: { ...colours, fullRange: bits.take(1) === 1 } }
  // RGB of sRGB has no further words.
  if (primaries === 1 && transfer === 13 && matrix === 0)
    return { bits: depth, chroma: { x: 0, y: 0 }, cicp: { ...colours, fullRange: true } }
  const fullRange = bits.take(1) === 1
  return { bits: depth, chroma: chromaOf(bits, profile, depth), cicp: { ...colours, fullRange } }
}

function chromaOf(bits: Bits, profile: number, depth: number): ChromaShift {
  if (profile === 0) return { x: 1, y: 1 }
  if (profile === 1) return { x: 0, y: 0 }
  if (depth < 12) return { x: 1, y: 0 }
  if (bits.take(1) === 0) return { x: 0, y: 0 }
  return bits.take(1) === 1 ? { x: 1, y: 1 } : { x: 1, y: 0 }
}
