import { describe, expect, it } from 'vitest'
import { priceOf, settlementOf, unitsOf } from '../../src/domain/credit.ts'
import { STATES } from '../../src/domain/state.ts'

describe('money', () => {
  it('V4: counts a recipient at a time, and an inbound message once', () => {
    expect(unitsOf({ direction: 'outbound', channel: 'mms', text: null, to: ['a', 'b', 'c'] })).toBe(3)
    expect(
      unitsOf({ direction: 'inbound', channel: 'sms', text: 'x'.repeat(500), to: ['own', 'b', 'c'] }),
    ).toBe(1)
  })

  it('counts the segments of an SMS, each of which a vendor bills, and not those of a picture message', () => {
    const sms = (text: string) => unitsOf({ direction: 'outbound', channel: 'sms', text, to: ['a', 'b'] })
    expect([sms(''), sms('x'.repeat(160)), sms('x'.repeat(161)), sms('ё'.repeat(71))]).toEqual([2, 2, 4, 4])
    expect(unitsOf({ direction: 'outbound', channel: 'mms', text: 'x'.repeat(500), to: ['a'] })).toBe(1)
  })

  it('each kind and direction has its price; none is nothing', () => {
    const prices = { smsOut: 1, smsIn: 2, mmsOut: 3, mmsIn: null }
    expect([
      priceOf(prices, 'sms', 'outbound'),
      priceOf(prices, 'sms', 'inbound'),
      priceOf(prices, 'mms', 'outbound'),
      priceOf(prices, 'mms', 'inbound'),
    ]).toEqual([1, 2, 3, 0])
  })

  const settled = (vendorId: string | null, reason: 'carrier_rejected' | 'outcome_unknown' | null = null) =>
    Object.fromEntries(
      STATES.map((state) => [state, settlementOf({ direction: 'outbound', state, reason, vendorId })]),
    )

  it('every state says what becomes of a hold', () => {
    const going = { accepted: 'open', preparing: 'open', ready: 'open', submitting: 'open' }
    const gone = { submitted: 'settled', unconfirmed: 'settled', delivered: 'settled' }
    expect(settled(null)).toEqual({
      ...going,
      ...gone,
      failed: 'released',
      expired: 'released',
      canceled: 'released',
    })
    expect(settled('v')).toEqual({
      ...going,
      ...gone,
      failed: 'settled',
      expired: 'settled',
      canceled: 'settled',
    })
    expect(settled(null, 'outcome_unknown')).toMatchObject({ failed: 'settled' })
  })
})
