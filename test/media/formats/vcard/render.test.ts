import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { fit as fitMedia } from '../../../../src/media/index.ts'

let photo: Uint8Array
beforeAll(async () => {
  photo = await sharp({
    create: {
      width: 900,
      height: 600,
      channels: 3,
      background: '#a40',
      noise: { type: 'gaussian', mean: 100, sigma: 50 },
    },
  })
    .jpeg({ quality: 90 })
    .withExif({ IFD0: { Make: 'CanaryPhone' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
    .toBuffer()
})

const card = (lines: string[], version = '3.0') =>
  new TextEncoder().encode(
    ['BEGIN:VCARD', `VERSION:${version}`, 'FN:Ada Lovelace', ...lines, 'END:VCARD', ''].join('\r\n'),
  )

const fold = (line: string) => line.replace(/(.{74})/g, '$1\r\n ')

async function fitted(source: Uint8Array, budget = 300_000) {
  const result = await fitMedia(source, { budget })
  if (!result.ok) throw new Error(JSON.stringify(result.failure))
  return { ...result.value, text: new TextDecoder().decode(result.value.bytes) }
}

/** The picture of a card, as a reader that unfolds lines would find it. */
function photoOf(text: string): Buffer {
  const unfolded = text.replace(/\r\n[ \t]/g, '')
  return Buffer.from(/^(?:PHOTO|LOGO)[^:]*:(?:data:image\/jpeg;base64,)?(.*)$/m.exec(unfolded)![1]!, 'base64')
}

describe('a contact', () => {
  test('keeps its words and loses what names a device or a program', async () => {
    const kept = [
      'N:Lovelace;Ada;;;',
      'TEL;TYPE=CELL:+14165550142',
      'item1.EMAIL:ada@example.com',
      'item1.X-ABLabel:work',
      'NOTE:a long note that is folded\r\n  over two lines',
      'ADR;TYPE=HOME:;;1 St. James Sq;London;;;UK',
    ]
    const gone = [
      'PRODID:-//Canary//iOS 19//EN',
      'UID:canary-1',
      'REV:2026-01-01T00:00:00Z',
      'X-ABUID:canary',
      'GEO:51.5;-0.1',
      'KEY;ENCODING=b:AAAA',
    ]
    const { text, type, extension } = await fitted(card([...kept, ...gone]))
    expect({ type, extension }).toEqual({ type: 'text/x-vCard', extension: 'vcf' })
    for (const line of kept) expect(text).toContain(line)
    for (const line of gone) expect(text).not.toContain(line.split(':')[1])
    expect(text).toMatch(/^BEGIN:VCARD\r\nVERSION:3\.0\r\n[\s\S]*END:VCARD\r\n$/)
  })

  test.each([
    ['2.1', (data: string) => `PHOTO;ENCODING=BASE64;JPEG:\r\n${data.replace(/(.{72})/g, ' $1\r\n')}\r\n`],
    ['2.1', (data: string) => `PHOTO;JPEG;BASE64:${data.replace(/(.{72})/g, '$1\r\n')}\r\n`],
    ['3.0', (data: string) => fold(`PHOTO;TYPE=JPEG;ENCODING=b:${data}`)],
    ['4.0', (data: string) => fold(`PHOTO:data:image/jpeg;base64,${data}`)],
  ])('of version %s keeps its picture without what the picture carried', async (version, write) => {
    const { text, bytes, warnings } = await fitted(
      card([write(Buffer.from(photo).toString('base64')), 'TEL:+14165550142'], version),
      60_000,
    )
    expect(warnings).toEqual([])
    expect(bytes.length).toBeLessThanOrEqual(60_000)
    expect(text).toContain('TEL:+14165550142')
    const picture = photoOf(text)
    expect(picture.includes('Canary')).toBe(false)
    const seen = await sharp(picture).metadata()
    expect([seen.format, seen.exif]).toEqual(['jpeg', undefined])
    for (const line of text.split('\r\n')) expect(line.length).toBeLessThanOrEqual(75)
  })

  test('drops a picture that is a link, an attack, or too large, and says so', async () => {
    const html = Buffer.from('<html><script>alert(1)</script>').toString('base64')
    const reasons = async (line: string, budget = 300_000) => (await fitted(card([line]), budget)).warnings
    expect(await reasons('PHOTO;VALUE=uri:https://tracker.example/pixel.jpg')).toMatchObject([
      { code: 'photo_dropped' },
    ])
    expect(await reasons(`PHOTO;ENCODING=b;TYPE=JPEG:${html}`)).toMatchObject([{ code: 'photo_dropped' }])
    const large = fold(`PHOTO;ENCODING=b:${Buffer.from(photo).toString('base64')}`)
    expect(await reasons(large, 400)).toMatchObject([{ code: 'photo_dropped' }])
  })

  test('leaves out the contact that another nests, and reads quoted-printable', async () => {
    const { text } = await fitted(
      card(
        [
          'NOTE;ENCODING=QUOTED-PRINTABLE:one=0Atwo=\r\nthree: four',
          'AGENT:',
          'BEGIN:VCARD',
          'FN:Canary',
          'END:VCARD',
        ],
        '2.1',
      ),
    )
    expect(text).toContain('one=0Atwo=\r\nthree: four')
    expect(text).not.toContain('Canary')
  })

  test('that is cut, or larger than its budget, is refused', async () => {
    expect(await fitMedia(card([]).subarray(0, 40), { budget: 1000 })).toMatchObject({
      ok: false,
      failure: { code: 'malformed_media' },
    })
    expect(await fitMedia(card(['NOTE:hello']), { budget: 40 })).toMatchObject({
      ok: false,
      failure: { code: 'cannot_fit' },
    })
  })
})
