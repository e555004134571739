import { afterAll, beforeAll, expect, it } from 'vitest'
import { photo } from '../gateway/photo.ts'
import { attach, type Browser, file, startBrowser, writeTo } from './browser.ts'

let browser: Browser

beforeAll(async () => {
  browser = await startBrowser()
  const { gateway } = browser
  const numbers = [
    { number: '+12125550111', vendor: 'simulator', label: 'Text only', mms: 'off' },
    { number: '+12125550112', vendor: 'simulator', label: 'Pictures only', sms: 'off' },
  ]
  for (const json of numbers) expect((await gateway.json('/v1/numbers', { json })).status).toBe(201)
  const known = await gateway.json('/v1/recipients/%2B16135550170', { method: 'PUT', json: { mms: 'no' } })
  expect(known.status).toBeLessThan(300)
  const out = await gateway.json('/v1/consents', { json: { address: '+16135550171', state: 'out' } })
  expect(out.status).toBeLessThan(300)
})
afterAll(() => browser?.close())

type Case = readonly [what: string, to: readonly string[], from: string | null, media: boolean, says: RegExp]

it.each<Case>([
  ['nobody is named', [], null, false, /Say to whom/],
  ['the number is no number', ['555'], null, false, /is no phone number/],
  ['the number is abroad', ['+442071838750'], null, false, /outside the US and Canada/],
  ['the number is one of ours', ['+12125550101'], null, false, /number of yours/],
  ['the sender has no MMS', ['+16135550172'], '+12125550111', true, /sends no pictures/],
  ['the recipient takes no MMS', ['+16135550170'], null, true, /takes no picture messages/],
  ['the recipient opted out', ['+16135550171'], null, false, /opted out|does not want/i],
  ['the caribbean is no +1 of ours', ['+12425550100'], null, false, /not in the US or Canada/],
])('sending is greyed out when %s, and says why', async (_, to, from, media, says) => {
  const page = await browser.open()
  await writeTo(page, ...to)
  if (from !== null) await page.getByLabel('From').selectOption(from)
  await page.getByLabel('Text', { exact: true }).fill('Hello')
  if (media) await attach(page, [file('a.jpg', await photo(200, 150))])
  await expect.poll(() => page.locator('#why-not').textContent(), { timeout: 10_000 }).toMatch(says)
  const send = page.getByRole('button', { name: 'Send', exact: true })
  expect(await send.getAttribute('aria-disabled')).toBe('true')
  await send.click({ force: true })
  await page.waitForTimeout(200)
  expect(await page.locator('.message.mine').count()).toBe(0)
  await page.context().close()
})
