// ln and exp by series, to about ten digits: the compiler's own bring kilobytes of tables.

/** Natural logarithm of a normal number above 0. */
export function ln(x: f64): f64 {
  let bits = reinterpret<u64>(x)
  let exponent = <i32>((bits >> 52) & 0x7ff) - 1023
  // The mantissa's low 52 bits under the exponent of 1: 1 <= m < 2.
  let m = reinterpret<f64>(((bits << 12) >> 12) | ((1023 as u64) << 52))
  let u = (m - 1) / (m + 1)
  let s = u * u
  let series = 1 / 9.0 + s * (1 / 11.0 + s * (1 / 13.0 + s / 15.0))
  series = 1 + s * (1 / 3.0 + s * (1 / 5.0 + s * (1 / 7.0 + s * series)))
  return f64(exponent) * Math.LN2 + 2 * u * series
}

/** e to the power x, for |x| below 700. */
export function exp(x: f64): f64 {
  let n = nearest<f64>(x * Math.LOG2E)
  let r = x - n * Math.LN2
  let series = 1 / 120.0 + r * (1 / 720.0 + r * (1 / 5040.0 + r / 40320.0))
  let y = 1 + r * (1 + r * (0.5 + r * (1 / 6.0 + r * (1 / 24.0 + r * series))))
  return y * reinterpret<f64>((<u64>(<i64>n + 1023)) << 52)
}

/** base (above 0) to the power `exponent`. */
export function power(base: f64, exponent: f64): f64 {
  return exp(ln(base) * exponent)
}
