import { beforeAll, describe, expect, test } from 'vitest'
import { buildCore } from '../../../scripts/build-core.mjs'
import { type CoreJob, runJob } from '../../../src/media/codec.ts'
import { decodeJpegToPlanes, PlanesJob } from '../../../src/media/core/decode-planes.ts'
import type { CoreExports } from '../../../src/media/core/exports.ts'
import { runJobOn } from '../../../src/media/core/run-job.ts'
import { coreInstances } from './instances.ts'
import { seeded, type WrittenJpeg, writeJpeg } from './jpeg-writer.ts'
import { sampleFiles } from './samples.ts'

beforeAll(() => buildCore('release'), 120_000)

const [sample] = sampleFiles() as [Uint8Array]

/** A job made of parts. */
function job<T>(part: Partial<CoreJob<CoreExports, T>> & Pick<CoreJob<CoreExports, T>, 'end'>) {
  return { begin: (core: CoreExports) => core.planes_begin(0, 0), step: () => 0, ...part }
}

/** Which memory the kept instance has. */
const memoryNow = async () => {
  const result = await runJob(sample, job({ end: (core) => core.memory }))
  if (!result.ok) throw new Error('it only looks')
  return result.value
}

describe('the instance', () => {
  test('is kept from job to job', async () => {
    const before = await memoryNow()
    await Promise.all([decodeJpegToPlanes(sample), decodeJpegToPlanes(sample)])
    expect(await memoryNow()).toBe(before)
  })
  test('is kept after a file that is refused', async () => {
    const before = await memoryNow()
    expect(await decodeJpegToPlanes(sample.subarray(0, 50))).toMatchObject({ ok: false })
    expect(await memoryNow()).toBe(before)
  })
  test('goes with a trap, which is a value, and the next job is as on a fresh one', async () => {
    const alone = await decodeJpegToPlanes(sample)
    const before = await memoryNow()
    const step = (core: CoreExports) => {
      core.input_given(2 ** 30, 1)
      return 0
    }
    const trap = job({ step, end: () => 0 })
    expect(await runJob(sample, trap)).toEqual({ ok: false, failure: { code: 'trapped', status: 0 } })
    expect(await memoryNow()).not.toBe(before)
    expect(await decodeJpegToPlanes(sample)).toEqual(alone)
  })
  test.each([
    [1, { code: 'out_of_memory' }],
    [2, { code: 'malformed' }],
    [3, { code: 'trapped', status: 3 }],
  ])('a trap says why by status word %i', async (status, failure) => {
    const step = (core: CoreExports) => {
      new DataView(core.memory.buffer).setInt32(core.status_ptr(), status, true)
      core.input_given(2 ** 30, 1)
      return 0
    }
    expect(await runJob(sample, job({ step, end: () => 0 }))).toEqual({ ok: false, failure })
  })
  test('goes when a bug of ours is thrown through it, which is not a value', async () => {
    const before = await memoryNow()
    const end = () => {
      throw new TypeError('a bug')
    }
    await expect(runJob(sample, job({ end }))).rejects.toThrow('a bug')
    expect(await memoryNow()).not.toBe(before)
  })
  test('goes when its memory grew past 32 MiB', async () => {
    const before = await memoryNow()
    const grow = (pages: number) =>
      runJob(
        sample,
        job({ begin: (core) => void (core.memory as WebAssembly.Memory).grow(pages), end: () => 0 }),
      )
    await grow(100)
    expect(await memoryNow()).toBe(before)
    await grow(512)
    expect(await memoryNow()).not.toBe(before)
  })
  test('a job that fails at an event ends there', async () => {
    const steps: number[] = []
    const result = await runJob(
      sample,
      job({
        step: (core) => core.planes_step(),
        event: (_, event) => {
          steps.push(event)
          return { code: 'malformed' }
        },
        end: () => 0,
      }),
    )
    expect(result).toEqual({ ok: false, failure: { code: 'malformed' } })
    expect(steps).toEqual([2])
  })
})

describe('the input', () => {
  const coefficients = (_: number, x: number, y: number) => {
    const random = seeded(x * 65537 + y)
    return Int16Array.from({ length: 64 }, (_, k) => Math.round(((random() - 0.5) * 120) / (1 + k / 8)))
  }
  const large: WrittenJpeg = {
    width: 900,
    height: 700,
    components: [{ id: 1, h: 1, v: 1 }],
    quantization: new Array(64).fill(4),
    scans: [{ components: [0] }],
    coefficients,
  }

  test('comes in windows, and what stands in application segments is not copied', async () => {
    const core = (await coreInstances('release'))()
    const segment = new Uint8Array(65_535 + 2)
    segment.set([0xff, 0xe5, 0xff, 0xff])
    const head = new Uint8Array(segment.length * 20)
    for (let i = 0; i < 20; i++) head.set(segment, i * segment.length)
    const plain = writeJpeg(large)
    const padded = writeJpeg({ ...large, head })
    expect(plain.length).toBeGreaterThan(3 * core.input_capacity())
    let copied = 0
    let windows = 0
    const counted: CoreExports = {
      ...core,
      input_given(count, isEnd) {
        copied += count
        windows++
        core.input_given(count, isEnd)
      },
    }
    const scale = { luma: 0, chroma: 0 }
    const whole = runJobOn(core, plain, new PlanesJob(scale)).result
    expect(runJobOn(counted, padded, new PlanesJob(scale)).result).toEqual(whole)
    console.info(`${padded.length} bytes, ${copied} copied in ${windows} windows`)
    // A window reaches past the header it was asked for; the segments behind it are leapt over.
    expect(copied).toBeLessThan(padded.length / 2 + plain.length + 20 * core.input_capacity())
    expect(copied).toBeGreaterThan(plain.length)
  })
  test.each([0, 1, 7, 1000, 5000])(
    'may come in windows of any size: %i bytes more than an MCU needs',
    async (more) => {
      const core = (await coreInstances('debug'))()
      const file = writeJpeg({ ...large, width: 120, height: 90, restart: 7 })
      const narrow: CoreExports = { ...core, input_capacity: () => 600 + more }
      const scale = { luma: 0, chroma: 0 }
      const whole = runJobOn(core, file, new PlanesJob(scale)).result
      expect(whole.ok).toBe(true)
      expect(runJobOn(narrow, file, new PlanesJob(scale)).result).toEqual(whole)
    },
  )
})
