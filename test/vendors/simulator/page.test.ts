import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { createSimulatorPages } from '../../../src/vendors/simulator/page.tsx'
import { simulatorUrl } from '../../../src/vendors/simulator/wire.ts'
import { ACCOUNT, type FarSide, jpeg, OURS, PHONE, part, submission, withNetwork } from './far-side.ts'

const HOST = 'http://localhost:8787'

/** The pages of a network, mounted under a prefix; `account` null is a visitor who may see nothing. */
const pagesOf = (far: FarSide, prefix: string, account: string | null = ACCOUNT) => {
  const app = new Hono()
  app.route(
    prefix === '' ? '/' : prefix,
    createSimulatorPages({
      account: () => account,
      numbers: async () => [OURS],
      network: () => ({
        fetch: async (request) => far.http(request.url.slice(simulatorUrl(ACCOUNT, '').length), request),
      }),
    }),
  )
  return async (path: string, init?: RequestInit): Promise<Response> =>
    app.request(`${HOST}${prefix}${path}`, init)
}

const form = (fields: Record<string, string>): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(fields),
})

describe('the pages', () => {
  it.each([[''], ['/a/simulator'], ['/handset/b']])('link within %j', (prefix) =>
    withNetwork(async (far) => {
      const get = pagesOf(far, prefix)
      const id = await far.carrier.submit(submission({ text: 'Hi' }))
      const links = async (path: string): Promise<string[]> => {
        const answer = await get(path)
        expect(answer.status).toBe(200)
        return [...(await answer.text()).matchAll(/ (?:href|src|action|data-version-url)="([^"]*)"/g)].map(
          (match) => match[1]!,
        )
      }
      const all = [...(await links('/simulator')), ...(await links(`/handset/${PHONE}`))]
      expect(all.length).toBeGreaterThan(20)
      for (const link of new Set(all)) {
        if (link.startsWith('data:') || link.startsWith('#')) continue
        // The way to the message center, which lies outside of these pages.
        if (link.startsWith(`${prefix || '/'}?to=`)) continue
        expect(link.startsWith(`${prefix}/`), link).toBe(true)
        // Forms that are posted.
        if (/\/(?:reply|profile|chaos|clear|phone)\b/.test(link)) continue
        const answer = await get(link.slice(prefix.length).replaceAll('&amp;', '&'))
        expect([200, 303], link).toContain(answer.status)
      }
      expect(id.kind).toBe('accepted')
    }),
  )

  it('show what came, escaped, with a policy that lets nothing else in', () =>
    withNetwork(async (far) => {
      const get = pagesOf(far, '')
      const evil = '</p><script>alert(1)</script>"><img src=x onerror=alert(2)>'
      await far.carrier.submit(submission({ text: evil, subject: evil.slice(0, 70) }))
      await far.carrier.submit(
        submission({ parts: [part('a.pdf', 'application/pdf', new TextEncoder().encode('%PDF-1'))] }),
      )
      const answer = await get(`/handset/${PHONE}`)
      const html = await answer.text()
      expect(html).not.toContain('<script>alert')
      expect(html).not.toContain('<img src=x')
      expect(html).toContain('&lt;script&gt;')
      expect(html).toContain('a.pdf')
      const policy = answer.headers.get('content-security-policy')!
      const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1]
      expect(policy).toContain("default-src 'none'")
      expect(html).toContain(`nonce="${nonce}"`)
      expect(html).not.toMatch(/ (?:style|on\w+)="/)
      const again = (await get(`/handset/${PHONE}`)).headers.get('content-security-policy')
      expect(again).not.toBe(policy)
    }))

  it('say what was lost on the way', () =>
    withNetwork(async (far) => {
      const get = pagesOf(far, '')
      await get(`/handset/${PHONE}/profile`, form({ kind: 'feature' }))
      await far.carrier.submit(submission())
      await far.carrier.submit(submission({ to: ['+16135550101'] }))
      expect(await (await get(`/handset/${PHONE}`)).text()).toContain('too many pixels for this phone')
      expect(await (await get('/handset/+16135550101')).text()).toContain('Never arrived: unreachable')
      expect((await far.thread(PHONE)).profile).toMatchObject({ kind: 'feature', reports: false })
    }))

  it('keep conversations apart', () =>
    withNetwork(async (far) => {
      const get = pagesOf(far, '')
      await far.carrier.submit(submission({ channel: 'sms', parts: [], text: 'to one' }))
      await far.carrier.submit(submission({ to: [PHONE, '+14165550143'], text: 'to two' }))
      const latest = await (await get(`/handset/${PHONE}`)).text()
      expect([latest.includes('to one'), latest.includes('to two')]).toEqual([false, true])
      const other = await (await get(`/handset/${PHONE}?with=${encodeURIComponent(OURS)}`)).text()
      expect([other.includes('to one'), other.includes('to two')]).toEqual([true, false])
    }))

  it('send a reply with a picture', () =>
    withNetwork(async (far) => {
      const body = new FormData()
      body.append('to', OURS)
      body.append('members', '')
      body.append('text', 'Here')
      body.append('media', new File([jpeg(5, 5)], 'a.jpg', { type: 'image/jpeg' }))
      const answer = await pagesOf(far, '/x')(`/handset/${PHONE}/reply?with=${encodeURIComponent(OURS)}`, {
        method: 'POST',
        body,
      })
      expect(answer.status).toBe(303)
      expect(answer.headers.get('location')).toBe(
        `/x/handset/${encodeURIComponent(PHONE)}?with=${encodeURIComponent(OURS)}`,
      )
      await far.pass(0)
      expect(far.hooks).toMatchObject([{ ok: true, events: [{ text: 'Here', parts: [{ kind: 'bytes' }] }] }])
    }))

  it('say why a reply went nowhere', () =>
    withNetwork(async (far) => {
      const body = new FormData()
      body.append('to', 'nobody')
      const answer = await pagesOf(far, '')(`/handset/${PHONE}/reply`, { method: 'POST', body })
      expect(answer.status).toBe(400)
      expect(await answer.text()).toContain('`to` is no number.')
    }))

  it('set the weather, and show it as it was set', () =>
    withNetwork(async (far) => {
      const get = pagesOf(far, '')
      const fields = {
        'reject.percent': '12.5',
        'reject.code': '503',
        'timeout_accept.percent': '1',
        'timeout_accept.ms': '20000',
        'delay.percent': '0',
        'delay.ms': '3000',
        seed: '77',
      }
      expect((await get('/simulator/chaos', form(fields))).status).toBe(303)
      expect(await (await far.http('/chaos')).json()).toEqual({
        faults: [
          { kind: 'reject', probability: 0.125, code: 503 },
          { kind: 'timeout', probability: 0.01, ms: 20_000, accept: true },
        ],
        seed: 77,
        rolls: [0, 0],
      })
      const html = await (await get('/simulator')).text()
      expect(html).toMatch(/name="reject.percent"[^>]*value="12.5"/)
      expect(html).toMatch(/name="timeout_accept.percent"[^>]*value="1"/)
      expect(html).toMatch(/name="timeout.percent"[^>]*value="0"/)
      const wrong = await get('/simulator/chaos', form({ 'reject.percent': '200' }))
      expect(wrong.status).toBe(400)
      expect(await wrong.text()).toContain('class="problem"')
    }))

  it('hand out a phone of each kind, and set its troubles from its own page', () =>
    withNetwork(async (far) => {
      const get = pagesOf(far, '/x')
      const answer = await get('/simulator/phone', form({ kind: 'feature' }))
      expect(answer.status).toBe(303)
      const phone = decodeURIComponent(answer.headers.get('location')?.split('/').at(-1) ?? '')
      expect(answer.headers.get('location')).toBe(`/x/handset/${encodeURIComponent(phone)}`)
      expect(await (await far.http(`/handsets/${encodeURIComponent(phone)}/profile`)).json()).toMatchObject({
        kind: 'feature',
        messageBytes: 300_000,
        longSide: 320,
      })
      const set = await get('/simulator/chaos', form({ back: phone, 'too_large.percent': '100' }))
      expect(set.headers.get('location')).toBe(`/x/handset/${encodeURIComponent(phone)}`)
      expect(await (await far.http('/chaos')).json()).toMatchObject({
        faults: [{ kind: 'too_large', probability: 1 }],
      })
      const html = await (await get(`/handset/${encodeURIComponent(phone)}`)).text()
      expect(html).toMatch(/name="too_large.percent"[^>]*checked/)
      expect(html).not.toMatch(/name="reject.percent"[^>]*checked/)
    }))

  it('change their version with every message, receipt and repeat', () =>
    withNetwork(async (far) => {
      const get = pagesOf(far, '')
      const version = async () =>
        (await (await get('/simulator/version')).json<{ version: string }>()).version
      const seen = [await version()]
      const sent = submission()
      await far.carrier.submit(sent)
      seen.push(await version())
      await far.pass(1000)
      seen.push(await version())
      await far.carrier.submit(sent)
      seen.push(await version())
      expect(new Set(seen).size).toBe(4)
      expect(await version()).toBe(seen[3])
    }))

  it('are not there for a visitor without an account', () =>
    withNetwork(async (far) => {
      await far.carrier.submit(submission())
      const get = pagesOf(far, '', null)
      for (const path of ['/simulator', '/simulator/version', `/handset/${PHONE}`, '/handset/nonsense'])
        expect((await get(path)).status, path).toBe(404)
      expect((await get('/simulator/clear', { method: 'POST' })).status).toBe(404)
      expect((await far.thread(PHONE)).messages).toHaveLength(1)
    }))

  it.each([
    [{ origin: 'https://elsewhere.example' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site', origin: 'http://localhost:1' }, 403],
    [{ origin: HOST }, 303],
    [{ 'sec-fetch-site': 'same-origin', origin: 'null' }, 303],
    [{}, 303],
  ])('take a form that comes with %j: %i', (headers, status) =>
    withNetwork(async (far) => {
      await far.carrier.submit(submission())
      const answer = await pagesOf(far, '')('/simulator/clear', { method: 'POST', headers })
      expect(answer.status).toBe(status)
      expect((await far.thread(PHONE)).messages).toHaveLength(status === 303 ? 0 : 1)
    }),
  )
})
