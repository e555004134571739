import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isShortCode, parseAddress } from '../../src/domain/address.ts'

describe('parseAddress', () => {
  it.each([
    ['+14165550123', '+14165550123'],
    ['4165550123', '+14165550123'],
    ['14165550123', '+14165550123'],
    ['416-555-0123', '+14165550123'],
    ['(416) 555-0123', '+14165550123'],
    ['416.555.0123', '+14165550123'],
    ['416/555/0123', '+14165550123'],
    [' +1 416 555 0123 ', '+14165550123'],
    ['+1\u00a0416\u202f555\u20110123', '+14165550123'],
    ['\uff0b\uff11\uff14\uff11\uff16\uff15\uff15\uff15\uff10\uff11\uff12\uff13', '+14165550123'],
    ['\u200e+14165550123\u200f', '+14165550123'],
    ['tel:+1-416-555-0123', '+14165550123'],
    ['TEL:4165550123', '+14165550123'],
    ['+14165550123/TYPE=PLMN', '+14165550123'],
    ['+14165550123/type=plmn', '+14165550123'],
    ['+442071838750', '+442071838750'],
    ['+4930123456', '+4930123456'],
    ['+123456789012345', null],
    ['+223456789012345', '+223456789012345'],
    ['12345', '12345'],
    ['123-456', '123456'],
  ])('reads %j as %j', (typed, address) => {
    expect(parseAddress(typed)).toEqual(
      address === null
        ? { ok: false, failure: { code: 'invalid_address', typed } }
        : { ok: true, value: address },
    )
  })

  it.each([
    '',
    ' ',
    '+',
    '1234',
    '1234567',
    '911',
    '+1911',
    '555-0123',
    '0165550123',
    '1165550123',
    '+11165550123',
    '+10165550123',
    '+14161550123',
    '+14160550123',
    '+12115550123',
    '+1416555012',
    '+141655501234',
    '+0123456789',
    '+1234567',
    '+2234567890123456',
    '++14165550123',
    '+1416555012a',
    '416555O123',
    '4165550123 x5',
    '4165550123,4165550124',
    '4165550123;ext=5',
    'user@example.com',
    '+1416555\n0123\u0000',
    "4165550123' OR 1=1",
    '\u0661\u0662\u0663\u0664\u0665',
  ])('refuses %j', (typed) => {
    expect(parseAddress(typed)).toEqual({ ok: false, failure: { code: 'invalid_address', typed } })
  })

  it('gives E.164 or a short code, whatever comes in, and gives its own answers back unchanged', () => {
    const typed = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom(...'0123456789+-() ./tel:\u00a0\uff11') }),
      fc.bigInt({ min: 0n, max: 10n ** 16n }).map(String),
    )
    fc.assert(
      fc.property(typed, (text) => {
        const parsed = parseAddress(text)
        if (!parsed.ok) return
        expect(parsed.value).toMatch(/^(?:\+[1-9]\d{7,14}|\d{5,6})$/)
        expect(parseAddress(parsed.value)).toEqual(parsed)
      }),
      { numRuns: 5000 },
    )
  })

  it('reads a North American number the same in every dress', () => {
    const number = fc
      .tuple(
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 0, max: 99_999_999 }),
      )
      .map(([area, exchange, rest]) => {
        const digits = String(rest).padStart(8, '0')
        return `${area}${digits.slice(0, 2)}${exchange}${digits.slice(2)}`
      })
      .filter((digits) => digits.slice(1, 3) !== '11')
    fc.assert(
      fc.property(number, (n) => {
        const [a, b, c] = [n.slice(0, 3), n.slice(3, 6), n.slice(6)]
        for (const dress of [
          n,
          `1${n}`,
          `+1${n}`,
          `(${a}) ${b}-${c}`,
          `${a}.${b}.${c}`,
          `tel:+1-${a}-${b}-${c}`,
        ])
          expect(parseAddress(dress)).toEqual({ ok: true, value: `+1${n}` })
      }),
    )
  })
})

describe('isShortCode', () => {
  it.each([
    ['12345', true],
    ['123456', true],
    ['1234', false],
    ['1234567', false],
    ['+12345', false],
    ['12345\n', false],
  ])('%j: %j', (address, expected) => {
    expect(isShortCode(address)).toBe(expected)
  })
})
