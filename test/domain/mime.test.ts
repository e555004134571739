import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assemble, encodedSize, layOut, type MimeMessage, overheadOf } from '../../src/domain/mime.ts'

const message: MimeMessage = {
  id: `msg_${'a'.repeat(44)}`,
  from: '+14165550100',
  to: ['+14165550123'],
  subject: 'Hello',
  text: 'A picture',
  parts: [{ name: 'image1.jpg', type: 'image/jpeg', bytes: 5 }],
  date: Date.UTC(2026, 9, 15, 12, 0, 0),
  encoding: 'binary',
}
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** Takes an entity apart as RFC 2046 says, one level deep: headers unfolded, by lower-case name. */
function takeApart(bytes: Uint8Array) {
  const read = (text: string) => {
    const end = text.indexOf('\r\n\r\n')
    const lines = text
      .slice(0, end)
      .replace(/\r\n[ \t]/g, ' ')
      .split('\r\n')
    const headers = new Map(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 2),
      ]),
    )
    return { headers, body: text.slice(end + 4) }
  }
  const whole = read(latin1(bytes))
  const boundary = /boundary="([^"]+)"/.exec(whole.headers.get('content-type') ?? '')?.[1] ?? ''
  const [preamble, ...rest] = `\r\n${whole.body}`.split(`\r\n--${boundary}`)
  const closing = rest.pop()
  return { headers: whole.headers, preamble, closing, parts: rest.map((text) => read(text.slice(2))) }
}

/** RFC 2047, the inverse of what is under test, by its own rules. */
const decodeWords = (text: string): string =>
  text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?B\?([^?]*)\?=/gi, (_, encoded: string) =>
      Buffer.from(encoded, 'base64').toString('utf8'),
    )

describe('assemble', () => {
  it('makes a multipart/related whose root is the SMIL', () => {
    const entity = takeApart(assemble(message, [Uint8Array.of(0, 13, 10, 255, 45)]))
    expect(entity.headers.get('message-id')).toBe(`<${message.id}>`)
    expect(entity.headers.get('date')).toBe('Thu, 15 Oct 2026 12:00:00 GMT')
    expect(entity.headers.get('from')).toBe('+14165550100/TYPE=PLMN')
    expect(entity.headers.get('to')).toBe('+14165550123/TYPE=PLMN')
    expect(entity.headers.get('subject')).toBe('Hello')
    expect(entity.headers.get('content-type')).toContain('type="application/smil"; start="<smil>"')
    expect(entity.preamble).toBe('')
    expect(entity.closing).toBe('--\r\n')
    const [smil, text, image] = entity.parts
    expect(entity.parts).toHaveLength(3)
    expect(smil?.headers.get('content-id')).toBe('<smil>')
    expect(smil?.body).toContain('<img src="image1.jpg"')
    expect(text?.body).toBe('A picture')
    expect(image?.headers.get('content-location')).toBe('image1.jpg')
    expect(image?.headers.get('content-id')).toBe('<image1>')
    expect(image?.headers.get('content-type')).toBe('image/jpeg; name="image1.jpg"')
    expect(Buffer.from(image?.body ?? '', 'latin1')).toEqual(Buffer.from([0, 13, 10, 255, 45]))
  })

  it('takes exactly the bytes that were planned, and gives every part back, whatever it is', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 4 })
    fc.assert(
      fc.property(
        bodies,
        fc.option(fc.string({ unit: 'grapheme', maxLength: 60 }), { nil: null }),
        fc.option(fc.string({ unit: 'binary', maxLength: 80 }), { nil: null }),
        fc.constantFrom('binary' as const, 'base64' as const),
        (raw, text, subject, encoding) => {
          const one: MimeMessage = {
            ...message,
            text,
            subject,
            encoding,
            parts: raw.map((bytes, i) => ({
              name: `file${i + 1}.bin`,
              type: 'image/jpeg',
              bytes: bytes.byteLength,
            })),
          }
          const entity = assemble(one, raw)
          expect(entity.byteLength).toBe(layOut(one).size)
          const sizes = raw.reduce((sum, bytes) => sum + encodedSize(bytes.byteLength, encoding), 0)
          expect(entity.byteLength).toBe(overheadOf(one) + sizes)
          const parts = takeApart(entity).parts.slice(text === null || text === '' ? 1 : 2)
          expect(parts).toHaveLength(raw.length)
          parts.forEach((part, i) => {
            const body = Buffer.from(part.body, 'latin1')
            const bytes = encoding === 'base64' ? Buffer.from(body.toString(), 'base64') : body
            expect(Buffer.compare(bytes, raw[i] ?? new Uint8Array())).toBe(0)
            if (encoding === 'base64')
              for (const line of part.body.split('\r\n')) expect(line.length).toBeLessThanOrEqual(76)
          })
        },
      ),
      { numRuns: 300 },
    )
  })

  it('gives the same bytes for the same message', () => {
    const bodies = [Uint8Array.of(1, 2, 3, 4, 5)]
    expect(assemble(message, bodies)).toEqual(assemble({ ...message }, bodies))
  })

  it('lists every recipient', () => {
    const { headers } = takeApart(
      assemble({ ...message, to: ['+14165550123', '+14165550124'] }, [new Uint8Array(5)]),
    )
    expect(headers.get('to')).toBe('+14165550123/TYPE=PLMN, +14165550124/TYPE=PLMN')
  })

  it('throws where the bodies are not what was planned: a bug of the caller', () => {
    expect(() => assemble(message, [])).toThrow('body of part 0')
    expect(() => assemble(message, [new Uint8Array(4)])).toThrow()
    expect(() => assemble(message, [new Uint8Array(6)])).toThrow()
  })
})

describe('S-10 the subject', () => {
  const subjectOf = (subject: string) => {
    const entity = assemble({ ...message, subject, parts: [] }, [])
    return { raw: /^Subject: (.*(?:\r\n .*)*)/m.exec(latin1(entity))?.[1] ?? null, entity: takeApart(entity) }
  }

  it.each([
    'a\r\nBcc: +14165550199',
    'a\nX-Evil: 1',
    'a\rb',
    'a\u0000b',
    'a\u2028Bcc: x',
    'a\u0085b',
    '\u00e9\r\nBcc: x',
    '\r\n\r\n--belino',
  ])('%j adds no header', (subject) => {
    const { entity } = subjectOf(subject)
    expect([...entity.headers.keys()]).toEqual([
      'message-id',
      'date',
      'from',
      'to',
      'subject',
      'mime-version',
      'content-type',
    ])
    expect(entity.parts).toHaveLength(2)
  })

  it('arrives as it was typed, in lines that mail takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }), (typed) => {
        // Controls and the spaces at both ends do not travel.
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
        const subject = typed.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim()
        const { raw } = subjectOf(typed)
        expect(decodeWords((raw ?? '').replace(/\r\n /g, ' '))).toBe(subject)
        if (!(raw ?? '').includes('=?')) return
        // RFC 2047, clause 2: 75 characters a word, 76 a line, the name of the header included.
        for (const line of `Subject: ${raw}`.split('\r\n')) expect(line.length).toBeLessThanOrEqual(76)
      }),
      { numRuns: 1000 },
    )
  })

  it('that looks like an encoded word arrives as it was typed', () => {
    const { raw } = subjectOf('=?utf-8?B?SGk=?=')
    expect(raw).not.toBe('=?utf-8?B?SGk=?=')
    expect(decodeWords(raw ?? '')).toBe('=?utf-8?B?SGk=?=')
  })

  it('that is empty is left out', () => {
    expect(subjectOf('').raw).toBeNull()
  })
})

describe('encodedSize', () => {
  it.each([
    [0, 0],
    [1, 6],
    [3, 6],
    [57, 78],
    [58, 84],
    [300_000, 400_000 + 2 * Math.ceil(400_000 / 76)],
  ])('%d bytes are %d in base64', (bytes, size) => {
    expect(encodedSize(bytes, 'base64')).toBe(size)
    expect(encodedSize(bytes, 'binary')).toBe(bytes)
  })
})
