import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { demandOf } from '../../src/media/demand.ts'
import { type PlanInput, type PlanPart, plan, wireSize } from '../../src/media/index.ts'

const picture = (bytes: number): PlanPart => ({ bytes, kind: 'image', compressible: true })
const contact = (bytes: number): PlanPart => ({ bytes, kind: 'contact', compressible: false })
const message = (parts: PlanPart[], rest: Partial<PlanInput> = {}): PlanInput => ({
  budget: 300_000,
  overhead: 1_000,
  perPart: 200,
  encoding: 'binary',
  parts,
  ...rest,
})

/** The shares of a plan that is expected to stand. */
function shares(input: PlanInput): number[] {
  const planned = plan(input)
  if (!planned.ok) throw new Error(JSON.stringify(planned.failure))
  return planned.value.shares.map((share) => share.budget)
}

describe('the plan', () => {
  test('of one large picture gives it all that is left', () => {
    expect(shares(message([picture(5_000_000)]))).toEqual([298_800])
  })

  test('lets small files keep their bytes, and splits the rest', () => {
    const [small, contactShare, ...large] = shares(
      message([picture(10_000), contact(5_000), picture(6e6), picture(6e6)]),
    )
    expect([small, contactShare]).toEqual([10_000, 5_000])
    expect(large).toEqual([141_600, 141_600])
  })

  test('gives a picture that demands twice as much twice the bytes', () => {
    const [quiet, busy] = shares(
      message([
        { ...picture(4e6), demand: 100_000 },
        { ...picture(4e6), demand: 200_000 },
      ]),
    )
    expect(busy! / quiet!).toBeCloseTo(2, 3)
    expect(quiet! + busy!).toBeGreaterThan(298_590)
  })

  test('takes a photo of more pixels for one that demands more, but not beyond what is seen', () => {
    const [small, large, huge] = [
      { ...picture(1e6), width: 1200, height: 900 },
      { ...picture(3e6), width: 2080, height: 1560 },
      { ...picture(12e6), width: 4160, height: 3120 },
    ].map((part) => demandOf(part, 91))
    expect(large! / small!).toBeGreaterThan(2)
    expect(huge! / large!).toBeLessThan(1.4)
  })

  test('counts base64 and its line ends', () => {
    const [share] = shares(message([picture(5_000_000)], { encoding: 'base64' }))
    expect(wireSize(share!, 'base64')).toBeLessThanOrEqual(298_800)
    expect(wireSize(share! + 1, 'base64')).toBeGreaterThan(298_800)
  })

  test('refuses what cannot be had, and says what would be needed', () => {
    const refused = plan(message([contact(400_000), picture(1e6)]))
    expect(refused).toMatchObject({
      ok: false,
      failure: { code: 'message_cannot_fit', parts: 2, budget: 300_000 },
    })
    if (refused.ok || refused.failure.code !== 'message_cannot_fit')
      throw new Error('refused for another reason')
    expect(plan(message([contact(400_000), picture(1e6)], { budget: refused.failure.smallest })).ok).toBe(
      true,
    )
    expect(plan(message([contact(400_000), picture(1e6)], { budget: refused.failure.smallest - 1 })).ok).toBe(
      false,
    )
  })

  test('is never over the budget, whatever the parts', () => {
    const parts = fc.array(
      fc.record({
        bytes: fc.integer({ min: 1, max: 5_000_000 }),
        kind: fc.constant('image' as const),
        compressible: fc.boolean(),
      }),
      { minLength: 1, maxLength: 10 },
    )
    const encodings = fc.constantFrom('binary' as const, 'base64' as const)
    fc.assert(
      fc.property(parts, encodings, fc.integer({ min: 10_000, max: 5_000_000 }), (list, encoding, budget) => {
        const input = message(list, { encoding, budget })
        const planned = plan(input)
        if (!planned.ok) return
        const files = planned.value.shares.map((share, at) => Math.min(share.budget, list[at]!.bytes))
        const wire = files.reduce((sum, bytes) => sum + wireSize(bytes, encoding) + 200, 1_000)
        expect(wire + planned.value.spare).toBeLessThanOrEqual(budget)
        list.forEach((part, at) => {
          if (!part.compressible) expect(planned.value.shares[at]!.budget).toBeGreaterThanOrEqual(part.bytes)
        })
      }),
      { numRuns: 2000 },
    )
  })
})
