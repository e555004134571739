import { beforeAll, describe, expect, test } from 'vitest'
import { buildCore } from '../../../scripts/build-core.mjs'
import { decodeJpegToPlanes, type SamplePlanes } from '../../../src/media/core/decode-planes.ts'
import { seeded, type WrittenComponent, type WrittenJpeg, writeJpeg } from './jpeg-writer.ts'
import { asPlanes, difference, oracleJpeg, oraclePixels, readyOracle, syntheticPicture } from './oracle.ts'

beforeAll(async () => {
  await buildCore('release')
  await readyOracle()
}, 120_000)

async function planesOf(bytes: Uint8Array, shift = 0): Promise<SamplePlanes> {
  const result = await decodeJpegToPlanes(bytes, { luma: shift, chroma: shift })
  if (!result.ok) throw new Error(JSON.stringify(result.failure))
  return result.value
}

/** Holds our planes against mozjpeg's pixels. */
async function agree(bytes: Uint8Array, most = { mean: 0.5, max: 3 }): Promise<SamplePlanes> {
  const ours = await planesOf(bytes)
  const theirs = asPlanes(await oraclePixels(bytes), ours)
  for (const [c, plane] of ours.planes.entries()) {
    const { mean, max } = difference(plane.data, theirs[c]!)
    expect(mean, `mean of component ${c}`).toBeLessThanOrEqual(most.mean)
    expect(max, `greatest of component ${c}`).toBeLessThanOrEqual(most.max)
  }
  return ours
}

const grey: readonly WrittenComponent[] = [{ id: 1, h: 1, v: 1 }]
function color(...factors: readonly (readonly [number, number])[]): readonly WrittenComponent[] {
  return factors.map(([h, v], i) => ({ id: i + 1, h, v }))
}

/**
 * Coefficients of a picture of slopes, with some detail in the components that are not subsampled (the oracle smooths
 * the others when it enlarges them); the same for each call.
 */
function written(part: Partial<WrittenJpeg> & Pick<WrittenJpeg, 'components'>, seed = 7): WrittenJpeg {
  const components = part.components
  const whole = components.map(({ h, v }) => components.every((other) => other.h <= h && other.v <= v))
  const amplitude = components.map((_, c) => (c || !whole[0] ? 25 : 60))
  return {
    width: 131,
    height: 93,
    quantization: Array.from({ length: 64 }, (_, k) => 3 + (k >> 2)),
    scans: [{ components: components.map((_, i) => i) }],
    coefficients: (c, x, y) => {
      const random = seeded(seed + c * 7919 + x * 104729 + y * 1299709)
      const block = new Int16Array(64)
      block[0] = Math.round(amplitude[c]! * Math.sin((x + seed) / 5 + y / 7))
      if (!whole[c]) return block
      const detail = Math.floor(random() ** 2 * 64)
      for (let k = 1; k <= detail; k++)
        if (random() < 0.4) block[k] = Math.round(((random() - 0.5) * 40) / (1 + k / 4))
      return block
    },
    ...part,
  }
}

describe('what encoders write', () => {
  const picture = syntheticPicture(203, 157)
  const base = {
    quality: 85,
    auto_subsample: false,
    optimize_coding: true,
    baseline: true,
    progressive: false,
  }
  for (const progressive of [false, true])
    for (const chroma_subsample of [1, 2])
      test(`mozjpeg ${progressive ? 'progressive' : 'baseline'}, chroma 1/${chroma_subsample}`, async () => {
        const bytes = await oracleJpeg(picture, {
          ...base,
          baseline: !progressive,
          progressive,
          chroma_subsample,
        } as never)
        const ours = await agree(bytes)
        expect(ours).toMatchObject({
          width: 203,
          height: 157,
          color: 'ycbcr',
          truncated: false,
          damaged: false,
        })
        expect(ours.planes[1]).toMatchObject({ width: Math.ceil(203 / chroma_subsample) })
      })
  test.each([false, true])('mozjpeg grey, progressive %s', async (progressive) => {
    const bytes = await oracleJpeg(picture, { ...base, progressive, color_space: 1 } as never)
    const ours = await agree(bytes)
    expect(ours.color).toBe('grey')
    expect(ours.planes).toHaveLength(1)
  })
})

describe('sampling', () => {
  const factors: readonly (readonly (readonly [number, number])[])[] = [
    [
      [1, 1],
      [1, 1],
      [1, 1],
    ],
    [
      [2, 1],
      [1, 1],
      [1, 1],
    ],
    [
      [1, 2],
      [1, 1],
      [1, 1],
    ],
    [
      [2, 2],
      [1, 1],
      [1, 1],
    ],
    [
      [4, 1],
      [1, 1],
      [1, 1],
    ],
    [
      [4, 2],
      [1, 1],
      [1, 1],
    ],
    [
      [1, 4],
      [1, 1],
      [1, 1],
    ],
    [
      [2, 2],
      [2, 1],
      [2, 1],
    ],
    [
      [2, 2],
      [1, 2],
      [2, 1],
    ],
    [
      [3, 1],
      [1, 1],
      [1, 1],
    ],
    [
      [2, 2],
      [2, 2],
      [2, 2],
    ],
    [
      [1, 1],
      [2, 2],
      [1, 1],
    ],
  ]
  for (const factor of factors)
    for (const restart of [0, 3])
      test(`${factor.map((f) => f.join('x')).join(' ')}, restart ${restart}`, async () => {
        const blocks = factor.reduce((sum, [h, v]) => sum + h * v, 0)
        const components = color(...factor)
        // More than ten blocks may not be interleaved: then each component has its own scan.
        const scans = blocks <= 10 ? [{ components: [0, 1, 2] }] : [0, 1, 2].map((c) => ({ components: [c] }))
        await agree(writeJpeg(written({ components, restart, scans, random: seeded(blocks) })))
      })
})

describe('scans', () => {
  const ycc = color([2, 2], [1, 1], [1, 1])
  const script = [
    { components: [0, 1, 2], first: 0, last: 0, high: 0, low: 1 },
    { components: [0], first: 1, last: 5, low: 2 },
    { components: [2], first: 1, last: 63, low: 1 },
    { components: [1], first: 1, last: 63, low: 1 },
    { components: [0], first: 6, last: 63, low: 2 },
    { components: [0], first: 1, last: 63, high: 2, low: 1 },
    { components: [0, 1, 2], first: 0, last: 0, high: 1, low: 0 },
    { components: [2], first: 1, last: 63, high: 1, low: 0 },
    { components: [1], first: 1, last: 63, high: 1, low: 0 },
    { components: [0], first: 1, last: 63, high: 1, low: 0 },
  ]
  for (const restart of [0, 5, 17]) {
    test(`progressive with refinements, restart ${restart}`, async () => {
      const file = written({
        components: ycc,
        progressive: true,
        scans: script,
        restart,
        random: seeded(restart),
      })
      const progressive = await agree(writeJpeg(file))
      const sequential = await planesOf(
        writeJpeg({ ...file, progressive: false, scans: [{ components: [0, 1, 2] }] }),
      )
      // The same coefficients: not near, but equal.
      for (const c of [0, 1, 2]) expect(progressive.planes[c]!.data).toEqual(sequential.planes[c]!.data)
    })
    test(`one scan a component, and luma alone before chroma, restart ${restart}`, async () => {
      const file = written({ components: ycc, restart })
      const together = await agree(writeJpeg(file))
      for (const scans of [
        [[0], [1], [2]],
        [[0], [1, 2]],
        [[2], [0, 1]],
      ]) {
        const apart = await planesOf(
          writeJpeg({ ...file, scans: scans.map((components) => ({ components })) }),
        )
        for (const c of [0, 1, 2]) expect(apart.planes[c]!.data).toEqual(together.planes[c]!.data)
      }
    })
  }
  test('more bands than one', async () => {
    // 6 MiB of coefficients are kept at once: this one has 14.
    const size = { width: 2051, height: 1523 }
    const file = written({ components: color([1, 1], [1, 1], [1, 1]), ...size, restart: 100 })
    const sequential = await planesOf(writeJpeg(file))
    const progressive = await planesOf(writeJpeg({ ...file, progressive: true, scans: script }))
    for (const c of [0, 1, 2])
      expect(Buffer.compare(progressive.planes[c]!.data, sequential.planes[c]!.data)).toBe(0)
    expect(progressive.peakBytes).toBeLessThan(8 * 2 ** 20)
    expect(sequential.peakBytes).toBeLessThan(2 ** 20)
  })
})

describe('what T.81 allows and few write', () => {
  const ycc = color([2, 2], [1, 1], [1, 1])
  test.each<[string, Partial<WrittenJpeg>]>([
    [
      '16-bit tables',
      { wideQuantization: true, quantization: Array.from({ length: 64 }, (_, k) => 3 + (k >> 2)) },
    ],
    ['fill bytes', { junk: Uint8Array.of(0xff, 0xff, 0xff) }],
    ['junk between segments', { junk: Uint8Array.of(1, 2, 3, 0xff, 0, 9) }],
    ['no EOI', { withoutEnd: true }],
    ['one row and column', { width: 1, height: 1 }],
    ['a strip', { width: 1031, height: 1 }],
  ])('%s', async (_, part) => {
    const ours = await agree(writeJpeg(written({ components: ycc, ...part })))
    expect(ours.truncated).toBe(false)
  })
  test('the height in a DNL segment', async () => {
    const file = written({ components: ycc })
    const plain = await planesOf(writeJpeg(file))
    expect(await planesOf(writeJpeg({ ...file, heightLater: true }))).toEqual(plain)
  })
  test('steps of more than 8 bits', async () => {
    const quantization = Array.from({ length: 64 }, (_, k) => (k === 0 ? 600 : 300))
    const coefficients = (_: number, x: number, y: number) => {
      const block = new Int16Array(64)
      block[0] = (x + y) % 2 ? 1 : -1
      block[1] = x % 2
      return block
    }
    await agree(writeJpeg(written({ components: grey, wideQuantization: true, quantization, coefficients })))
  })
  test('every Huffman table, any order of lengths', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const file = written({ components: ycc, width: 90, height: 70, random: seeded(seed) }, seed)
      const plain = await planesOf(writeJpeg({ ...file, random: seeded(1000) }))
      expect(await planesOf(writeJpeg(file))).toEqual(plain)
    }
  })
})

describe('color', () => {
  const adobe = (transform: number) =>
    Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform)
  const jfif = Uint8Array.of(0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0)
  const ids = (text: string) => [...text].map((letter) => ({ id: letter.charCodeAt(0), h: 1, v: 1 }))
  const four = color([1, 1], [1, 1], [1, 1], [1, 1])
  test.each<[string, Partial<WrittenJpeg> & Pick<WrittenJpeg, 'components'>, string, boolean]>([
    ['no marker', { components: color([1, 1], [1, 1], [1, 1]) }, 'ycbcr', false],
    ['JFIF', { components: ids('RGB'), head: jfif }, 'ycbcr', false],
    ['Adobe 0', { components: color([1, 1], [1, 1], [1, 1]), head: adobe(0) }, 'rgb', false],
    ['Adobe 1', { components: ids('RGB'), head: adobe(1) }, 'ycbcr', false],
    ['ids R, G, B', { components: ids('RGB') }, 'rgb', false],
    ['Adobe 2, four components', { components: four, head: adobe(2) }, 'ycck', true],
    ['Adobe 0, four components', { components: four, head: adobe(0) }, 'cmyk', true],
    ['four components', { components: four }, 'cmyk', false],
  ])('%s', async (_, part, kind, inverted) => {
    const ours = await planesOf(writeJpeg(written(part)))
    expect(ours).toMatchObject({ color: kind, inverted })
    expect(ours.planes).toHaveLength(part.components.length)
  })
})

describe('scales', () => {
  /** The orthonormal DCT basis of n points, at point i. */
  const basis = (n: number, u: number, i: number) =>
    Math.sqrt((u ? 2 : 1) / n) * Math.cos(((2 * i + 1) * u * Math.PI) / (2 * n))
  const natural = zigzagOrder()

  /** The n x n samples of a block by the definition, in floating point. */
  function definition(block: Int16Array, steps: ArrayLike<number>, n: number): number[] {
    return Array.from({ length: n * n }, (_, at) => {
      let sum = 0
      for (let k = 0; k < 64; k++) {
        const [v, u] = [natural[k]! >> 3, natural[k]! & 7]
        if (u >= n || v >= n || block[k] === 0) continue
        sum += block[k]! * steps[k]! * basis(n, u, at % n) * basis(n, v, Math.floor(at / n))
      }
      return Math.min(255, Math.max(0, (sum * n) / 8 + 128))
    })
  }

  test.each([8, 4, 2, 1])('%i samples a side are the DCT of that size', async (n) => {
    for (const progressive of [false, true]) {
      const scans = progressive
        ? [
            { components: [0], first: 0, last: 0 },
            { components: [0], first: 1, last: 63 },
          ]
        : [{ components: [0] }]
      const file = written({ components: grey, width: 256, height: 256, progressive, scans })
      const { data, width } = (await planesOf(writeJpeg(file), Math.log2(8 / n))).planes[0]!
      expect(width).toBe(32 * n)
      for (let y = 0; y < 32; y++)
        for (let x = 0; x < 32; x++) {
          const expected = definition(file.coefficients(0, x, y), file.quantization, n)
          const ours = expected.map((_, i) => data[(y * n + Math.floor(i / n)) * width + x * n + (i % n)]!)
          expect(difference(ours, expected).max).toBeLessThan(0.75)
        }
    }
  })
  test.each([1, 2, 3])(
    'shift %i in files of every kind passes over the rest of each block alike',
    async (shift) => {
      // The entropy decoder takes another way below full scale; the mean of each block does not depend on it.
      for (let seed = 0; seed < 12; seed++) {
        const components = seed % 2 ? color([2, 2], [1, 1], [1, 1]) : color([4, 1], [1, 1], [1, 1])
        const file = writeJpeg(written({ components, random: seeded(seed), restart: seed % 3 }, seed))
        const smallest = await planesOf(file, 3)
        const ours = await planesOf(file, shift)
        expect(ours.damaged).toBe(false)
        for (const [c, plane] of ours.planes.entries()) {
          const n = 8 >> shift
          const tiny = smallest.planes[c]!
          const [across, down] = [Math.floor(plane.width / n), Math.floor(plane.height / n)]
          for (let y = 0; y < down; y++)
            for (let x = 0; x < across; x++) {
              let sum = 0
              for (let i = 0; i < n * n; i++)
                sum += plane.data[(y * n + Math.floor(i / n)) * plane.width + x * n + (i % n)]!
              const mean = tiny.data[y * tiny.width + x]!
              // Samples that were clipped move the mean; those blocks say nothing.
              if (mean > 60 && mean < 195) expect(Math.abs(sum / (n * n) - mean)).toBeLessThan(2)
            }
        }
      }
    },
  )
  test('luma and chroma at scales of their own, and the scale that a size asks for', async () => {
    const file = writeJpeg(written({ components: color([2, 2], [1, 1], [1, 1]), width: 400, height: 300 }))
    const mixed = await decodeJpegToPlanes(file, { luma: 1, chroma: 0 })
    expect(mixed.ok && mixed.value.planes.map(({ width, height }) => [width, height])).toEqual([
      [200, 150],
      [200, 150],
      [200, 150],
    ])
    const least = await decodeJpegToPlanes(file, { minWidth: 100, minHeight: 60 })
    expect(least.ok && least.value.planes[0]).toMatchObject({ width: 100, height: 75, shift: 2 })
  })
})

/** Row * 8 + column of each index of the zigzag. */
function zigzagOrder(): number[] {
  const order: number[] = []
  for (let sum = 0; sum < 15; sum++)
    for (let i = 0; i <= sum; i++) {
      const [row, column] = sum % 2 ? [i, sum - i] : [sum - i, i]
      if (row < 8 && column < 8) order.push(row * 8 + column)
    }
  return order
}
