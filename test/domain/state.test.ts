import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  advance,
  CERTAINTIES,
  combine,
  isFinal,
  rank,
  STATES,
  type Standing,
} from '../../src/domain/state.ts'

const ALL = STATES.flatMap((state): Standing[] =>
  state === 'delivered'
    ? [{ state }, ...CERTAINTIES.map((certainty) => ({ state, certainty }))]
    : [{ state }],
)
const standing = fc.constantFrom(...ALL)

describe('advance', () => {
  it('F-12 ends in the same state whatever the order of reports, repetitions included', () => {
    fc.assert(
      fc.property(
        fc
          .array(standing, { minLength: 1, maxLength: 8 })
          .chain((reports) =>
            fc.tuple(
              fc.constant(reports),
              fc.shuffledSubarray([...reports, ...reports], { minLength: reports.length * 2 }),
            ),
          ),
        ([reports, shuffled]) => {
          const end = (list: Standing[]) => list.reduce(advance, { state: 'accepted' } as Standing)
          expect(rank(end(shuffled))).toBe(rank(end(reports)))
        },
      ),
      { numRuns: 10_000 },
    )
  })

  it('never moves back', () => {
    fc.assert(
      fc.property(standing, standing, (from, to) => {
        const result = advance(from, to)
        expect(rank(result)).toBe(Math.max(rank(from), rank(to)))
        if (rank(to) <= rank(from)) expect(result).toBe(from)
      }),
    )
  })

  it.each<[Standing, Standing, boolean]>([
    [{ state: 'accepted' }, { state: 'ready' }, true],
    [{ state: 'ready' }, { state: 'accepted' }, false],
    [{ state: 'submitting' }, { state: 'submitted' }, true],
    [{ state: 'submitted' }, { state: 'submitting' }, false],
    [{ state: 'submitted' }, { state: 'unconfirmed' }, true],
    [{ state: 'unconfirmed' }, { state: 'delivered', certainty: 'handed-off' }, true],
    [{ state: 'delivered', certainty: 'handed-off' }, { state: 'delivered', certainty: 'carrier' }, true],
    [{ state: 'delivered', certainty: 'carrier' }, { state: 'delivered', certainty: 'handed-off' }, false],
    // A vaguer delivery is corrected by a failure, and a failure by the phone itself.
    [{ state: 'delivered', certainty: 'carrier' }, { state: 'failed' }, true],
    [{ state: 'failed' }, { state: 'delivered', certainty: 'handset' }, true],
    [{ state: 'failed' }, { state: 'delivered', certainty: 'carrier' }, false],
    [{ state: 'delivered', certainty: 'handset' }, { state: 'failed' }, false],
    [{ state: 'expired' }, { state: 'delivered', certainty: 'handset' }, true],
    [{ state: 'canceled' }, { state: 'submitted' }, false],
    [{ state: 'received' }, { state: 'failed' }, false],
  ])('%j then %j moves: %j', (from, to, moves) => {
    expect(advance(from, to)).toBe(moves ? to : from)
  })
})

describe('combine', () => {
  it.each<[Standing[], Standing]>([
    [[{ state: 'submitted' }], { state: 'submitted' }],
    [[{ state: 'submitted' }, { state: 'delivered', certainty: 'handset' }], { state: 'submitted' }],
    [[{ state: 'submitted' }, { state: 'failed' }], { state: 'submitted' }],
    [[{ state: 'ready' }, { state: 'submitted' }], { state: 'ready' }],
    [[{ state: 'unconfirmed' }, { state: 'delivered' }], { state: 'unconfirmed' }],
    [
      [{ state: 'failed' }, { state: 'delivered', certainty: 'handset' }],
      { state: 'delivered', certainty: 'handset' },
    ],
    [
      [
        { state: 'delivered', certainty: 'handset' },
        { state: 'delivered', certainty: 'carrier' },
      ],
      { state: 'delivered', certainty: 'carrier' },
    ],
    [[{ state: 'failed' }, { state: 'failed' }], { state: 'failed' }],
  ])('%j is %j', (recipients, expected) => {
    expect(combine(recipients)).toEqual(expected)
    expect(combine([...recipients].reverse())).toEqual(expected)
  })
})

describe('isFinal', () => {
  it('is what nothing follows by itself', () => {
    expect(STATES.filter(isFinal)).toEqual(['delivered', 'failed', 'expired', 'canceled'])
    expect(isFinal('received')).toBe(true)
  })
})

describe('the order of the states', () => {
  it('is that of the list, up to the ends of a message', () => {
    const open = STATES.filter((state) => !isFinal(state)).map((state) => rank({ state }))
    expect([...open].sort((a, b) => a - b)).toEqual(open)
    const least = Math.min(...STATES.filter(isFinal).map((state) => rank({ state })))
    expect(Math.max(...open)).toBeLessThan(least)
  })
})
