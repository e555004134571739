/** Mean difference of two rows of samples. */
export function meanDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!)
  return sum / a.length
}

/** Mean dE of 1976 of two pictures, RGB of sRGB. */
export function meanLabDifference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i += 3) {
    const [p, q] = [lab(a, i), lab(b, i)]
    sum += Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2])
  }
  return sum / (a.length / 3)
}

const linear = Float64Array.from({ length: 256 }, (_, i) =>
  i / 255 <= 0.04045 ? i / 255 / 12.92 : ((i / 255 + 0.055) / 1.055) ** 2.4,
)

function lab(rgb: Uint8Array, at: number): [number, number, number] {
  const [r, g, b] = [linear[rgb[at]!]!, linear[rgb[at + 1]!]!, linear[rgb[at + 2]!]!]
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 27 / 116 + 16 / 116)
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047)
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b)
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}
