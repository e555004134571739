import { constants, deflateRawSync, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Inflater } from '../../src/media/inflate.ts'

/** All that comes out of data given in pieces of `size`, taken in reads of `step`, but no more than `most`. */
function inflate(data: Uint8Array, { size = 1 << 20, step = 1 << 16, most = 1 << 24 } = {}) {
  let at = 0
  const inflater = new Inflater(() => {
    if (at >= data.length) return undefined
    const piece = data.subarray(at, at + size)
    at += size
    return piece
  })
  const pieces: Uint8Array[] = []
  let total = 0
  while (total < most) {
    const into = new Uint8Array(Math.min(step, most - total))
    const count = inflater.read(into)
    pieces.push(into.subarray(0, count))
    total += count
    if (count < into.length) break
  }
  return { bytes: Buffer.concat(pieces), state: inflater.state }
}

const words = Buffer.from('the quick brown fox jumps over the lazy dog, and '.repeat(9000))
const noise = Buffer.from(
  Array.from({ length: 200_000 }, (_, at) => (Math.imul(at, 2654435761) >>> 13) & 255),
)
const mixed = Buffer.concat([words, noise, Buffer.alloc(300_000), words])

describe('what zlib packed comes out as it was', () => {
  test.each([
    ['words', words, {}],
    ['noise', noise, {}],
    ['both', mixed, {}],
    ['stored', mixed, { level: 0 }],
    ['fast', mixed, { level: 1 }],
    ['best', mixed, { level: 9 }],
    ['fixed codes', words, { strategy: constants.Z_FIXED }],
    ['no matches', words, { strategy: constants.Z_HUFFMAN_ONLY }],
    ['runs', mixed, { strategy: constants.Z_RLE }],
    ['a small window', mixed, { windowBits: 9 }],
    ['nothing', Buffer.alloc(0), {}],
  ])('%s', (_what, data, options) => {
    const packed = deflateSync(data, options)
    for (const shape of [{}, { size: 1, step: 1000 }, { size: 7, step: 65_537 }, { size: 8192, step: 13 }]) {
      const { bytes, state } = inflate(packed, shape)
      expect(bytes.equals(data)).toBe(true)
      expect(['open', 'done']).toContain(state)
    }
  })

  test('random data, random pieces', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 3000 }),
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 0, max: 9 }),
        (data, size, level) => {
          expect(
            inflate(deflateSync(data, { level }), { size, step: size }).bytes.equals(Buffer.from(data)),
          ).toBe(true)
        },
      ),
    )
  })
})

describe('what is no zlib data', () => {
  test.each([
    ['another method', Buffer.from([0x79, 0x9c, 0])],
    ['a header that does not check', Buffer.from([0x78, 0x9d, 0])],
    ['a block of no kind', Buffer.from([0x78, 0x9c, 7])],
    ['a stored length that does not check', Buffer.from([0x78, 0x9c, 1, 5, 0, 5, 0])],
    [
      'a match before the start',
      Buffer.concat([Buffer.from([0x78, 0x9c]), deflateRawSync(words).subarray(0, 2), Buffer.alloc(9, 0xff)]),
    ],
  ])('%s is malformed', (_what, data) => {
    expect(inflate(data).state).toBe('malformed')
  })

  test('cut anywhere, it gives what came before and says so', () => {
    const packed = deflateSync(mixed)
    for (let at = 0; at < 60; at++) {
      const cut = packed.subarray(0, Math.floor(((packed.length - 5) * at) / 60))
      const { bytes, state } = inflate(cut)
      expect(state).toBe('cut')
      expect(bytes.equals(mixed.subarray(0, bytes.length))).toBe(true)
    }
  })

  test('damaged anywhere, it ends', () => {
    const packed = deflateSync(words.subarray(0, 5000))
    fc.assert(
      fc.property(fc.nat(packed.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Uint8Array.from(packed)
        damaged[at] = byte
        expect(inflate(damaged, { most: 1 << 20 }).bytes.length).toBeLessThanOrEqual(1 << 20)
      }),
      { numRuns: 3000 },
    )
  })

  test('a bomb is not set off: no more is unpacked than is asked for', () => {
    const bomb = deflateSync(Buffer.alloc(1 << 28))
    let taken = 0
    const inflater = new Inflater(() => {
      if (taken >= bomb.length) return undefined
      taken += 256
      return bomb.subarray(taken - 256, taken)
    })
    expect(inflater.read(new Uint8Array(1000))).toBe(1000)
    expect(taken).toBeLessThan(2000)
  })
})
