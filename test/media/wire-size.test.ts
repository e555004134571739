import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rawSize, wireSize } from '../../src/media/index.ts'

/** Base64 as it is written, to count it. */
function written(bytes: number): number {
  return Buffer.alloc(bytes)
    .toString('base64')
    .replace(/.{1,76}/g, '$&\r\n').length
}

test('base64 takes what it takes when written', () => {
  fc.assert(
    fc.property(fc.nat(20_000), (bytes) => {
      expect(wireSize(bytes, 'base64')).toBe(written(bytes))
    }),
  )
})

test('the raw size is the largest that stays within', () => {
  fc.assert(
    fc.property(
      fc.nat(3_000_000),
      fc.constantFrom('binary' as const, 'base64' as const),
      (wire, encoding) => {
        const raw = rawSize(wire, encoding)
        expect(wireSize(raw, encoding)).toBeLessThanOrEqual(wire)
        expect(wireSize(raw + 1, encoding)).toBeGreaterThan(wire)
      },
    ),
    { numRuns: 2000 },
  )
})

test('nothing has room in less than nothing', () => {
  expect(rawSize(-5, 'base64')).toBe(0)
  expect(rawSize(-5, 'binary')).toBe(0)
})
