/** Row by row, 9 numbers. */
export type Matrix = readonly number[]
/** Linear light, 0 to 1, of each 8-bit sample. */
export type Curve = Float64Array
/** Red's, green's and blue's. */
export type Curves = readonly [Curve, Curve, Curve]

/** Linear sRGB to XYZ under D50, the white that profiles work with (Bradford-adapted primaries of IEC 61966-2-1). */
const XYZ_FROM_SRGB: Matrix = [
  0.4360747, 0.3850649, 0.1430804, 0.2225045, 0.7168786, 0.0606169, 0.0139322, 0.0971045, 0.7141733,
]
const WHITE = [0.9642, 1, 0.8249] as const
/** A difference of color that is taken for none, in dE of 1976. */
const SAME = 1
/** Steps a channel of the colors that are compared. */
const STEPS = [0, 32, 64, 96, 128, 160, 192, 224, 255]

/** A color of CIE 1931. */
export type Xyz = readonly [number, number, number]

/** The matrix from a space whose primaries have these XYZ (under D50) to linear sRGB. */
export function srgbFromXyz(columns: readonly [Xyz, Xyz, Xyz]): Matrix {
  const [r, g, b] = columns
  const xyz = [r[0], g[0], b[0], r[1], g[1], b[1], r[2], g[2], b[2]]
  return product(inverse(XYZ_FROM_SRGB), xyz)
}

/** Linear light, 0 to 1, of a value of sRGB, 0 to 1. */
export function srgbToLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

/** Whether the conversion leaves every color within 1 dE of where it is. Without a matrix only greys are asked. */
export function isNearSrgb(matrix: Matrix | undefined, curves: Curves): boolean {
  for (const r of STEPS)
    for (const g of matrix ? STEPS : [r])
      for (const b of matrix ? STEPS : [r]) {
        const linear = [curves[0][r]!, curves[1][g]!, curves[2][b]!]
        const converted = (matrix ? apply(matrix, linear) : linear).map((value) =>
          Math.min(1, Math.max(0, value)),
        )
        const straight = [r, g, b].map((value) => srgbToLinear(value / 255))
        if (difference(lab(converted), lab(straight)) > SAME) return false
      }
  return true
}

function apply(m: Matrix, v: readonly number[]): number[] {
  return [0, 3, 6].map((row) => m[row]! * v[0]! + m[row + 1]! * v[1]! + m[row + 2]! * v[2]!)
}

function product(a: Matrix, b: Matrix): Matrix {
  const columns = [0, 1, 2].map((c) => apply(a, [b[c]!, b[c + 3]!, b[c + 6]!]))
  return [0, 1, 2].flatMap((row) => columns.map((column) => column[row]!))
}

function inverse(m: Matrix): Matrix {
  const [a, b, c, d, e, f, g, h, i] = m as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const adjugate = [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ]
  const determinant = a * adjugate[0]! + b * adjugate[3]! + c * adjugate[6]!
  return adjugate.map((value) => value / determinant)
}

/** CIE L*a*b* of linear sRGB. */
function lab(linear: readonly number[]): number[] {
  const [x, y, z] = apply(XYZ_FROM_SRGB, linear).map((value, i) => {
    const t = value / WHITE[i]!
    return t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 27 / 116 + 16 / 116
  }) as [number, number, number]
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

function difference(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!, a[2]! - b[2]!)
}
