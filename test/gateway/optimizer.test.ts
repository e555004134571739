import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gateway, startGateway } from './harness.ts'
import { photo } from './photo.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A server with media, as a customer has one. */
let source: Server
let origin: string
const answers = new Map<string, Answer>()
const asked: { path: string; headers: IncomingMessage['headers'] }[] = []
const askedAt = (path: string) => asked.filter((one) => one.path === path)

let gateway: Gateway
let key: { id: string; secret: string }

const file =
  (bytes: Uint8Array, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(200, { 'content-length': bytes.byteLength, ...headers }).end(bytes)

beforeAll(async () => {
  source = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push({ path, headers: request.headers })
    const answer = answers.get(path)
    if (answer === undefined) response.writeHead(404).end()
    else answer(request, response)
  })
  await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(source.address() as AddressInfo).port}`
  gateway = await startGateway()
  const made = await gateway.json('/v1/fit-keys', { json: { name: 'Shop', sources: [`${origin}/media/`] } })
  expect(made.status).toBe(201)
  key = made.body
})
afterAll(async () => {
  await gateway?.close()
  source?.closeAllConnections()
  source?.close()
})

/** The path of an optimizer URL, signed as any client signs it. */
function sign(options: string, url: string, { id, secret } = key): string {
  const path = `/${options === '' ? '' : `${options}/`}plain/${encodeURIComponent(url)}`
  const mac = createHmac('sha256', Buffer.from(secret, 'hex')).update(path).digest('base64url')
  return `/fit/${id}.${mac}${path}`
}
const get = (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
  gateway.api(path, { key: null, ...init })
const refusal = async (path: string) => {
  const response = await get(path)
  return {
    status: response.status,
    code: ((await response.json()) as { error: { code: string } }).error.code,
  }
}
const madeToday = async (id = key.id): Promise<number> => {
  const { body } = await gateway.json('/v1/fit-keys')
  return body.fit_keys.find((one: { id: string }) => one.id === id).made_today
}

describe('an optimizer URL', () => {
  it('answers GET, HEAD, a range and a tag with one file that fits', async () => {
    answers.set('/media/photo.jpg', file(await photo(1600, 1200), { 'cache-control': 'max-age=600' }))
    const path = sign('max_bytes:60000/width:640/filename:summer', `${origin}/media/photo.jpg`)
    const head = await get(path, { method: 'HEAD' })
    expect(head.status).toBe(200)
    expect(head.headers.get('content-type')).toBe('image/jpeg')
    const length = Number(head.headers.get('content-length'))
    expect(length).toBeLessThanOrEqual(60_000)
    expect(head.headers.get('content-disposition')).toBe('inline; filename="summer.jpg"')

    const whole = await get(path)
    expect(whole.headers.get('content-length')).toBe(String(length))
    expect(whole.headers.get('transfer-encoding')).toBeNull()
    expect(whole.headers.get('cache-control')).toMatch(/^public, max-age=\d+$/)
    const bytes = new Uint8Array(await whole.arrayBuffer())
    expect(bytes.byteLength).toBe(length)
    const { width, format } = await sharp(bytes).metadata()
    expect({ width, format }).toEqual({ width: 640, format: 'jpeg' })

    const range = await get(path, { headers: { range: 'bytes=100-299' } })
    expect(range.status).toBe(206)
    expect(range.headers.get('content-range')).toBe(`bytes 100-299/${length}`)
    expect(new Uint8Array(await range.arrayBuffer())).toEqual(bytes.subarray(100, 300))
    const etag = whole.headers.get('etag') ?? ''
    expect((await get(path, { headers: { 'if-none-match': etag } })).status).toBe(304)
    // Five requests, one fetch, one computation.
    expect(askedAt('/media/photo.jpg')).toHaveLength(1)
  })

  it('takes the source in base64url with an extension, and options by their short names', async () => {
    const encoded = Buffer.from(`${origin}/media/photo.jpg`).toString('base64url')
    const path = `/mb:40000/rs:fit:300:300/${encoded.slice(0, 10)}/${encoded.slice(10)}.jpg`
    const mac = createHmac('sha256', Buffer.from(key.secret, 'hex')).update(path).digest('base64url')
    const response = await get(`/fit/${key.id}.${mac}${path}`)
    expect(response.status).toBe(200)
    const { width, height } = await sharp(await response.arrayBuffer()).metadata()
    expect([width, height]).toEqual([300, 225])
  })

  it('is computed once for 50 identical requests', async () => {
    answers.set('/media/many.jpg', file(await photo(1200, 900), { 'cache-control': 'no-store' }))
    const before = await madeToday()
    const path = sign('max_bytes:50000', `${origin}/media/many.jpg`)
    const got = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const response = await get(path)
        return { status: response.status, bytes: (await response.arrayBuffer()).byteLength }
      }),
    )
    expect(new Set(got.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(got[0]?.status).toBe(200)
    expect(await madeToday()).toBe(before + 1)
  })

  it('asks a source again when it has to, and computes nothing for the same bytes', async () => {
    const bytes = await photo(800, 600)
    answers.set('/media/tagged.jpg', (request, response) =>
      request.headers['if-none-match'] === '"v1"'
        ? response.writeHead(304, { 'cache-control': 'no-cache' }).end()
        : file(bytes, { etag: '"v1"', 'cache-control': 'no-cache' })(request, response),
    )
    const path = sign('max_bytes:30000', `${origin}/media/tagged.jpg`)
    const first = await (await get(path)).arrayBuffer()
    const made = await madeToday()
    const second = await (await get(path)).arrayBuffer()
    expect(new Uint8Array(second)).toEqual(new Uint8Array(first))
    expect(askedAt('/media/tagged.jpg').map((one) => one.headers['if-none-match'])).toEqual([
      undefined,
      '"v1"',
    ])
    // The same bytes from elsewhere are the same file too.
    answers.set('/media/copy.jpg', file(bytes))
    await get(sign('max_bytes:30000', `${origin}/media/copy.jpg`))
    expect(await madeToday()).toBe(made)
  })
})

describe('its signature', () => {
  it('is refused when one bit is off, with other options, with another source, and of a key that is gone', async () => {
    const path = sign('max_bytes:60000', `${origin}/media/photo.jpg`)
    const [, mac = ''] = /\.([\w-]{43})\//.exec(path) ?? []
    const flipped = Buffer.from(mac, 'base64url')
    flipped[5] = (flipped[5] ?? 0) ^ 1
    const wrong = { status: 401, code: 'invalid_signature' }
    expect(await refusal(path.replace(mac, flipped.toString('base64url')))).toEqual(wrong)
    expect(await refusal(path.replace('max_bytes:60000', 'max_bytes:90000'))).toEqual(wrong)
    expect(await refusal(path.replace('photo', 'phot0'))).toEqual(wrong)
    expect(await refusal(path.replace(key.id, `${key.id.slice(0, -1)}A`))).toEqual(wrong)
    expect(await refusal('/fit/nonsense/plain/x')).toEqual(wrong)

    const { body: other } = await gateway.json('/v1/fit-keys', { json: { sources: [`${origin}/media/`] } })
    const signed = sign('max_bytes:60000', `${origin}/media/photo.jpg`, other)
    expect((await get(signed)).status).toBe(200)
    await gateway.api(`/v1/fit-keys/${other.id}`, { method: 'DELETE' })
    expect(await refusal(signed)).toEqual(wrong)
  })

  it('is void after its time', async () => {
    const at = Math.floor(Date.now() / 1000)
    const url = `${origin}/media/photo.jpg`
    expect(await refusal(sign(`exp:${at - 1}/mb:60000`, url))).toEqual({ status: 410, code: 'url_expired' })
    const response = await get(sign(`exp:${at + 60}/mb:60000`, url))
    expect(response.status).toBe(200)
    expect(
      Number(/max-age=(\d+)/.exec(response.headers.get('cache-control') ?? '')?.[1]),
    ).toBeLessThanOrEqual(60)
  })

  it('may be made by two secrets while a new one takes over', async () => {
    const { body: first } = await gateway.json('/v1/fit-keys', { json: { sources: [`${origin}/media/`] } })
    const rotate = (json?: object) =>
      gateway.json(`/v1/fit-keys/${first.id}/rotate`, { method: 'POST', ...(json && { json }) })
    const { body: second } = await rotate()
    expect(second.previous).toBe(first.secret)
    const status = async (secret: string) =>
      (await get(sign('mb:60000', `${origin}/media/photo.jpg`, { id: first.id, secret }))).status
    expect([await status(first.secret), await status(second.secret)]).toEqual([200, 200])
    const { body: third } = await rotate({ keep_previous: false })
    expect(third.previous).toBeNull()
    expect([await status(first.secret), await status(second.secret), await status(third.secret)]).toEqual([
      401, 401, 200,
    ])
  })
})

describe('its source', () => {
  it('lies under what the key allows', async () => {
    answers.set('/other/photo.jpg', file(await photo(200, 100)))
    const refused = { status: 400, code: 'media_url_refused' }
    expect(await refusal(sign('mb:60000', `${origin}/other/photo.jpg`))).toEqual(refused)
    expect(await refusal(sign('mb:60000', `${origin}/media/%2e%2e/other/photo.jpg`))).toEqual(refused)
    expect(await refusal(sign('mb:60000', 'https://169.254.169.254/latest'))).toEqual(refused)
    expect(askedAt('/other/photo.jpg')).toHaveLength(0)
  })

  it('may lie about its length and type', async () => {
    answers.set('/media/endless', (_, response) => {
      response.writeHead(200, { 'content-type': 'image/jpeg' })
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(1 << 20))) {}
      }
      response.on('drain', more)
      more()
    })
    answers.set(
      '/media/page.jpg',
      file(new TextEncoder().encode('<html><script>1</script>'), { 'content-type': 'image/jpeg' }),
    )
    answers.set('/media/small.gif', file(await photo(300, 200), { 'content-type': 'image/gif' }))
    // Whichever comes first, the limit of bytes or of time: never a hang.
    const endless = await refusal(sign('mb:60000', `${origin}/media/endless`))
    expect(['file_too_large', 'media_unreachable']).toContain(endless.code)
    expect((await refusal(sign('mb:60000', `${origin}/media/page.jpg`))).status).toBe(415)
    const response = await get(sign('mb:60000', `${origin}/media/small.gif`))
    expect(response.headers.get('content-type')).toBe('image/jpeg')
    await response.arrayBuffer()
  })
})

describe('a key', () => {
  it('has a limit of files made, and what is cached already is not counted', async () => {
    const { body: tight } = await gateway.json('/v1/fit-keys', {
      json: { sources: [`${origin}/media/`], per_day: 1 },
    })
    answers.set('/media/limit.jpg', file(await photo(500, 400), { 'cache-control': 'max-age=600' }))
    const url = `${origin}/media/limit.jpg`
    expect((await get(sign('mb:20000', url, tight))).status).toBe(200)
    expect((await get(sign('mb:20000', url, tight))).status).toBe(200)
    const over = await get(sign('mb:21000', url, tight))
    expect(over.status).toBe(429)
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('is refused in words', async () => {
    const create = (json: object) => gateway.json('/v1/fit-keys', { json })
    for (const sources of [
      undefined,
      [],
      ['ftp://x.example.com/'],
      ['http://cdn.example.com/'],
      ['https://*/'],
      ['https://com/'],
      ['https://cdn.example.com/a?b'],
      [7],
    ]) {
      const { status, body } = await create({ sources })
      expect({ status, field: body.error.field.split('.')[0] }).toEqual({ status: 400, field: 'sources' })
    }
    const options = await get(sign('blur:5', `${origin}/media/photo.jpg`))
    expect(options.status).toBe(400)
    const { error } = (await options.json()) as { error: { message: string } }
    expect(error.message).toContain('max_bytes')
  })
})

describe('several files', () => {
  const post = async (form: FormData, query = '') => {
    const response = await gateway.api(`/v1/fit${query}`, { method: 'POST', body: form })
    // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely; a wrong guess fails the test.
    return { status: response.status, body: (await response.json()) as any }
  }

  it('share one budget, and small ones stay whole', async () => {
    const small = await photo(120, 90)
    const form = new FormData()
    form.set('budget', '150000')
    form.set('types', 'jpg')
    for (const [width, height] of [
      [1600, 1200],
      [900, 1200],
    ] as const)
      form.append('file', new Blob([await photo(width, height)]), 'a.jpg')
    form.append('file', new Blob([small]), 'b.jpg')
    const { status, body } = await post(form)
    expect(status).toBe(200)
    expect(body.files).toHaveLength(3)
    expect(body.bytes).toBeLessThanOrEqual(150_000)
    expect(body.bytes).toBeGreaterThan(120_000)
    expect(body.files[2].source.bytes).toBe(small.byteLength)
    expect(body.files[2].width).toBe(120)
    for (const one of body.files) {
      const shown = await fetch(one.url)
      expect((await shown.arrayBuffer()).byteLength).toBe(one.bytes)
    }
    // What was made can be sent as it is.
    const sent = await gateway.send({ to: '+16135550150', media: [{ id: body.files[0].id }] })
    expect(sent.status).toBe(202)
  })

  it('are refused in words', async () => {
    const form = new FormData()
    form.set('colour', 'red')
    expect(await post(form)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_field', field: 'colour' } },
    })
    const none = new FormData()
    none.set('budget', '60000')
    expect(await post(none)).toMatchObject({ status: 400, body: { error: { code: 'empty_body' } } })
    const wrong = new FormData()
    wrong.append('file', new Blob([await photo(64, 64)]), 'a.jpg')
    expect(await post(wrong, '?types=exe')).toMatchObject({
      status: 400,
      body: { error: { field: 'types' } },
    })
    expect(await post(wrong, '?keep_animation=maybe')).toMatchObject({ status: 400 })
  })
})
