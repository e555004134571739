import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { photo } from '../gateway/photo.ts'
import {
  answerFrom,
  attach,
  type Browser,
  file,
  newestWith,
  SHOTS,
  startBrowser,
  writeTo,
} from './browser.ts'

let browser: Browser

beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser?.close())
afterEach(() => expect(browser.complaints()).toEqual([]))

it('says a subject, a size, and what is in a picture', async () => {
  const page = await browser.open({ width: 360 })
  await writeTo(page, '+16135550171')
  await attach(page, [file('harbour.jpg', await photo(2400, 1800))])
  // How good it will look, from 0 to 100, stands beside its size.
  await expect.poll(() => page.locator('.card-facts').textContent()).toMatch(/· \d{1,3}(?!\d)/)
  await page.getByRole('button', { name: 'Subject and size' }).click()
  await page.getByLabel('Subject', { exact: true }).fill('Sunday')
  await page.getByLabel('Size', { exact: true }).selectOption('everywhere-us')
  await page.getByRole('button', { name: 'Describe' }).click()
  await page.locator('input.alt').fill('A harbour at dawn')
  await expect
    .poll(async () => Number(await page.getByRole('meter').getAttribute('aria-valuemax')), {
      timeout: 20_000,
    })
    .toBe(600_000)
  await page.screenshot({ path: `${SHOTS}/composer-options-360.png` })
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.locator('.message.mine img[alt="A harbour at dawn"]').waitFor({ timeout: 20_000 })
  const message = await newestWith(browser.gateway, '+16135550171')
  expect(message).toMatchObject({ subject: 'Sunday', budget: 600_000, parts: [{ alt: 'A harbour at dawn' }] })
  await page.context().close()
})

it('hears by polling where no socket can be had', async () => {
  const page = await browser.open()
  // As a proxy does that knows no WebSockets.
  await page.routeWebSocket(/./, (socket) => void socket.close({ code: 1011 }))
  await page.reload()
  await page.locator('.search-field input').waitFor()
  await answerFrom(browser.gateway, '+16135550172', { text: 'Can you hear me?' })
  await page.locator('.row:has-text("Can you hear me?")').click({ timeout: 60_000 })
  await answerFrom(browser.gateway, '+16135550172', { text: 'And now?' })
  await page.locator('.message.theirs:has-text("And now?")').waitFor({ timeout: 60_000 })
  expect(await page.locator('.message.theirs').count()).toBe(2)
  await page.context().close()
})

it('turns pictures by a finger', async () => {
  const page = await browser.open({ width: 360 })
  await writeTo(page, '+16135550173')
  const files = await Promise.all(
    [120, 140, 160].map(async (side) => file(`${side}.jpg`, await photo(side, 100))),
  )
  await attach(page, files)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  const strip = page.locator('.message.mine .strip')
  await strip.waitFor({ timeout: 20_000 })
  await strip.locator('.slide').nth(0).locator('.picture').tap()
  const place = page.locator('dialog.viewer .viewer-bar b')
  await expect.poll(() => place.textContent()).toBe('1 / 3')
  const touch = await page.context().newCDPSession(page)
  const swipe = async (from: number, to: number): Promise<void> => {
    const at = (x: number) => [{ x, y: 400 }]
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(from) })
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at((from + to) / 2) })
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(to) })
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  }
  await swipe(300, 80)
  await expect.poll(() => place.textContent()).toBe('2 / 3')
  await swipe(80, 300)
  await expect.poll(() => place.textContent()).toBe('1 / 3')
  await page.context().close()
})

it('can be installed', async () => {
  const page = await browser.open({ width: 360 })
  const tools = await page.context().newCDPSession(page)
  const { url, errors } = await tools.send('Page.getAppManifest')
  expect(errors).toEqual([])
  const manifest = (await (await fetch(url)).json()) as { icons: { src: string; type: string }[] }
  expect(manifest).toMatchObject({ display: 'standalone', start_url: '/', name: 'Belino' })
  for (const icon of manifest.icons) {
    const response = await fetch(new URL(icon.src, url))
    expect(response.headers.get('content-type')).toBe(icon.type)
  }
  const { installabilityErrors } = await tools.send('Page.getInstallabilityErrors')
  // A private window, which every test has, is all that stands in the way.
  expect(installabilityErrors.filter((one) => one.errorId !== 'in-incognito')).toEqual([])
  await page.context().close()
})
