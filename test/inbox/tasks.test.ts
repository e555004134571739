import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import axe from 'axe-core'
import type { Locator, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureSamplePhoto } from '../../scripts/lib/sample-photo.mjs'
import { photo } from '../gateway/photo.ts'
import { allReady, answerFrom, type Browser, file, SHOTS, startBrowser } from './browser.ts'

let browser: Browser
let evening: Uint8Array<ArrayBuffer>
let detail: Uint8Array<ArrayBuffer>
const sample = fileURLToPath(new URL('../../.wrangler/photo.jpg', import.meta.url))
const docs = fileURLToPath(new URL('../../docs/', import.meta.url))

beforeAll(async () => {
  browser = await startBrowser()
  const { gateway } = browser
  const names: Record<string, string> = {
    '+16135550180': 'Maya Laurent',
    '+16135550181': 'Theo Brandt',
    '+16135550182': 'Inès Moreau',
  }
  const contacts = Object.entries(names).map(([address, name]) => ({ address, name }))
  expect((await gateway.json('/v1/contacts', { json: { contacts } })).status).toBe(200)
  await ensureSamplePhoto(sample)
  const whole = await readFile(sample)
  const sunset = new Uint8Array(await sharp(whole).resize(1800).jpeg({ quality: 92 }).toBuffer())
  evening = sunset
  detail = new Uint8Array(
    await sharp(whole)
      .extract({ left: 2050, top: 900, width: 1400, height: 1800 })
      .jpeg({ quality: 92 })
      .toBuffer(),
  )
  const send = async (to: string, text: string, media: boolean) => {
    const body = new FormData()
    body.append('to', to)
    body.append('text', text)
    if (media) body.append('media', new Blob([sunset]), 'sunset.jpg')
    const sent = await gateway.json('/v1/messages', { method: 'POST', body })
    await gateway.settled(sent.body.id)
  }
  await send('+16135550180', 'The view from the new site, as promised.', true)
  await answerFrom(gateway, '+16135550180', { text: 'Beautiful. Can you send the others as well?' })
  await send('+16135550102', 'Your order is ready', true)
  await send('+16135550181,+16135550182', 'Site visit on Thursday at ten. Who drives?', false)
  await answerFrom(gateway, '+16135550181', {
    members: '+16135550182',
    text: 'I can. Picking you up at nine.',
  })
  await answerFrom(gateway, '+16135550183', { text: 'مرحبا، هل الطلب جاهز؟' }, [
    { name: 'a.jpg', type: 'image/jpeg', bytes: await photo(900, 1200) },
  ])
})
afterAll(() => browser?.close())

/** The states that are photographed and judged: how each is reached from the list. */
const STATES: Record<string, (page: Page) => Promise<void>> = {
  list: async () => {},
  thread: async (page) => {
    await page.locator('.row:has-text("Maya")').click()
    await page.locator('.message img').first().waitFor()
  },
  failed: async (page) => {
    await page.locator('.row:has-text("0102")').click()
    await page.locator('.why').waitFor()
  },
  group: async (page) => {
    await page.locator('.row:has-text("Theo")').click()
    await page.locator('.writer').waitFor()
  },
  stranger: async (page) => {
    await page.locator('.row:has-text("0183")').click()
    await page.locator('.veil').waitFor()
  },
  details: async (page) => {
    await STATES.thread?.(page)
    await page.locator('.thread-head').getByRole('button', { name: 'Details' }).click()
    await page.locator('.members').waitFor()
  },
  composer: async (page) => {
    await STATES.thread?.(page)
    await page.locator('input[name=files]').setInputFiles([file('one.jpg', evening), file('two.jpg', detail)])
    await page.getByLabel('Text', { exact: true }).fill('Two more from this morning')
    await allReady(page, 2)
  },
  'new-message': async (page) => {
    await page.getByRole('button', { name: 'New message' }).click()
    await page.getByLabel('To', { exact: true }).fill('ma')
    await page.locator('[role=option]').first().waitFor()
  },
  viewer: async (page) => {
    await STATES.thread?.(page)
    await page.locator('.message .picture').first().click()
    await page.locator('dialog.viewer img').waitFor()
  },
  filters: async (page) => {
    await page.getByRole('button', { name: 'More' }).click()
  },
  menu: async (page) => {
    await page.locator('.menu summary').click()
  },
  overview: async (page) => {
    await page.goto(new URL('/overview', browser.gateway.url).href)
    await page.locator('.tile').first().waitFor()
  },
  fit: async (page) => {
    await page.goto(new URL('/fit', browser.gateway.url).href)
    await page.locator('input[name=files]').setInputFiles(file('sunset.jpg', evening))
    await page.locator('.compare').waitFor({ timeout: 60_000 })
  },
  handset: async (page) => {
    await page.goto(new URL('/handset/%2B16135550180', browser.gateway.url).href)
    await page.locator('.thread img').first().waitFor()
    await page.locator('details.message:has-text("from the gateway") summary').first().click()
  },
  simulator: async (page) => {
    await page.goto(new URL('/simulator', browser.gateway.url).href)
    await page.locator('h1').waitFor()
  },
}

/** What axe finds that matters. It is put in through the debugger: the page itself would not run it. */
async function violations(page: Page, within: string): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  const run = async (expression: string) => {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    })
    if (exceptionDetails !== undefined)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value
  }
  await run(axe.source)
  const found = (await run(
    `axe.run(${JSON.stringify(within)}, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then((result) =>
      result.violations.filter((one) => one.impact === 'serious' || one.impact === 'critical')
        .map((one) => one.id + ': ' + one.nodes.map((node) => node.target + ' ' + (node.any[0]?.message ?? '')).slice(0, 3).join(' | ')))`,
  )) as string[]
  await session.detach()
  return found
}

describe.each([
  { width: 1440, dark: false },
  { width: 1440, dark: true },
  { width: 360, dark: false },
])('at $width pixels, dark: $dark', ({ width, dark }) => {
  it.each(Object.keys(STATES))('%s looks as it should, and axe finds nothing serious', async (name) => {
    const page = await browser.open({ width, dark })
    await page.locator('.row').first().waitFor()
    await STATES[name]?.(page)
    await page.waitForTimeout(350)
    const shot = join(SHOTS, `${name}-${width}${dark ? '-dark' : ''}.png`)
    await page.screenshot({ path: shot })
    // The two that lead README are pictures of a run like this one.
    if (
      process.env.BELINO_DOCS === '1' &&
      width === 1440 &&
      !dark &&
      (name === 'composer' || name === 'handset')
    )
      await sharp(shot)
        .png({ palette: true, quality: 92, effort: 10 })
        .toFile(join(docs, name === 'composer' ? 'inbox.png' : 'handset.png'))
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    // A sheet or dialog covers part of what is below it; that part is judged in the states without one.
    const within = name === 'menu' ? '.menu' : name === 'viewer' ? 'dialog' : 'html'
    expect(await violations(page, within)).toEqual([])
    expect(browser.complaints()).toEqual([])
    await page.context().close()
  })
})

/** Counts what a person does: each click, choice, or typing into a field. */
function counted() {
  let actions = 0
  const act = async (work: Promise<unknown>): Promise<void> => {
    actions++
    await work
  }
  return {
    click: (target: Locator) => act(target.click()),
    type: (target: Locator, text: string) => act(target.fill(text)),
    choose: (work: Promise<unknown>) => act(work),
    total: () => actions,
  }
}

describe('five tasks by the number of actions', () => {
  it('finds the photo of a day from a number in 4', async () => {
    const page = await browser.open()
    await page.locator('.row').first().waitFor()
    const { click, type, total } = counted()
    await type(page.getByRole('searchbox'), '613 555 0180')
    await expect.poll(() => page.locator('.row').count()).toBe(1)
    await click(page.getByRole('button', { name: 'More' }))
    await click(page.getByRole('button', { name: '7 days' }))
    await click(page.locator('.row').first())
    await page.locator('.message img').first().waitFor()
    expect(total()).toBe(4)
    await page.context().close()
  })

  it('answers with two photos in 5', async () => {
    const page = await browser.open()
    const { click, type, choose, total } = counted()
    await click(page.locator('.row:has-text("Maya")'))
    const picker = page.waitForEvent('filechooser')
    await click(page.getByRole('button', { name: 'Attach files' }))
    const two = [file('1.jpg', await photo(640, 480)), file('2.jpg', await photo(480, 640))]
    await choose((await picker).setFiles(two))
    await type(page.getByLabel('Text', { exact: true }), 'Here they are')
    await allReady(page, 2)
    await click(page.getByRole('button', { name: 'Send', exact: true }))
    await page.locator('.message.mine:has-text("Here they are") .strip').waitFor({ timeout: 20_000 })
    expect(total()).toBe(5)
    await page.context().close()
  })

  it('sees why a message failed in 1', async () => {
    const page = await browser.open()
    const { click, total } = counted()
    await click(page.locator('.row:has-text("0102")'))
    expect(await page.locator('.why').first().textContent()).toMatch(/takes no picture messages/)
    expect(total()).toBe(1)
    await page.context().close()
  })

  it('forwards a picture in 3', async () => {
    const page = await browser.open()
    await STATES.thread?.(page)
    const { click, choose, total } = counted()
    await page.locator('.message.mine').first().hover()
    await click(page.locator('.message.mine').first().getByRole('button', { name: 'Forward' }))
    await choose(page.locator('[role=option]:has-text("Inès")').click())
    await allReady(page, 1)
    await click(page.getByRole('button', { name: 'Send', exact: true }))
    await page.locator('.thread-title:has-text("Inès")').waitFor({ timeout: 20_000 })
    await page.locator('.message.mine img').waitFor()
    expect(total()).toBe(3)
    await page.context().close()
  })

  it('opens a 300 KB phone in 2', async () => {
    const page = await browser.open()
    const { click, total } = counted()
    await page.goto(new URL('/simulator', browser.gateway.url).href)
    await click(page.getByRole('button', { name: /300 kB/ }))
    await page.locator('.phone[data-kind=feature]').waitFor()
    await click(page.getByRole('link', { name: /write to this phone/i }))
    await page.locator('.chip').waitFor()
    expect(total()).toBe(2)
    await page.context().close()
  })
})

describe('people', () => {
  it('do everything with keys alone', async () => {
    const page = await browser.open()
    await page.locator('.row').first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('Maya')
    await expect.poll(() => page.locator('.row').count()).toBe(1)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.locator('.message').first().waitFor()
    await page.getByLabel('Text', { exact: true }).focus()
    await page.keyboard.type('Typed')
    await page.keyboard.press('Enter')
    await page.locator('.message.mine:has-text("Typed")').waitFor()
    await page.keyboard.press('Tab')
    await page.context().close()
  })

  it('read French and Spanish where their browser does', async () => {
    for (const [locale, words] of [
      ['fr-CA', 'Nouveau message'],
      ['es-MX', 'Mensaje nuevo'],
    ] as const) {
      const page = await browser.open({ locale })
      await page.getByRole('button', { name: words }).waitFor()
      expect(await page.locator('html').getAttribute('lang')).toBe(locale.slice(0, 2))
      await page.context().close()
    }
  })

  it('see right-to-left text from the right, and strangers’ pictures only when they want', async () => {
    const page = await browser.open()
    await STATES.stranger?.(page)
    const words = page.locator('.message .words').first()
    expect(
      await words.evaluate(
        (element) => element.ownerDocument.defaultView?.getComputedStyle(element).direction,
      ),
    ).toBe('rtl')
    await page.locator('.veil').click()
    await page.locator('.message .picture img').waitFor()
    await page.context().close()
  })
})
