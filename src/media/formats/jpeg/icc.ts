import { hasAt, latin1, u16be, u32be } from '../../bytes.ts'
import { type Curve, type Curves, isNearSrgb, type Matrix, srgbFromXyz, type Xyz } from './srgb.ts'

/** How to bring a picture's samples to sRGB. */
export type IccConversion =
  /** They are sRGB, or so near that nobody sees the difference. */
  | { readonly kind: 'srgb' }
  /** Each channel through its curve, then the matrix: linear sRGB, to be clipped and encoded. */
  | { readonly kind: 'matrix'; readonly matrix: Matrix; readonly curves: Curves }
  /** The one channel through its curve: linear grey. */
  | { readonly kind: 'grey'; readonly curve: Curve }
  /** A profile by tables, or none of ours: a plain conversion has to do. */
  | { readonly kind: 'unsupported'; readonly reason: string }

/** Tags looked at; real profiles have 9 to 30. */
const MOST_TAGS = 100

/**
 * Reads an ICC profile as far as matrix and curves go, which is what cameras, phones and screens write.
 *
 * @example
 * const conversion = readIcc(header.icc)
 * if (conversion.kind === 'matrix') convert(conversion.matrix, conversion.curves)
 */
export function readIcc(profile: Uint8Array): IccConversion {
  if (profile.length < 132 || !hasAt(profile, 36, 'acsp')) return unsupported('not a profile')
  const space = latin1(profile, 16, 4)
  const tags = readTags(profile)
  if (space === 'GRAY') {
    const curve = readCurve(profile, tags.get('kTRC'))
    if (curve === undefined) return unsupported('a grey profile without a curve')
    return isNearSrgb(undefined, [curve, curve, curve]) ? { kind: 'srgb' } : { kind: 'grey', curve }
  }
  if (space !== 'RGB ') return unsupported(`a profile of ${space.trim()}`)
  if (!hasAt(profile, 20, 'XYZ ')) return unsupported('a profile by tables')
  const columns = ['rXYZ', 'gXYZ', 'bXYZ'].map((name) => readXyz(profile, tags.get(name)))
  const curves = ['rTRC', 'gTRC', 'bTRC'].map((name) => readCurve(profile, tags.get(name)))
  if (columns.includes(undefined) || curves.includes(undefined)) return unsupported('a profile by tables')
  const matrix = srgbFromXyz(columns as [Xyz, Xyz, Xyz])
  const [red, green, blue] = curves as [Curve, Curve, Curve]
  if (isNearSrgb(matrix, [red, green, blue])) return { kind: 'srgb' }
  return { kind: 'matrix', matrix, curves: [red, green, blue] }
}

type Span = { readonly from: number; readonly end: number }

function unsupported(reason: string): IccConversion {
  return { kind: 'unsupported', reason }
}

/** The tag table: signature, offset, size. */
function readTags(profile: Uint8Array): Map<string, Span> {
  const tags = new Map<string, Span>()
  const count = Math.min(u32be(profile, 128), MOST_TAGS)
  for (let i = 0; i < count; i++) {
    const entry = 132 + 12 * i
    const from = u32be(profile, entry + 4)
    const size = u32be(profile, entry + 8)
    if (from < 0 || size < 0 || from + size > profile.length) continue
    tags.set(latin1(profile, entry, 4), { from, end: from + size })
  }
  return tags
}

/** s15Fixed16Number. */
function fixed(profile: Uint8Array, at: number): number {
  return (u32be(profile, at) | 0) / 65536
}

function readXyz(profile: Uint8Array, span: Span | undefined): Xyz | undefined {
  if (span === undefined || span.end - span.from < 20 || !hasAt(profile, span.from, 'XYZ ')) return undefined
  return [fixed(profile, span.from + 8), fixed(profile, span.from + 12), fixed(profile, span.from + 16)]
}

/** A curveType or parametricCurveType, sampled at the 256 values of a byte. */
function readCurve(profile: Uint8Array, span: Span | undefined): Curve | undefined {
  if (span === undefined || span.end - span.from < 12) return undefined
  const curve = hasAt(profile, span.from, 'curv')
    ? sampledCurve(profile, span)
    : hasAt(profile, span.from, 'para')
      ? parametricCurve(profile, span)
      : undefined
  if (curve === undefined) return undefined
  const values = Float64Array.from({ length: 256 }, (_, i) => Math.min(1, Math.max(0, curve(i / 255))))
  return values.some(Number.isNaN) ? undefined : values
}

function sampledCurve(profile: Uint8Array, { from, end }: Span): ((x: number) => number) | undefined {
  const count = u32be(profile, from + 8)
  if (count === 0) return (x) => x
  if (from + 12 + 2 * count > end) return undefined
  if (count === 1) {
    const gamma = u16be(profile, from + 12) / 256
    return (x) => x ** gamma
  }
  return (x) => {
    const place = x * (count - 1)
    const below = Math.min(Math.floor(place), count - 2)
    const low = u16be(profile, from + 12 + 2 * below)
    const high = u16be(profile, from + 14 + 2 * below)
    return (low + (high - low) * (place - below)) / 65535
  }
}

/** Parameters that each function type of ICC.1 table 68 has. */
const PARAMETERS = [1, 3, 4, 5, 7] as const

function parametricCurve(profile: Uint8Array, { from, end }: Span): ((x: number) => number) | undefined {
  const type = u16be(profile, from + 8)
  const count = PARAMETERS[type]
  if (count === undefined || from + 12 + 4 * count > end) return undefined
  const parameter = (i: number) => (i < count ? fixed(profile, from + 12 + 4 * i) : 0)
  const [g, a, b, c, d, e, f] = [0, 1, 2, 3, 4, 5, 6].map(parameter) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (type === 0) return (x) => x ** g
  if (type === 1) return (x) => (a * x + b >= 0 ? (a * x + b) ** g : 0)
  if (type === 2) return (x) => (a * x + b >= 0 ? (a * x + b) ** g + c : c)
  if (type === 3) return (x) => (x >= d ? (a * x + b) ** g : c * x)
  return (x) => (x >= d ? (a * x + b) ** g + e : c * x + f)
}
