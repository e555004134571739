import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLocalWorker } from '../../scripts/lib/local-worker.mjs'
import { until } from '../gateway/until.ts'

/** The gateway under `wrangler dev`, with data that outlives it: it is cut off in the middle of a conversation. */
let folder: string
let worker: Awaited<ReturnType<typeof createLocalWorker>>
let run: Awaited<ReturnType<typeof worker.start>>
let page: Page
let close: () => Promise<void>

const TO = '+16135550190'

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belino-connection-'))
  worker = await createLocalWorker(folder)
  run = await worker.start()
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
  close = () => browser.close()
  page = await (await browser.newContext({ viewport: { width: 1200, height: 700 } })).newPage()
  await page.goto(worker.origin)
  await page.locator('form:has(input[name=demo]) button').click()
  await page.locator('.search-field').waitFor()
})
afterAll(async () => {
  await close?.()
  await run?.stop()
  await rm(folder, { recursive: true, force: true })
})

const send = async (text: string): Promise<string> => {
  const answer = await fetch(`${worker.origin}/v1/messages`, {
    method: 'POST',
    headers: { authorization: 'Bearer dev-key', 'content-type': 'application/json' },
    body: JSON.stringify({ to: TO, text }),
  })
  expect(answer.status).toBe(202)
  return ((await answer.json()) as { id: string }).id
}

it('killed and restarted in a conversation, no message is missing or doubled, and draft and place stay', async () => {
  const texts = Array.from(
    { length: 30 },
    (_, i) => `Before ${i + 1} of a thread that is longer than the window`,
  )
  for (const text of texts) await send(text)
  await page.locator('.row:has-text("555-0190")').click({ timeout: 20_000 })
  await page.locator('.message:has-text("Before 30 ")').waitFor()
  await page.getByLabel('Text', { exact: true }).fill('Half a sent')
  await page.locator('.messages').hover()
  await page.mouse.wheel(0, -600)
  await page.waitForTimeout(300)
  const anchor = page.locator('.message:has-text("Before 20 ")')
  const place = await anchor.boundingBox()

  run.cut()
  await run.gone()
  await page.waitForTimeout(700)
  run = await worker.start()
  for (let i = 1; i <= 5; i++) await send(`After ${i}`)
  await until(
    'the page to hear of it',
    async () => {
      const said = await page
        .locator('.to-end')
        .textContent({ timeout: 500 })
        .catch(() => '')
      return said?.includes('5 new messages')
    },
    { within: 60_000, every: 250 },
  )

  expect(Math.abs(((await anchor.boundingBox())?.y ?? 0) - (place?.y ?? -999))).toBeLessThan(6)
  expect(await page.getByLabel('Text', { exact: true }).inputValue()).toBe('Half a sent')
  await page.locator('.to-end').click()
  await page.locator('.message:has-text("After 5")').waitFor()
  for (let i = 1; i <= 5; i++)
    expect(await page.locator('.message', { hasText: `After ${i}` }).count()).toBe(1)
  // And it is live again.
  await send('At last')
  const started = Date.now()
  await page.locator('.message:has-text("At last")').waitFor()
  expect(Date.now() - started).toBeLessThan(8_000)
})
