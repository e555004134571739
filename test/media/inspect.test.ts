import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { inspect } from '../../src/media/index.ts'
import { be, bytesOf, le, zeros } from './bytes-of.ts'
import { gridOf, property, writeHeif } from './formats/heif/write-heif.ts'

const picture = (channels: 3 | 4) =>
  sharp({ create: { width: 90, height: 60, channels, background: { r: 9, g: 90, b: 200, alpha: 0.5 } } })
const film = () =>
  sharp(Buffer.from(Array.from({ length: 90 * 180 * 3 }, (_, at) => at % 251)), {
    raw: { width: 90, height: 180, channels: 3, pageHeight: 60 },
  })

/** A decoder's configuration of HEVC that says 4:2:0 of eight bits. */
const HEVC_420 = [1, ...zeros(15), 0xfd, 0xf8, 0xf8, ...zeros(4)]

async function factsOf(bytes: Uint8Array) {
  const read = inspect(bytes)
  if (!read.ok) throw new Error(JSON.stringify(read.failure))
  return read.value
}

describe('facts from the header, as an encoder wrote it', () => {
  test.each<[string, () => Promise<Uint8Array>, object]>([
    [
      'JPEG',
      () => picture(3).jpeg().toBuffer(),
      { type: 'image/jpeg', width: 90, height: 60, hasMetadata: false },
    ],
    [
      'JPEG on its side',
      () => picture(3).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
      { width: 60, height: 90, orientation: 6, hasMetadata: true },
    ],
    ['PNG', () => picture(4).png().toBuffer(), { type: 'image/png', width: 90, height: 60, alpha: true }],
    ['GIF', () => picture(3).gif().toBuffer(), { type: 'image/gif', width: 90, height: 60, animated: false }],
    [
      'GIF that moves',
      () =>
        film()
          .gif({ delay: [100, 200, 10] })
          .toBuffer(),
      { type: 'image/gif', width: 90, height: 60, animated: true, frames: 3, durationMs: 320 },
    ],
    [
      'WebP, lossy',
      () => picture(3).webp().toBuffer(),
      { type: 'image/webp', width: 90, height: 60, alpha: false, animated: false },
    ],
    [
      'WebP, lossless',
      () => picture(4).webp({ lossless: true }).toBuffer(),
      { type: 'image/webp', width: 90, height: 60, alpha: true },
    ],
    [
      'WebP with EXIF',
      () => picture(3).withMetadata({ orientation: 8 }).webp().toBuffer(),
      { width: 60, height: 90, orientation: 8, hasMetadata: true },
    ],
    [
      'WebP that moves',
      () =>
        film()
          .webp({ delay: [100, 200, 300] })
          .toBuffer(),
      { width: 90, height: 60, animated: true, frames: 3, durationMs: 600 },
    ],
    ['AVIF', () => picture(3).avif().toBuffer(), { type: 'image/avif', width: 90, height: 60 }],
    [
      'TIFF',
      () => picture(3).tiff({ compression: 'lzw' }).toBuffer(),
      { type: 'image/tiff', width: 90, height: 60 },
    ],
  ])('%s', async (_what, make, wanted) => {
    const bytes = await make()
    expect(await factsOf(bytes)).toMatchObject({ ...wanted, bytes: bytes.length, kind: 'image' })
  })

  test('HEIC of tiles, turned', async () => {
    const exif = { type: 'Exif', data: [0] }
    const tile = { type: 'hvc1', data: [0], properties: [property.extent(512, 512), property.hevc(HEVC_420)] }
    const properties = [property.extent(4032, 3024), property.turn(3)]
    const references = { dimg: new Array<number>(48).fill(2) }
    const heic = writeHeif([
      { type: 'grid', data: gridOf(8, 6, 4032, 3024), properties, references },
      tile,
      exif,
    ])
    expect(await factsOf(heic)).toMatchObject({
      type: 'image/heic',
      width: 3024,
      height: 4032,
      hasMetadata: true,
    })
  })
})

describe('B-1: a header that promises 65,535 x 65,535 pixels is refused for it', () => {
  const side = be(65_535, 4)
  test.each<[string, Uint8Array]>([
    [
      'JPEG',
      bytesOf('\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xd9'),
    ],
    ['PNG', bytesOf('\x89PNG\r\n\x1a\n', be(13, 4), 'IHDR', side, side, 8, 6, 0, 0, 0, zeros(4))],
    ['GIF', bytesOf('GIF89a', le(65_535, 2), le(65_535, 2), 0, 0, 0, 0x2c, zeros(9), 2, 0, 0x3b)],
    ['WebP', bytesOf('RIFF', le(22, 4), 'WEBPVP8X', le(10, 4), 0, zeros(3), le(65_534, 3), le(65_534, 3))],
    [
      'BMP',
      bytesOf(
        'BM',
        zeros(8),
        le(54, 4),
        le(40, 4),
        le(65_535, 4),
        le(65_535, 4),
        le(1, 2),
        le(24, 2),
        zeros(24),
      ),
    ],
    [
      'TIFF',
      bytesOf(
        'II*\0',
        le(8, 4),
        le(3, 2),
        le(256, 2),
        le(4, 2),
        le(1, 4),
        le(65_535, 4),
        le(257, 2),
        le(4, 2),
        le(1, 4),
        le(65_535, 4),
        le(273, 2),
        le(4, 2),
        le(1, 4),
        le(8, 4),
        zeros(4),
      ),
    ],
    [
      'AVIF',
      writeHeif([{ type: 'av01', data: [], properties: [property.extent(65_535, 65_535)] }], {
        brand: 'avif',
      }),
    ],
  ])('%s', (_what, bytes) => {
    expect(inspect(bytes)).toMatchObject({
      ok: false,
      failure: { code: 'too_many_pixels', width: 65_535, height: 65_535 },
    })
  })
})
