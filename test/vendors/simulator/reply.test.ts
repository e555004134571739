import { describe, expect, it } from 'vitest'
import type { VendorEvent } from '../../../src/vendors/contract.ts'
import { ACCOUNT, type FarSide, jpeg, OURS, PHONE, withNetwork } from './far-side.ts'

const OTHER = '+14165550143'

const form = (fields: Record<string, string | File | (string | File)[]>): FormData => {
  const data = new FormData()
  for (const [name, values] of Object.entries(fields))
    for (const value of [values].flat())
      if (typeof value === 'string') data.append(name, value)
      else data.append(name, value, value.name)
  return data
}

const post = (far: FarSide, fields: Parameters<typeof form>[0], from = PHONE): Promise<Response> =>
  far.http(`/handsets/${from}/reply`, { method: 'POST', body: form(fields) })

const events = (far: FarSide): VendorEvent[] => far.hooks.flatMap((hook) => (hook.ok ? [...hook.events] : []))

describe('what a phone sends', () => {
  it('comes as a text message where it is only text', () =>
    withNetwork(async (far) => {
      expect((await post(far, { to: OURS, text: ' Yes, \n please ' })).status).toBe(202)
      await far.pass(0)
      expect(events(far)).toEqual([
        expect.objectContaining({
          kind: 'message',
          channel: 'sms',
          from: PHONE,
          to: OURS,
          others: [],
          subject: null,
          text: ' Yes, \n please ',
          parts: [],
        }),
      ])
      expect(far.hooks[0]).toMatchObject({ ok: true, account: ACCOUNT })
    }))

  it('comes as a picture message with its originals byte for byte, whatever they hold', () =>
    withNetwork(async (far) => {
      const picture = jpeg(4032, 3024, 3_000_001)
      const nasty = new TextEncoder().encode('\r\n--simulator-x--\r\n\r\n--belino\r\n\0\n')
      const answer = await post(far, {
        to: '(416) 555-0100',
        text: 'Voilà',
        subject: 'Über',
        media: [
          new File([picture], 'IMG 0001"\r\n.JPG', { type: 'image/jpeg' }),
          new File([nasty], 'IMG 0001"\r\n.JPG', { type: 'application/octet-stream' }),
          new File([jpeg(1, 2)], '写真', { type: 'application/octet-stream' }),
          new File([], '', { type: 'application/octet-stream' }),
        ],
      })
      expect(answer.status).toBe(202)
      await far.pass(0)
      const [event] = events(far)
      if (event?.kind !== 'message') throw new Error('no message')
      expect(event).toMatchObject({ channel: 'mms', subject: 'Über', text: 'Voilà', to: OURS })
      expect(event.parts.map((part) => [part.kind, part.typeHint])).toEqual([
        ['bytes', 'image/jpeg'],
        ['bytes', 'application/octet-stream'],
        ['bytes', 'image/jpeg'],
      ])
      const names = event.parts.map((part) => part.nameHint ?? '')
      expect(new Set(names).size).toBe(3)
      for (const name of names) expect(name).toMatch(/^[\w.-]+$/)
      for (const [index, bytes] of [picture, nasty, jpeg(1, 2)].entries()) {
        const part = event.parts[index]!
        expect(part.kind === 'bytes' && part.bytes.length === bytes.length).toBe(true)
        expect(part.kind === 'bytes' && part.bytes.every((byte, at) => byte === bytes[at])).toBe(true)
      }
      const { messages } = await far.thread(PHONE)
      expect(messages[0]).toMatchObject({ direction: 'inbound', seen: 0, reception: null, reference: null })
      expect(messages[0]!.shown).toHaveLength(3)
    }))

  it('reaches the gateway and the other phones of a group, once each', () =>
    withNetwork(async (far) => {
      await post(far, { to: OURS, members: [`${OTHER}, ${PHONE}`, OURS, OTHER], text: 'All' })
      await far.pass(0)
      expect(events(far)).toEqual([
        expect.objectContaining({ channel: 'mms', to: OURS, others: [OTHER], text: 'All', parts: [] }),
      ])
      expect((await far.thread(OTHER)).messages).toMatchObject([
        { direction: 'inbound', from: PHONE, to: [OURS, OTHER], reception: { outcome: 'delivered' } },
      ])
    }))

  it('is sent one at a time, however slow the gateway', () =>
    withNetwork(async (far) => {
      far.gateway.delays.push(30, 20, 10, 0)
      for (const text of ['one', 'two', 'three', 'four']) await post(far, { to: OURS, text })
      await far.pass(0)
      expect(events(far).map((event) => (event.kind === 'message' ? event.text : null))).toEqual([
        'one',
        'two',
        'three',
        'four',
      ])
    }))

  it('keeps its order and its event id until it is taken', () =>
    withNetwork(async (far) => {
      far.gateway.status = 503
      for (const text of ['one', 'two', 'three']) await post(far, { to: OURS, text })
      await far.pass(0)
      far.gateway.status = 204
      await far.pass(1000)
      const seen = events(far).map((event) => (event.kind === 'message' ? event.text : null))
      expect(seen).toEqual(['one', 'two', 'three', 'one', 'two', 'three'])
      expect(new Set(events(far).map((event) => event.eventId)).size).toBe(3)
    }))

  it.each([
    ['nothing in it', { to: OURS, text: '' }, 400],
    ['no number to go to', { to: 'you', text: 'a' }, 400],
    ['a member that is no number', { to: OURS, members: 'x', text: 'a' }, 400],
    ['too many bytes', { to: OURS, media: new File([new Uint8Array(10_000_001)], 'a.bin') }, 400],
    [
      'too many files',
      { to: OURS, media: Array.from({ length: 11 }, (_, i) => new File(['x'], `${i}.txt`)) },
      400,
    ],
  ])('is refused with %s', (_name, fields, status) =>
    withNetwork(async (far) => {
      const answer = await post(far, fields)
      expect(answer.status).toBe(status)
      expect(await answer.json()).toMatchObject({ error: { code: 'invalid_reply' } })
      expect((await far.thread(PHONE)).messages).toEqual([])
    }),
  )

  it('has to be a form', () =>
    withNetwork(async (far) => {
      const answer = await far.http(`/handsets/${PHONE}/reply`, { method: 'POST', body: '{}' })
      expect(answer.status).toBe(415)
    }))
})
