import { describe, expect, test } from 'vitest'
import { evenOut, wireSize } from '../../src/media/index.ts'

/** A picture whose missing score falls with a power of its bytes. */
const picture = (hardness: number, fall: number, most: number) => (bytes: number) => ({
  bytes: Math.min(bytes, most),
  most,
  score: bytes >= most ? 100 : Math.max(0, 100 - hardness * (bytes / 1e5) ** -fall),
})

describe('dividing anew', () => {
  test.each(['binary', 'base64'] as const)(
    'brings uneven pictures together within the room, in %s',
    (encoding) => {
      const pictures = [picture(20, 0.8, 900_000), picture(60, 0.7, 2e6), picture(35, 0.9, 700_000)]
      let fitted = pictures.map((at) => at(120_000))
      const room = fitted.reduce((sum, { bytes }) => sum + wireSize(bytes, encoding), 0)
      const spread = () => {
        const scores = fitted.map(({ score }) => score)
        return Math.max(...scores) - Math.min(...scores)
      }
      const before = { spread: spread(), least: Math.min(...fitted.map(({ score }) => score)) }
      for (let turn = 0; turn < 2; turn++) {
        const shares = evenOut(fitted, room, encoding)
        if (shares === undefined) break
        expect(shares.reduce((sum, bytes) => sum + wireSize(bytes, encoding), 0)).toBeLessThanOrEqual(room)
        fitted = pictures.map((at, i) => at(shares[i]!))
      }
      expect(spread()).toBeLessThan(Math.min(3.1, before.spread))
      expect(Math.min(...fitted.map(({ score }) => score))).toBeGreaterThan(before.least + 5)
    },
  )

  test('leaves alone what is even, what looks good, and what is no picture', () => {
    expect(
      evenOut(
        [
          { bytes: 1e5, most: 1e6, score: 70 },
          { bytes: 2e5, most: 1e6, score: 72 },
        ],
        3e5,
        'binary',
      ),
    ).toBeUndefined()
    expect(
      evenOut(
        [
          { bytes: 1e5, most: 1e6, score: 93 },
          { bytes: 2e5, most: 1e6, score: 100 },
        ],
        3e5,
        'binary',
      ),
    ).toBeUndefined()
    const contact = { bytes: 5_000, most: 5_000 }
    const shares = evenOut(
      [contact, { bytes: 1e5, most: 1e6, score: 40 }, { bytes: 1e5, most: 1e6, score: 80 }],
      205_000,
      'binary',
    )
    expect(shares?.[0]).toBe(5_000)
    expect(shares?.[1]).toBeGreaterThan(1e5)
    expect(shares?.[2]).toBeLessThan(1e5)
  })

  test('gives no more than a file has, and the rest to the others', () => {
    const shares = evenOut(
      [
        { bytes: 20_000, most: 24_000, score: 30 },
        { bytes: 80_000, most: 400_000, score: 60 },
      ],
      100_000,
      'binary',
    )!
    expect(shares[0]).toBeLessThanOrEqual(24_000)
    expect(shares[0]! + shares[1]!).toBeGreaterThan(99_000)
    expect(shares[0]! + shares[1]!).toBeLessThanOrEqual(100_000)
  })
})
