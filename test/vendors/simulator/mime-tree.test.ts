import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assemble, type MimeMessage } from '../../../src/domain/mime.ts'
import {
  decodeWords,
  headerOf,
  parseContentType,
  parseEntity,
  parseMultipart,
} from '../../../src/vendors/simulator/mime-tree.ts'
import { presentationOf } from '../../../src/vendors/simulator/presentation.ts'

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))
const text = (body: Uint8Array): string => new TextDecoder('latin1').decode(body)

const message = (change: Partial<MimeMessage> = {}): MimeMessage => ({
  id: 'msg_1',
  from: '+14165550100',
  to: ['+14165550142', '+14165550143'],
  subject: 'A',
  text: 'B',
  parts: [],
  date: 0,
  encoding: 'binary',
  ...change,
})

const entity = (body: string, head = 'multipart/related; boundary=b; start="<s>"'): string =>
  `Content-Type: ${head}\r\n\r\n${body}`
const SMIL = '--b\r\nContent-Type: application/smil\r\nContent-ID: <s>\r\n\r\n<smil/>\r\n'

describe('an entity', () => {
  it('gives back what was put in, in either encoding', () =>
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 }),
        fc.constantFrom('binary' as const, 'base64' as const),
        fc.string({ unit: 'binary', maxLength: 60 }),
        (bodies, encoding, said) => {
          const parts = bodies.map((body, i) => ({
            name: `f${i}.bin`,
            type: 'image/jpeg',
            bytes: body.length,
          }))
          const tree = parseEntity(assemble(message({ parts, encoding, text: said }), bodies))
          if (!tree.ok) throw new Error(tree.failure.detail)
          const texts = said === '' ? 0 : 1
          expect(tree.value.start).toBe(0)
          expect(tree.value.parts.slice(1 + texts).map((part) => part.body)).toEqual(bodies)
          if (texts === 1) expect(tree.value.parts[1]!.body).toEqual(new TextEncoder().encode(said))
          expect(presentationOf(tree.value).unreferenced).toEqual([])
        },
      ),
      { numRuns: 300 },
    ))

  it('has folded headers, in their order and letters', () => {
    const tree = parseEntity(assemble(message(), []))
    if (!tree.ok) throw new Error(tree.failure.detail)
    expect(tree.value.headers.map(([name]) => name)).toEqual([
      'Message-ID',
      'Date',
      'From',
      'To',
      'Subject',
      'MIME-Version',
      'Content-Type',
    ])
    expect(headerOf(tree.value.headers, 'to')).toBe('+14165550142/TYPE=PLMN, +14165550143/TYPE=PLMN')
  })

  it.each([
    ['nothing', '', 'no empty line'],
    ['headers without an end', 'Content-Type: a/b\r\n', 'no empty line'],
    ['no type', 'Subject: x\r\n\r\n', 'no Content-Type'],
    ['another type', entity(SMIL, 'multipart/mixed; boundary=b'), 'not multipart/related'],
    ['no boundary', entity(SMIL, 'multipart/related'), 'boundary is not'],
    ['another boundary', entity(SMIL, 'multipart/related; boundary=c'), 'start with its boundary'],
    ['a boundary with a tail', entity(`${SMIL}--bb--\r\n`), 'not alone'],
    ['no closing boundary', entity(SMIL), 'closing boundary'],
    ['bare line feeds', entity(`${SMIL}--b--`).replaceAll('\r', ''), 'no empty line'],
    ['a header without a colon', entity('--b\r\nhello\r\n\r\n\r\n--b--'), 'cannot be read'],
    ['a header that is not UTF-8', 'X: \xff\r\n\r\n', 'UTF-8'],
    [
      'a start that is nowhere',
      entity(`${SMIL}--b--`, 'multipart/related; boundary=b; start="<t>"'),
      '`start`',
    ],
    [
      'no presentation',
      entity('--b\r\nContent-Type: image/gif\r\nContent-ID: <s>\r\n\r\nx\r\n--b--'),
      'presentation',
    ],
    [
      'base64 that is none',
      entity(`${SMIL}--b\r\nContent-Transfer-Encoding: base64\r\n\r\n%%\r\n--b--`),
      'not base64',
    ],
    [
      'an encoding of old',
      entity(`${SMIL}--b\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\na\r\n--b--`),
      'x-uuencode',
    ],
    ['a flood of parts', entity(`${SMIL}${'--b\r\n\r\nx\r\n'.repeat(60)}--b--`), 'more than 40'],
    ['a flood of header', `X: ${'y'.repeat(20_000)}\r\n\r\n`, 'larger'],
  ])('is malformed with %s', (_name, wire, why) => {
    const tree = parseEntity(bytes(wire))
    expect(tree).toMatchObject({ ok: false, failure: { code: 'malformed' } })
    expect(tree.ok ? '' : tree.failure.detail).toContain(why)
  })

  it('is read or refused, never more, however it was damaged', () => {
    const whole = assemble(
      message({ parts: [{ name: 'a.jpg', type: 'image/jpeg', bytes: 200 }], encoding: 'base64' }),
      [new Uint8Array(200).fill(7)],
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.nat(whole.length),
        (changes, cut) => {
          const damaged = whole.slice(0, cut === 0 ? whole.length : cut)
          for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value
          const tree = parseEntity(damaged)
          if (tree.ok) presentationOf(tree.value)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('is read in time that grows with its size alone', async () => {
    const hostile = [
      `${SMIL.replace('<smil/>', '<par><img '.repeat(6000))}--b--`,
      `${SMIL}--b\r\n\r\n${'\r\n--'.repeat(200_000)}\r\n--b--`,
      `${SMIL}--b\r\nContent-Type: a/b${'; a="'.repeat(2000)}\r\n\r\n\r\n--b--`,
    ]
    const start = Date.now()
    for (const one of hostile) {
      const tree = parseEntity(bytes(entity(one)))
      if (tree.ok) presentationOf(tree.value)
    }
    // workerd's clock moves between turns only.
    await new Promise((resolve) => setTimeout(resolve, 1))
    expect(Date.now() - start).toBeLessThan(3000)
  })
})

describe('pieces', () => {
  it('parts may be empty, and their headers too', () => {
    const parts = parseMultipart(bytes('--b\r\n\r\n\r\n--b\r\nA: 1\r\n\r\n\r\n--b--'), 'b')
    expect(parts.ok && parts.value.map((part) => [part.type, text(part.body), part.headers.length])).toEqual([
      ['text/plain', '', 0],
      ['text/plain', '', 1],
    ])
  })
  it('types have parameters, quoted or not', () => {
    const { type, parameters } = parseContentType('Text/Plain; NAME="a\\"b; c=d"; charset=utf-8')
    expect(type).toBe('text/plain')
    expect([...parameters]).toEqual([
      ['name', 'a"b; c=d'],
      ['charset', 'utf-8'],
    ])
  })
  it.each([
    ['plain', 'plain'],
    ['=?utf-8?B?w5w=?=', 'Ü'],
    ['=?utf-8?B?8J+R?=\r\n =?utf-8?B?iw==?=', '👋'],
    ['=?utf-8?B?/w==?=', '=?utf-8?B?/w==?='],
    ['=?iso-8859-1?Q?=DC?=', '=?iso-8859-1?Q?=DC?='],
  ])('header text %j', (wire, said) => expect(decodeWords(wire)).toBe(said))
})

describe('a presentation', () => {
  const slides = (smil: string) => {
    const tree = parseEntity(
      bytes(
        entity(
          `${SMIL.replace('<smil/>', smil)}--b\r\nContent-Type: image/gif; name=n.gif\r\nContent-ID: <i>\r\nContent-Location: l.gif\r\n\r\nx\r\n` +
            '--b\r\nContent-Type: text/plain\r\nContent-Location: t&t.txt\r\n\r\nx\r\n--b--',
        ),
      ),
    )
    if (!tree.ok) throw new Error(tree.failure.detail)
    const { slides, unreferenced } = presentationOf(tree.value)
    return [slides, unreferenced]
  }
  it.each([
    ['by location', '<par><img src="l.gif"/></par>', [[1]], [2]],
    ['by name', "<par><img src='n.gif'/></par>", [[1]], [2]],
    ['by id', '<par><img region="Image" src="cid:i"/></par>', [[1]], [2]],
    ['escaped', '<par><text src="t&amp;t.txt"/><img src="cid:i"/></par>', [[2, 1]], []],
    [
      'in the order of the slides',
      '<par><text src="t&amp;t.txt"/></par><par><img src="n.gif"/></par>',
      [[2], [1]],
      [],
    ],
    ['naming itself', '<par><ref src="cid:s"/></par>', [], [1, 2]],
    ['naming nothing', '<par><img src="gone.gif"/></par><par/>', [], [1, 2]],
    ['outside of slides', '<img src="n.gif"/>', [], [1, 2]],
  ])('%s', (_name, smil, shown, lost) => expect(slides(smil)).toEqual([shown, lost]))
})
