import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { photo } from '../gateway/photo.ts'
import { until } from '../gateway/until.ts'
import {
  allReady,
  answerFrom,
  attach,
  type Browser,
  file,
  newestWith,
  startBrowser,
  writeTo,
} from './browser.ts'

let browser: Browser
let picture: Uint8Array<ArrayBuffer>
let large: Uint8Array<ArrayBuffer>

beforeAll(async () => {
  browser = await startBrowser()
  picture = await photo(800, 600)
  large = await photo(2400, 1800)
})
afterAll(() => browser?.close())
afterEach(() => expect(browser.complaints()).toEqual([]))

describe('a photo goes out and comes back', () => {
  it('shows what will arrive, arrives on the phone, and its receipt comes in by itself', async () => {
    const page = await browser.open()
    await writeTo(page, '613 555 0140')
    await attach(page, [file('holiday.jpg', large)])
    const card = page.locator('.card')
    await expect.poll(() => card.locator('s').textContent()).toMatch(/MB|kB/)
    const meter = page.getByRole('meter')
    expect(Number(await meter.getAttribute('aria-valuenow'))).toBeLessThanOrEqual(300_000)
    await page.getByLabel('Text', { exact: true }).fill('Look at this')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.locator('.state-delivered.handset').waitFor({ timeout: 20_000 })
    expect(await page.locator('.message.mine img').count()).toBe(1)

    const phone = await page.context().newPage()
    await phone.goto(new URL('/handset/%2B16135550140', browser.gateway.url).href)
    await phone.locator('.thread img').first().waitFor()
    expect(await phone.locator('.thread').textContent()).toContain('Look at this')

    await phone.locator('textarea[name=text]').fill('Here is mine')
    await phone.locator('input[name=media]').setInputFiles(file('IMG_1.jpg', picture))
    await phone.locator('.compose button[type=submit]').click()
    await page.locator('.message.theirs:has-text("Here is mine") img').waitFor({ timeout: 20_000 })
    await page.context().close()
  })

  it('takes ten pictures as a slideshow with the text above, and refuses the eleventh in words', async () => {
    const page = await browser.open()
    await writeTo(page, '+16135550141')
    const small = await photo(160, 120)
    const files = Array.from({ length: 11 }, (_, i) => file(`p${i}.jpg`, small))
    await page.locator('input[name=files]').setInputFiles(files)
    await expect
      .poll(() => page.locator('#why-not').textContent())
      .toContain('carries 10 files. 1 were left out')
    expect(await page.locator('.card').count()).toBe(10)
    await page.getByLabel('Text', { exact: true }).fill('Ten of them')
    await allReady(page, 10)
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    const strip = page.locator('.strip')
    await strip.waitFor({ timeout: 30_000 })
    expect(await strip.getAttribute('aria-label')).toBe('Picture 1 of 10')
    const text = await page.locator('.message.mine .words').boundingBox()
    expect(text?.y).toBeLessThan((await strip.boundingBox())?.y ?? 0)
    await strip.getByRole('button', { name: 'Next picture' }).click()
    await expect.poll(() => strip.getAttribute('aria-label')).toBe('Picture 2 of 10')
    await strip.locator('.slide').nth(1).locator('.picture').click()
    const viewer = page.locator('dialog.viewer')
    await viewer.waitFor()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => viewer.locator('.viewer-bar b').textContent()).toBe('3 / 10')
    await page.keyboard.press('Escape')
    await expect.poll(() => viewer.isVisible()).toBe(false)
    await page.context().close()
  })

  it('removes and reorders by buttons, and sends in the order shown', async () => {
    const page = await browser.open()
    await writeTo(page, '+16135550143')
    const names = ['a.jpg', 'b.jpg', 'c.jpg']
    const sizes = [120, 160, 200]
    await attach(
      page,
      await Promise.all(names.map(async (name, i) => file(name, await photo(sizes[i] ?? 0, 100)))),
    )
    await page.getByRole('button', { name: 'Move c.jpg back' }).click()
    await page.getByRole('button', { name: 'Remove a.jpg' }).click()
    await allReady(page, 2)
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.locator('.message.mine .strip').waitFor({ timeout: 20_000 })
    const message = await newestWith(browser.gateway, '+16135550143')
    expect(message.parts.map((part: { width: number }) => part.width)).toEqual([200, 160])
    await page.context().close()
  })
})

describe('threads', () => {
  it('tells in a group who wrote, and answers to all', async () => {
    const page = await browser.open()
    await writeTo(page, '+16135550144', '+16135550145')
    await page.getByLabel('Text', { exact: true }).fill('Who comes?')
    await page.keyboard.press('Enter')
    await page.locator('.message.mine').waitFor()
    await answerFrom(browser.gateway, '+16135550144', { members: '+16135550145', text: 'I do' })
    await expect.poll(() => page.locator('.message.theirs .writer').textContent()).toBe('(613) 555-0144')
    await page.locator('.state:has-text("2 of 2 phones")').waitFor({ timeout: 20_000 })
    await page.context().close()
  })

  it('deletes a message and a conversation, and takes both back', async () => {
    const page = await browser.open()
    await writeTo(page, '+16135550146')
    await page.getByLabel('Text', { exact: true }).fill('A mistake')
    await page.keyboard.press('Enter')
    const message = page.locator('.message.mine')
    await message.locator('.state-delivered').waitFor({ timeout: 20_000 })
    await message.hover()
    await message.getByRole('button', { name: 'Delete message' }).click()
    await expect.poll(() => message.count()).toBe(0)
    await page.getByRole('button', { name: 'Undo' }).click()
    await message.waitFor()
    const rows = page.locator('.row:has-text("555-0146")')
    await page.getByRole('button', { name: 'Delete conversation' }).click()
    await expect.poll(() => rows.count()).toBe(0)
    await page.reload()
    await page.locator('.rows .row, .rows .empty').first().waitFor()
    expect(await rows.count()).toBe(0)
    await page.context().close()
  })

  it('keeps draft and files when the sending number changes, and after a reload', async () => {
    const page = await browser.open()
    await writeTo(page, '+16135550147')
    await page.getByLabel('Text', { exact: true }).fill('Not yet sent')
    await attach(page, [file('kept.jpg', picture)])
    await page.getByLabel('From').selectOption('+18335550102')
    expect(await page.getByLabel('Text', { exact: true }).inputValue()).toBe('Not yet sent')
    expect(await page.locator('.card').count()).toBe(1)
    await page.waitForTimeout(400)
    await page.reload()
    await page.getByLabel('Text', { exact: true }).waitFor()
    expect(await page.getByLabel('Text', { exact: true }).inputValue()).toBe('Not yet sent')
    await page.locator('.card.ready, .card.fitting').waitFor()
    await page.context().close()
  })

  it('keeps two windows in step', async () => {
    const [one, other] = [await browser.open(), await browser.open()]
    await writeTo(one, '+16135550148')
    await one.getByLabel('Text', { exact: true }).fill('First')
    await one.keyboard.press('Enter')
    await other.locator('.row:has-text("555-0148")').click({ timeout: 20_000 })
    await other.locator('.message.mine:has-text("First")').waitFor()
    // Both sockets are open now; what follows is live.
    await one.getByLabel('Text', { exact: true }).fill('Second')
    await one.keyboard.press('Enter')
    const started = Date.now()
    await other.locator('.message.mine:has-text("Second")').waitFor()
    expect(Date.now() - started).toBeLessThan(5_000)
    await answerFrom(browser.gateway, '+16135550148', { text: 'Third' })
    for (const page of [one, other]) await page.locator('.message.theirs:has-text("Third")').waitFor()
    await until('the last receipt in both', async () => {
      const counts = await Promise.all(
        [one, other].map((page) => page.locator('.state-delivered.handset').count()),
      )
      return counts.every((n) => n === 2)
    })
    for (const page of [one, other]) await page.context().close()
  })
})

describe('how it travels', () => {
  it('turns SMS into MMS visibly at 161 characters, and counts segments', async () => {
    const page = await browser.open()
    await writeTo(page, '+16135550149')
    const text = page.getByLabel('Text', { exact: true })
    const counter = page.locator('.counter')
    await text.fill('x'.repeat(160))
    await expect.poll(() => counter.textContent()).toBe('SMS160/160 · 1 segment')
    await text.fill('x'.repeat(161))
    await expect.poll(() => counter.textContent()).toBe('MMS161 characters')
    await text.fill('ж'.repeat(70))
    await expect.poll(() => counter.textContent()).toBe('SMS70/70 · 1 segment')
    await page.context().close()
  })
})
