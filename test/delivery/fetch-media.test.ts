import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createMediaFetcher,
  type FetchMediaOptions,
  MEDIA_FETCH_LIMITS,
  type MediaFetcherPorts,
} from '../../src/delivery/fetch-media.ts'

const START = 1_790_000_000_000
const UNREACHABLE = { ok: false, failure: { code: 'media_unreachable', retryable: true } }

/** Time that moves only when told to. */
function createTime() {
  let now = START
  let waiting: { at: number; run: () => void }[] = []
  return {
    clock: { now: () => now },
    timer: (milliseconds: number, run: () => void) => {
      const entry = { at: now + milliseconds, run }
      waiting.push(entry)
      return () => {
        waiting = waiting.filter((one) => one !== entry)
      }
    },
    waiting: () => waiting.length,
    async pass(milliseconds: number) {
      await settle()
      now += milliseconds
      const due = waiting.filter((one) => one.at <= now)
      waiting = waiting.filter((one) => one.at > now)
      for (const one of due) one.run()
      await settle()
    },
  }
}

/** Lets everything that only waits for other promises come to rest. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

type Answer = (url: string, init: RequestInit) => Response | Promise<Response>

function setUp(answer: Answer, more: Partial<MediaFetcherPorts> = {}) {
  const time = createTime()
  const asked: { url: string; init: RequestInit; headers: Headers }[] = []
  const logged: { event: string; facts: Record<string, string | number | null> }[] = []
  const { fetchMedia } = createMediaFetcher({
    fetch: async (url, init) => {
      asked.push({ url, init, headers: new Headers(init.headers) })
      return answer(url, init)
    },
    clock: time.clock,
    timer: time.timer,
    refusedHosts: ['api.carrier.example', 'mms.example.net'],
    log: (event, facts) => logged.push({ event, facts }),
    ...more,
  })
  const fetchIt = (url: string, options: Partial<FetchMediaOptions> = {}) =>
    fetchMedia(url, { account: 'acc_1', limit: 1000, ...options })
  return { fetchIt, asked, logged, time, urls: () => asked.map((one) => one.url) }
}

const redirect = (location: string | null, status = 302): Response =>
  new Response('moved', { status, headers: location === null ? {} : { Location: location } })

/** Redirects by table; a URL that is not in it answers with a file. */
const redirects =
  (table: Record<string, string>, status = 302): Answer =>
  (url) =>
    table[url] === undefined ? new Response('file') : redirect(table[url], status)

function streamOf(pieces: Iterable<Uint8Array>, onCancel: () => void = () => {}): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.iterator]()
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = iterator.next()
      if (next.done) controller.close()
      else controller.enqueue(next.value)
    },
    cancel: onCancel,
  })
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0))
  let at = 0
  for (const chunk of chunks) {
    out.set(chunk, at)
    at += chunk.byteLength
  }
  return out
}

describe('a fetch', () => {
  it('asks once, by GET, uncompressed, without following, and without anything of ours', async () => {
    const { fetchIt, asked, time } = setUp(() => new Response('abc'))
    const result = await fetchIt('https://cdn.example/a.jpg?sig=1')
    expect(result).toMatchObject({ ok: true, value: { bytes: 3 } })
    expect(asked).toHaveLength(1)
    expect(asked[0]?.init).toMatchObject({ method: 'GET', redirect: 'manual' })
    expect([...(asked[0]?.headers.keys() ?? [])].sort()).toEqual(['accept', 'accept-encoding', 'user-agent'])
    expect(asked[0]?.headers.get('Accept-Encoding')).toBe('identity')
    expect(asked[0]?.init.signal?.aborted).toBe(false)
    expect(time.waiting()).toBe(0)
  })

  it('gives the bytes as they came, whatever the pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 }), async (pieces) => {
        const { fetchIt } = setUp(() => new Response(streamOf(pieces)))
        const result = await fetchIt('https://cdn.example/a', { limit: 3600 })
        if (!result.ok) throw new Error(result.failure.code)
        expect(joined(result.value.chunks)).toEqual(joined(pieces))
        expect(result.value.bytes).toBe(joined(pieces).byteLength)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps few buffers however small the pieces are, and gives them exactly', async () => {
    const size = 600_000
    function* drip() {
      for (let i = 0; i < size; i += 7) yield new Uint8Array(Math.min(7, size - i)).fill(i % 251)
    }
    const { fetchIt } = setUp(() => new Response(streamOf(drip())))
    const result = await fetchIt('https://cdn.example/a', { limit: size })
    if (!result.ok) throw new Error(result.failure.code)
    expect(result.value.bytes).toBe(size)
    expect(result.value.chunks.length).toBeLessThanOrEqual(4)
    const bytes = joined(result.value.chunks)
    expect(bytes.byteLength).toBe(size)
    expect([0, 7, 299_999, 599_997].map((at) => bytes[at])).toEqual(
      [0, 7, 299_999, 599_997].map((at) => (at - (at % 7)) % 251),
    )
  })

  it('passes on an empty file as no bytes', async () => {
    const { fetchIt } = setUp(() => new Response(null))
    expect(await fetchIt('https://cdn.example/a')).toMatchObject({
      ok: true,
      value: { chunks: [], bytes: 0 },
    })
  })
})

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('%d is followed by us, relative targets too', async (status) => {
    const { fetchIt, urls } = setUp(redirects({ 'https://a.example/x/1': '../y?z' }, status))
    expect((await fetchIt('https://a.example/x/1')).ok).toBe(true)
    expect(urls()).toEqual(['https://a.example/x/1', 'https://a.example/y?z'])
  })

  it('is followed three times and not four', async () => {
    const chain = (length: number): Answer =>
      redirects(
        Object.fromEntries(
          Array.from({ length }, (_, i) => [`https://h${i}.example/`, `https://h${i + 1}.example/`]),
        ),
      )
    const three = setUp(chain(3))
    expect((await three.fetchIt('https://h0.example/')).ok).toBe(true)
    expect(three.asked).toHaveLength(4)
    const four = setUp(chain(4))
    expect(await four.fetchIt('https://h0.example/')).toEqual(UNREACHABLE)
    expect(four.asked).toHaveLength(4)
  })

  it('in a circle ends', async () => {
    const { fetchIt, asked } = setUp(
      redirects({ 'https://a.example/': 'https://b.example/', 'https://b.example/': 'https://a.example/' }),
    )
    expect(await fetchIt('https://a.example/')).toEqual(UNREACHABLE)
    expect(asked).toHaveLength(4)
  })

  it.each([
    'http://a.example/',
    'https://127.0.0.1/',
    'https://0x7f000001/',
    'https://[::ffff:169.254.169.254]/latest/meta-data/',
    '//localhost/',
    '//metadata.google.internal/computeMetadata/v1/',
    'https://user:password@b.example/',
    'https://b.example:8080/',
    'https://api.carrier.example/v1/messages',
    '//mms.example.net/m/1',
    'file:///etc/passwd',
    'data:text/plain,x',
    'https://b.example/\tx',
    '\\\\127.0.0.1\\x',
  ])('to %s is not followed, first or later', async (target) => {
    for (const table of [
      { 'https://a.example/': target },
      { 'https://a.example/': 'https://b.example/2', 'https://b.example/2': target },
    ]) {
      const { fetchIt, urls } = setUp(redirects(table))
      expect(await fetchIt('https://a.example/')).toEqual({
        ok: false,
        failure: {
          code: 'media_url_refused',
          problem: 'it redirects to a URL that is not fetched. Give the final https:// URL.',
        },
      })
      expect(urls()).toEqual(Object.keys(table))
    }
  })

  it('without a target is an answer like any other that is no file', async () => {
    const { fetchIt } = setUp(() => redirect(null))
    expect(await fetchIt('https://a.example/')).toEqual(UNREACHABLE)
  })

  it('to a host that leads into a private network is not followed', async () => {
    const { fetchIt, urls } = setUp(redirects({ 'https://a.example/': 'https://inside.example/' }), {
      resolve: async (host) => [host === 'inside.example' ? '10.0.0.7' : '93.184.215.14'],
    })
    expect(await fetchIt('https://a.example/')).toMatchObject({
      ok: false,
      failure: { code: 'media_url_refused' },
    })
    expect(urls()).toEqual(['https://a.example/'])
  })

  it('is looked up again: a name that was public a moment ago may not be now', async () => {
    const answers = [['93.184.215.14'], ['192.168.0.1']]
    const { fetchIt, urls } = setUp(redirects({ 'https://a.example/1': '/2' }), {
      resolve: async () => answers.shift() ?? [],
    })
    expect((await fetchIt('https://a.example/1')).ok).toBe(false)
    expect(urls()).toEqual(['https://a.example/1'])
  })
})

describe('credentials', () => {
  const credentials = {
    authorization: 'Basic c2VjcmV0',
    hosts: ['api.carrier.example', 'media.carrier.example'],
  }
  const sent = (asked: { headers: Headers }[]) => asked.map((one) => one.headers.get('Authorization'))

  it('reach the hosts they are for, also those that nobody else may name', async () => {
    const { fetchIt, asked } = setUp(() => new Response('x'))
    expect((await fetchIt('https://api.carrier.example/media/1', { credentials })).ok).toBe(true)
    expect(sent(asked)).toEqual(['Basic c2VjcmV0'])
    expect((await fetchIt('https://api.carrier.example/media/1')).ok).toBe(false)
  })

  it.each(['https://cdn.example/', 'https://x.media.carrier.example/', 'https://carrier.example/'])(
    'do not reach %s',
    async (url) => {
      const { fetchIt, asked } = setUp(() => new Response('x'))
      expect((await fetchIt(url, { credentials })).ok).toBe(true)
      expect(sent(asked)).toEqual([null])
    },
  )

  it('stay on a redirect within the host', async () => {
    const { fetchIt, asked } = setUp(redirects({ 'https://media.carrier.example/1': '/2' }))
    await fetchIt('https://media.carrier.example/1', { credentials })
    expect(sent(asked)).toEqual(['Basic c2VjcmV0', 'Basic c2VjcmV0'])
  })

  it('are dropped with the host, and stay dropped on the way back', async () => {
    const { fetchIt, asked } = setUp(
      redirects({
        'https://media.carrier.example/1': 'https://cdn.example/1',
        'https://cdn.example/1': 'https://media.carrier.example/2',
        'https://media.carrier.example/2': 'https://api.carrier.example/3',
      }),
    )
    expect((await fetchIt('https://media.carrier.example/1', { credentials })).ok).toBe(true)
    expect(sent(asked)).toEqual(['Basic c2VjcmV0', null, null, null])
  })

  it('are dropped between two hosts that may both see them', async () => {
    const { fetchIt, asked } = setUp(
      redirects({ 'https://media.carrier.example/1': 'https://api.carrier.example/1' }),
    )
    expect((await fetchIt('https://media.carrier.example/1', { credentials })).ok).toBe(true)
    expect(sent(asked)).toEqual(['Basic c2VjcmV0', null])
  })

  it('never travel in the clear', async () => {
    const { fetchIt, asked } = setUp(
      redirects({
        'http://media.carrier.example/1': 'https://media.carrier.example/1',
        'https://media.carrier.example/1': 'http://media.carrier.example/2',
      }),
    )
    await fetchIt('http://media.carrier.example/1', { credentials, allowHttp: true })
    expect(sent(asked)).toEqual([null, null, null])
  })
})

describe('the host that a request came in by', () => {
  it('is refused too, first and later', async () => {
    const { fetchIt, urls } = setUp(redirects({ 'https://a.example/': 'https://x.me.example/m/1' }))
    const refusedHosts = ['ME.example']
    expect((await fetchIt('https://me.example/m/1', { refusedHosts })).ok).toBe(false)
    expect(urls()).toEqual([])
    expect((await fetchIt('https://a.example/', { refusedHosts })).ok).toBe(false)
    expect(urls()).toEqual(['https://a.example/'])
    expect((await fetchIt('https://me.example/m/1')).ok).toBe(true)
  })
})

describe('size', () => {
  it('is refused from the header before a byte is read', async () => {
    let pulled = 0
    let canceled = false
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled++
          controller.enqueue(new Uint8Array(10))
        },
        cancel: () => {
          canceled = true
        },
      },
      { highWaterMark: 0 },
    )
    const { fetchIt } = setUp(() => new Response(body, { headers: { 'Content-Length': '1001' } }))
    expect(await fetchIt('https://cdn.example/a')).toEqual({
      ok: false,
      failure: { code: 'file_too_large', limit: 1000 },
    })
    expect({ pulled, canceled }).toEqual({ pulled: 0, canceled: true })
  })

  it.each(['1000', '12', '-5', '1e9', '', '99999999999999999999'])(
    'declared as %j is not what counts',
    async (declared) => {
      const { fetchIt } = setUp(() => new Response('abc', { headers: { 'Content-Length': declared } }))
      const result = await fetchIt('https://cdn.example/a')
      expect(result.ok).toBe(declared !== '99999999999999999999')
    },
  )

  it('may be the limit and not one byte more', async () => {
    const file = (size: number) => setUp(() => new Response(streamOf([new Uint8Array(size)])))
    expect(await file(1000).fetchIt('https://cdn.example/a')).toMatchObject({
      ok: true,
      value: { bytes: 1000 },
    })
    expect(await file(1001).fetchIt('https://cdn.example/a')).toMatchObject({
      ok: false,
      failure: { code: 'file_too_large' },
    })
  })

  it('is counted while it streams: what has no end is cut', async () => {
    let given = 0
    let canceled = false
    function* endless() {
      for (;;) {
        given += 64
        yield new Uint8Array(64)
      }
    }
    const { fetchIt } = setUp(
      () =>
        new Response(
          streamOf(endless(), () => {
            canceled = true
          }),
          { headers: { 'Content-Length': '64' } },
        ),
    )
    expect(await fetchIt('https://cdn.example/a')).toMatchObject({
      ok: false,
      failure: { code: 'file_too_large' },
    })
    expect(given).toBeLessThan(1000 + 64 * 4)
    expect(canceled).toBe(true)
  })
})

describe('time', () => {
  const never = (): Promise<Response> => new Promise(() => {})

  it('to the headers is 5 s', async () => {
    const { fetchIt, asked, time } = setUp(never)
    const result = fetchIt('https://slow.example/')
    await time.pass(MEDIA_FETCH_LIMITS.headersMs - 1)
    expect(asked[0]?.init.signal?.aborted).toBe(false)
    await time.pass(1)
    expect(asked[0]?.init.signal?.aborted).toBe(true)
    expect(await result).toEqual(UNREACHABLE)
    expect(time.waiting()).toBe(0)
  })

  it('to the headers does not count against the body', async () => {
    const body = new TransformStream<Uint8Array, Uint8Array>()
    const { fetchIt, time } = setUp(() => new Response(body.readable))
    const result = fetchIt('https://slow.example/')
    await time.pass(9_000)
    const writer = body.writable.getWriter()
    await writer.write(new Uint8Array(5))
    await writer.close()
    expect(await result).toMatchObject({ ok: true, value: { bytes: 5 } })
  })

  it('in all is 15 s, a body that stalls included', async () => {
    let canceled = false
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(5)),
      cancel: () => {
        canceled = true
      },
    })
    const { fetchIt, asked, time } = setUp(() => new Response(body))
    const result = fetchIt('https://slow.example/')
    await time.pass(MEDIA_FETCH_LIMITS.totalMs - 1)
    expect(asked[0]?.init.signal?.aborted).toBe(false)
    await time.pass(1)
    expect(asked[0]?.init.signal?.aborted).toBe(true)
    expect(await result).toEqual(UNREACHABLE)
    expect(canceled).toBe(true)
  })

  it('in all counts every redirect', async () => {
    const { fetchIt, asked, time } = setUp(
      (url) =>
        new Promise((resolve) =>
          time.timer(4_000, () => resolve(redirect(`https://h${url.length}.example/${url.length}`))),
        ),
    )
    const result = fetchIt('https://a.example/')
    for (let i = 0; i < 4; i++) await time.pass(4_000)
    expect(await result).toEqual(UNREACHABLE)
    expect(asked).toHaveLength(4)
    expect(asked[3]?.init.signal?.aborted).toBe(true)
  })

  it('runs for a resolver that does not answer', async () => {
    const { fetchIt, asked, time } = setUp(() => new Response('x'), { resolve: () => new Promise(() => {}) })
    const result = fetchIt('https://a.example/')
    await time.pass(MEDIA_FETCH_LIMITS.totalMs)
    expect(await result).toEqual(UNREACHABLE)
    expect(asked).toEqual([])
  })
})

describe('what went wrong at the far side', () => {
  const broken = (): Response =>
    new Response(
      new ReadableStream({
        pull(controller) {
          controller.error(new Error('CANARY reset by peer'))
        },
      }),
    )
  const causes: Record<string, Answer> = {
    refused: () => Promise.reject(new TypeError('CANARY connect ECONNREFUSED 10.0.0.1:443')),
    'broken off': broken,
    ...Object.fromEntries(
      [201, 204, 206, 304, 400, 401, 403, 404, 407, 410, 418, 429, 500, 502, 503, 504].map((status) => [
        `status ${status}`,
        () =>
          new Response(status === 204 || status === 304 ? null : 'CANARY body', {
            status,
            statusText: 'CANARY text',
            headers: { 'X-Canary': 'CANARY' },
          }),
      ]),
    ),
    'redirect without target': () => redirect(null),
    'redirect for ever': (url) => redirect(url),
  }

  it.each(Object.entries(causes))('is one and the same answer: %s', async (_, answer) => {
    const { fetchIt, logged } = setUp(answer)
    const result = await fetchIt('https://u.example/CANARY-path?CANARY=query')
    expect(result).toEqual(UNREACHABLE)
    expect(logged).toHaveLength(1)
    expect(logged[0]?.facts.host).toBe('u.example')
    expect(JSON.stringify(logged)).not.toContain('CANARY')
  })

  it('leaves no credentials in the log', async () => {
    const { fetchIt, logged } = setUp(() => new Response('no', { status: 401 }))
    await fetchIt('https://media.carrier.example/1', {
      credentials: { authorization: 'Basic CANARY', hosts: ['media.carrier.example'] },
    })
    expect(logged).toHaveLength(1)
    expect(JSON.stringify(logged)).not.toContain('CANARY')
  })
})

describe('a failure is remembered', () => {
  it('for 60 s, for its URL', async () => {
    const { fetchIt, asked, time } = setUp(() => new Response('', { status: 500 }))
    expect(await fetchIt('https://a.example/1')).toEqual(UNREACHABLE)
    await time.pass(59_999)
    expect(await fetchIt('https://a.example/1')).toEqual(UNREACHABLE)
    expect(asked).toHaveLength(1)
    await fetchIt('https://a.example/2')
    expect(asked).toHaveLength(2)
    await time.pass(1)
    await fetchIt('https://a.example/1')
    expect(asked).toHaveLength(3)
  })

  it('however the same URL is spelled', async () => {
    const { fetchIt, asked } = setUp(() => new Response('', { status: 404 }))
    for (const url of ['https://a.example/x', 'HTTPS://A.example:443/./x', 'https://a.example/y/../x'])
      await fetchIt(url)
    expect(asked).toHaveLength(1)
  })

  it('and holds for the same question only', async () => {
    const { fetchIt, asked } = setUp(() => new Response('x'.repeat(50)))
    const url = 'https://a.example/1'
    expect((await fetchIt(url, { limit: 10 })).ok).toBe(false)
    expect((await fetchIt(url, { limit: 10 })).ok).toBe(false)
    expect(asked).toHaveLength(1)
    expect((await fetchIt(url, { limit: 50 })).ok).toBe(true)
    expect((await fetchIt(url, { limit: 10, account: 'acc_2' })).ok).toBe(false)
    expect(
      (await fetchIt(url, { limit: 10, credentials: { authorization: 'x', hosts: ['a.example'] } })).ok,
    ).toBe(false)
    expect(asked).toHaveLength(4)
  })

  it('unless the caller spaces its tries by itself', async () => {
    const { fetchIt, asked } = setUp(() => new Response('', { status: 404 }))
    const url = 'https://a.example/1'
    for (let i = 0; i < 3; i++) expect(await fetchIt(url, { remember: false })).toEqual(UNREACHABLE)
    expect(asked).toHaveLength(3)
    await fetchIt(url)
    expect(asked).toHaveLength(4)
    await fetchIt(url)
    await fetchIt(url, { remember: false })
    expect(asked).toHaveLength(5)
  })

  it('a success is not', async () => {
    const { fetchIt, asked } = setUp(() => new Response('x'))
    await fetchIt('https://a.example/1')
    await fetchIt('https://a.example/1')
    expect(asked).toHaveLength(2)
  })

  it('up to a number, the oldest going first', async () => {
    const { fetchIt, asked, time } = setUp(() => new Response('', { status: 404 }))
    for (let i = 0; i <= MEDIA_FETCH_LIMITS.failures; i++)
      await fetchIt(`https://a.example/${i}`, { account: `acc_${i % 100}` })
    const before = asked.length
    expect(before).toBe(MEDIA_FETCH_LIMITS.failures + 1)
    await fetchIt('https://a.example/1', { account: 'acc_1' })
    expect(asked).toHaveLength(before)
    await fetchIt('https://a.example/0', { account: 'acc_0' })
    expect(asked).toHaveLength(before + 1)
    expect(time.waiting()).toBe(0)
  })
})

describe('the rate of an account', () => {
  it('is 120 requests a minute, and another account has its own', async () => {
    const { fetchIt, asked, time } = setUp(() => new Response('x'))
    for (let i = 0; i < 120; i++) expect((await fetchIt(`https://a.example/${i}`)).ok).toBe(true)
    expect(await fetchIt('https://a.example/x')).toEqual({
      ok: false,
      failure: { code: 'busy', retryAfter: 1 },
    })
    expect(asked).toHaveLength(120)
    expect((await fetchIt('https://a.example/x', { account: 'acc_2' })).ok).toBe(true)
    await time.pass(500)
    expect((await fetchIt('https://a.example/x')).ok).toBe(true)
    expect((await fetchIt('https://a.example/x')).ok).toBe(false)
    await time.pass(60_000)
    for (let i = 0; i < 120; i++) expect((await fetchIt(`https://a.example/${i}`)).ok).toBe(true)
    expect((await fetchIt('https://a.example/x')).ok).toBe(false)
  })

  it('counts redirects, and not what never leaves', async () => {
    const { fetchIt, asked } = setUp((url) =>
      url.includes('/to') ? redirect('https://a.example/file') : new Response('x'),
    )
    for (let i = 0; i < 500; i++) await fetchIt(`https://127.0.0.${i % 250}/`)
    for (let i = 0; i < 60; i++) expect((await fetchIt(`https://a.example/to${i}`)).ok).toBe(true)
    expect(asked).toHaveLength(120)
    expect(await fetchIt('https://a.example/x')).toMatchObject({ failure: { code: 'busy' } })
  })
})

describe('hints', () => {
  const hintsOf = async (headers: Record<string, string>, url = 'https://a.example/') => {
    const { fetchIt } = setUp(() => new Response(new Uint8Array(1), { headers }))
    const result = await fetchIt(url)
    if (!result.ok) throw new Error(result.failure.code)
    return [result.value.typeHint, result.value.nameHint]
  }

  it.each<[Record<string, string>, string, string | null, string | null]>([
    [
      { 'Content-Type': 'IMAGE/JPEG; charset=x' },
      'https://a.example/p/cat.JPG?x=/y.png',
      'image/jpeg',
      'cat.JPG',
    ],
    [{}, 'https://a.example/', null, null],
    [{ 'Content-Type': 'nonsense' }, 'https://a.example/a%20b.gif', null, 'a b.gif'],
    [{ 'Content-Type': `image/${'x'.repeat(200)}` }, 'https://a.example/%E0%A4%A', null, '%E0%A4%A'],
    [{ 'Content-Disposition': 'attachment; filename="dog.png"' }, 'https://a.example/x', null, 'dog.png'],
    [{ 'Content-Disposition': 'inline; filename=dog.png' }, 'https://a.example/x', null, 'dog.png'],
    [
      { 'Content-Disposition': `attachment; filename="x"; filename*=UTF-8''%e2%82%ac.png` },
      'https://a.example/x',
      null,
      '\u20ac.png',
    ],
    [
      { 'Content-Disposition': 'attachment; filename="../../etc/passwd"' },
      'https://a.example/x',
      null,
      'passwd',
    ],
    [
      { 'Content-Disposition': 'attachment; filename="C:\\Users\\me\\x.gif"' },
      'https://a.example/x',
      null,
      'x.gif',
    ],
    [
      { 'Content-Disposition': 'attachment; filename="..%2f..%2f.htaccess"' },
      'https://a.example/x',
      null,
      'htaccess',
    ],
    [{}, 'https://a.example/a%2F%2e%2e%2Fb.jpg', null, 'b.jpg'],
    [{}, 'https://a.example/%E2%80%AEgpj.exe%00%0d%0a', null, 'gpj.exe'],
    [{}, `https://a.example/${'n'.repeat(500)}.jpg`, null, `${'n'.repeat(76)}.jpg`],
  ])('%j from %s', async (headers, url, type, name) => {
    expect(await hintsOf(headers, url)).toEqual([type, name])
  })
})
