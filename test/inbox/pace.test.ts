import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, SHOTS, startBrowser } from './browser.ts'

const CONVERSATIONS = 10_000
const MESSAGES = 5_000
const DAY = Date.UTC(2026, 5, 1)

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser?.close())

const number = (i: number): string => `+1613${String(2_000_000 + i)}`
const idOf = (i: number): string => `cnv_${String(i).padStart(22, '0')}`

const row = (i: number) => ({
  id: idOf(i),
  number: '+14165550100',
  members: [number(i)],
  group: false,
  messages: i === 0 ? MESSAGES : 3,
  unread: i % 7 === 0 ? 2 : 0,
  last_message: {
    id: `msg_${i}`,
    text: `The last line of conversation ${i}, which is longer than its row`,
    direction: 'inbound',
    state: 'received',
    parts: 0,
  },
  created_at: new Date(DAY).toISOString(),
  updated_at: new Date(DAY - i * 60_000).toISOString(),
})

const message = (sequence: number) => ({
  id: `msg_${sequence}`,
  conversation: idOf(0),
  sequence,
  direction: sequence % 3 === 0 ? 'outbound' : 'inbound',
  channel: 'sms',
  vendor: 'simulator',
  from: sequence % 3 === 0 ? '+14165550100' : number(0),
  to: [sequence % 3 === 0 ? number(0) : '+14165550100'],
  subject: null,
  text: `Message ${sequence}. ${'Some more words. '.repeat(sequence % 9)}`,
  state: sequence % 3 === 0 ? 'delivered' : 'received',
  certainty: 'handset',
  reason: null,
  vendor_code: null,
  vendor_text: null,
  maybe_duplicate: false,
  budget: 0,
  wire_bytes: 100,
  parts: [],
  recipients: [],
  warnings: [],
  created_at: new Date(DAY + sequence * 3_600_000).toISOString(),
  updated_at: new Date(DAY + sequence * 3_600_000).toISOString(),
})

/** A gateway with very much in it: pages as the API gives them, made on the spot. */
async function fill(page: Page): Promise<void> {
  await page.route(/\/v1\/conversations\?/, async (route) => {
    const query = new URL(route.request().url()).searchParams
    const start = Number(query.get('cursor') ?? 0)
    const end = Math.min(CONVERSATIONS, start + Number(query.get('limit')))
    const conversations = Array.from({ length: end - start }, (_, i) => row(start + i))
    await route.fulfill({ json: { conversations, next: end < CONVERSATIONS ? String(end) : null } })
  })
  await page.route(/\/v1\/conversations\/cnv_\d+\/messages/, async (route) => {
    const query = new URL(route.request().url()).searchParams
    const start = Number(query.get('cursor') ?? MESSAGES)
    const end = Math.max(0, start - Number(query.get('limit')))
    const messages = Array.from({ length: start - end }, (_, i) => message(start - i))
    await route.fulfill({ json: { messages, next: end > 0 ? String(end) : null } })
  })
}

type TraceEvent = {
  name: string
  ph: string
  pid: number
  tid: number
  dur?: number
  tdur?: number
  args?: { name?: string }
}

/**
 * The longest that the page's main thread worked at a stretch, in milliseconds of its own clock: other work of the machine,
 * which may stretch a frame at any time, is not in it.
 */
async function longestTask(page: Page, act: () => Promise<void>): Promise<number> {
  const session = await page.context().newCDPSession(page)
  const chunks: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => chunks.push(...(value as unknown as TraceEvent[])))
  await session.send('Tracing.start', {
    categories: 'toplevel,devtools.timeline,disabled-by-default-devtools.timeline',
    transferMode: 'ReportEvents',
  })
  await act()
  const ended = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()))
  await session.send('Tracing.end')
  await ended
  const mains = new Set(
    chunks
      .filter((one) => one.name === 'thread_name' && one.args?.name === 'CrRendererMain')
      .map((one) => `${one.pid}.${one.tid}`),
  )
  const tasks = chunks.filter(
    (one) => one.ph === 'X' && /RunTask$/.test(one.name) && mains.has(`${one.pid}.${one.tid}`),
  )
  expect(tasks.length).toBeGreaterThan(50)
  return Math.max(...tasks.map((one) => (one.tdur ?? one.dur ?? 0) / 1000))
}

describe('a full house', () => {
  it('10,000 conversations scroll to the end, drawn a screenful at a time, no task over 50 ms', async () => {
    const page = await browser.open()
    await fill(page)
    await page.reload()
    await page.locator('.row').first().waitFor()
    const rows = page.locator('.rows')
    // Loading is by pages of 200; once all are there, the scrolling itself is measured.
    await expect
      .poll(
        async () => {
          await rows.evaluate((element) => element.scrollTo({ top: 1e9 }))
          return await page.locator('.row').last().textContent()
        },
        { timeout: 60_000, interval: 30 },
      )
      .toContain('conversation 9999')
    expect(await page.locator('.row').count()).toBeLessThan(60)
    const longest = await longestTask(page, async () => {
      for (let i = 0; i <= 60; i++) {
        await rows.evaluate((element, at) => element.scrollTo({ top: at }), (i * 76 * CONVERSATIONS) / 60)
        await page.waitForTimeout(20)
      }
    })
    expect(longest).toBeLessThan(50)
    await page.context().close()
  })

  it('5,000 messages of a thread scroll back to the first without a jump, no task over 50 ms', async () => {
    const page = await browser.open()
    await fill(page)
    await page.reload()
    await page.locator('.row').first().click()
    await page.locator('.message:has-text("Message 5000.")').waitFor()
    const list = page.locator('.messages')
    await list.hover()
    const longest = await longestTask(page, async () => {
      for (let i = 0; i < 80; i++) {
        await page.mouse.wheel(0, -900)
        await page.waitForTimeout(25)
      }
    })
    expect(longest).toBeLessThan(50)
    expect(await page.locator('.message').count()).toBeLessThan(80)
    // What is read stays where it is while older messages come in above it.
    const anchor = page.locator('.message').nth(12)
    const [text, before] = [await anchor.textContent(), await anchor.boundingBox()]
    await page.waitForTimeout(600)
    const again = page.locator('.message', { hasText: (text ?? '').slice(0, 14) }).first()
    expect(Math.abs(((await again.boundingBox())?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(4)
    await expect
      .poll(
        async () => {
          await list.evaluate((element) => element.scrollTo({ top: -1e9 }))
          return await page.locator('.message .words').first().textContent()
        },
        { timeout: 60_000, interval: 50 },
      )
      .toMatch(/^Message 1\./)
    await page.screenshot({ path: join(SHOTS, 'long-thread-1440.png') })
    await page.context().close()
  })
})

describe('what a page weighs', () => {
  it('is at most 60 kB of script for the message center, and 40 kB more for any other page', async () => {
    const page = await browser.open({ signedOut: true })
    const built = await readFile(new URL('../../src/inbox/build/assets.ts', import.meta.url), 'utf8')
    const assets = JSON.parse(built.slice(built.indexOf('= {') + 2)) as Record<string, { body: string }>
    const { gzipSync } = await import('node:zlib')
    const weigh = (name: string): number => gzipSync(assets[name]?.body ?? '', { level: 9 }).length
    expect(weigh('center.js')).toBeGreaterThan(10_000)
    expect(weigh('center.js')).toBeLessThan(60_000)
    for (const name of ['fit.js', 'overview.js']) expect(weigh(name)).toBeLessThan(40_000)
    await page.context().close()
  })
})
