import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type Facts,
  fit as fitMedia,
  inspect,
  plan,
  type Rendition,
  wireSize,
} from '../../src/media/index.ts'
import { bytesOf } from './bytes-of.ts'
import { pattern, writePng } from './formats/png/write-png.ts'
import { amrFrames, midi, midiTrack, mp3Frames } from './sounds.ts'

/** A picture of soft shapes and grain; `seed` makes each another one, `grain` makes it harder to pack. */
async function photo(width: number, height: number, seed: number, grain: number): Promise<Uint8Array> {
  const data = Buffer.alloc(width * height * 3)
  let state = seed
  for (let at = 0; at < data.length; at++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    const pixel = Math.floor(at / 3)
    const wave =
      Math.sin(((pixel % width) + seed * 31) / 41) + Math.cos(Math.floor(pixel / width) / (17 + seed))
    data[at] = 120 + 50 * wave + ((state >>> 24) / 255 - 0.5) * grain
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .withExif({ IFD0: { Make: 'CANARY' } })
    .toBuffer()
}

let files: Uint8Array[]
beforeAll(async () => {
  files = [
    await photo(1600, 1200, 1, 10),
    await photo(2000, 1500, 2, 90),
    await photo(640, 480, 3, 40),
    await photo(320, 240, 4, 20),
    writePng({ width: 120, height: 90, colour: 2, depth: 8 }, pattern(3)),
    new TextEncoder().encode('BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\nTEL:+14165550142\r\nEND:VCARD\r\n'),
    new TextEncoder().encode('A text of no great length.'),
    mp3Frames(12),
    amrFrames(100),
    midi(midiTrack(0, 0x90, 60, 100, 96, 60, 0, 0, 0xff, 0x2f, 0)),
  ]
})

/** What a message of these files becomes, as a sender would make it. */
async function send(budget: number, encoding: 'binary' | 'base64') {
  const facts = files.map((file) => {
    const read = inspect(file)
    if (!read.ok) throw new Error(JSON.stringify(read.failure))
    return read.value
  })
  const [overhead, perPart] = [900, 160]
  const compressible = ({ kind }: Facts) => kind === 'image'
  const parts = facts.map((fact) => ({ ...fact, compressible: compressible(fact) }))
  const planned = plan({ budget, overhead, perPart, encoding, parts })
  if (!planned.ok) throw new Error(JSON.stringify(planned.failure))
  const renditions: Rendition[] = []
  for (const [at, file] of files.entries()) {
    const fitted = await fitMedia(file, { budget: planned.value.shares[at]!.budget })
    if (!fitted.ok) throw new Error(JSON.stringify(fitted.failure))
    renditions.push(fitted.value)
  }
  const wire = renditions.reduce(
    (sum, { bytes }) => sum + wireSize(bytes.length, encoding) + perPart,
    overhead,
  )
  return { renditions, wire, shares: planned.value.shares }
}

describe.each([
  [1_000_000, 'binary'],
  [1_000_000, 'base64'],
  [300_000, 'binary'],
  [300_000, 'base64'],
] as const)('ten mixed files in %d bytes, %s', (budget, encoding) => {
  test('fit, say why they became what they became, and hold no metadata', async () => {
    const { renditions, wire } = await send(budget, encoding)
    expect(wire).toBeLessThanOrEqual(budget)
    for (const { bytes, reason } of renditions) {
      expect(Buffer.from(bytes).includes('CANARY')).toBe(false)
      expect(reason).toMatch(/^[A-Z].+\.$/)
    }
    expect(renditions.map(({ type }) => type).slice(5)).toEqual([
      'text/x-vCard',
      'text/plain',
      'audio/mpeg',
      'audio/amr',
      'audio/midi',
    ])
  })

  test('small files stay whole, the busy photo gets more than the quiet one', async () => {
    const { renditions, shares } = await send(budget, encoding)
    for (const at of [3, 4, 5, 6, 7, 8, 9])
      expect(shares[at]!.budget).toBeGreaterThanOrEqual(files[at]!.length)
    expect(renditions[1]!.bytes.length).toBeGreaterThan(renditions[0]!.bytes.length)
  })
})

describe('a file that is two files', () => {
  const foreign = {
    zip: 'PK\x03\x04\x14\0\0\0evil.exe',
    page: '<html><script>alert(1)</script></html>',
    program: 'MZ\x90\0evil',
  }
  test.each(Object.entries(foreign))(
    'leaves as the one that it says it is, without its %s',
    async (_what, tail) => {
      const needle = tail.slice(-8)
      const soiled = [
        bytesOf(files[3]!, tail),
        bytesOf(files[3]!.subarray(0, 2), 0xff, 0xfe, 0, tail.length + 2, tail, files[3]!.subarray(2)),
        bytesOf(files[4]!, tail),
        bytesOf(files[7]!, tail),
        bytesOf(files[8]!, tail),
        bytesOf(files[9]!, tail),
      ]
      for (const source of soiled) {
        const fitted = await fitMedia(source, { budget: 1e6 })
        if (!fitted.ok) throw new Error(JSON.stringify(fitted.failure))
        expect(Buffer.from(fitted.value.bytes).includes(needle)).toBe(false)
      }
    },
  )

  test.each([...Object.values(foreign)])(
    'and is refused when it begins with the foreign one',
    async (head) => {
      for (const file of files.slice(0, 5))
        expect(await fitMedia(bytesOf(head, file), { budget: 1e6 })).toMatchObject({
          ok: false,
          failure: { code: 'forbidden_type' },
        })
    },
  )
})
