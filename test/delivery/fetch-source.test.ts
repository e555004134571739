import { describe, expect, it } from 'vitest'
import { createMediaFetcher, type FetchMediaOptions } from '../../src/delivery/fetch-media.ts'
import { keptOf } from '../../src/delivery/guard/kept.ts'

const NOW = 1_790_000_000_000
type Source = NonNullable<FetchMediaOptions['source']>

function setUp(answer: (url: string) => Response) {
  const asked: { url: string; headers: Headers }[] = []
  const { fetchMedia } = createMediaFetcher({
    fetch: async (url, init) => {
      asked.push({ url, headers: new Headers(init.headers) })
      return answer(url)
    },
    clock: { now: () => NOW },
    refusedHosts: [],
    log: () => {},
  })
  const get = (url: string, source: Partial<Source> = {}) =>
    fetchMedia(url, {
      account: 'acc_1',
      limit: 1000,
      source: {
        allows: (one) => one.hostname === 'cdn.shop.com',
        list: 'one',
        local: false,
        etag: null,
        lastModified: null,
        ...source,
      },
    })
  return { get, asked }
}

describe('a source on a list', () => {
  it('is fetched, and says how long it may be kept', async () => {
    const headers = {
      etag: '"a"',
      'last-modified': 'Thu, 01 Oct 2026 00:00:00 GMT',
      'cache-control': 'max-age=60',
    }
    const { get } = setUp(() => new Response('bytes', { headers }))
    expect(await get('https://cdn.shop.com/a.jpg')).toMatchObject({
      ok: true,
      value: {
        bytes: 5,
        kept: {
          etag: '"a"',
          lastModified: headers['last-modified'],
          freshUntil: NOW + 60_000,
          unchanged: false,
        },
      },
    })
  })

  it('is asked with what it is known by, and may answer that nothing changed', async () => {
    const { get, asked } = setUp(() => new Response(null, { status: 304 }))
    const source = { etag: '"a"', lastModified: 'Thu, 01 Oct 2026 00:00:00 GMT' }
    expect(await get('https://cdn.shop.com/a.jpg', source)).toMatchObject({
      ok: true,
      value: { bytes: 0, kept: { unchanged: true, freshUntil: NOW + 3_600_000 } },
    })
    expect(asked[0]?.headers.get('if-none-match')).toBe('"a"')
    expect(asked[0]?.headers.get('if-modified-since')).toBe(source.lastModified)
  })

  it('cannot say that nothing changed of what was never kept', async () => {
    const { get } = setUp(() => new Response(null, { status: 304 }))
    expect(await get('https://cdn.shop.com/a.jpg')).toMatchObject({ failure: { code: 'media_unreachable' } })
  })

  it.each([
    ['another host', 'https://elsewhere.com/a.jpg'],
    ['a private address', 'http://10.0.0.1/a.jpg'],
    ['this machine', 'http://127.0.0.1/a.jpg'],
  ])('is refused when it redirects to %s', async (_, location) => {
    const { get, asked } = setUp((url) =>
      url.endsWith('/away')
        ? new Response(null, { status: 302, headers: { location } })
        : new Response('inside'),
    )
    expect(await get('https://cdn.shop.com/away')).toMatchObject({ failure: { code: 'media_url_refused' } })
    expect(asked).toHaveLength(1)
  })

  it('may lie on this machine in local development only, and only where the list says so', async () => {
    const { get, asked } = setUp(() => new Response('bytes'))
    const url = 'http://127.0.0.1:8080/a.jpg'
    expect(await get(url, { allows: () => true })).toMatchObject({ ok: false })
    expect(await get(url, { local: true })).toMatchObject({ ok: false })
    expect(asked).toHaveLength(0)
    expect(await get(url, { local: true, allows: () => true, list: 'two' })).toMatchObject({ ok: true })
  })
})

describe('how long a copy may be kept', () => {
  it.each([
    [{}, 3_600_000],
    [{ 'cache-control': 'public, max-age=90' }, 90_000],
    [{ 'cache-control': 'max-age=90, s-maxage=30' }, 30_000],
    [{ 'cache-control': 'max-age=90', age: '60' }, 30_000],
    [{ 'cache-control': 'max-age=90', age: '600' }, 0],
    [{ 'cache-control': 'no-store' }, 0],
    [{ 'cache-control': 'max-age=90, private' }, 0],
    [{ expires: new Date(NOW + 5_000).toUTCString() }, 5_000],
    [{ expires: '0' }, 0],
    [{ 'cache-control': 'max-age=9999999999' }, 30 * 86_400_000],
  ] as [Record<string, string>, number][])('%o', (headers, lifetime) => {
    expect(keptOf(new Headers(headers), NOW).freshUntil - NOW).toBe(lifetime)
  })

  it('takes no validator that is none', () => {
    expect(keptOf(new Headers({ etag: `"${'a'.repeat(300)}"` }), NOW).etag).toBeNull()
  })
})
