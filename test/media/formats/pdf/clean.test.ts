import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { readPdf } from '../../../../src/media/formats/pdf/file.ts'
import { asKind, nameIn, type PdfValue } from '../../../../src/media/formats/pdf/value.ts'
import { fit as fitMedia } from '../../../../src/media/index.ts'
import { bytesOf } from '../../bytes-of.ts'

type Body = string | Uint8Array

/** A PDF of numbered objects with a table of offsets, as old programs write it. */
function writePdf(
  objects: Readonly<Record<number, Body>>,
  trailer = '/Root 1 0 R /Info 20 0 R /ID [<CAFE00> <CAFE00>]',
) {
  const pieces: Uint8Array[] = [bytesOf('%PDF-1.4\n')]
  for (const [number, body] of Object.entries(objects))
    pieces.push(bytesOf(`${number} 0 obj\n`, body, '\nendobj\n'))
  pieces.push(
    bytesOf(`xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 99 ${trailer} >>\nstartxref\n0\n%%EOF\n`),
  )
  return bytesOf(...pieces)
}

const stream = (dict: string, data: Body) =>
  bytesOf(`<< ${dict} /Length ${bytesOf(data).length} >>\nstream\n`, data, '\nendstream')
const content = 'BT /F1 24 Tf 10 20 Td (Hello) Tj ET'

let photo: Uint8Array
beforeAll(async () => {
  photo = await sharp({ create: { width: 16, height: 16, channels: 3, background: '#a40' } })
    .jpeg()
    .withExif({ IFD0: { Make: 'CANARYphone' } })
    .toBuffer()
})

const page = {
  1: '<< /Type /Catalog /Pages 2 0 R /Metadata 21 0 R /OpenAction 22 0 R /AcroForm << /Fields [] /XFA 23 0 R >> /Names << /JavaScript 24 0 R /EmbeddedFiles 25 0 R /Dests << /Names [] >> >> /Lang (en) >>',
  2: '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
  3: '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> /XObject << /Im 6 0 R >> >> /Annots [7 0 R 8 0 R 9 0 R 10 0 R 11 0 R] /AA << /O 22 0 R >> /PieceInfo << /CANARY 1 >> /LastModified (CANARY) /Thumb 26 0 R >>',
  5: '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  7: '<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://example.com/) /Next 22 0 R >> /M (CANARY) >>',
  8: '<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /Launch /F (CANARY.exe) >> >>',
  9: '<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /T (CANARY) /Contents (CANARY) >>',
  10: '<< /Subtype /FileAttachment /Rect [0 0 9 9] /FS 27 0 R >>',
  11: '<< /Type /Annot /Subtype /Highlight /Rect [0 0 9 9] /T (CANARY) /Contents (CANARY) /C [1 1 0] >>',
  20: '<< /Author (CANARY) /Producer (CANARY) /CreationDate (D:20260101) >>',
  21: stream('/Type /Metadata /Subtype /XML', '<x:xmpmeta>CANARY</x:xmpmeta>'),
  22: '<< /S /JavaScript /JS (app.alert\\("CANARY"\\)) >>',
  23: stream('', '<xdp>CANARY</xdp>'),
  24: '<< /Names [(a) 22 0 R] >>',
  25: '<< /Names [(CANARY.exe) 27 0 R] >>',
  26: stream('/Width 1', 'CANARY'),
  27: '<< /Type /Filespec /F (CANARY.exe) /EF << /F 28 0 R >> >>',
  28: stream('/Type /EmbeddedFile', 'MZCANARY'),
  50: '(CANARY: an object that nothing leads to)',
}
const whole = () => ({
  ...page,
  4: stream('', content),
  6: stream('/Subtype /Image /Width 16 /Height 16 /Filter /DCTDecode', photo),
})

async function fitted(source: Uint8Array) {
  const result = await fitMedia(source, { budget: 1e6 })
  if (!result.ok) throw new Error(JSON.stringify(result.failure))
  return result.value
}

/** Follows a path of keys and numbers through a file. */
function walk(bytes: Uint8Array, ...path: (string | number)[]): PdfValue | undefined {
  const file = readPdf(bytes)!
  const resolve = (value: PdfValue | undefined): PdfValue | undefined => {
    const ref = asKind(value, 'ref')
    return ref ? resolve(file.objects.get(ref.number)) : value
  }
  let value = resolve({ kind: 'ref', number: file.root })
  for (const step of path) {
    const dict = asKind(value, 'dict') ?? asKind(value, 'stream')?.dict
    value = resolve(typeof step === 'number' ? asKind(value, 'array')?.items[step] : dict?.entries.get(step))
  }
  return value
}
const firstPage = ['Pages', 'Kids', 0] as const

describe('a PDF', () => {
  test('leaves without who made it, and without what it would do', async () => {
    const value = await fitted(writePdf(whole()))
    expect(value).toMatchObject({ type: 'application/pdf', extension: 'pdf', changed: true })
    const file = readPdf(value.bytes)!
    const seen = JSON.stringify([...file.objects.values()], (_key, item) =>
      item instanceof Map
        ? Object.fromEntries(item)
        : item instanceof Uint8Array
          ? Buffer.from(item).toString('latin1')
          : item,
    )
    expect(seen).not.toMatch(/CANARY|JavaScript|Launch|EmbeddedFile|Metadata|XFA/)
    expect(Buffer.from(value.bytes).includes('CANARY')).toBe(false)
  })

  test('keeps its pages, words, fonts and pictures', async () => {
    const { bytes } = await fitted(writePdf(whole()))
    expect(Buffer.from(asKind(walk(bytes, ...firstPage, 'Contents'), 'stream')!.data).toString()).toBe(
      content,
    )
    expect(nameIn(asKind(walk(bytes, ...firstPage, 'Resources', 'Font', 'F1'), 'dict')!, 'BaseFont')).toBe(
      'Helvetica',
    )
    const image = asKind(walk(bytes, ...firstPage, 'Resources', 'XObject', 'Im'), 'stream')!
    const [before, after] = await Promise.all([
      sharp(photo).raw().toBuffer(),
      sharp(image.data).raw().toBuffer(),
    ])
    expect(after.equals(before)).toBe(true)
  })

  test('keeps a link that can be seen, and a mark without who made it', async () => {
    const { bytes } = await fitted(writePdf(whole()))
    expect(asKind(walk(bytes, ...firstPage, 'Annots', 0, 'A', 'URI'), 'text')).toBeDefined()
    expect(walk(bytes, ...firstPage, 'Annots', 0, 'A', 'Next')).toBeUndefined()
    expect(walk(bytes, ...firstPage, 'Annots', 1, 'A')).toBeNull()
    expect(walk(bytes, ...firstPage, 'Annots', 2)).toBeNull()
    expect(walk(bytes, ...firstPage, 'Annots', 3)).toBeNull()
    expect(asKind(walk(bytes, ...firstPage, 'Annots', 4), 'dict')!.entries.has('C')).toBe(true)
  })

  test('with its objects packed is read as well', async () => {
    const plain = Object.entries({ ...page }).filter(([, body]) => typeof body === 'string') as [
      string,
      string,
    ][]
    let offset = 0
    const heads = plain.map(([number, body]) => {
      const head = `${number} ${offset} `
      offset += body.length + 1
      return head
    })
    const data = deflateSync(heads.join('') + plain.map(([, body]) => body).join('\n'))
    const packed = writePdf({
      ...Object.fromEntries(Object.entries(whole()).filter(([, body]) => typeof body !== 'string')),
      60: stream(
        `/Type /ObjStm /N ${plain.length} /First ${heads.join('').length} /Filter /FlateDecode`,
        data,
      ),
    })
    const { bytes } = await fitted(packed)
    expect(bytes).toEqual((await fitted(writePdf(whole()))).bytes)
  })

  test('that lost its trailer is found by its catalog', async () => {
    const source = writePdf(whole())
    expect(await fitted(source.subarray(0, source.length - 120))).toMatchObject({ type: 'application/pdf' })
  })

  test('shows its last version, and the others are gone', async () => {
    const older = writePdf({ ...whole(), 4: stream('', 'BT (CANARY, as it was before) Tj ET') })
    const { bytes } = await fitted(bytesOf(older, writePdf({ 4: stream('', content) })))
    expect(Buffer.from(asKind(walk(bytes, ...firstPage, 'Contents'), 'stream')!.data).toString()).toBe(
      content,
    )
    expect(Buffer.from(bytes).includes('CANARY')).toBe(false)
  })

  test('whose names are written otherwise is no way round', async () => {
    const { bytes } = await fitted(
      writePdf({
        ...whole(),
        1: '<< /Type /Catalog /Pages 2 0 R /Open#41ction 22 0 R /#4detadata 21 0 R >>',
      }),
    )
    expect(walk(bytes, 'OpenAction')).toBeUndefined()
    expect(walk(bytes, 'Metadata')).toBeUndefined()
  })

  test('with another file before or behind it leaves without that', async () => {
    const value = await fitted(bytesOf(writePdf(whole()), 'PK\x03\x04CANARY<script>'))
    expect(Buffer.from(value.bytes).includes('<script>')).toBe(false)
  })

  test('cleaned twice is cleaned once', async () => {
    const once = await fitted(writePdf(whole()))
    expect(await fitted(once.bytes)).toMatchObject({ changed: false })
  })

  test.each<[string, () => Uint8Array, object]>([
    [
      'encrypted',
      () => writePdf(whole(), '/Root 1 0 R /Encrypt 30 0 R'),
      { code: 'unsupported_feature', feature: 'encryption' },
    ],
    [
      'without a catalog',
      () => writePdf({ 2: '<< /Type /Pages >>' }, '/Size 1'),
      { code: 'malformed_media' },
    ],
    ['of a header alone', () => bytesOf('%PDF-1.7\n'), { code: 'malformed_media' }],
    ['of brackets in brackets', () => writePdf({ 1: '['.repeat(100_000) }), { code: 'malformed_media' }],
  ])('%s is refused', async (_what, make, failure) => {
    expect(await fitMedia(make(), { budget: 1e6 })).toMatchObject({ ok: false, failure })
  })

  test('that refers to itself, or packs a bomb, comes to an end', async () => {
    const bomb = deflateSync(Buffer.alloc(1 << 27, 32))
    const source = writePdf({
      1: '<< /Type /Catalog /Pages 2 0 R /Self 1 0 R /Bomb 40 0 R >>',
      2: '<< /Type /Pages /Kids [2 0 R] /Parent 2 0 R >>',
      40: stream('/Type /ObjStm /N 5 /First 10 /Filter /FlateDecode', bomb),
    })
    expect(await fitted(source)).toMatchObject({ type: 'application/pdf' })
  })

  test.each([
    ['strings that do not end', '1 0 obj (', 200_000],
    ['numbers that do not end', '1 0 obj <', 200_000],
    ['arrays that do not end', '1 0 obj [ 1 ', 200_000],
    ['streams of a wrong length', '1 0 obj << /Length 1000000 >> stream\n', 100_000],
  ])('of %s is read but a few times', async (_what, piece, count) => {
    const source = bytesOf('%PDF-1.7\n', Buffer.from(piece.repeat(count) + ' '.repeat(2_000_000)))
    expect(await fitMedia(source, { budget: 1e7 })).toMatchObject({
      ok: false,
      failure: { code: 'malformed_media' },
    })
  })

  test('cut or damaged anywhere gives a rendition or a failure of its own', async () => {
    const source = writePdf(whole())
    for (let at = 0; at < 50; at++)
      await fitMedia(source.subarray(0, Math.floor((source.length * at) / 50)), { budget: 1e6 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(source.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        async (changes) => {
          const damaged = source.slice()
          for (const [at, byte] of changes) damaged[at] = byte
          const result = await fitMedia(damaged, { budget: 1e6 })
          if (!result.ok) expect(result.failure.code).not.toBe('verification_failed')
        },
      ),
      { numRuns: 500 },
    )
  })
})
