import { describe, expect, test } from 'vitest'
import {
  bestManner,
  colorsFor,
  fallAt,
  LEAST_FRAMES,
  outlook,
  type Survey,
} from '../../../../src/media/formats/gif/outlook.ts'

/** A photographed animation, as surveys find them. */
const photo: Survey = {
  scale: 0.4,
  tolerance: 9,
  colors: 127,
  bytes: 400_000,
  falls: [
    { tolerance: 4.5, part: 1.5 },
    { tolerance: 9, part: 1 },
    { tolerance: 18, part: 0.57 },
  ],
  alike: [
    { scale: 0.28, value: 0.55 },
    { scale: 0.4, value: 0.65 },
  ],
  afterWriting: 0.93,
  afterWaiting: 0.35,
  palettes: [
    { colors: 31, error: 66 },
    { colors: 63, error: 34 },
    { colors: 127, error: 19 },
    { colors: 255, error: 10 },
  ],
  frames: 36,
}
const still: Survey = { ...photo, afterWaiting: 0.999 }
const scales = { least: 0.2, most: 1 }

describe('the choice of a manner', () => {
  test('what the survey wrote is what it expects', () => {
    const { bytes } = outlook(photo, { scale: 0.4, tolerance: 9, colors: 127, every: 1 })
    expect(bytes).toBeCloseTo(400_000)
  })

  test('more bytes look better, and are within the budget', () => {
    let before = 0
    for (const budget of [60_000, 120_000, 300_000, 600_000, 2_000_000]) {
      const found = bestManner(photo, budget, scales)
      expect(found?.bytes).toBeLessThanOrEqual(budget)
      expect(found?.likeness).toBeGreaterThanOrEqual(before)
      before = found?.likeness ?? 0
    }
  })

  test('frames are left out where waiting is not seen, and kept where it is', () => {
    expect(bestManner(photo, 100_000, scales)?.every).toBe(1)
    expect(bestManner(still, 30_000, scales)?.every).toBeGreaterThan(1)
    const fewest = bestManner(still, 9_000, scales)
    expect(photo.frames / (fewest?.every ?? 1)).toBeGreaterThanOrEqual(LEAST_FRAMES)
  })

  test('nothing fits a budget that is too small', () => {
    expect(bestManner(photo, 500, scales)).toBeUndefined()
  })

  test('a size that is asked for is not passed', () => {
    expect(bestManner(photo, 9e6, { least: 0.2, most: 0.5 })?.scale).toBe(0.5)
  })

  test('what was measured at the full size counts there', () => {
    const full = { ...photo, full: 20 }
    const manner = { scale: 1, tolerance: 9, colors: 127, every: 1 }
    expect(outlook(full, manner).bytes).toBeCloseTo(8_000_000)
    expect(outlook(full, { ...manner, scale: 0.5 }).bytes).toBe(
      outlook(photo, { ...manner, scale: 0.5 }).bytes,
    )
  })

  test('coarse loss needs few colours, fine loss many', () => {
    expect(colorsFor(photo, 4)).toBe(255)
    expect(colorsFor(photo, 11)).toBe(127)
    expect(colorsFor(photo, 25)).toBe(31)
  })

  test('bytes fall with the tolerance, between what was tried and beyond', () => {
    expect(fallAt(photo, 9)).toBeCloseTo(1)
    expect(fallAt(photo, 4.5)).toBeCloseTo(1.5)
    for (let tolerance = 2; tolerance < 40; tolerance++)
      expect(fallAt(photo, tolerance + 1)).toBeLessThan(fallAt(photo, tolerance))
    const flat = { falls: photo.falls.map((one) => ({ ...one, part: 1 })) }
    expect(fallAt(flat, 30)).toBeLessThan(fallAt(flat, 20))
  })
})
