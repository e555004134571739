/**
 * The core names coarseness by the scale of its tables; people know libjpeg's quality. Its formula, on a table whose
 * ordinary steps are the same, links the two.
 */

/** The scale of the core's tables that is about as coarse as libjpeg's quality `quality` (1 to 100). */
export function scaleOf(quality: number): number {
  const q = Math.min(Math.max(quality, 1), 99)
  return q < 50 ? 50 / q : (100 - q) / 50
}

/** Inverse of `scaleOf`, to one decimal. */
export function qualityOf(scale: number): number {
  const quality = scale > 1 ? 50 / scale : 100 - 50 * scale
  return Math.round(quality * 10) / 10
}
