import { deflateSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { runJobOn } from '../../../src/media/core/run-job.ts'
import type { PngExports } from '../../../src/media/formats/png/core.ts'
import { PngFit, type PngTarget } from '../../../src/media/formats/png/fit.ts'
import { readPngHeader } from '../../../src/media/formats/png/header.ts'
import { be, bytesOf } from '../bytes-of.ts'
import { chunk, pattern, signature, writePng } from '../formats/png/write-png.ts'
import { coreInstances } from './instances.ts'
import { seeded } from './jpeg-writer.ts'
import { PngPlanes, type TestedPngExports } from './png-planes.ts'

let fresh: () => TestedPngExports
let freshChecked: () => TestedPngExports

beforeAll(async () => {
  fresh = (await coreInstances('release')) as () => TestedPngExports
  freshChecked = (await coreInstances('debug')) as () => TestedPngExports
}, 120_000)

const smooth = (x: number, y: number, c: number) => (x * 3 + y * 2 + c * 40) & 255
const samples = [
  writePng({ width: 61, height: 40, colour: 2, depth: 8 }, smooth),
  writePng({ width: 50, height: 33, colour: 6, depth: 8, interlaced: true }, pattern(8)),
  writePng({ width: 90, height: 31, colour: 0, depth: 2 }, pattern(2)),
  writePng({ width: 20, height: 20, colour: 4, depth: 16 }, pattern(16)),
  writePng(
    {
      width: 70,
      height: 60,
      colour: 3,
      depth: 4,
      before: [chunk('PLTE', pattern3(16)), chunk('tRNS', [0, 9])],
    },
    (x, y) => (x >> 3) ^ (y >> 3),
  ),
]

function pattern3(colors: number): number[] {
  return Array.from({ length: colors * 3 }, (_, at) => (at * 83) & 255)
}

/** Makes the checksums of all chunks right again, so that what was broken is looked at. */
function mended(bytes: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [bytes.subarray(0, 8)]
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0)
    if (at + 12 + length > bytes.length) {
      pieces.push(bytes.subarray(at))
      break
    }
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    pieces.push(chunk(name, bytes.subarray(at + 8, at + 8 + length)))
    at += 12 + length
  }
  return Uint8Array.from(Buffer.concat(pieces))
}

const target: PngTarget = {
  budget: 3000,
  jpeg: { budget: 3000, bound: { width: 2592, height: 2592 }, effort: 'fast' },
  types: { png: true, jpeg: true },
}

/** What a whole fit of the file comes to on this instance: bytes, or the name of a failure. */
function outcome(core: PngExports, bytes: Uint8Array): string {
  const header = readPngHeader(bytes)
  if (header?.data === undefined || header.width * header.height > 1e6) return 'refused from the header'
  const job = new PngFit(
    { ...header, data: header.data },
    { kind: 'srgb' },
    target,
    { width: 99, height: 99 },
    false,
  )
  const { result } = runJobOn(core, bytes, job)
  if (!result.ok) return result.failure.code
  return 'fitted' in result.value ? Buffer.from(result.value.fitted.bytes).toString('base64') : 'too large'
}

describe('broken files', () => {
  test('cut at 100 points are decoded as far as they go, or refused', () => {
    const core = freshChecked()
    for (const sample of samples)
      for (let i = 0; i < 100; i++) {
        const cut = sample.slice(0, Math.floor((sample.length * i) / 100))
        const header = readPngHeader(cut)
        if (header?.data === undefined) continue
        const { result } = runJobOn(core, cut, new PngPlanes(cut))
        if (result.ok) expect(result.value.exact).toBe(false)
        else expect(['truncated', 'malformed']).toContain(result.failure.code)
      }
  })

  test('of which most rows are there show these', () => {
    const sample = samples[0]!
    const cut = sample.slice(0, sample.length - 200)
    const { result } = runJobOn(fresh(), cut, new PngPlanes(cut))
    expect(result).toMatchObject({ ok: true, value: { truncated: true } })
    if (!result.ok) return
    expect([...result.value.data.subarray(0, 4)]).toEqual([0, 40, 80, 255])
    expect([...result.value.data.subarray(-4)]).toEqual([255, 255, 255, 255])
  })

  test('of which less than a quarter is there are refused', () => {
    const sample = samples[0]!
    const cut = sample.slice(0, 80)
    expect(runJobOn(fresh(), cut, new PngPlanes(cut)).result).toEqual({
      ok: false,
      failure: { code: 'truncated' },
    })
  })

  test('mutated at random come to the same on both builds, and never to a trap', () => {
    const random = seeded(20_26)
    const below = (limit: number) => Math.floor(random() * limit)
    let [release, checked] = [fresh(), freshChecked()]
    const seen = new Map<string, number>()
    for (let round = 0; round < 1500; round++) {
      let bytes = samples[below(samples.length)]!.slice()
      for (let left = 1 + below(3); left > 0; left--) {
        const at = 8 + below(bytes.length - 8)
        const kind = below(5)
        if (kind === 0) bytes[at] = below(256)
        else if (kind === 1) bytes[at] = bytes[at]! ^ (1 << below(8))
        else if (kind === 2) bytes = bytes.slice(0, at)
        else if (kind === 3) bytes.copyWithin(at, below(bytes.length), below(bytes.length))
        else bytes[29 - below(14)] = below(20)
      }
      const file = random() < 0.9 ? mended(bytes) : bytes
      const first = outcome(release, file)
      expect(outcome(checked, file), `round ${round}`).toBe(first)
      expect(first).not.toBe('trapped')
      if (first === 'out_of_memory') [release, checked] = [fresh(), freshChecked()]
      const name = first.length > 40 ? 'fitted' : first
      seen.set(name, (seen.get(name) ?? 0) + 1)
    }
    // The mutations reach past the header, and not all of them do harm.
    expect(seen.get('fitted')).toBeGreaterThan(100)
    expect(seen.get('malformed')).toBeGreaterThan(100)
  }, 120_000)

  test('leave nothing behind: a kept instance gives what a fresh one gives', () => {
    const kept = fresh()
    for (const [i, sample] of [...samples, ...samples].entries()) {
      outcome(kept, sample.slice(0, 60 + i))
      outcome(kept, samples[(i + 3) % samples.length]!)
      expect(outcome(kept, sample)).toBe(outcome(fresh(), sample))
    }
  })
})

describe('bombs', () => {
  const header = (width: number, height: number) => chunk('IHDR', be(width, 4), be(height, 4), 8, 2, 0, 0, 0)

  test('of more data than the picture end behind it', () => {
    const data = deflateSync(Buffer.alloc(1 << 26))
    const bomb = bytesOf(signature, header(10, 10), chunk('IDAT', data), chunk('IEND'))
    const { result } = runJobOn(fresh(), bomb, new PngPlanes(bomb))
    expect(result).toMatchObject({ ok: true, value: { exact: false, truncated: false } })
    if (result.ok) expect(result.value.peakBytes).toBeLessThan(2 ** 21)
  })

  test('of empty blocks and chunks without end are read once', () => {
    const blocks = Buffer.alloc(200_000)
    for (let at = 0; at < blocks.length; at += 5) blocks.set([0, 0, 0, 255, 255], at)
    const chunks = Array.from({ length: 2000 }, () => chunk('IDAT'))
    const bomb = Uint8Array.from(
      Buffer.concat([signature, header(4, 4), ...chunks, chunk('IDAT', [0x78, 1], blocks), chunk('IEND')]),
    )
    expect(runJobOn(fresh(), bomb, new PngPlanes(bomb)).result).toMatchObject({
      failure: { code: 'truncated' },
    })
  })

  test.each<[string, Uint8Array]>([
    ['a distance before the first byte', Uint8Array.of(0x78, 1, 0x4b, 4, 0x42, 0)],
    ['a block of no kind', Uint8Array.of(0x78, 1, 7)],
    ['lengths that are no code', Uint8Array.of(0x78, 1, 0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
    ['a stored length that contradicts itself', Uint8Array.of(0x78, 1, 1, 5, 0, 5, 0)],
    ['another method than deflate', Uint8Array.of(0x77, 1, 3, 0)],
    ['a dictionary', Uint8Array.of(0x78, 0xbb, 0, 0, 0, 0)],
    ['a filter that is none', deflateSync(Buffer.alloc(4 * 13, 5))],
  ])('%s is malformed', (_what, data) => {
    // Zeros behind, so that what is looked at is there.
    const file = bytesOf(signature, header(4, 4), chunk('IDAT', data, new Array(64).fill(0)), chunk('IEND'))
    expect(runJobOn(freshChecked(), file, new PngPlanes(file)).result).toEqual({
      ok: false,
      failure: { code: 'malformed' },
    })
  })

  test('a wrong sum of the pixels is said', () => {
    const data = deflateSync(Buffer.alloc(4 * 13))
    data[data.length - 1]! ^= 1
    const file = bytesOf(signature, header(4, 4), chunk('IDAT', data), chunk('IEND'))
    expect(runJobOn(fresh(), file, new PngPlanes(file)).result).toMatchObject({
      value: { damaged: true, exact: false },
    })
  })
})
