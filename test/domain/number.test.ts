import { describe, expect, it } from 'vitest'
import {
  canTry,
  numberOf,
  numberTypeOf,
  registrationNeeded,
  slowest,
  UNPACED,
} from '../../src/domain/number.ts'

describe('numberOf', () => {
  it('fills in what every number has', () => {
    expect(numberOf({ account: 'a', address: '+14165550100', vendor: 'simulator' })).toEqual({
      account: 'a',
      address: '+14165550100',
      vendor: 'simulator',
      type: 'long-code',
      country: 'CA',
      sms: true,
      mms: true,
      capabilities: { sms: 'active', mms: 'active' },
      portedAt: null,
      budget: null,
      isDefault: false,
      label: null,
      prices: { smsOut: null, smsIn: null, mmsOut: null, mmsIn: null },
      preferJpeg: false,
      smsMaxSegments: 1,
      failover: false,
      registration: null,
    })
  })

  it.each([
    ['off', false],
    ['requested', false],
    ['pending', true],
    ['active', true],
  ] as const)('C3: a capability that is %s may be tried: %j', (state, may) => {
    const number = numberOf({
      account: 'a',
      address: '55501',
      vendor: 'simulator',
      capabilities: { sms: 'active', mms: state },
    })
    expect([canTry(state), number.mms, number.sms]).toEqual([may, may, true])
  })
})

it.each([
  ['+14165550100', 'long-code', '10dlc'],
  ['+18335550100', 'toll-free', 'toll-free'],
  ['55501', 'short-code', 'short-code'],
  ['555012', 'short-code', 'short-code'],
] as const)('%s is a %s, registered as %s', (address, type, kind) => {
  expect(numberTypeOf(address)).toBe(type)
  expect(registrationNeeded(type)).toBe(kind)
})

it('the slowest of two paces keeps both', () => {
  const fast = { perSecond: 10, perMinute: null, perDay: 5 }
  expect(slowest(fast, { perSecond: 3, perMinute: 60, perDay: 100 })).toEqual({
    perSecond: 3,
    perMinute: 60,
    perDay: 5,
  })
  expect(slowest(UNPACED, UNPACED)).toEqual(UNPACED)
})
