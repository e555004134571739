import { seeded, type WrittenJpeg, writeJpeg } from './jpeg-writer.ts'

const factors = (...list: readonly (readonly [number, number])[]) =>
  list.map(([h, v], i) => ({ id: i + 1, h, v }))

const script = [
  { components: [0, 1, 2], first: 0, last: 0, high: 0, low: 1 },
  { components: [0], first: 1, last: 5, low: 1 },
  { components: [2], first: 1, last: 63, low: 0 },
  { components: [1], first: 1, last: 63, low: 0 },
  { components: [0], first: 6, last: 63, low: 1 },
  { components: [0], first: 1, last: 63, high: 1, low: 0 },
  { components: [0, 1, 2], first: 0, last: 0, high: 1, low: 0 },
]

/** Small files of every kind that the decoder takes different ways for, under 100 x 100 pixels each. */
export function sampleFiles(): Uint8Array[] {
  const ycc = factors([2, 2], [1, 1], [1, 1])
  const kinds: Pick<WrittenJpeg, 'components' | 'scans' | 'progressive' | 'restart' | 'heightLater'>[] = [
    { components: ycc, scans: [{ components: [0, 1, 2] }] },
    { components: ycc, scans: [{ components: [0, 1, 2] }], restart: 2 },
    { components: ycc, scans: [{ components: [0, 1, 2] }], heightLater: true },
    { components: factors([1, 1]), scans: [{ components: [0] }], restart: 7 },
    { components: factors([4, 1], [1, 1], [1, 1]), scans: [{ components: [0, 1, 2] }] },
    { components: factors([1, 1], [1, 1], [1, 1], [1, 1]), scans: [{ components: [0, 1, 2, 3] }] },
    { components: ycc, scans: [{ components: [0] }, { components: [1, 2] }] },
    { components: ycc, scans: script, progressive: true },
    { components: ycc, scans: script, progressive: true, restart: 3 },
  ]
  return kinds.map((kind, i) =>
    writeJpeg({
      ...kind,
      width: 90 - i,
      height: 60 + i,
      quantization: Array.from({ length: 64 }, (_, k) => 4 + (k >> 1)),
      random: seeded(i),
      coefficients: (c, x, y) => {
        const random = seeded(i + c * 7919 + x * 104729 + y * 1299709)
        const block = new Int16Array(64)
        for (let k = 0; k < 64 * random() ** 2; k++)
          block[k] = Math.round(((random() - 0.5) * 60) / (1 + k / 6))
        return block
      },
    }),
  )
}
