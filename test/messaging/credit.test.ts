import { describe, expect, it } from 'vitest'
import type { Charge, KeyLimits, Plan } from '../../src/domain/credit.ts'
import { numberOf } from '../../src/domain/number.ts'
import type { Caller } from '../../src/domain/ports.ts'
import { cannotPay, releaseUnclaimed, reserve } from '../../src/messaging/credit.ts'

const NOW = Date.UTC(2026, 10, 22)
const sender = numberOf({
  account: 'acc_1',
  address: '+14165550100',
  vendor: 'simulator',
  prices: { smsOut: 8, smsIn: null, mmsOut: 20, mmsIn: null },
})
const limits: KeyLimits = { messagesPerMinute: 1, messagesPerDay: null, spendPerDay: null }
const message = { id: 'msg_1', to: ['+16135550123', '+16135550124'], channel: 'mms', text: null } as const

function scene(options: { held?: boolean; full?: boolean; limits?: KeyLimits; plan?: Plan } = {}) {
  const did: unknown[][] = []
  const ports = {
    clock: { now: () => NOW },
    credit: {
      hold: async (charge: Charge) => {
        did.push(['hold', charge])
        return options.held ?? true
      },
      release: async (...args: unknown[]) => {
        did.push(['release', ...args])
      },
    },
    quota: {
      take: async (...args: unknown[]) => {
        did.push(['take', ...args])
        return options.full ? { limit: 'messages_per_minute', wait: 1_200 } : null
      },
    },
  }
  const caller: Caller = {
    account: 'acc_1',
    key: 'key_1',
    scopes: ['send'],
    test: false,
    limits: options.limits ?? null,
  }
  const credit = { plan: options.plan ?? 'prepaid', available: 100 } as const
  return { did, run: () => reserve(ports as never, caller, { sender, credit }, message) }
}

describe('reserve', () => {
  it('holds the price of every recipient under the id of the message', async () => {
    const { did, run } = scene()
    expect(await run()).toEqual({ ok: true, value: undefined })
    expect(did).toEqual([
      [
        'hold',
        {
          message: 'msg_1',
          account: 'acc_1',
          number: '+14165550100',
          kind: 'mms',
          units: 2,
          amount: 40,
          at: NOW,
        },
      ],
    ])
  })

  it('asks nobody for an account without limits', async () => {
    const { did, run } = scene({ plan: 'unlimited' })
    expect((await run()).ok).toBe(true)
    expect(did).toEqual([])
  })

  it('says what is missing', async () => {
    const { did, run } = scene({ held: false, limits })
    expect(await run()).toEqual({
      ok: false,
      failure: { code: 'credit_exhausted', needed: 40, available: 100 },
    })
    expect(did.map(([what]) => what)).toEqual(['hold'])
  })

  it('gives the hold back when the key has no room', async () => {
    const { did, run } = scene({ full: true, limits })
    expect(await run()).toEqual({
      ok: false,
      failure: { code: 'key_limit_reached', limit: 'messages_per_minute', retryAfter: 2 },
    })
    expect(did.map(([what]) => what)).toEqual(['hold', 'take', 'release'])
    expect(did[1]).toEqual(['take', 'key_1', limits, 'msg_1', 40, NOW])
  })
})

it.each<[Plan | null, number, number, string | null]>([
  ['trial', 100, 0, 'trial_account'],
  ['prepaid', 100, 100, null],
  ['prepaid', 99, 100, 'credit_exhausted'],
  ['prepaid', 0, 0, 'credit_exhausted'],
  ['prepaid', -5, 0, 'credit_exhausted'],
  ['unlimited', 0, 100, null],
  [null, 0, 100, null],
])('C8 C9: %s with %i left for %i: %s', (plan, available, needed, code) => {
  expect(cannotPay(plan === null ? null : { plan, available }, needed)?.code ?? null).toBe(code)
})

it('gives back what died before its commit, and leaves what its conversation knows', async () => {
  const released: string[] = []
  await releaseUnclaimed({
    clock: { now: () => NOW },
    credit: {
      unclaimed: async (before: number) =>
        before === NOW - 15 * 60_000
          ? ['lost', 'there'].map((one) => ({ account: 'acc_1', message: one }))
          : [],
      release: async (_account: string, id: string) => {
        released.push(id)
      },
    },
    conversations: { message: async (_account: string, id: string) => (id === 'there' ? {} : null) },
  } as never)
  expect(released).toEqual(['lost'])
})
