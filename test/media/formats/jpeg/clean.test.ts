import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { cleanJpeg } from '../../../../src/media/formats/jpeg/clean.ts'
import { readJpegHeader } from '../../../../src/media/formats/jpeg/header.ts'
import { isPassable } from '../../../../src/media/formats/jpeg/passable.ts'
import { verifyJpeg } from '../../../../src/media/formats/jpeg/verify.ts'
import { be, bytesOf } from '../../bytes-of.ts'

const segment = (marker: number, ...data: Parameters<typeof bytesOf>) => {
  const body = bytesOf(...data)
  return bytesOf(0xff, marker, be(body.length + 2, 2), body)
}
const dirt = [
  segment(0xe1, 'Exif\0\0II*\0\x08\0\0\0\0\0CANARY'),
  segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>CANARY'),
  segment(0xe2, 'MPF\0CANARY'),
  segment(0xed, 'Photoshop 3.0\0CANARY'),
  segment(0xef, 'CANARY'),
  segment(0xfe, 'a comment: CANARY'),
]

let plain: Uint8Array
let progressive: Uint8Array
beforeAll(async () => {
  const noise = {
    width: 40,
    height: 30,
    channels: 3 as const,
    background: '#357',
    noise: { type: 'gaussian' as const, mean: 90, sigma: 40 },
  }
  plain = new Uint8Array(await sharp({ create: noise }).jpeg().toBuffer())
  progressive = new Uint8Array(await sharp({ create: noise }).jpeg({ progressive: true }).toBuffer())
})
const dirty = (source: Uint8Array) =>
  bytesOf(source.subarray(0, 2), ...dirt, source.subarray(2), 'PK\x03\x04CANARY', source)

describe('cleaning', () => {
  test.each(['plain', 'progressive'])('takes all from a %s file but its picture', async (which) => {
    const source = which === 'plain' ? plain : progressive
    const soiled = dirty(source)
    expect(verifyJpeg(soiled)).toBeDefined()
    const clean = cleanJpeg(soiled)!
    expect(verifyJpeg(clean)).toBeUndefined()
    expect(Buffer.from(clean).includes('CANARY')).toBe(false)
    expect(await sharp(clean).raw().toBuffer()).toEqual(await sharp(source).raw().toBuffer())
  })

  test('of a clean file changes no byte', () => {
    const once = cleanJpeg(plain)!
    expect(cleanJpeg(once)).toEqual(once)
  })

  test('gives nothing for a file without its end', () => {
    for (let cut = 0; cut < plain.length; cut += 7) expect(cleanJpeg(plain.subarray(0, cut))).toBeUndefined()
  })

  test('takes out what hides between segments', () => {
    const hidden = bytesOf(plain.subarray(0, 2), 'CANARY', plain.subarray(2))
    expect(Buffer.from(cleanJpeg(hidden)!).includes('CANARY')).toBe(false)
  })
})

describe('the check of what leaves', () => {
  test.each<[string, (clean: Uint8Array) => Uint8Array, RegExp]>([
    [
      'a comment',
      (clean) => bytesOf(clean.subarray(0, 20), segment(0xfe, 'x'), clean.subarray(20)),
      /segment 0xfe/,
    ],
    ['EXIF', (clean) => bytesOf(clean.subarray(0, 20), dirt[0]!, clean.subarray(20)), /segment 0xe1/],
    [
      'a JFIF thumbnail',
      (clean) =>
        bytesOf(
          clean.subarray(0, 2),
          segment(0xe0, 'JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01abc'),
          clean.subarray(20),
        ),
      /APP0/,
    ],
    [
      'bytes between segments',
      (clean) => bytesOf(clean.subarray(0, 2), 'x', clean.subarray(2)),
      /no segment/,
    ],
    ['bytes behind the end', (clean) => bytesOf(clean, 'x'), /behind EOI/],
    ['no end', (clean) => clean.subarray(0, clean.length - 2), /EOI/],
  ])('finds %s', (_what, soil, complaint) => {
    expect(verifyJpeg(soil(cleanJpeg(plain)!))).toMatch(complaint)
  })
})

describe('a picture passes without being encoded anew', () => {
  const passes = (bytes: Uint8Array) => isPassable(readJpegHeader(bytes)!)

  test('when it is grey or YCbCr in sRGB and upright', async () => {
    expect(passes(plain)).toBe(true)
    expect(passes(progressive)).toBe(true)
    expect(passes(await sharp(plain).greyscale().jpeg().toBuffer())).toBe(true)
    expect(passes(await sharp(plain).withIccProfile('srgb').jpeg().toBuffer())).toBe(true)
  })

  test('not when it is turned, of other colours, or coded in another way', async () => {
    expect(passes(await sharp(plain).withMetadata({ orientation: 6 }).jpeg().toBuffer())).toBe(false)
    expect(passes(await sharp(plain).withIccProfile('p3').jpeg().toBuffer())).toBe(false)
    expect(passes(await sharp(plain).toColourspace('cmyk').jpeg().toBuffer())).toBe(false)
    // Adobe's segment decides only where JFIF's is not.
    const bare = plain.subarray(20)
    const rgb = bytesOf(plain.subarray(0, 2), segment(0xee, 'Adobe\0\x64\0\0\0\0\0'), bare)
    expect(passes(rgb)).toBe(false)
    expect(passes(bytesOf(plain.subarray(0, 2), bare))).toBe(true)
  })
})
