import { describe, expect, it } from 'vitest'
import {
  type Chaos,
  dice,
  disturb,
  type Fault,
  startChaos,
  strike,
} from '../../../src/vendors/simulator/chaos.ts'
import { type FarSide, PHONE, submission, withNetwork } from './far-side.ts'

const begin = (faults: readonly Fault[], seed = 1) => startChaos({ faults: [...faults], seed }, 0)

describe('dice', () => {
  it('fall evenly, and alike for the same seed', () => {
    const rolls = Array.from({ length: 20_000 }, (_, i) => dice(42, 0, i))
    expect(Math.min(...rolls)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...rolls)).toBeLessThan(1)
    for (let tenth = 0; tenth < 10; tenth++) {
      const inside = rolls.filter((roll) => Math.floor(roll * 10) === tenth).length
      expect(Math.abs(inside - 2000)).toBeLessThan(200)
    }
    expect(dice(42, 0, 7)).toBe(rolls[7])
    expect(dice(43, 0, 7)).not.toBe(rolls[7])
    expect(dice(42, 1, 7)).not.toBe(rolls[7])
  })

  it('never strike at 0 and always at 1', () => {
    const state = begin([
      { kind: 'reject', probability: 0 },
      { kind: 'reject', probability: 1 },
    ])
    for (let i = 0; i < 200; i++) expect(strike(state, ['reject'])).toEqual([state.faults[1]])
  })

  it('of one fault are not moved by those of another', () => {
    const fault: Fault = { kind: 'reject', probability: 0.5 }
    const alone = begin([fault])
    const beside = begin([fault, { kind: 'delay', probability: 0.5 }])
    for (let i = 0; i < 50; i++) {
      strike(beside, ['delay'])
      expect(strike(beside, ['reject'])).toEqual(strike(alone, ['reject']))
    }
  })
})

describe('webhooks in bad weather', () => {
  const sequence = [
    { event: 'submitted', due: 0 },
    { event: 'delivered', due: 150 },
  ]
  const order = (faults: Fault[]) =>
    disturb(begin(faults), sequence)
      .sort((a, b) => a.due - b.due)
      .map((one) => one.event)

  it('are untouched without faults', () => expect(disturb(begin([]), sequence)).toEqual(sequence))
  it('come twice', () =>
    expect(order([{ kind: 'duplicate', probability: 1 }])).toEqual([
      'submitted',
      'submitted',
      'delivered',
      'delivered',
    ]))
  it('overtake each other', () => {
    // A seed whose first die strikes and whose second does not.
    const seed = [...Array(50).keys()].find((one) => dice(one, 0, 0) < 0.5 && dice(one, 0, 1) >= 0.5)!
    const state = begin([{ kind: 'reorder', probability: 0.5 }], seed)
    const mixed = disturb(state, sequence).sort((a, b) => a.due - b.due)
    expect(mixed.map((one) => one.event)).toEqual(['delivered', 'submitted'])
  })
  it('come late', () =>
    expect(
      disturb(begin([{ kind: 'delay', probability: 1, ms: 700 }]), sequence).map((one) => one.due),
    ).toEqual([700, 850]))
})

describe('a submit in bad weather', () => {
  const state = async (far: FarSide) => (await far.thread(PHONE)).messages.length

  it.each([
    [{ kind: 'reject' }, { kind: 'refused', reason: 'carrier_rejected' }, 0],
    [{ kind: 'reject', code: 401 }, { kind: 'refused', reason: 'vendor_credentials' }, 0],
    [{ kind: 'reject', code: 402 }, { kind: 'refused', reason: 'insufficient_funds' }, 0],
    [{ kind: 'reject', code: 403 }, { kind: 'refused', reason: 'sender_not_allowed' }, 0],
    [{ kind: 'reject', code: 429 }, { kind: 'later', reason: 'rate_limited', retryAfter: 2000 }, 0],
    [{ kind: 'reject', code: 500 }, { kind: 'later', reason: 'vendor_unavailable' }, 0],
    [{ kind: 'reject', code: 503 }, { kind: 'later', reason: 'vendor_unavailable', retryAfter: 2000 }, 0],
    [{ kind: 'too_large' }, { kind: 'refused', reason: 'too_large' }, 0],
    [{ kind: 'timeout' }, { kind: 'unknown' }, 0],
    [{ kind: 'timeout', accept: true }, { kind: 'unknown' }, 1],
    [{ kind: 'lost_answer' }, { kind: 'unknown' }, 1],
  ])('%j', (fault, outcome, taken) =>
    withNetwork(async (far) => {
      await far.chaos([{ ...fault, probability: 1 }])
      const sent = submission()
      expect(await far.carrier.submit(sent)).toMatchObject(outcome)
      expect(await state(far)).toBe(taken)
      expect((await far.carrier.query(sent)).kind).toBe(taken === 1 ? 'found' : 'absent')
      await far.chaos([])
      expect((await far.carrier.submit(sent)).kind).toBe('accepted')
      const { messages } = await far.thread(PHONE)
      expect(messages.map((message) => message.seen)).toEqual([taken + 1])
    }),
  )

  it('is never told that a message was rejected which was taken before', () =>
    withNetwork(async (far) => {
      const sent = submission()
      await far.carrier.submit(sent)
      await far.chaos([
        { kind: 'reject', probability: 1 },
        { kind: 'too_large', probability: 1 },
      ])
      expect((await far.carrier.submit(sent)).kind).toBe('accepted')
    }))

  it('has the same accidents for the same seed', () =>
    withNetwork(async (far) => {
      const run = async (seed: number): Promise<string[]> => {
        await far.chaos([{ kind: 'reject', probability: 0.5 }], seed)
        const kinds: string[] = []
        for (let i = 0; i < 24; i++) kinds.push((await far.carrier.submit(submission())).kind)
        return kinds
      }
      const first = await run(9)
      expect(new Set(first)).toEqual(new Set(['accepted', 'refused']))
      expect(await run(9)).toEqual(first)
      expect(await run(10)).not.toEqual(first)
    }))

  it('duplicates receipts under the same event id', () =>
    withNetwork(async (far) => {
      await far.chaos([{ kind: 'duplicate', probability: 1 }])
      await far.carrier.submit(submission())
      await far.pass(1000)
      const ids = far.hooks.flatMap((hook) => (hook.ok ? hook.events.map((event) => event.eventId) : []))
      expect(ids).toHaveLength(4)
      expect(new Set(ids).size).toBe(2)
    }))

  it.each([
    [{ faults: [{ kind: 'reject', probability: 1.1 }] }],
    [{ faults: [{ kind: 'reject', probability: -1 }] }],
    [{ faults: [{ kind: 'plague', probability: 1 }] }],
    [{ faults: [{ kind: 'reject', probability: 1, code: 200 }] }],
    [{ faults: [{ kind: 'timeout', probability: 1, ms: 1e9 }] }],
    [{ faults: 'all' }],
    [[]],
  ])('cannot be set to %j', (chaos: unknown) =>
    withNetwork(async (far) => {
      const answer = await far.http('/chaos', { method: 'PUT', body: JSON.stringify(chaos as Chaos) })
      expect(answer.status).toBe(400)
    }),
  )
})
