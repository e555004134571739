import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerFrom, type Browser, startBrowser } from './browser.ts'

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser?.close())

/** What has run as code in one page or another. */
const CORPUS = [
  '<script>window.pwned=1</script>',
  '<img src=x onerror="window.pwned=1">',
  '<svg/onload=window.pwned=1>',
  '"><iframe srcdoc="<script>parent.pwned=1</script>">',
  'javascript:window.pwned=1',
  'http://a.example/"onmouseover="window.pwned=1',
  '</script><script>window.pwned=1</script>',
  '{{constructor.constructor("window.pwned=1")()}}',
  '<a href="javascript:window.pwned=1">x</a>',
  '<math><mtext></p><style><img src=x onerror=window.pwned=1></style>',
  '\u202e<b onclick=window.pwned=1>gpj.exe',
  '<style>@import "http://a.example"</style>',
]

const encoder = new TextEncoder()

describe('what others write', () => {
  it('stays text: in messages, names, cards and file names', async () => {
    const { gateway } = browser
    for (const [i, text] of CORPUS.entries()) {
      const from = `+161355502${String(i).padStart(2, '0')}`
      await gateway.json('/v1/contacts', {
        json: { address: from, name: text.replace(/\p{Cc}/gu, '').slice(0, 100) },
      })
      const card = `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${text}\r\nORG:${text}\r\nTEL:${text}\r\nEND:VCARD\r\n`
      await answerFrom(gateway, from, { text }, [
        {
          name: `${text.replace(/[\r\n"]/g, '')}.vcf`,
          type: 'text/x-vcard',
          bytes: encoder.encode(card) as Uint8Array<ArrayBuffer>,
        },
      ])
    }
    const page = await browser.open()
    await expect.poll(() => page.locator('.row').count(), { timeout: 20_000 }).toBe(CORPUS.length)
    for (let i = 0; i < CORPUS.length; i++) {
      await page.locator('.row').nth(i).click()
      await page.locator('.message').first().waitFor()
      await page.getByRole('button', { name: 'Details' }).first().click()
      await page.locator('.message .words').first().hover()
    }
    expect(await page.evaluate('window.pwned')).toBeUndefined()
    expect(
      await page.locator('.message script, .message iframe, .row script, a[href^="javascript:"]').count(),
    ).toBe(0)
    const shown = await page.locator('.row .name').allTextContents()
    expect(shown.some((name) => name.includes('<script>window.pwned=1</script>'))).toBe(true)
    expect(browser.complaints()).toEqual([])
    await page.context().close()
  })
})

describe('other sites', () => {
  it('get a page that runs nothing but its own script and loads nothing from elsewhere', async () => {
    const answer = await browser.gateway.api('/', { key: null })
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toMatch(/script-src 'nonce-[0-9a-f]{32}'(?:;|$)/)
    expect(policy).not.toContain('unsafe')
    expect(policy).toContain("frame-ancestors 'none'")
    expect(await answer.text()).not.toMatch(/<script(?![^>]*nonce)|\son\w+=|https?:\/\/(?!www\.w3\.org)/)
  })

  it('keep their forms: a sign-in or sign-out from elsewhere is refused', async () => {
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
      const answer = await browser.gateway.api('/session', {
        method: 'POST',
        key: null,
        body: 'demo=1',
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' } as Record<
          string,
          string
        >,
      })
      expect(answer.status).toBe(403)
      expect(answer.headers.get('set-cookie')).toBeNull()
    }
    const page = await browser.open()
    const refused = await page.evaluate(
      `fetch('/session/end', { method: 'POST', body: new URLSearchParams({ csrf: 'guessed' }) }).then((a) => a.status)`,
    )
    expect(refused).toBe(403)
    await page.context().close()
  })

  it('cannot use the cookie: without the token of the page it opens nothing', async () => {
    const page = await browser.open()
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' })
    const with_ = (headers: Record<string, string>) =>
      browser.gateway.api('/v1/numbers', {
        key: null,
        headers: { cookie: `${cookie?.name}=${cookie?.value}`, ...headers },
      })
    expect((await with_({})).status).toBe(401)
    expect((await with_({ 'x-belino-csrf': 'guessed' })).status).toBe(401)
    const csrf = (await page.evaluate(
      `JSON.parse(document.getElementById('boot').textContent).csrf`,
    )) as string
    expect((await with_({ 'x-belino-csrf': csrf })).status).toBe(200)
    const forged = `${cookie?.value.slice(0, -2)}xx`
    const answer = await browser.gateway.api('/v1/numbers', {
      key: null,
      headers: { cookie: `${cookie?.name}=${forged}`, 'x-belino-csrf': csrf },
    })
    expect(answer.status).toBe(401)
    // A page makes neither keys nor numbers, whatever its key may.
    const written = await browser.gateway.api('/v1/numbers', {
      key: null,
      json: { number: '+12125550199', vendor: 'simulator' },
      headers: { cookie: `${cookie?.name}=${cookie?.value}`, 'x-belino-csrf': csrf },
    })
    expect(written.status).toBe(403)
    await page.context().close()
  })

  it('open no socket: a ticket is for pages of this service', async () => {
    const { body } = await browser.gateway.json('/v1/stream/tickets', { json: {} })
    const upgrade = {
      upgrade: 'websocket',
      connection: 'upgrade',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'c29tZSByYW5kb20ga2V5IQ==',
    }
    const answer = await browser.gateway.worker.fetch(
      new URL(`/v1/stream?ticket=${body.ticket}`, browser.gateway.url).href,
      { headers: { ...upgrade, origin: 'https://evil.example' } },
    )
    expect(answer.status).toBe(403)
  })
})
