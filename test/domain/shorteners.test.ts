import { describe, expect, it } from 'vitest'
import { SHORTENERS, shortenerIn } from '../../src/domain/shorteners.ts'

describe('shortenerIn', () => {
  it.each([
    ['https://bit.ly/abc', 'bit.ly'],
    ['Look:bit.ly/abc!', 'bit.ly'],
    ['http://www.tinyurl.com/abc', 'tinyurl.com'],
    ['(TINYURL.COM/ABC)', 'tinyurl.com'],
    ['first https://example.com/a then t.co/b', 't.co'],
    ['https\uff1a//bit\uff0ely/abc', 'bit.ly'],
    ['a\nis.gd/x', 'is.gd'],
  ])('%j has %s', (text, host) => {
    expect(shortenerIn(text)).toBe(host)
  })

  it.each([
    '',
    'https://example.com/bit.ly',
    'https://example.com/?u=bit.ly',
    'https://notbit.ly/abc',
    'https://bit.ly.example.com/abc',
    'I told t.co about it',
    'and/or',
    '/bit.ly',
    'rabbit.ly/x',
  ])('%j has none', (text) => {
    expect(shortenerIn(text)).toBeNull()
  })

  it('holds names only, in lower case', () => {
    expect(SHORTENERS.size).toBeGreaterThan(60)
    for (const host of SHORTENERS) expect(host).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/)
  })

  it('B-17: takes no time on text made to take long', () => {
    const texts = [
      'a'.repeat(20_000),
      'a.'.repeat(10_000),
      'https://'.repeat(2500),
      './'.repeat(10_000),
      '\u00e9'.repeat(20_000),
    ]
    for (const text of texts) {
      const before = performance.now()
      shortenerIn(text)
      expect(performance.now() - before).toBeLessThan(50)
    }
  })
})
