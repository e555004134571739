import { describe, expect, it } from 'vitest'
import { countryOf, isTollFree } from '../../src/domain/network.ts'

describe('countryOf', () => {
  it.each([
    ['+14165550123', 'CA'],
    ['+15145550123', 'CA'],
    ['+16045550123', 'CA'],
    ['+18675550123', 'CA'],
    ['+19025550123', 'CA'],
    ['+12125550123', 'US'],
    ['+13105550123', 'US'],
    ['+17875550123', 'US'],
    ['+13405550123', 'US'],
    ['+16715550123', 'US'],
    ['+18005550123', 'US'],
    ['+18765550123', null],
    ['+12425550123', null],
    ['+18095550123', null],
    ['+14415550123', null],
    ['+442071838750', null],
    ['+141655501234', null],
    ['+1416555012', null],
    ['12345', null],
    ['', null],
  ])('%s: %j', (address, country) => {
    expect(countryOf(address)).toBe(country)
  })
})

describe('isTollFree', () => {
  it.each([
    ['+18005550123', true],
    ['+18885550123', true],
    ['+18335550123', true],
    ['+18015550123', false],
    ['+448005550123', false],
    ['80012', false],
  ])('%s: %j', (address, expected) => {
    expect(isTollFree(address)).toBe(expected)
  })
})
