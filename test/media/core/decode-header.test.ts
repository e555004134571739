import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { readJpegHeader } from '../../../src/media/formats/jpeg/header.ts'
import { readIcc } from '../../../src/media/formats/jpeg/icc.ts'
import { estimateQuality } from '../../../src/media/formats/jpeg/quality.ts'
import { srgbToLinear } from '../../../src/media/formats/jpeg/srgb.ts'
import { seeded, type WrittenJpeg, writeJpeg } from './jpeg-writer.ts'
import { mutate } from './mutate.ts'

const noise = () => {
  const random = seeded(3)
  const data = Uint8Array.from({ length: 48 * 32 * 3 }, () => 255 * random())
  return sharp(data, { raw: { width: 48, height: 32, channels: 3 } })
}

const color: WrittenJpeg = {
  width: 40,
  height: 30,
  components: [
    { id: 1, h: 2, v: 1 },
    { id: 2, h: 1, v: 1 },
    { id: 3, h: 1, v: 1 },
  ],
  quantization: new Array(64).fill(8),
  scans: [{ components: [0, 1, 2] }],
  coefficients: () => new Int16Array(64),
}

describe('the header', () => {
  test('of a file with everything', async () => {
    const bytes = await noise()
      .withMetadata({ orientation: 6 })
      .withIccProfile('p3')
      .jpeg({ progressive: true, chromaSubsampling: '4:2:0', quality: 80 })
      .toBuffer()
    const header = readJpegHeader(bytes)!
    expect(header).toMatchObject({
      width: 48,
      height: 32,
      bits: 8,
      progressive: true,
      frame: 0xc2,
      color: 'ycbcr',
      inverted: false,
      orientation: 6,
      adobeTransform: undefined,
    })
    expect(header.components.map(({ h, v }) => [h, v])).toEqual([
      [2, 2],
      [1, 1],
      [1, 1],
    ])
    expect(header.icc!.length).toBeGreaterThan(400)
  })
  test('of a file with little', () => {
    expect(readJpegHeader(writeJpeg(color))).toMatchObject({
      progressive: false,
      orientation: 1,
      icc: undefined,
    })
    expect(readJpegHeader(writeJpeg({ ...color, heightLater: true }))).toMatchObject({
      width: 40,
      height: 30,
    })
    expect(readJpegHeader(writeJpeg({ ...color, junk: Uint8Array.of(7, 0xff, 0xff) }))).toMatchObject({
      width: 40,
    })
  })
  test('of files that are none', () => {
    for (const bytes of [[], [0xff], [0xff, 0xd8], [0xff, 0xd8, 0xff, 0xc0], [0x89, 0x50, 0x4e, 0x47]])
      expect(readJpegHeader(Uint8Array.from(bytes))).toBeUndefined()
  })
  test.each([30, 50, 75, 85, 95, 100])('quality %i is recognised', async (quality) => {
    const bytes = await noise().jpeg({ quality }).toBuffer()
    expect(Math.abs(readJpegHeader(bytes)!.quality! - quality)).toBeLessThanOrEqual(1)
  })
  test('the coarsest and the finest tables have a quality', () => {
    expect(estimateQuality(new Array(64).fill(255))).toBeLessThan(20)
    expect(estimateQuality(new Array(64).fill(1))).toBe(100)
    expect(estimateQuality([])).toBe(100)
  })
  test('a broken file gives some header or none, and takes no time', () => {
    const random = seeded(5)
    const file = writeJpeg({ ...color, head: pieces(profile(), 3) })
    const start = performance.now()
    for (let i = 0; i < 20_000; i++) {
      const header = readJpegHeader(mutate(file, random, file))
      if (header?.icc) readIcc(header.icc)
    }
    expect((performance.now() - start) / 20_000).toBeLessThan(5)
  })
})

describe('profiles', () => {
  test('pieces are joined by number, and a missing one undoes all', () => {
    const whole = profile()
    const file = (head: Uint8Array) => writeJpeg({ ...color, head })
    expect(readJpegHeader(file(pieces(whole, 4)))!.icc).toEqual(whole)
    expect(readJpegHeader(file(pieces(whole, 4, true)))!.icc).toEqual(whole)
    const first = pieces(whole, 4)
    expect(readJpegHeader(file(first.subarray(0, Math.ceil(first.length / 2))))!.icc).toBeUndefined()
  })
  test('Display P3 is a matrix, sRGB is nothing to do, CMYK is not ours', async () => {
    const icc = async (name: string) =>
      readJpegHeader(await noise().withIccProfile(name).jpeg().toBuffer())!.icc!
    const p3 = readIcc(await icc('p3'))
    if (p3.kind !== 'matrix') throw new Error(p3.kind)
    // Published: linear Display P3 to linear sRGB.
    const published = [1.2249, -0.2247, 0, -0.042, 1.0419, 0, -0.0197, -0.0786, 1.0979]
    for (const [i, value] of published.entries()) expect(Math.abs(p3.matrix[i]! - value)).toBeLessThan(0.003)
    for (const sample of [0, 10, 64, 128, 255])
      expect(Math.abs(p3.curves[1][sample]! - srgbToLinear(sample / 255))).toBeLessThan(0.0005)
    expect(readIcc(await icc('srgb'))).toEqual({ kind: 'srgb' })
    expect(readIcc(await icc('cmyk'))).toMatchObject({ kind: 'unsupported' })
  })
  const half = 0.5
  test.each<[string, Uint8Array, number]>([
    ['identity', curv([]), half],
    ['gamma 2.2', curv([563]), half ** (563 / 256)],
    ['two points', curv([0, 65535]), half],
    ['five points', curv([0, 1000, 8000, 30000, 65535]), 8000 / 65535],
    ['parametric 0', para(0, [1.8]), half ** 1.8],
    ['parametric 1', para(1, [2, 0.8, 0.1]), 0.5 ** 2],
    ['parametric 2', para(2, [2, 0.8, 0.1, 0.05]), 0.5 ** 2 + 0.05],
    ['parametric 3, above', para(3, [2, 0.8, 0.1, 0.4, 0.2]), 0.5 ** 2],
    ['parametric 3, below', para(3, [2, 0.8, 0.1, 0.4, 0.9]), 0.2],
    ['parametric 4, above', para(4, [2, 0.8, 0.1, 0.4, 0.2, 0.01, 0.02]), 0.5 ** 2 + 0.01],
    ['parametric 4, below', para(4, [2, 0.8, 0.1, 0.4, 0.9, 0.01, 0.02]), 0.22],
  ])('curve: %s', (_, curve, expected) => {
    const read = readIcc(profile({ rTRC: curve, gTRC: curve, bTRC: curve }))
    if (read.kind !== 'matrix') throw new Error(read.kind)
    const between = (read.curves[0][127]! + read.curves[0][128]!) / 2
    expect(Math.abs(between - expected)).toBeLessThan(0.002)
  })
  test('grey has its curve', () => {
    expect(readIcc(profile({ kTRC: curv([256]) }, 'GRAY'))).toMatchObject({ kind: 'grey' })
    expect(readIcc(profile({}, 'GRAY'))).toMatchObject({ kind: 'unsupported' })
  })
  test('what is broken is unsupported', () => {
    const whole = profile()
    expect(readIcc(new Uint8Array(0)).kind).toBe('unsupported')
    expect(readIcc(whole.subarray(0, 200)).kind).toBe('unsupported')
    expect(readIcc(profile({ rTRC: curv([1, 2]).subarray(0, 10) })).kind).toBe('unsupported')
    expect(readIcc(profile({ gXYZ: curv([]) })).kind).toBe('unsupported')
    expect(readIcc(profile({ bTRC: para(9, [1]) })).kind).toBe('unsupported')
  })
})

function be32(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >> shift) & 255)
}
const fixed = (value: number) => be32(Math.round(value * 65536))
const ascii = (text: string) => [...text].map((letter) => letter.charCodeAt(0))
const zeros = [0, 0, 0, 0]

function curv(values: readonly number[]): Uint8Array {
  return Uint8Array.from([
    ...ascii('curv'),
    ...zeros,
    ...be32(values.length),
    ...values.flatMap((v) => [v >> 8, v & 255]),
  ])
}
function para(type: number, values: readonly number[]): Uint8Array {
  return Uint8Array.from([...ascii('para'), ...zeros, 0, type, 0, 0, ...values.flatMap(fixed)])
}
function xyz(x: number, y: number, z: number): Uint8Array {
  return Uint8Array.from([...ascii('XYZ '), ...zeros, ...fixed(x), ...fixed(y), ...fixed(z)])
}

/** A profile with Adobe RGB's primaries and a gamma, of which tags are replaced. */
function profile(tags: Readonly<Record<string, Uint8Array>> = {}, space = 'RGB '): Uint8Array {
  const rgb = {
    rXYZ: xyz(0.6097, 0.3111, 0.0195),
    gXYZ: xyz(0.2053, 0.6257, 0.0609),
    bXYZ: xyz(0.1492, 0.0632, 0.7448),
    rTRC: curv([563]),
    gTRC: curv([563]),
    bTRC: curv([563]),
  }
  const all = Object.entries(space === 'RGB ' ? { ...rgb, ...tags } : tags)
  const head = new Uint8Array(132 + 12 * all.length)
  head.set(ascii(`${space}XYZ `), 16)
  head.set(ascii('acsp'), 36)
  head.set(be32(all.length), 128)
  let at = head.length
  for (const [i, [name, data]] of all.entries()) {
    head.set([...ascii(name), ...be32(at), ...be32(data.length)], 132 + 12 * i)
    at += data.length
  }
  return Uint8Array.from([...head, ...all.flatMap(([, data]) => [...data])])
}

/** APP2 segments that carry a profile in so many pieces. */
function pieces(whole: Uint8Array, count: number, backwards = false): Uint8Array {
  const size = Math.ceil(whole.length / count)
  const segments = Array.from({ length: count }, (_, i) => {
    const data = whole.subarray(i * size, (i + 1) * size)
    return [0xff, 0xe2, 0, 16 + data.length, ...ascii('ICC_PROFILE\0'), i + 1, count, ...data]
  })
  return Uint8Array.from((backwards ? segments.reverse() : segments).flat())
}
