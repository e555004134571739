import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { qualityOf, scaleOf } from '../../../../src/media/formats/jpeg/coarseness.ts'
import { chooseSize, guessScale, largestSize, viewOf } from '../../../../src/media/formats/jpeg/size.ts'

const phone = { width: 4032, height: 3024 }
const bound = { width: 2592, height: 2592 }
const busy = { samples: 2048 * 1536, fine: 1.8, coarse: 0.86, hard: 0.3, flat: 0 }
const quiet = { samples: 2048 * 1536, fine: 0.3, coarse: 0.07, hard: 0.002, flat: 0.03 }
const soft = { samples: 2048 * 1536, fine: 0.9, coarse: 0.38, hard: 0.02, flat: 0.01 }
const drawn = { ...busy, flat: 0.6 }

describe('the size of a result', () => {
  test.each([
    { budget: 1_000_000, complexity: busy, width: 2048 },
    { budget: 300_000, complexity: busy, width: 2048 },
    // With a quarter of a bit a pixel a busy photo looks best at half the view, a quiet one still at all of it.
    { budget: 100_000, complexity: busy, width: 1024 },
    { budget: 100_000, complexity: quiet, width: 2048 },
    // What has no hard edges loses nothing by being enlarged; what is drawn loses the most.
    { budget: 100_000, complexity: soft, width: 1024 },
    { budget: 150_000, complexity: drawn, width: 2048 },
  ])('$budget bytes, $complexity.hard hard edges: $width wide', ({ budget, complexity, width }) => {
    expect(chooseSize(viewOf(phone, bound), complexity, budget).width).toBe(width)
  })

  test('more pixels than phones show are taken only where bytes are plenty', () => {
    expect(largestSize(phone, bound, 300_000, 4_000_000).width).toBe(2048)
    expect(largestSize(phone, bound, 5_000_000, 4_000_000).width).toBe(2592)
    const largest = largestSize(phone, bound, 3_000_000, 4_000_000)
    expect(chooseSize(viewOf(phone, bound), quiet, 3_000_000, largest).width).toBeGreaterThan(2048)
  })

  test('it is within the picture, the bound and what was decoded', () => {
    const side = fc.integer({ min: 1, max: 20_000 })
    fc.assert(
      fc.property(
        side,
        side,
        side,
        fc.integer({ min: 500, max: 5_000_000 }),
        (width, height, limit, budget) => {
          const within = { width: limit, height: limit }
          const largest = largestSize({ width, height }, within, budget)
          const view = viewOf({ width, height }, within)
          const complexity = {
            samples: largest.width * largest.height,
            fine: 1,
            coarse: 0.4,
            hard: 0.2,
            flat: 0,
          }
          const chosen = chooseSize(view, complexity, budget, largest)
          for (const [small, large] of [
            [largest, { width, height }],
            [largest, within],
            [chosen, largest],
          ] as const) {
            expect(small.width).toBeLessThanOrEqual(large.width)
            expect(small.height).toBeLessThanOrEqual(large.height)
          }
          expect(Math.min(chosen.width, chosen.height)).toBeGreaterThanOrEqual(1)
        },
      ),
    )
  })

  test('fewer bytes need coarser tables', () => {
    const scales = [1_000_000, 300_000, 100_000].map((budget) =>
      guessScale(viewOf(phone, bound), busy, budget),
    )
    expect(scales[0]).toBeLessThan(scales[1]!)
    expect(scales[1]).toBeLessThan(scales[2]!)
  })
})

test('a quality and its scale name each other', () => {
  for (const quality of [1, 10, 49, 50, 51, 75, 95, 99])
    expect(qualityOf(scaleOf(quality))).toBeCloseTo(quality, 1)
  expect(scaleOf(90)).toBeLessThan(scaleOf(50))
})
