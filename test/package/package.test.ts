import { execFile } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, normalize } from 'node:path'
import { chromium } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestHarness } from 'wrangler'
import { DEV_KEY } from '../gateway/harness.ts'
import { photo } from '../gateway/photo.ts'
import { until } from '../gateway/until.ts'
import { attach, file, writeTo } from '../inbox/browser.ts'
import { type Unpacked, unpack } from './unpacked.ts'

let unpacked: Unpacked
let picture: Uint8Array<ArrayBuffer>
const at = (...names: string[]): string => join(unpacked.folder, ...names)

beforeAll(async () => {
  unpacked = await unpack()
  picture = await photo(1600, 1200)
  await writeFile(at('photo.jpg'), picture)
})
afterAll(() => unpacked?.remove())

const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ],
  })

type Ran = { readonly status: number; readonly stdout: Buffer; readonly stderr: string }

/** Runs Node in the stranger's folder. */
const node = (args: readonly string[], input?: Uint8Array): Promise<Ran> =>
  new Promise((resolve) => {
    const child = execFile(
      'node',
      [...args],
      { cwd: unpacked.folder, encoding: 'buffer', maxBuffer: 1 << 26 },
      (error, stdout, stderr) =>
        resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr: stderr.toString() }),
    )
    child.stdin?.end(input)
  })
const belino = (args: readonly string[], input?: Uint8Array): Promise<Ran> =>
  node([join(unpacked.installed, 'dist/node/cli.js'), ...args], input)

/** The lines that README shows, wherever they run. */
const EXAMPLE = `
const fitted = await fit(photo, { budget: 60_000 })
if (!fitted.ok) throw new Error(fitted.failure.code)
const facts = inspect(fitted.value.bytes)
const planned = plan({ budget: 300_000, overhead: 1_000, perPart: 100, encoding: 'binary',
  parts: [{ bytes: photo.length, kind: 'image', compressible: true, width: 1600, height: 1200 }] })
`
const TOLD = `{ type: sniff(photo).type, bytes: fitted.value.bytes.length, width: facts.value.width,
  share: planned.value.shares[0].budget }`
const check = (told: { type: string; bytes: number; width: number; share: number }): void => {
  expect(told).toMatchObject({ type: 'image/jpeg' })
  expect(told.bytes).toBeLessThanOrEqual(60_000)
  expect(told.bytes).toBeGreaterThan(50_000)
  expect(told.width).toBeGreaterThan(300)
  expect(told.share).toBeLessThan(300_000)
}

describe('the package', () => {
  it('is a library in Node', async () => {
    await writeFile(
      at('node.mjs'),
      `import { readFileSync } from 'node:fs'
       import { fit, inspect, plan, sniff } from 'belino/media'
       const photo = readFileSync('photo.jpg')
       ${EXAMPLE}
       console.log(JSON.stringify(${TOLD}))`,
    )
    const { stdout, stderr } = await node(['node.mjs'])
    expect(stderr).toBe('')
    check(JSON.parse(stdout.toString()))
  })

  it('is a library in a browser', async () => {
    const server: Server = createServer(async (request, response) => {
      const path = normalize(new URL(request.url ?? '/', 'http://x').pathname)
      if (path === '/') {
        response.setHeader('content-type', 'text/html')
        response.end('<!doctype html><title>A page</title>')
        return
      }
      const type = path.endsWith('.wasm')
        ? 'application/wasm'
        : path.endsWith('.js')
          ? 'text/javascript'
          : 'image/jpeg'
      const file = path === '/photo.jpg' ? at('photo.jpg') : join(unpacked.installed, 'dist/browser', path)
      const bytes = await readFile(file).catch(() => null)
      response.writeHead(bytes === null ? 404 : 200, { 'content-type': type }).end(bytes)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const browser = await launch()
    try {
      const page = await browser.newPage()
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      check(
        await page.evaluate(`(async () => {
          const { fit, inspect, plan, sniff } = await import('/media.js')
          const photo = new Uint8Array(await (await fetch('/photo.jpg')).arrayBuffer())
          ${EXAMPLE}
          return ${TOLD}
        })()`),
      )
    } finally {
      await browser.close()
      server.close()
    }
  })

  it('is a command line', async () => {
    const first = await belino(['fit', 'photo.jpg', '--budget', '60k', '--max-width', '640'])
    expect(first.status).toBe(0)
    expect(first.stdout.toString()).toContain('photo.fit.jpg')
    const { size } = await stat(at('photo.fit.jpg'))
    expect(size).toBeLessThanOrEqual(60_000)
    expect((await sharp(at('photo.fit.jpg')).metadata()).width).toBe(640)
    // Nothing is replaced unasked.
    const again = await belino(['fit', 'photo.jpg', '--json'])
    expect(again.status).toBe(1)
    expect(JSON.parse(again.stdout.toString())).toMatchObject({ error: { code: 'output_exists' } })
    expect((await belino(['fit', 'photo.jpg', '-f', '-b', 'safe'])).status).toBe(0)
    // One bad file stops nothing.
    await writeFile(at('page.jpg'), '<html><script>1</script></html>')
    const many = await belino(['fit', 'page.jpg', 'missing.jpg', 'photo.jpg', '-f', '--json'])
    expect(many.status).toBe(1)
    const reports = many.stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(reports.map((one) => one.error?.code ?? one.type)).toEqual([
      expect.any(String),
      'unreadable',
      'image/jpeg',
    ])
    const piped = await belino(['fit', '-', '--budget', '40k'], picture)
    expect(piped.stdout.byteLength).toBeLessThanOrEqual(40_000)
    expect((await sharp(piped.stdout).metadata()).format).toBe('jpeg')
    for (const wrong of [
      ['fit'],
      ['fit', 'photo.jpg', '--budget', 'lots'],
      ['fit', 'photo.jpg', '--blur'],
      ['shrink'],
    ])
      expect((await belino(wrong)).status, wrong.join(' ')).toBe(2)
  })

  it('is a gateway in a Worker of somebody else, under a path', async () => {
    await writeFile(
      at('worker.ts'),
      `import { createBelino, type Bindings } from 'belino'
       import { fit } from 'belino/media'
       import { Hono } from 'hono'
       const belino = createBelino({ log: () => {} })
       const app = new Hono<{ Bindings: Bindings }>()
       app.get('/', (c) => c.text('my own page'))
       app.post('/small', async (c) => {
         const fitted = await fit(new Uint8Array(await c.req.arrayBuffer()), { budget: 50_000 })
         return fitted.ok ? c.body(fitted.value.bytes as Uint8Array<ArrayBuffer>) : c.json(fitted.failure, 422)
       })
       app.route('/mms', belino.app)
       export const { Conversation, FitLease, Fitter, Live, SimulatorNetwork, Subscriber } = belino
       const { Number: NumberLine } = belino
       export { NumberLine as Number }
       export default { fetch: app.fetch, scheduled: belino.scheduled }
      `,
    )
    const wrangler = await readFile(new URL('../../wrangler.toml', import.meta.url), 'utf8')
    await writeFile(
      at('wrangler.toml'),
      wrangler
        .replace('main = "src/worker.ts"', 'main = "worker.ts"')
        .replace(/\[build\][\s\S]*?\n\]\n/, '')
        .replace(/migrations_dir = "[^"]*"/, 'migrations_dir = "node_modules/belino/dist/migrations"'),
    )
    const server = createTestHarness({
      root: unpacked.folder,
      workers: [
        {
          configPath: 'wrangler.toml',
          secrets: {
            BELINO_ROOT_KEY: 'a root key of tests, which opens nothing anywhere',
            BELINO_LOCAL: '1',
            BELINO_DEV_KEY: DEV_KEY,
          },
        },
      ],
    })
    try {
      const { url } = await server.listen()
      await server.getWorker().applyD1Migrations('DB')
      const ask = (path: string, init: RequestInit = {}) =>
        fetch(new URL(path, url), {
          ...init,
          headers: {
            authorization: `Bearer ${DEV_KEY}`,
            'content-type': 'application/json',
            ...init.headers,
          },
        })
      expect(await (await ask('/')).text()).toBe('my own page')
      const small = await ask('/small', { method: 'POST', body: picture })
      expect((await small.arrayBuffer()).byteLength).toBeLessThanOrEqual(50_000)

      const upload = await ask('/mms/v1/media', {
        method: 'POST',
        body: picture,
        headers: { 'content-type': 'image/jpeg' },
      })
      const media = (await upload.json()) as { id: string }
      const sent = await ask('/mms/v1/messages', {
        method: 'POST',
        body: JSON.stringify({ to: '+16135550140', text: 'Hello', media: [{ id: media.id }] }),
      })
      expect(sent.status).toBe(202)
      expect(sent.headers.get('location')).toMatch(/^\/mms\/v1\/messages\/msg_/)
      const { id } = (await sent.json()) as { id: string }
      // Out to the simulated network and back through /hooks: delivered is what a receipt said.
      const message = await until('the message to arrive', async () => {
        // biome-ignore lint/suspicious/noExplicitAny: a wrong guess fails the test.
        const body = (await (await ask(`/mms/v1/messages/${id}`)).json()) as any
        return body.state === 'delivered' ? body : null
      })
      const part = (await (await ask(`/mms/v1/media/${message.parts[0].media}`)).json()) as { url: string }
      expect(new URL(part.url).pathname).toMatch(/^\/mms\/m\//)
      const shown = await fetch(part.url)
      expect(shown.headers.get('content-type')).toBe('image/jpeg')
      await shown.arrayBuffer()

      const openApi = (await (await ask('/mms/openapi.json')).json()) as { servers: { url: string }[] }
      expect(openApi.servers[0]?.url).toBe(`${url.origin}/mms`)
      const wrong = (await (await ask('/mms/v1/messages/msg_x')).json()) as { error: { docs: string } }
      expect((await fetch(wrong.error.docs)).status).toBe(200)
      const page = await ask('/mms')
      expect(await page.text()).toContain('/mms/inbox/')
      const signedIn = await fetch(new URL('/mms/session', url), {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: url.origin, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ key: DEV_KEY }),
      })
      expect(signedIn.headers.get('set-cookie')).toMatch(/HttpOnly/i)
      expect(signedIn.headers.get('location') ?? '/mms').toMatch(/^(?:http:\/\/[^/]+)?\/mms/)

      const browser = await launch()
      try {
        const person = await browser.newPage()
        await person.goto(new URL('/mms', url).href)
        await person.locator('form:has(input[name=demo]) button').click()
        await person.locator('.search-field input').waitFor()
        await writeTo(person, '+16135550141')
        await attach(person, [file('photo.jpg', picture)])
        await person.getByLabel('Text', { exact: true }).fill('From below a path')
        await person.getByRole('button', { name: 'Send', exact: true }).click()
        await person.locator('.state-delivered').waitFor({ timeout: 60_000 })
        await person.locator('.message.mine img').waitFor()
        const phone = await browser.newPage()
        await phone.goto(new URL('/mms/handset/%2B16135550141', url).href)
        await phone.locator('.thread img').first().waitFor()
        await phone.locator('textarea[name=text]').fill('Heard there too')
        await phone.locator('.compose button[type=submit]').click()
        await person.locator('.message.theirs:has-text("Heard there too")').waitFor({ timeout: 60_000 })
      } finally {
        await browser.close()
      }
    } finally {
      await server.close()
    }
  })

  it('has types that a strict compiler takes', async () => {
    await writeFile(
      at('client.ts'),
      `import type { AppType } from 'belino/client'
       import { hc } from 'hono/client'
       export async function states(key: string): Promise<string[]> {
         const { v1 } = hc<AppType>('https://mms.example', { headers: { authorization: \`Bearer \${key}\` } })
         const sent = await v1.messages.$post({ json: { to: '+16135550140', text: 'Hello' } })
         // @ts-expect-error there is no such field
         await v1.messages.$post({ json: { to: '+16135550140', colour: 'red' } })
         const body = await sent.json()
         return 'error' in body ? [body.error.code] : 'state' in body ? [body.state] : body.messages.map((one) => one.state)
       }
      `,
    )
    await writeFile(
      at('tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          target: 'ES2024',
          module: 'ESNext',
          moduleResolution: 'Bundler',
          lib: ['ESNext'],
          types: ['@cloudflare/workers-types'],
          strict: true,
          noEmit: true,
          skipLibCheck: false,
        },
        files: ['worker.ts', 'client.ts'],
      }),
    )
    const tsc = new URL('../../node_modules/typescript/bin/tsc', import.meta.url).pathname
    const { stdout } = await node([tsc, '-p', '.'])
    expect(stdout.toString()).toBe('')
  })
})
