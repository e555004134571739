import { describe, expect, it } from 'vitest'
import { EVENT_TYPES, eventOfState, forEvent, newEvent } from '../../src/domain/event.ts'
import type { Message, Part } from '../../src/domain/message.ts'
import { STATES } from '../../src/domain/state.ts'
import { wants } from '../../src/domain/webhook.ts'

const part: Part = { media: '', name: 'a', type: 'image/jpeg', bytes: 1, sha256: '', state: 'stored' }
const message = (text: string | null, parts: number) =>
  ({ text, parts: Array.from({ length: parts }, () => part) }) as unknown as Message

describe('events', () => {
  it('every state has its event, or is one that nobody waits for', () => {
    const quiet = [...STATES, 'received' as const].filter((state) => eventOfState(state) === null)
    expect(quiet).toEqual(['preparing', 'ready', 'submitting'])
    for (const state of STATES) {
      const type = eventOfState(state)
      if (type !== null) expect(EVENT_TYPES).toContain(type)
    }
  })

  it('two events never share an id, and ids hold no dot', () => {
    const one = { type: 'message.accepted', at: 1, number: null, conversation: null, data: {} } as const
    expect(newEvent(one).id).not.toBe(newEvent(one).id)
    expect(newEvent(one).id).toMatch(/^evt_[0-9A-Za-z]{22}$/)
  })

  it('an event carries a message of usual size whole, and of an unusual one the beginning', () => {
    const usual = message('x'.repeat(8_000), 20)
    expect(forEvent(usual)).toEqual({ message: usual, truncated: false })
    const long = forEvent(message(`${'x'.repeat(7_999)}🎉`, 21))
    expect(long.truncated).toBe(true)
    expect(long.message.text).toHaveLength(8_000)
    expect(long.message.text!.isWellFormed()).toBe(true)
    expect(long.message.parts).toHaveLength(20)
  })
})

describe('filters', () => {
  const event = { type: 'message.failed', number: '+14165550100' }
  it.each([
    [null, null, true],
    [['message.failed'], null, true],
    [['message.received'], null, false],
    [null, ['+14165550100'], true],
    [null, ['+12125550101'], false],
    [['message.failed'], ['+12125550101'], false],
  ])('types %j, numbers %j', (types, numbers, expected) => {
    expect(wants({ types, numbers } as never, event)).toBe(expected)
  })

  it('what concerns no number is for everybody', () => {
    expect(wants({ types: null, numbers: ['+12125550101'] }, { type: 'consent.changed', number: null })).toBe(
      true,
    )
  })
})
