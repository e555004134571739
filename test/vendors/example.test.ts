import { describe, expect, it } from 'vitest'
import { ACME } from '../../examples/vendor-acme.ts'
import type { Submission, VendorAccount } from '../../src/vendors/contract.ts'

/** The vendor that is shown as an example of one does what it says. */

const ID = `ven_${'0'.repeat(22)}`
const account: VendorAccount = {
  id: ID,
  account: 'acc_one',
  credentials: { api_key: 'k' },
  settings: {},
  hookSecret: 's'.repeat(22),
}
const submission: Submission = {
  account: 'acc_one',
  reference: 'msg_1',
  channel: 'mms',
  from: '+14165550100',
  fromType: 'long-code',
  to: ['+16135550123'],
  subject: null,
  text: 'Hi',
  parts: [
    {
      name: 'image1.jpg',
      type: 'image/jpeg',
      bytes: 1,
      read: async () => new Uint8Array(1),
      url: async () => 'https://a.example/1',
    },
  ],
  createdAt: 0,
  validUntil: 1,
}

const carrier = (answer: Response | Error, asked: Request[] = []) =>
  ACME.createCarrier({
    fetch: async (url, init) => {
      asked.push(new Request(url, init))
      if (answer instanceof Error) throw answer
      return answer
    },
    clock: { now: () => 5 },
    accounts: { of: async () => account, byId: async (id) => (id === ID ? account : null) },
  })

const said = (code: string) => Response.json({ error: code }, { status: 400 })

describe('the example', () => {
  it('submits', async () => {
    const asked: Request[] = []
    expect(await carrier(Response.json({ id: 'a1' }), asked).submit(submission)).toEqual({
      kind: 'accepted',
      vendorId: 'a1',
    })
    expect(asked[0]!.headers.get('authorization')).toBe('Bearer k')
    expect(await asked[0]!.json()).toEqual({
      reference: 'msg_1',
      from: '+14165550100',
      to: '+16135550123',
      text: 'Hi',
      media: ['https://a.example/1'],
    })
  })

  it.each<[Response | Error, object]>([
    [said('too_big'), { kind: 'refused', reason: 'too_large' }],
    [said('busy'), { kind: 'later', reason: 'rate_limited' }],
    [said('news'), { kind: 'unknown' }],
    [new Response('Bad Gateway', { status: 502 }), { kind: 'unknown' }],
    [new Error('lost'), { kind: 'unknown' }],
  ])('understands its answers %#', async (answer, outcome) => {
    expect(await carrier(answer).submit(submission)).toMatchObject(outcome)
  })

  it('takes webhooks at its secret address, and no others', async () => {
    const take = (event: object, secret = account.hookSecret, id = ID) =>
      carrier(new Response()).receive({
        method: 'POST',
        url: new URL(`https://belino.example/hooks/acme/${id}/${secret}`),
        headers: new Headers(),
        body: new TextEncoder().encode(JSON.stringify(event)),
        now: 5,
      })
    const report = { id: 'a1', reference: 'msg_1', failed: 'stopped' }
    expect(await take(report)).toMatchObject({
      account: 'acc_one',
      events: [{ kind: 'receipt', state: 'failed', reason: 'opted_out', reference: 'msg_1' }],
    })
    const message = {
      id: 'a2',
      from: '+16135550123',
      to: '+14165550100',
      text: 'Hi',
      media: ['https://a.example/2'],
    }
    expect(await take(message)).toMatchObject({
      events: [{ kind: 'message', from: '+16135550123', parts: [{ url: 'https://a.example/2' }] }],
    })
    expect(await take(report, 't'.repeat(22))).toEqual({ ok: false })
    expect(await take(report, account.hookSecret, 'ven_1')).toEqual({ ok: false })
    expect(await take({ other: true })).toEqual({ ok: false })
  })

  it('checks what an account consists of', () => {
    expect(ACME.check({ api_key: 'a' }, {})).toMatchObject({ ok: true })
    expect(ACME.check({ key: 'a' }, {})).toMatchObject({ ok: false, field: 'credentials' })
  })
})
