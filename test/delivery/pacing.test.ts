import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createNumber, type NumberObject } from '../../src/delivery/number.ts'
import { numberPace } from '../../src/delivery/number-pace.ts'
import { ask, EMPTY_LINE, type Line, pause, type Ticket, type Urgency } from '../../src/delivery/pacing.ts'
import { numberOf, type Pace, UNPACED } from '../../src/domain/number.ts'
import { seeded } from '../store/flaky.ts'
import { onStage } from './stage.ts'

const START = Date.UTC(2026, 0, 1)
const SECOND = 1000
const pace = (change: Partial<Pace>): Pace => ({ ...UNPACED, ...change })

type Wants = { readonly id: string; readonly at: number; readonly urgency: Urgency }

/** Lets messages ask by a fake clock, each when it was told to, until all have left; gives when each did. */
async function play(
  wants: readonly Wants[],
  reserve: (one: Wants, now: number) => Promise<number> | number,
  late: () => number = () => 0,
): Promise<Map<string, number>> {
  const left = new Map<string, number>()
  const due = wants.map((one) => ({ one, at: one.at }))
  while (due.length > 0) {
    due.sort((a, b) => a.at - b.at)
    const next = due.shift()!
    const notBefore = await reserve(next.one, next.at)
    if (notBefore <= next.at) left.set(next.one.id, next.at)
    else due.push({ one: next.one, at: notBefore + late() })
  }
  return left
}

/** The line alone, its tickets in a map. */
function lineOf(rules: Pace, start: Line = EMPTY_LINE) {
  let line = start
  const tickets = new Map<string, Ticket>()
  return ({ id, urgency }: Wants, now: number): number => {
    const turn = ask(line, rules, tickets.get(id) ?? null, urgency, now)
    line = turn.line
    if (turn.ticket === null) tickets.delete(id)
    else tickets.set(id, turn.ticket)
    return turn.notBefore
  }
}

const bulk = (count: number, at = START): Wants[] =>
  Array.from({ length: count }, (_, n) => ({ id: `bulk${n}`, at, urgency: 'bulk' }))
const times = (left: Map<string, number>): number[] =>
  [...left.values()].map((at) => at - START).sort((a, b) => a - b)
/** The most that left within any stretch of this length. */
const most = (at: readonly number[], length: number): number =>
  Math.max(...at.map((from) => at.filter((one) => one >= from && one < from + length).length))

describe('a number at one message a second', () => {
  it('300 messages of 300 conversations leave over 300 s, 2 % either way', async () => {
    const at = times(await play(bulk(300), lineOf(pace({ perSecond: 1 }))))
    expect(at).toHaveLength(300)
    const span = at.at(-1)! + SECOND
    expect(span).toBeGreaterThanOrEqual(294_000)
    expect(span).toBeLessThanOrEqual(306_000)
    for (const [n, one] of at.entries()) expect(Math.abs(one - n * SECOND)).toBeLessThanOrEqual(20)
  })

  it('keeps the pace though everybody comes up to 900 ms late', async () => {
    const random = seeded(3)
    const at = times(await play(bulk(300), lineOf(pace({ perSecond: 1 })), () => Math.floor(random() * 900)))
    expect(at.at(-1)! + SECOND).toBeGreaterThanOrEqual(294_000)
    expect(at.at(-1)! + SECOND).toBeLessThanOrEqual(306_000)
    // Catching up is no burst.
    expect(most(at, SECOND)).toBeLessThanOrEqual(3)
  })

  it('a quiet hour saves nothing up', async () => {
    const reserve = lineOf(pace({ perSecond: 1 }))
    await play(bulk(1), reserve)
    const later = bulk(5, START + 3_600_000).map((one) => ({ ...one, id: `later ${one.id}` }))
    expect(times(await play(later, reserve)).map((one) => one - 3_600_000)).toEqual([
      0, 1000, 2000, 3000, 4000,
    ])
  })

  it('replies go before bulk that waited longer, and bulk goes on after them', async () => {
    const replies: Wants[] = Array.from({ length: 10 }, (_, n) => ({
      id: `reply${n}`,
      at: START + 30_500,
      urgency: 'reply',
    }))
    const left = await play([...bulk(60), ...replies], lineOf(pace({ perSecond: 1 })))
    const answered = replies.map((one) => left.get(one.id)! - START)
    expect(Math.min(...answered)).toBeLessThanOrEqual(31_000)
    expect(Math.max(...answered)).toBeLessThanOrEqual(41_000)
    expect(Math.max(...times(left))).toBe(69_000)
    expect(most(times(left), SECOND)).toBe(1)
  })
})

describe('caps', () => {
  it('6 a minute: six at once, then as the minute lets them', async () => {
    const at = times(await play(bulk(20), lineOf(pace({ perMinute: 6 }))))
    expect(at.slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0])
    expect(most(at, 60_000)).toBe(6)
    expect(at.at(-1)).toBeLessThanOrEqual(3 * 62_000)
  })

  it('V6: 100 a day hold in any 24 hours', async () => {
    const at = times(await play(bulk(250), lineOf(pace({ perDay: 100 }))))
    expect(most(at, 86_400_000)).toBe(100)
    expect(at.filter((one) => one === 0)).toHaveLength(100)
    expect(at.at(-1)).toBeLessThanOrEqual(2.1 * 86_400_000)
  })

  it('nothing bounds a number without a pace', async () => {
    expect(new Set(times(await play(bulk(500), lineOf(UNPACED))))).toEqual(new Set([0]))
  })

  it("a vendor's pause holds everything, with a pace and without", async () => {
    for (const rules of [UNPACED, pace({ perSecond: 1 })]) {
      const at = times(await play(bulk(3), lineOf(rules, pause(EMPTY_LINE, START + 7_000))))
      expect(at[0]).toBe(7_000)
    }
  })
})

type Placed = { number: NumberObject; clock: { now: number }; rules: { value: Pace }; restart: () => void }

/** Runs a scene with a number's object on real storage. */
async function withNumber(scene: (placed: Placed) => Promise<void>): Promise<void> {
  const namespace = (env as unknown as { NUMBER: DurableObjectNamespace }).NUMBER
  await runInDurableObject(namespace.get(namespace.newUniqueId()), async (_instance, state) => {
    const clock = { now: START }
    const rules = { value: pace({ perSecond: 1 }) }
    const Class = createNumber(() => ({ clock: { now: () => clock.now }, paceOf: async () => rules.value }))
    const placed = { clock, rules, number: new Class(state, {}) as NumberObject, restart: () => {} }
    placed.restart = () => {
      placed.number = new Class(state, {})
    }
    await scene(placed)
  })
}

const OWN = '+14165550100'
const wanting = (message: string, reply = false) => ({ account: 'acc_1', number: OWN, message, reply })

describe("a number's object", () => {
  it('300 messages of 300 conversations: keeps pace, places and pauses over restarts', () =>
    withNumber(async (placed) => {
      let asked = 0
      const left = await play(bulk(300), async (one, now) => {
        placed.clock.now = now
        if (asked++ % 7 === 0) placed.restart()
        return await placed.number.reserve(wanting(one.id))
      })
      expect(times(left)).toEqual(Array.from({ length: 300 }, (_, n) => n * SECOND))
      await placed.number.pause(placed.clock.now + 60_000)
      placed.restart()
      expect(await placed.number.reserve(wanting('next'))).toBeGreaterThanOrEqual(placed.clock.now + 60_000)
    }))

  it('gives places up whose messages do not come back', () =>
    withNumber(async ({ number, clock }) => {
      for (let n = 0; n < 20; n++) await number.reserve(wanting(`gone${n}`))
      clock.now += 20 * SECOND + 61_000
      expect(await number.reserve(wanting('first'))).toBeLessThanOrEqual(clock.now)
      const second = await number.reserve(wanting('second'))
      expect(second - clock.now).toBeLessThanOrEqual(SECOND)
    }))

  it('takes up a changed pace within seconds', () =>
    withNumber(async ({ number, clock, rules }) => {
      await number.reserve(wanting('a'))
      rules.value = pace({ perSecond: 0.1 })
      clock.now += 11_000
      await number.reserve(wanting('b'))
      expect((await number.reserve(wanting('c'))) - clock.now).toBe(10_000)
    }))
})

describe("a number's pace", () => {
  const number = numberOf({
    account: 'acc_1',
    address: OWN,
    vendor: 'simulator',
    registration: { kind: '10dlc', state: 'active', id: null, caps: pace({ perSecond: 4, perDay: 2000 }) },
  })
  const of = (found: typeof number | null, vendor?: Pace) =>
    numberPace(
      {
        numbers: { find: async () => found },
        carrier: () => ({ limits: () => (vendor === undefined ? {} : { pace: vendor }) }),
      } as never,
      'acc_1',
      OWN,
    )

  it('is the slower of registration and vendor, and nothing for a number that is gone', async () => {
    expect(await of(number)).toEqual(pace({ perSecond: 4, perDay: 2000 }))
    expect(await of(number, pace({ perSecond: 1, perMinute: 30 }))).toEqual({
      perSecond: 1,
      perMinute: 30,
      perDay: 2000,
    })
    expect(await of({ ...number, registration: null })).toEqual(UNPACED)
    expect(await of(null)).toEqual(UNPACED)
  })
})

describe('a conversation', () => {
  it('waits for its turn, says so, and sends in order', () =>
    onStage(async (stage) => {
      const turn = stage.now + 90_000
      const asked: boolean[] = []
      stage.reserve = async ({ reply }) => {
        asked.push(reply)
        return turn
      }
      const first = await stage.send()
      const second = await stage.send()
      expect(stage.submissions).toEqual([])
      await stage.later(89_000)
      expect(stage.submissions).toEqual([])
      await stage.later(1_000)
      expect(stage.submissions.map((one) => one.id)).toEqual([first, second])
      expect((await stage.find(first)).timeline.map((one) => one.event)).toContain('paced')
      expect(new Set(asked)).toEqual(new Set([false]))
      // Waiting cost no attempt and no asking in between.
      expect(asked).toHaveLength(3)
    }))

  it('says that it answers somebody who wrote today', () =>
    onStage(async (stage) => {
      const asked: boolean[] = []
      stage.reserve = async ({ reply }) => {
        asked.push(reply)
        return 0
      }
      await stage.object.receive(stage.conversation, stage.thread, {
        claim: 'one',
        vendor: 'simulator',
        channel: 'sms',
        from: stage.thread.members[0]!,
        to: [stage.thread.own],
        subject: null,
        text: 'Hello?',
        parts: [],
        at: stage.now,
      })
      await stage.send()
      await stage.later(25 * 3_600_000)
      await stage.send()
      expect(asked).toEqual([true, false])
    }))

  it('expires while it waits', () =>
    onStage(async (stage) => {
      stage.reserve = async () => stage.now + 86_400_000
      const id = await stage.send({ validUntil: stage.now + 60_000 })
      await stage.later(60_000)
      expect((await stage.find(id)).state).toBe('expired')
      expect(stage.submissions).toEqual([])
    }))

  it('goes on when the line does not answer, a little later', () =>
    onStage(async (stage) => {
      let down = true
      stage.reserve = async () => {
        if (down) throw new Error('The object was reset')
        return 0
      }
      const id = await stage.send()
      expect(stage.submissions).toEqual([])
      down = false
      await stage.later(1_000)
      expect((await stage.find(id)).state).toBe('submitted')
    }))

  it("F-4: a vendor's 429 pauses the number for as long as it asked, and no other number", () =>
    onStage(async (stage) => {
      stage.answer = (_, nth) =>
        nth === 1
          ? { kind: 'later', reason: 'rate_limited', vendorCode: '429', vendorText: null, retryAfter: 37_000 }
          : { kind: 'accepted', vendorId: 'v' }
      const asked = stage.now
      await stage.send()
      expect(stage.pauses).toEqual([{ number: stage.thread.own, until: asked + 37_000 }])
    }))
})
