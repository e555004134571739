import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { fit as fitMedia, inspect, type Target } from '../../../../src/media/index.ts'
import { be, bytesOf, zeros } from '../../bytes-of.ts'
import { chunk, pattern, signature, writePng } from './write-png.ts'

const canary = [
  chunk('tEXt', 'Author\0CANARY'),
  chunk('zTXt', 'Comment\0\0', deflateSync('CANARY')),
  chunk('iTXt', 'XML:com.adobe.xmp\0\0\0\0\0CANARY'),
  chunk('eXIf', 'II*\0\x08\0\0\0\0\0CANARY'),
  chunk('tIME', zeros(7)),
  chunk('prVt', 'CANARY'),
]
const shape = { width: 60, height: 40, colour: 2, depth: 8 } as const
const dirty = writePng({ ...shape, before: canary.slice(0, 3), behind: canary.slice(3) }, pattern(8))

async function fitted(source: Uint8Array, target: Partial<Target> = {}) {
  const result = await fitMedia(source, { budget: 100_000, ...target })
  if (!result.ok) throw new Error(JSON.stringify(result.failure))
  return result.value
}

describe('a PNG that fits', () => {
  test('keeps its pixels and loses its words', async () => {
    const value = await fitted(dirty)
    expect(value).toMatchObject({ type: 'image/png', changed: true, width: 60, height: 40 })
    expect(Buffer.from(value.bytes).includes('CANARY')).toBe(false)
    const plain = writePng(shape, pattern(8))
    expect(await sharp(value.bytes).raw().toBuffer()).toEqual(await sharp(plain).raw().toBuffer())
    expect(await fitted(plain)).toMatchObject({ changed: false })
  })

  test('becomes a JPEG where that is wanted, or where PNG is not taken', async () => {
    expect(await fitted(dirty, { preferJpeg: true })).toMatchObject({ type: 'image/jpeg' })
    expect(await fitted(dirty, { types: ['image/jpeg'] })).toMatchObject({ type: 'image/jpeg' })
    expect(await fitted(dirty, { types: ['image/png'] })).toMatchObject({ type: 'image/png' })
    expect(await fitMedia(dirty, { budget: 1e5, types: ['image/gif'] })).toMatchObject({
      failure: { code: 'type_not_accepted' },
    })
    expect(await fitMedia(dirty, { budget: 1000, types: ['image/png'] })).toMatchObject({
      failure: { code: 'cannot_fit' },
    })
  })

  test.each<[string, Uint8Array]>([
    ['hides bytes behind its data', bytesOf(dirty.subarray(0, -12), chunk('IDAT', 'CANARY'), chunk('IEND'))],
    ['is of sixteen bits', writePng({ ...shape, depth: 16, before: canary }, pattern(16))],
    [
      'has a wide gamut',
      writePng({ ...shape, before: [chunk('iCCP', 'CANARY\0\0', deflateSync(wideProfile()))] }, pattern(8)),
    ],
  ])('but %s is encoded anew', async (_what, source) => {
    const value = await fitted(source)
    expect(value.reason).not.toMatch(/^It fits/)
    expect(Buffer.from(value.bytes).includes('CANARY')).toBe(false)
  })

  test('but has a wrong checksum is refused', async () => {
    const data = Buffer.from(dirty).indexOf('IDAT') + 5
    const wrong = dirty.map((byte, at) => (at === data ? byte ^ 1 : byte))
    expect(await fitMedia(wrong, { budget: 1e5 })).toMatchObject({ failure: { code: 'malformed_media' } })
  })

  test('loses what follows its end', async () => {
    const value = await fitted(bytesOf(dirty, 'PK\x03\x04CANARY<html>'))
    expect(value.type).toBe('image/png')
    expect(Buffer.from(value.bytes).includes('CANARY')).toBe(false)
  })

  test('gives the still of an animation', async () => {
    const before = [chunk('acTL', be(1, 4), be(0, 4)), chunk('fcTL', zeros(26))]
    const animated = writePng({ ...shape, before, behind: [chunk('fdAT', 'CANARY')] }, pattern(8))
    expect(inspect(animated)).toMatchObject({ value: { type: 'image/apng', animated: true } })
    const value = await fitted(animated)
    expect(value).toMatchObject({ type: 'image/png', warnings: [{ code: 'animation_dropped' }] })
    expect(Buffer.from(value.bytes).includes('CANARY')).toBe(false)
  })
})

describe('a PNG that does not fit', () => {
  test('becomes a JPEG within the budget, row by row', async () => {
    const [width, height] = [1080, 10_000]
    const data = Buffer.from(
      Array.from({ length: width * height }, (_, at) => ((at % width) >> 3) ^ (Math.floor(at / width) >> 4)),
    )
    const tall = await sharp(data, { raw: { width, height, channels: 1 } })
      .png()
      .toBuffer()
    const value = await fitted(tall, { budget: 60_000 })
    expect(value.bytes.length).toBeLessThanOrEqual(60_000)
    expect(value.height).toBeLessThanOrEqual(2592)
    expect(Math.abs(value.width! / value.height! - width / height)).toBeLessThan(0.01)
  })

  test('is shown on white where it is clear', async () => {
    const source = writePng({ width: 200, height: 200, colour: 6, depth: 8 }, (_x, _y, c) =>
      c === 3 ? 0 : 9,
    )
    const value = await fitted(source, { types: ['image/jpeg'] })
    expect(value.warnings).toEqual([{ code: 'transparency_flattened' }])
    expect((await sharp(value.bytes).raw().toBuffer()).every((byte) => byte > 250)).toBe(true)
  })
})

describe('a PNG made to do harm', () => {
  test('of a promise of pixels that do not come is refused', async () => {
    const header = chunk('IHDR', be(9000, 4), be(9000, 4), 8, 2, 0, 0, 0)
    const bomb = bytesOf(
      signature,
      header,
      chunk('IDAT', deflateSync(Buffer.alloc(27_001 * 100))),
      chunk('IEND'),
    )
    expect(await fitMedia(bomb, { budget: 1e5 })).toMatchObject({
      ok: false,
      failure: { code: 'malformed_media' },
    })
  })

  test('that unpacks to more than its picture is read no further', async () => {
    const header = chunk('IHDR', be(100, 4), be(100, 4), 8, 2, 0, 0, 0)
    const bomb = bytesOf(signature, header, chunk('IDAT', deflateSync(Buffer.alloc(1 << 27))), chunk('IEND'))
    expect(await fitted(bomb)).toMatchObject({ type: 'image/png', width: 100, changed: true })
  })

  test('whose text is a bomb is not unpacked', async () => {
    const text = chunk('zTXt', 'Comment\0\0', deflateSync(Buffer.alloc(1 << 27)))
    const before = process.memoryUsage().arrayBuffers
    const value = await fitted(writePng({ ...shape, before: [text] }, pattern(8)))
    expect(Buffer.from(value.bytes).includes('zTXt')).toBe(false)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 25)
  })

  test('of a profile that is a bomb is read no further than a profile', async () => {
    const profile = bytesOf(be(2 ** 31, 4), zeros(1000))
    const source = writePng({ ...shape, before: [chunk('iCCP', 'x\0\0', deflateSync(profile))] }, pattern(8))
    expect(await fitted(source)).toMatchObject({ type: 'image/jpeg' })
  })

  test('cut or damaged anywhere gives a rendition or a failure of its own', async () => {
    for (let at = 0; at < 60; at++)
      await fitMedia(dirty.subarray(0, Math.floor((dirty.length * at) / 60)), { budget: 1e5 })
    const places = fc.array(fc.tuple(fc.nat(dirty.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(places, async (changes) => {
        const damaged = dirty.slice()
        for (const [at, byte] of changes) damaged[at] = byte
        const result = await fitMedia(damaged, { budget: 1e5 })
        if (!result.ok) expect(result.failure.code).not.toMatch(/verification_failed|codec_failed/)
      }),
      { numRuns: 300 },
    )
  })
})

/** A profile of three primaries far outside sRGB, as short as one can be. */
function wideProfile(): Uint8Array {
  const xyz = (x: number, y: number, z: number) =>
    bytesOf('XYZ ', zeros(4), be(x * 65536, 4), be(y * 65536, 4), be(z * 65536, 4))
  const tags = [
    xyz(0.6, 0.3, 0.02),
    xyz(0.2, 0.63, 0.07),
    xyz(0.15, 0.06, 0.73),
    bytesOf('curv', zeros(4), be(1, 4), be(0x0233, 2), zeros(2)),
  ]
  const names: [string, number][] = [
    ['rXYZ', 0],
    ['gXYZ', 1],
    ['bXYZ', 2],
    ['rTRC', 3],
    ['gTRC', 3],
    ['bTRC', 3],
  ]
  const start = 132 + 12 * names.length
  const offset = (index: number) => start + tags.slice(0, index).reduce((sum, tag) => sum + tag.length, 0)
  const table = names.flatMap(([name, at]) => [name, be(offset(at), 4), be(tags[at]!.length, 4)])
  const size = start + tags.reduce((sum, tag) => sum + tag.length, 0)
  return bytesOf(
    be(size, 4),
    zeros(8),
    'mntrRGB XYZ ',
    zeros(12),
    'acsp',
    zeros(88),
    be(names.length, 4),
    ...table,
    ...tags,
  )
}
