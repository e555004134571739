/** The luminance table of T.81 K.1, in zigzag order: libjpeg scales it by its quality setting. */
const STANDARD_LUMA = [
  16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58,
  51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103,
  62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
] as const

/**
 * The quality, 1 to 100, at which libjpeg's luminance table is about as coarse as this one (64 steps in zigzag
 * order). Other encoders have other tables, so it says how much is lost and not which slider was set.
 */
export function estimateQuality(table: ArrayLike<number>): number {
  // At 100 every step is clamped to 1, which is more than any percentage says.
  if (STANDARD_LUMA.every((_, k) => (table[k] ?? 1) <= 1)) return 100
  let percent = 0
  for (const [k, step] of STANDARD_LUMA.entries()) percent += ((table[k] ?? 1) * 100) / step
  percent /= 64
  const quality = percent <= 100 ? (200 - percent) / 2 : 5000 / percent
  return Math.min(100, Math.max(1, Math.round(quality)))
}
