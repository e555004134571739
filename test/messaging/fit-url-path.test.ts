import { describe, expect, it } from 'vitest'
import { allowsSource, readSource } from '../../src/messaging/fit-sources.ts'
import { readFitUrl } from '../../src/messaging/fit-url-path.ts'

const SOURCE = 'https://cdn.shop.com/a b.jpg?x=1&y=é'
const plain = `plain/${encodeURIComponent(SOURCE)}`
const read = (path: string) => {
  const url = readFitUrl(path)
  if (!url.ok) throw new Error(JSON.stringify(url.failure))
  return url.value
}

describe('the path of an optimizer URL', () => {
  it('has options, long and short, and a source', () => {
    expect(
      read(`max_bytes:500000/w:640/h:480/effort:fast/mq:60/ka:1/exp:1790000000/fn:summer/att:1/${plain}@jpg`),
    ).toEqual({
      source: SOURCE,
      request: {
        budget: 500_000,
        maxWidth: 640,
        maxHeight: 480,
        effort: 'fast',
        minimumQuality: 60,
        keepAnimation: true,
        types: ['image/jpeg'],
      },
      expiresAt: 1_790_000_000_000,
      filename: 'summer',
      attachment: true,
    })
  })

  it('asks for the safe budget without a word', () => {
    expect(read(plain)).toMatchObject({ source: SOURCE, request: { budget: 300_000 }, expiresAt: null })
    expect(read(`mb:recommended/${plain}`).request.budget).toBe(1_000_000)
  })

  it('takes its source in base64url, in pieces, with an extension', () => {
    const encoded = Buffer.from(SOURCE).toString('base64url')
    expect(read(`rs:fit:300:0/${encoded.slice(0, 9)}/${encoded.slice(9)}.png`)).toMatchObject({
      source: SOURCE,
      request: { maxWidth: 300, types: ['image/png'] },
    })
    expect(read(`${encoded}==`.replace(/=*$/, '')).source).toBe(SOURCE)
  })

  it.each([
    ['blur:3', 'blur'],
    ['mb:999', 'max_bytes'],
    ['mb:5000000', 'max_bytes'],
    ['w:3', 'width'],
    ['rs:fill:300:300', 'resize'],
    ['rt:force', 'resizing_type'],
    ['el:1', 'enlarge'],
    ['sm:0', 'strip_metadata'],
    ['f:exe', 'format'],
    ['exp:soon', 'expires'],
    ['att:maybe', 'return_attachment'],
    ['mq:101', 'minimum_quality'],
    ['effort:most', 'effort'],
    ['toString:1', 'toString'],
  ])('says what is wrong with %s', (option, field) => {
    expect(readFitUrl(`${option}/${plain}`)).toMatchObject({ failure: { code: 'invalid_field', field } })
  })

  it.each(['', 'plain/', 'plain/%', 'plain/%ff', 'mb:60000', 'mb:60000/', '****', `plain/a@b@c`])(
    'says that %j has no source',
    (path) => {
      expect(readFitUrl(path)).toMatchObject({ ok: false })
    },
  )
})

describe('a list of sources', () => {
  const allows = (pattern: string, url: string) => allowsSource([pattern], new URL(url))

  it('holds hosts, subdomains and beginnings of paths', () => {
    expect(allows('https://cdn.shop.com', 'https://cdn.shop.com/a.jpg')).toBe(true)
    expect(allows('https://cdn.shop.com/photos/', 'https://cdn.shop.com/photos/a.jpg')).toBe(true)
    expect(allows('https://cdn.shop.com/photos/', 'https://cdn.shop.com/other/a.jpg')).toBe(false)
    expect(allows('https://*.shop.com/', 'https://a.b.shop.com/a.jpg')).toBe(true)
    expect(allows('https://*.shop.com/', 'https://shop.com/a.jpg')).toBe(false)
    expect(allows('https://*.shop.com/', 'https://evilshop.com/a.jpg')).toBe(false)
    expect(allows('https://shop.com/', 'https://shop.com.evil.com/a.jpg')).toBe(false)
    expect(allows('https://shop.com/', 'http://shop.com/a.jpg')).toBe(false)
    expect(allows('https://shop.com/', 'https://shop.com:8443/a.jpg')).toBe(false)
  })

  it('is not left by dots', () => {
    expect(allows('https://shop.com/photos/', 'https://shop.com/photos/../private/a.jpg')).toBe(false)
    expect(allows('https://shop.com/photos/', 'https://shop.com/photos/%2e%2e/private/a.jpg')).toBe(false)
    expect(allows('https://shop.com/photos/', 'https://shop.com/photos/..%2fprivate/a.jpg')).toBe(false)
  })

  it.each([
    'shop.com',
    'http://shop.com/',
    'https://',
    'https://*/',
    'https://com/',
    'https://*.com/',
    'https://a b/',
    'https://u:p@shop.com/',
  ])('has no room for %s', (pattern) => {
    expect(readSource(pattern, false).ok).toBe(false)
  })
})
