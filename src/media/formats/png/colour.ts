import { u32be } from '../../bytes.ts'
import { Inflater } from '../../inflate.ts'
import { type IccConversion, readIcc } from '../jpeg/icc.ts'
import { type Curve, isNearSrgb, srgbFromXyz, srgbToLinear, type Xyz } from '../jpeg/srgb.ts'
import type { PngHeader } from './header.ts'

/** Bytes that a profile unpacks to at most; real ones have 500 to 600,000. */
const LARGEST_PROFILE = 2 ** 20
/** The gamma of sRGB as PNG writes it; files round it in several ways. */
const SRGB_GAMMA = 45_455
const GAMMA_SLACK = 1_000

/**
 * How to bring a PNG's samples to sRGB. The order is the specification's (third edition, 4.3): a profile counts more
 * than the sRGB chunk, and that more than gamma and chromaticities.
 */
export function readPngColour({ meaning }: PngHeader): IccConversion {
  const packed = meaning.get('iCCP')
  if (packed !== undefined) {
    const profile = unpackProfile(packed)
    return profile === undefined
      ? { kind: 'unsupported', reason: 'a profile that does not unpack' }
      : readIcc(profile)
  }
  if (meaning.has('cICP')) return { kind: 'unsupported', reason: 'coding-independent code points' }
  const gamma = u32be(meaning.get('gAMA') ?? new Uint8Array(), 0)
  const primaries = meaning.has('sRGB') ? undefined : readPrimaries(meaning.get('cHRM'))
  const plain = meaning.has('sRGB') || gamma <= 0 || Math.abs(gamma - SRGB_GAMMA) < GAMMA_SLACK
  if (plain && primaries === undefined) return { kind: 'srgb' }
  const curve: Curve = Float64Array.from({ length: 256 }, (_, v) =>
    plain ? srgbToLinear(v / 255) : (v / 255) ** (100_000 / gamma),
  )
  const matrix = primaries === undefined ? [1, 0, 0, 0, 1, 0, 0, 0, 1] : srgbFromXyz(primaries)
  if (isNearSrgb(matrix, [curve, curve, curve])) return { kind: 'srgb' }
  return { kind: 'matrix', matrix, curves: [curve, curve, curve] }
}

/** Name, zero, method, zlib data. It is unpacked no further than the largest profile. */
function unpackProfile(chunk: Uint8Array): Uint8Array | undefined {
  const zero = chunk.subarray(0, 80).indexOf(0)
  if (zero < 0 || chunk[zero + 1] !== 0) return undefined
  let piece: Uint8Array | undefined = chunk.subarray(zero + 2)
  const inflater = new Inflater(() => {
    const given = piece
    piece = undefined
    return given
  })
  const head = new Uint8Array(4)
  if (inflater.read(head) !== 4) return undefined
  const size = u32be(head, 0)
  if (size < 128 || size > LARGEST_PROFILE) return undefined
  const profile = new Uint8Array(size)
  profile.set(head)
  return inflater.read(profile.subarray(4)) === size - 4 ? profile : undefined
}

/** The primaries of cHRM as XYZ under D50, the white that the matrix works with. */
function readPrimaries(chunk: Uint8Array | undefined): [Xyz, Xyz, Xyz] | undefined {
  if (chunk === undefined || chunk.length < 32) return undefined
  const [wx, wy, ...rest] = Array.from({ length: 8 }, (_, at) => u32be(chunk, at * 4) / 100_000)
  const white = toXyz(wx!, wy!)
  const columns = [0, 2, 4].map((at) => toXyz(rest[at]!, rest[at + 1]!))
  const sums = white && solve(columns, white)
  if (white === undefined || sums === undefined) return undefined
  return columns.map((column, c) =>
    adapt(column!.map((value) => value * sums[c]!) as unknown as Xyz, white),
  ) as [Xyz, Xyz, Xyz]
}

function toXyz(x: number, y: number): Xyz | undefined {
  return y > 0 ? [x / y, 1, (1 - x - y) / y] : undefined
}

/** How much of each primary makes the white, by Cramer's rule; `undefined` for primaries on one line. */
function solve(columns: readonly (Xyz | undefined)[], white: Xyz): number[] | undefined {
  const [r, g, b] = columns
  if (r === undefined || g === undefined || b === undefined) return undefined
  const whole = determinant(r, g, b)
  if (Math.abs(whole) < 1e-9) return undefined
  return [
    determinant(white, g, b) / whole,
    determinant(r, white, b) / whole,
    determinant(r, g, white) / whole,
  ]
}

function determinant(a: Xyz, b: Xyz, c: Xyz): number {
  return (
    a[0] * (b[1] * c[2] - b[2] * c[1]) -
    b[0] * (a[1] * c[2] - a[2] * c[1]) +
    c[0] * (a[1] * b[2] - a[2] * b[1])
  )
}

// The Bradford cone matrix and its inverse.
const CONES = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
]
const FROM_CONES = [
  [0.9869929, -0.1470543, 0.1599627],
  [0.4323053, 0.5183603, 0.0492912],
  [-0.0085287, 0.0400428, 0.9684867],
]
const D50: Xyz = [0.9642, 1, 0.8249]

/** A colour under `white` as it is seen under D50. */
function adapt(colour: Xyz, white: Xyz): Xyz {
  const from = times(CONES, white)
  const to = times(CONES, D50)
  const cones = times(CONES, colour).map((value, at) => (value * to[at]!) / from[at]!)
  return times(FROM_CONES, cones as unknown as Xyz)
}

function times(matrix: readonly (readonly number[])[], v: Xyz): Xyz {
  return matrix.map((row) => row[0]! * v[0] + row[1]! * v[1] + row[2]! * v[2]) as unknown as Xyz
}
