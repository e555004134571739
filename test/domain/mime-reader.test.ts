import { describe, expect, it } from 'vitest'
import { decodeText, type MimeEntity, readMime, readParameters } from '../../src/domain/mime-reader.ts'

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (one) => one.charCodeAt(0))
const read = (body: string, type = 'multipart/mixed; boundary=b') => readMime(type, bytes(body))
const entity = (body: string, type?: string): MimeEntity => {
  const result = read(body, type)
  if (!result.ok) throw new Error(result.failure.detail)
  return result.value
}
const bodies = (one: MimeEntity): string[] => one.parts.map((part) => String.fromCharCode(...part.body))

describe('multiparts', () => {
  it.each<[string, string, string[]]>([
    ['strict ones', '--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n', ['one', 'two']],
    ['line feeds', '--b\n\none\n--b\n\ntwo\n--b--', ['one', 'two']],
    ['a preamble and an epilogue', 'Hello\r\n--b\r\n\r\none\r\n--b--\r\nBye --b', ['one']],
    ['white space after a boundary', '--b \t\r\n\r\none\r\n--b-- \r\n', ['one']],
    ['line breaks at the end of a body', '--b\r\n\r\none\r\n\r\n\r\n--b--', ['one\r\n\r\n']],
    ['empty bodies', '--b\r\n\r\n\r\n--b\r\nX: y\r\n\r\n--b--', ['', '']],
    ['what looks like a boundary within a line', '--b\r\n\r\na --b\r\n--bc\r\n--b--', ['a --b\r\n--bc']],
    ['no parts', '--b--', []],
  ])('reads %s', (_, body, expected) => {
    expect(bodies(entity(body))).toEqual(expected)
  })

  it('reads headers folded, in any letters, and passes over lines that are none', () => {
    const [part] = entity(
      '--b\r\nCONTENT-TYPE: Image/JPEG;\r\n\tName="a \\"b\\".jpg"\r\nno header\r\ncontent-id:  <x@y>\r\nContent-ID: second\r\n\r\n\r\n--b--',
    ).parts
    expect(part).toMatchObject({ type: 'image/jpeg', contentId: 'x@y', location: null })
    expect(part?.parameters.get('name')).toBe('a "b".jpg')
  })

  it.each<[string, string, string]>([
    ['base64', 'R0lG\r\nODlh', 'GIF89a'],
    ['BASE64', ' R0 lG*ODlh== trailing', 'GIF89a'],
    ['quoted-printable', 'a=3D=\r\nb =e9\x80', 'a=b \u00e9\x80'],
    ['Quoted-Printable', 'a \t\r\n b= \r\nc', 'a\r\n bc'],
    ['binary', 'a=3D', 'a=3D'],
    ['x-unknown', 'as it is', 'as it is'],
  ])('decodes %s', (encoding, body, expected) => {
    expect(bodies(entity(`--b\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}\r\n--b--`))).toEqual([
      expected,
    ])
  })

  it.each<[string, string, string | undefined, string]>([
    ['one that was cut', '--b\r\n\r\none', undefined, 'malformed'],
    ['one without a boundary', '--b\r\n\r\none\r\n--b--', 'multipart/mixed', 'malformed'],
    ['a part whose headers do not end', '--b\r\nX: y\r\n--b--', undefined, 'malformed'],
    [
      'base64 of an impossible length',
      '--b\r\nContent-Transfer-Encoding: base64\r\n\r\nA\r\n--b--',
      undefined,
      'malformed',
    ],
    ['10,000 parts', `${'--b\r\n\r\nx\r\n'.repeat(10_000)}--b--`, undefined, 'too_many_parts'],
  ])('refuses %s', (_, body, type, code) => {
    expect(read(body, type)).toMatchObject({ ok: false, failure: { code } })
  })

  it('refuses multiparts nested deeper than any message', () => {
    const nested = (depth: number): string =>
      depth === 0
        ? 'Content-Type: text/plain\r\n\r\nx'
        : `Content-Type: multipart/mixed; boundary=n${depth}n\r\n\r\n--n${depth}n\r\n${nested(depth - 1)}\r\n--n${depth}n--`
    const outer = (depth: number) => read(`--b\r\n${nested(depth)}\r\n--b--`)
    expect(outer(7).ok).toBe(true)
    expect(outer(8)).toMatchObject({ ok: false, failure: { code: 'too_deep' } })
    expect(outer(1000)).toMatchObject({ ok: false, failure: { code: 'too_deep' } })
  })
})

it('takes no longer than it must over a million spaces', () => {
  const started = performance.now()
  const spaces = ' '.repeat(1_000_000)
  entity(`--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nx${spaces}x\r\n--b--`)
  entity(`--b\r\nContent-Transfer-Encoding: base64\r\n\r\n${spaces}!\r\n--b--`)
  entity(`--b\r\n\r\n${'\r\n--'.repeat(250_000)}\r\n--b--`)
  expect(performance.now() - started).toBeLessThan(3000)
})

it('takes parameters apart', () => {
  const { type, parameters } = readParameters(
    'Multipart/Related; Type="text/xml";boundary=a b c ; start="<x>"; boundary=d',
  )
  expect(type).toBe('multipart/related')
  expect([...parameters]).toEqual([
    ['type', 'text/xml'],
    ['boundary', 'a b c'],
    ['start', '<x>'],
  ])
})

it.each<[string | undefined, number[], string]>([
  [undefined, [0xc3, 0xbc], 'ü'],
  ['utf-8', [0xfc], 'ü'],
  ['us-ascii', [0xc3, 0xbc], 'ü'],
  ['iso-8859-1', [0xfc], 'ü'],
  ['no-such-charset', [0xc3, 0xbc], 'ü'],
  ['utf-8', [0xef, 0xbb, 0xbf, 0x61], 'a'],
])('decodes text that says %s', (charset, raw, expected) => {
  expect(decodeText(Uint8Array.from(raw), charset)).toBe(expected)
})
