import { beforeAll, describe, expect, test } from 'vitest'
import { PlanesJob } from '../../../src/media/core/decode-planes.ts'
import type { CoreExports } from '../../../src/media/core/exports.ts'
import { type CoreJob, runJobOn } from '../../../src/media/core/run-job.ts'
import { coreInstances } from './instances.ts'
import { seeded, type WrittenJpeg, writeJpeg } from './jpeg-writer.ts'
import { mutate } from './mutate.ts'
import { sampleFiles } from './samples.ts'

let fresh: () => CoreExports
let freshChecked: () => CoreExports
const samples = sampleFiles()

beforeAll(async () => {
  fresh = await coreInstances('release')
  freshChecked = await coreInstances('debug')
}, 120_000)

const planes = (core: CoreExports, bytes: Uint8Array, shift = 0) =>
  runJobOn(core, bytes, new PlanesJob({ luma: shift, chroma: shift })).result

/** Decodes without taking the samples out: what is left is the core's own time. */
class Dry implements CoreJob<CoreExports, number> {
  readonly #shift: number
  constructor(shift: number) {
    this.#shift = shift
  }
  begin(core: CoreExports): void {
    core.planes_begin(this.#shift, this.#shift)
  }
  step(core: CoreExports): number {
    return core.planes_step()
  }
  end(core: CoreExports): number {
    return core.decode_fact(7)
  }
}

const grey: WrittenJpeg = {
  width: 40,
  height: 40,
  components: [{ id: 1, h: 1, v: 1 }],
  quantization: new Array(64).fill(8),
  scans: [{ components: [0] }],
  coefficients: (_, x, y) => Int16Array.from({ length: 64 }, (_, k) => (k < 20 ? x - y + (k % 3) : 0)),
}

/** The grey picture with bytes of its frame replaced: `at` counts from the marker's second byte. */
function withFrame(changes: Readonly<Record<number, number>>, file = writeJpeg(grey)): Uint8Array {
  const bytes = file.slice()
  const start = bytes.findIndex((byte, i) => byte === 0xff && [0xc0, 0xc1, 0xc2].includes(bytes[i + 1]!)) + 1
  for (const [at, value] of Object.entries(changes)) bytes[start + Number(at)] = value
  return bytes
}

describe('files that are refused', () => {
  const color: WrittenJpeg = {
    ...grey,
    components: [1, 2, 3].map((id) => ({ id, h: 1, v: 1 })),
    scans: [{ components: [0, 1, 2] }],
  }
  const dcOnly = { components: [0], first: 0, last: 0 }
  test.each<[string, Uint8Array, object]>([
    ['nothing', new Uint8Array(0), { code: 'not_jpeg' }],
    ['another format', Uint8Array.of(0x89, 0x50, 0x4e, 0x47), { code: 'not_jpeg' }],
    ['SOI alone', Uint8Array.of(0xff, 0xd8), { code: 'malformed' }],
    ['a header alone', writeJpeg({ ...grey, scans: [] }), { code: 'malformed' }],
    ['12 bits', withFrame({ 3: 12 }), { code: 'unsupported', feature: '12-bit samples' }],
    ['lossless', withFrame({ 0: 0xc3 }), { code: 'unsupported', feature: 'lossless coding' }],
    ['JPEG-LS', withFrame({ 0: 0xf7 }), { code: 'unsupported', feature: 'lossless coding' }],
    ['arithmetic', withFrame({ 0: 0xc9 }), { code: 'unsupported', feature: 'arithmetic coding' }],
    ['progressive arithmetic', withFrame({ 0: 0xca }), { code: 'unsupported', feature: 'arithmetic coding' }],
    ['hierarchical', withFrame({ 0: 0xc5 }), { code: 'unsupported', feature: 'hierarchical coding' }],
    ['two components', withFrame({ 8: 2 }), { code: 'unsupported', feature: 'this number of components' }],
    ['no width', withFrame({ 6: 0, 7: 0 }), { code: 'empty' }],
    ['no height, none later', withFrame({ 4: 0, 5: 0 }), { code: 'empty' }],
    ['sampling of 0', withFrame({ 10: 0x01 }, writeJpeg(color)), { code: 'malformed' }],
    ['sampling of 5', withFrame({ 10: 0x51 }, writeJpeg(color)), { code: 'malformed' }],
    ['65535 x 65535', withFrame({ 4: 255, 5: 255, 6: 255, 7: 255 }), { code: 'too_large' }],
    [
      '220 MP and one row',
      withFrame({ 4: 3428 >> 8, 5: 3428 & 255, 6: 0xfa, 7: 0xc8 }),
      { code: 'too_large' },
    ],
    [
      'progressive past 64 MP',
      withFrame(
        { 4: 8001 >> 8, 5: 8001 & 255, 6: 8000 >> 8, 7: 8000 & 255 },
        writeJpeg({ ...grey, progressive: true, scans: [dcOnly] }),
      ),
      { code: 'too_large' },
    ],
    [
      '101 scans',
      writeJpeg({ ...grey, progressive: true, scans: Array(101).fill(dcOnly) }),
      { code: 'too_many_scans' },
    ],
  ])('%s', (_, bytes, failure) => {
    for (const core of [fresh(), freshChecked()]) {
      expect(planes(core, bytes)).toEqual({ ok: false, failure })
    }
  })
  test('B-1, B-2: the header alone refuses, in no memory', () => {
    const core = fresh()
    const before = core.memory.buffer.byteLength
    const bomb = withFrame({ 4: 255, 5: 255, 6: 255, 7: 255 })
    const start = performance.now()
    for (let i = 0; i < 100; i++) planes(core, bomb)
    console.info(
      `B-1: ${((performance.now() - start) / 100).toFixed(3)} ms, ${core.peak_bytes()} bytes in use`,
    )
    expect(core.memory.buffer.byteLength).toBe(before)
    expect(core.peak_bytes()).toBeLessThan(2 ** 20)
  })
  test('B-5: 100 scans pass', () => {
    const scans = Array(100).fill(dcOnly)
    expect(planes(fresh(), writeJpeg({ ...grey, progressive: true, scans }))).toMatchObject({ ok: true })
  })
})

describe('files that are cut', () => {
  test('at 100 points each: some of the picture, or a failure that says why; never more than there is', () => {
    const core = fresh()
    const checked = freshChecked()
    for (const [i, file] of samples.entries()) {
      let shown = 0
      for (let point = 0; point < 100; point++) {
        const bytes = file.subarray(0, Math.floor((file.length * point) / 100))
        const result = planes(core, bytes, point % 4)
        expect(planes(checked, bytes, point % 4)).toEqual({
          ...result,
          ...(result.ok && { value: { ...result.value, peakBytes: expect.any(Number) } }),
        })
        if (result.ok) {
          shown++
          expect(result.value.truncated, `sample ${i} cut at ${point} %`).toBe(true)
        } else expect(['not_jpeg', 'malformed', 'truncated', 'empty']).toContain(result.failure.code)
      }
      // The third keeps its height behind its data, so that every cut loses it.
      expect(shown > 20, `sample ${i}`).toBe(i !== 2)
      expect(shown).toBeLessThan(95)
    }
  })
  test('the rows that are there are those of the whole file, the rest is even', () => {
    const file = writeJpeg({ ...grey, height: 400 })
    const whole = planes(fresh(), file)
    const half = planes(fresh(), file.subarray(0, file.length >> 1))
    if (!whole.ok || !half.ok) throw new Error('both decode')
    const [a, b] = [whole.value.planes[0]!.data, half.value.planes[0]!.data]
    expect(half.value.truncated).toBe(true)
    expect(b.subarray(0, 40 * 160)).toEqual(a.subarray(0, 40 * 160))
    expect(new Set(b.subarray(40 * 360)).size).toBe(1)
  })
})

describe('files that are damaged', () => {
  test('a lost restart interval costs its own blocks and no others', () => {
    const file = writeJpeg({ ...grey, width: 200, height: 80, restart: 5 })
    const marker = (number: number) =>
      file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xd0 + number)
    const [from, to] = [marker(2), marker(3)]
    const lost = new Uint8Array([...file.subarray(0, from), ...file.subarray(to)])
    const whole = planes(fresh(), file)
    const damaged = planes(fresh(), lost)
    if (!whole.ok || !damaged.ok) throw new Error('both decode')
    // Blocks of the fourth interval are 15 to 19 of the first 25 in a row.
    const differing = new Set<number>()
    const [a, b] = [whole.value.planes[0]!.data, damaged.value.planes[0]!.data]
    for (let i = 0; i < a.length; i++)
      if (a[i] !== b[i]) differing.add(Math.floor(i / 200 / 8) * 25 + Math.floor((i % 200) / 8))
    expect([...differing].every((block) => block >= 15 && block < 20)).toBe(true)
    expect(differing.size).toBeGreaterThan(0)
  })
  test('B-8: 100,000 mutations: no trap, and none 5 times slower than its original', () => {
    const random = seeded(2026)
    const core = fresh()
    const time = (bytes: Uint8Array, shift: number) => {
      const start = performance.now()
      const end = runJobOn(core, bytes, new Dry(shift))
      return { end, took: performance.now() - start }
    }
    // What it costs without interruption: the least of several.
    const least = (bytes: Uint8Array, shift: number, tries: number) => {
      let best = Infinity
      for (let i = 0; i < tries; i++) best = Math.min(best, time(bytes, shift).took)
      return best
    }
    // A machine that is busy slows both: they take turns until the mutation was quick enough once.
    const keepsUp = (mutation: Uint8Array, original: Uint8Array, shift: number) => {
      let [best, usual] = [Infinity, Infinity]
      for (let i = 0; i < 200 && best > Math.max(5 * usual, 4); i++) {
        best = Math.min(best, time(mutation, shift).took)
        usual = Math.min(usual, time(original, shift).took)
      }
      return best <= Math.max(5 * usual, 4)
    }
    const usual = samples.map((bytes) => [0, 1, 2, 3].map((shift) => least(bytes, shift, 200)))
    let passed = 0
    let slowest = 0
    for (let n = 0; n < 100_000; n++) {
      const which = n % samples.length
      const shift = (n >> 4) & 3
      const bytes = mutate(samples[which]!, random, samples[(which + 3) % samples.length]!)
      const { end, took } = time(bytes, shift)
      if (end.trapped) throw new Error(`mutation ${n} traps: ${JSON.stringify(end.result)}`)
      if (end.result.ok) passed++
      // A mutated header may make a larger picture; what must not be is time out of all proportion.
      const limit = Math.max(5 * usual[which]![shift]!, 2)
      if (took > limit && !keepsUp(bytes, samples[which]!, shift))
        throw new Error(`mutation ${n} takes more than five times as long as its original`)
      slowest = Math.max(slowest, took)
    }
    console.info(`B-8: ${passed} of 100,000 still decode, the slowest took ${slowest.toFixed(1)} ms`)
    expect(passed).toBeGreaterThan(10_000)
  }, 1_200_000)
  test('B-19: the checked build finds no stray access and decodes the same', () => {
    const random = seeded(7)
    const core = fresh()
    const checked = freshChecked()
    for (let n = 0; n < 6_000; n++) {
      const bytes = mutate(samples[n % samples.length]!, random, samples[(n + 4) % samples.length]!)
      const shift = (n >> 3) & 3
      const ours = runJobOn(core, bytes, new PlanesJob({ luma: shift, chroma: (n >> 5) & 3 }))
      const theirs = runJobOn(checked, bytes, new PlanesJob({ luma: shift, chroma: (n >> 5) & 3 }))
      if (ours.trapped || theirs.trapped) throw new Error(`mutation ${n} traps`)
      if (!ours.result.ok || !theirs.result.ok) expect(theirs.result).toEqual(ours.result)
      else
        for (const [c, plane] of ours.result.value.planes.entries())
          if (Buffer.compare(plane.data, theirs.result.value.planes[c]!.data) !== 0)
            throw new Error(`mutation ${n} decodes differently`)
    }
  })
  test('B-19: the checked build does find stray accesses', () => {
    const checked = freshChecked() as CoreExports & { touch(at: number): void }
    checked.planes_begin(0, 0)
    checked.touch(checked.status_ptr())
    expect(() => checked.touch(checked.status_ptr() + 16)).toThrow(WebAssembly.RuntimeError)
    expect(() => checked.touch(checked.memory.buffer.byteLength - 64)).toThrow(WebAssembly.RuntimeError)
    expect(() => checked.touch(0)).toThrow(WebAssembly.RuntimeError)
  })
})

describe('one instance for all jobs', () => {
  test('job B after job A is B on a fresh instance, whatever A was', () => {
    const random = seeded(99)
    const alone = samples.map((bytes) => [0, 1, 2, 3].map((shift) => planes(fresh(), bytes, shift)))
    const core = fresh()
    for (let n = 0; n < 400; n++) {
      const before = samples[Math.floor(random() * samples.length)]!
      planes(core, n % 3 ? before : mutate(before, random, before), n & 3)
      const which = Math.floor(random() * samples.length)
      const again = planes(core, samples[which]!, n & 3)
      const first = alone[which]![n & 3]!
      if (!again.ok || !first.ok) throw new Error('samples decode')
      expect(again.value.planes).toEqual(first.value.planes)
    }
  })
  test('a canary in memory never comes out', () => {
    const core = fresh()
    const bytes = samples[0]!.subarray(0, Math.floor(samples[0]!.length * 0.7))
    const first = planes(core, bytes)
    // The arena as another job could have left it.
    const arena = new Uint8Array(core.memory.buffer, core.peak_bytes() - 4096)
    arena.fill(0xa5)
    expect(planes(core, bytes)).toEqual(first)
  })
})
