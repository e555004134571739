import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { type Gateway, type JsonAnswer, startGateway } from '../gateway/harness.ts'
import { until } from '../gateway/until.ts'

/** Where screenshots of the run go: looked at by people, kept by nobody. */
export const SHOTS = fileURLToPath(new URL('../../.wrangler/screenshots/', import.meta.url))

/** What a test asks of its window. */
export type Window = {
  readonly width?: number
  readonly height?: number
  readonly dark?: boolean
  readonly locale?: string
  readonly stillness?: boolean
  /** Whether to stay at the door. */
  readonly signedOut?: boolean
}

/** Chromium with the pages of one gateway. */
export type Browser = {
  readonly gateway: Gateway
  /** A new window of a person of their own, signed in with the demo account's key, at `/`. */
  readonly open: (window?: Window) => Promise<Page>
  /** What the pages complained about since the last look. */
  readonly complaints: () => string[]
  readonly close: () => Promise<void>
}

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
]

/** Starts a gateway with empty storage and a browser. Close both when done. */
export async function startBrowser(gateway?: Gateway, path = '/'): Promise<Browser> {
  const server = gateway ?? (await startGateway())
  await mkdir(SHOTS, { recursive: true })
  const profile = await mkdtemp(join(tmpdir(), 'belino-browser-'))
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS,
    artifactsDir: profile,
  })
  const said: string[] = []
  const contexts: BrowserContext[] = []

  return {
    gateway: server,
    async open(window = {}) {
      const { width = 1440, height = width < 600 ? 740 : 900 } = window
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: window.dark ? 'dark' : 'light',
        reducedMotion: window.stillness ? 'reduce' : 'no-preference',
        locale: window.locale ?? 'en-CA',
        timezoneId: 'America/Toronto',
        hasTouch: width < 600,
      })
      contexts.push(context)
      const page = await context.newPage()
      page.on('pageerror', (error) => said.push(`${error.message}`))
      page.on('console', (message) => {
        // A request that is refused is told in words on the page; the console tells it a second time.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          said.push(message.text())
      })
      await page.goto(new URL(path, server.url).href)
      if (!window.signedOut) {
        await page.locator('form:has(input[name=demo]) button').click()
        await page.locator('.search-field input').waitFor()
      }
      return page
    },
    complaints: () => said.splice(0),
    async close() {
      for (const context of contexts) await context.close().catch(() => {})
      await browser.close()
      await server.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

/** A file as a page takes it from its picker. */
export const file = (name: string, bytes: Uint8Array, mimeType = 'image/jpeg') => ({
  name,
  mimeType,
  buffer: Buffer.from(bytes),
})

/** Begins a message to somebody. */
export async function writeTo(page: Page, ...numbers: readonly string[]): Promise<void> {
  await page.getByRole('button', { name: 'New message' }).click()
  // Before its numbers are known the page sends nothing, and a test is faster than a person.
  await page.getByLabel('From').waitFor()
  for (const number of numbers) {
    await page.getByLabel('To', { exact: true }).fill(number)
    await page.keyboard.press('Enter')
  }
}

/** Waits until so many files show what the recipient will get. */
export async function allReady(page: Page, count: number): Promise<void> {
  await until(
    `${count} files to be ready`,
    async () => (await page.locator('.card.ready').count()) === count,
    {
      within: 60_000,
    },
  )
}

/** Puts files into the composer, and waits until each shows what the recipient will get. */
export async function attach(page: Page, files: readonly ReturnType<typeof file>[]): Promise<void> {
  const before = await page.locator('.card').count()
  await page.locator('input[name=files]').setInputFiles([...files])
  await page
    .locator('.card')
    .nth(before + files.length - 1)
    .waitFor()
  await allReady(page, before + files.length)
}

/** Answers as a phone does. */
export async function answerFrom(
  gateway: Gateway,
  from: string,
  fields: Record<string, string>,
  files: readonly { name: string; type: string; bytes: Uint8Array<ArrayBuffer> }[] = [],
): Promise<void> {
  const form = new FormData()
  for (const [name, value] of Object.entries({ to: '+14165550100', ...fields })) form.append(name, value)
  for (const one of files) form.append('media', new Blob([one.bytes], { type: one.type }), one.name)
  const answer = await gateway.api(`/v1/simulator/handsets/${encodeURIComponent(from)}/reply`, {
    method: 'POST',
    body: form,
  })
  if (answer.status >= 300)
    throw new Error(`The phone could not answer: ${answer.status} ${await answer.text()}`)
}

/** The newest message of the thread with somebody; the list of conversations follows a moment behind. */
export async function newestWith(gateway: Gateway, member: string): Promise<JsonAnswer['body']> {
  return await until(`a message with ${member}`, async () => {
    const { body } = await gateway.json(`/v1/conversations?member=${encodeURIComponent(member)}`)
    const [thread] = body.conversations
    if (thread === undefined) return null
    return (await gateway.json(`/v1/conversations/${thread.id}/messages`)).body.messages[0] ?? null
  })
}
