import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUDGETS, type BudgetBounds, type BudgetChoice, chooseBudget } from '../../src/domain/budget.ts'

describe('chooseBudget', () => {
  it.each<[string, BudgetBounds, BudgetChoice]>([
    [
      'nothing is known or asked: safe',
      { vendor: 5_000_000 },
      { bytes: BUDGETS.safe, bound: 'default', networkUnknown: true },
    ],
    [
      'a request holds while the network is unknown',
      { vendor: 5_000_000, requested: 1_000_000 },
      { bytes: 1_000_000, bound: 'request', networkUnknown: true },
    ],
    [
      'up to the vendor',
      { vendor: 600_000, requested: 1_000_000 },
      { bytes: 600_000, bound: 'vendor', networkUnknown: true },
    ],
    ['a vendor below safe', { vendor: 200_000 }, { bytes: 200_000, bound: 'vendor', networkUnknown: true }],
    [
      'a known network needs no request',
      { vendor: 5_000_000, network: 1_000_000 },
      { bytes: 1_000_000, bound: 'network', networkUnknown: false },
    ],
    [
      'and bounds one',
      { vendor: 5_000_000, network: 600_000, requested: 1_000_000 },
      { bytes: 600_000, bound: 'network', networkUnknown: false },
    ],
    [
      'a request below it holds',
      { vendor: 5_000_000, network: 600_000, requested: 100_000 },
      { bytes: 100_000, bound: 'request', networkUnknown: false },
    ],
    [
      "the number's owner bounds all",
      { vendor: 5_000_000, network: 600_000, requested: 500_000, number: 250_000 },
      { bytes: 250_000, bound: 'number', networkUnknown: false },
    ],
    [
      'a number without a setting bounds nothing',
      { vendor: 5_000_000, number: null },
      { bytes: BUDGETS.safe, bound: 'default', networkUnknown: true },
    ],
  ])('%s', (_, bounds, expected) => {
    expect(chooseBudget(bounds)).toEqual(expected)
  })

  it('is never more than any bound', () => {
    const bytes = fc.integer({ min: 1, max: 10_000_000 })
    fc.assert(
      fc.property(
        fc.record({
          vendor: bytes,
          network: fc.option(bytes, { nil: undefined }),
          requested: fc.option(bytes, { nil: undefined }),
          number: fc.option(bytes, { nil: null }),
        }),
        (bounds) => {
          const known = [bounds.vendor, bounds.network, bounds.requested, bounds.number].filter(
            (one) => one != null,
          )
          expect(chooseBudget(bounds).bytes).toBeLessThanOrEqual(Math.min(...known))
          expect(chooseBudget(bounds).bytes).toBe(
            Math.min(
              ...known,
              ...(bounds.network === undefined && bounds.requested === undefined ? [BUDGETS.safe] : []),
            ),
          )
        },
      ),
    )
  })
})

describe('the budgets', () => {
  it('hold under either reading of a kilobyte, and below what gateways call 5 MB', () => {
    expect(BUDGETS.safe).toBeLessThanOrEqual(300 * 1000)
    expect(BUDGETS['everywhere-us']).toBeLessThanOrEqual(600 * 1000)
    expect(BUDGETS.recommended).toBeLessThanOrEqual(1000 * 1000)
    expect(BUDGETS.hard).toBeLessThan(5 * 1000 * 1000)
  })
})
