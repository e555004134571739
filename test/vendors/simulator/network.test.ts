import { describe, expect, it } from 'vitest'
import type { VendorEvent } from '../../../src/vendors/contract.ts'
import { ACCOUNT, type FarSide, jpeg, OURS, PHONE, part, START, submission, withNetwork } from './far-side.ts'

const OTHER = '+14165550143'

const eventsOf = (far: FarSide): VendorEvent[] =>
  far.hooks.flatMap((hook) => (hook.ok ? [...hook.events] : []))
const receipts = (far: FarSide) => eventsOf(far).filter((event) => event.kind === 'receipt')

const accepted = async (far: FarSide, sent: ReturnType<typeof submission>): Promise<string> => {
  const outcome = await far.carrier.submit(sent)
  if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome))
  return outcome.vendorId
}

const sha256 = async (bytes: Uint8Array): Promise<string> =>
  [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')

describe('a message to a phone', () => {
  it('arrives as the tree that was submitted, byte for byte', () =>
    withNetwork(async (far) => {
      const picture = jpeg(800, 600, 2_300_000)
      await far.http(`/handsets/${PHONE}/profile`, { method: 'PUT', body: '{"kind":"iphone"}' })
      const sent = submission({
        subject: 'Grüße',
        text: 'Look & see 👋',
        parts: [part('image1.jpg', 'image/jpeg', picture), part('image2.jpg', 'image/jpeg', jpeg(10, 20))],
      })
      const id = await accepted(far, sent)
      const { messages, profile } = await far.thread(PHONE)
      expect(profile.kind).toBe('iphone')
      expect(messages).toHaveLength(1)
      const message = messages[0]!
      expect(message).toMatchObject({
        id,
        reference: sent.reference,
        direction: 'outbound',
        channel: 'mms',
        from: OURS,
        to: [PHONE],
        seen: 1,
        reception: { outcome: 'delivered' },
      })
      expect(message.facts.subject).toBe('Grüße')
      expect(message.facts.text).toBe('Look & see 👋')
      expect(message.facts.parts.map((one) => one.type)).toEqual([
        'application/smil',
        'text/plain',
        'image/jpeg',
        'image/jpeg',
      ])
      expect(message.shown).toEqual([[2, 1], [3]])
      expect(message.facts.unreferenced).toEqual([])
      expect(message.facts.parts[2]).toMatchObject({
        bytes: picture.length,
        sha256: await sha256(picture),
        width: 800,
        height: 600,
      })
      const served = await far.http(`/handsets/${PHONE}/messages/${id}/parts/2`)
      expect(served.headers.get('content-type')).toBe('image/jpeg')
      expect(served.headers.get('x-content-type-options')).toBe('nosniff')
      expect(served.headers.get('content-security-policy')).toContain('sandbox')
      expect(await sha256(new Uint8Array(await served.arrayBuffer()))).toBe(await sha256(picture))
      const raw = new Uint8Array(
        await (await far.http(`/handsets/${PHONE}/messages/${id}/raw`)).arrayBuffer(),
      )
      expect(raw.length).toBe(message.facts.bytes)
      expect(new TextDecoder().decode(raw.subarray(0, 300))).toContain(`Message-ID: <${sent.reference}>`)
    }))

  it('is one message however often its reference comes', () =>
    withNetwork(async (far) => {
      const sent = submission()
      const ids = await Promise.all([1, 2, 3, 4].map(() => far.carrier.submit(sent)))
      expect(new Set(ids.map((one) => one.kind === 'accepted' && one.vendorId)).size).toBe(1)
      const { messages } = await far.thread(PHONE)
      expect(messages.map((message) => message.seen)).toEqual([4])
      expect(await far.carrier.query(sent)).toEqual({ kind: 'found', vendorId: messages[0]!.id })
      expect(await far.carrier.query({ ...sent, reference: 'msg_never' })).toEqual({ kind: 'absent' })
      await far.pass(1000)
      expect(receipts(far)).toHaveLength(2)
    }))

  it('keeps the order of 60 submits', () =>
    withNetwork(async (far) => {
      const references = Array.from({ length: 60 }, (_, i) => `msg_${i}`)
      for (const reference of references) await accepted(far, submission({ reference }))
      const { messages } = await far.thread(PHONE)
      expect(messages.map((message) => message.reference)).toEqual(references)
    }))

  it('carries a text message as it is', () =>
    withNetwork(async (far) => {
      const id = await accepted(far, submission({ channel: 'sms', text: 'Hello', parts: [] }))
      const { messages } = await far.thread(PHONE)
      expect(messages[0]).toMatchObject({ id, channel: 'sms', facts: { text: 'Hello', parts: [], bytes: 5 } })
      expect((await far.http(`/handsets/${PHONE}/messages/${id}/raw`)).status).toBe(404)
    }))

  it('reaches every member of a group, each by its own phone', () =>
    withNetwork(async (far) => {
      await far.http(`/handsets/${OTHER}/profile`, { method: 'PUT', body: '{"kind":"feature"}' })
      await accepted(far, submission({ to: [PHONE, OTHER, '+16135550101'] }))
      await far.pass(1000)
      expect((await far.thread(PHONE)).messages[0]!.reception?.drops).toEqual([null, null])
      const small = (await far.thread(OTHER)).messages[0]!
      expect(small.reception?.drops).toEqual([null, 'too_many_pixels'])
      expect(small.shown).toEqual([])
      const last = receipts(far).filter((event) => event.state !== 'submitted')
      expect(
        Object.fromEntries(last.map((event) => [event.recipient, event.reason ?? event.certainty])),
      ).toEqual({
        [PHONE]: 'handset',
        [OTHER]: 'handset',
        '+16135550101': 'unreachable',
      })
    }))
})

describe('receipts', () => {
  it('are signed, in order, with ids of their own, and name the message', () =>
    withNetwork(async (far) => {
      const sent = submission()
      const id = await accepted(far, sent)
      expect(far.hooks).toEqual([])
      await far.pass(0)
      await far.pass(1000)
      const seen = receipts(far)
      expect(seen.map((event) => [event.state, event.certainty])).toEqual([
        ['submitted', 'carrier'],
        ['delivered', 'handset'],
      ])
      for (const event of seen)
        expect(event).toMatchObject({
          reference: sent.reference,
          vendorId: id,
          recipient: PHONE,
          reason: null,
        })
      expect(new Set(seen.map((event) => event.eventId)).size).toBe(2)
      expect(far.hooks.every((hook) => hook.ok && hook.account === ACCOUNT)).toBe(true)
    }))

  it.each([500, 401, 'silent'] as const)('come again after an answer of %s until they are taken', (status) =>
    withNetwork(async (far) => {
      await accepted(far, submission())
      far.gateway.status = status
      await far.pass(1000)
      const attempts = (await far.thread(PHONE)).messages[0]!.webhooks
      expect(attempts.map((one) => [one.attempts, one.answer, one.deliveredAt])).toEqual([
        [1, status === 'silent' ? 0 : status, null],
        [1, status === 'silent' ? 0 : status, null],
      ])
      far.hooks.length = 0
      await far.pass(500)
      expect(far.hooks).toEqual([])
      far.gateway.status = 204
      await far.pass(500)
      expect(receipts(far).map((event) => event.state)).toEqual(['submitted', 'delivered'])
      far.hooks.length = 0
      await far.pass(3_600_000)
      expect(far.hooks).toEqual([])
    }),
  )

  it('set the alarm with the message, and the next one for what is still due', () =>
    withNetwork(async (far) => {
      await accepted(far, submission())
      expect(await far.state.storage.getAlarm()).toBe(START)
      await far.pass(0)
      expect(await far.state.storage.getAlarm()).toBe(START + 150)
      await far.pass(150)
      expect(await far.state.storage.getAlarm()).toBe(START + 7 * 86_400_000)
    }))
})

describe('a phone that cannot take it', () => {
  it.each([
    ['pixels', { kind: 'feature' }, [part('image1.jpg', 'image/jpeg', jpeg(321, 200))], 'too_many_pixels'],
    [
      'the short side',
      { kind: 'feature' },
      [part('image1.jpg', 'image/jpeg', jpeg(300, 241))],
      'too_many_pixels',
    ],
    [
      'an upright one',
      { kind: 'feature' },
      [part('image1.jpg', 'image/jpeg', jpeg(200, 321))],
      'too_many_pixels',
    ],
    [
      'a turned picture that fits',
      { kind: 'feature' },
      [part('image1.jpg', 'image/jpeg', jpeg(240, 320))],
      null,
    ],
    ['a type', { kind: 'feature' }, [part('video1.mp4', 'video/mp4', jpeg(1, 1))], 'type_not_taken'],
    ['a false type', {}, [part('image1.png', 'image/png', jpeg(1, 1))], 'not_what_it_says'],
    ['a vCard', {}, [part('card1.vcf', 'text/x-vCard', new TextEncoder().encode('BEGIN:VCARD'))], null],
  ] as const)('judges %s', (_name, profile, parts, cause) =>
    withNetwork(async (far) => {
      await far.http(`/handsets/${PHONE}/profile`, { method: 'PUT', body: JSON.stringify(profile) })
      await accepted(far, submission({ parts }))
      await far.pass(1000)
      // Networks that take something out say nothing of it.
      expect(receipts(far).map((event) => event.state)).toEqual(['submitted', 'delivered'])
      const [message] = (await far.thread(PHONE)).messages
      expect(message?.reception?.drops[1]).toBe(cause)
      expect(message?.shown).toEqual(cause === null ? [[1]] : [])
    }),
  )

  it('loses a message over its bytes in silence', () =>
    withNetwork(async (far) => {
      const big = [part('image1.jpg', 'image/jpeg', jpeg(10, 10, 1_048_576))]
      await accepted(far, submission({ parts: big }))
      await far.pass(60_000)
      expect(receipts(far).map((event) => event.state)).toEqual(['submitted'])
      const [message] = (await far.thread(PHONE)).messages
      expect(message?.reception).toMatchObject({ outcome: 'dropped', cause: 'too_many_bytes' })
      expect(message?.shown).toEqual([])
    }))

  it.each([
    ['bytes', jpeg(10, 10, 1_048_576), 'too_large'],
    ['pixels', jpeg(4000, 10), 'unsupported_media'],
  ] as const)('reports %s where its network reports', (_name, bytes, reason) =>
    withNetwork(async (far) => {
      await far.http(`/handsets/${PHONE}/profile`, { method: 'PUT', body: '{"reports":true}' })
      await accepted(far, submission({ parts: [part('image1.jpg', 'image/jpeg', bytes)] }))
      await far.pass(60_000)
      expect(receipts(far).map((event) => [event.state, event.reason])).toEqual([
        ['submitted', null],
        ['failed', reason],
      ])
    }),
  )

  it('shows the parts as they came where it knows no presentation', () =>
    withNetwork(async (far) => {
      await far.http(`/handsets/${PHONE}/profile`, { method: 'PUT', body: '{"kind":"no-smil"}' })
      await accepted(far, submission({ text: 'First' }))
      expect((await far.thread(PHONE)).messages[0]!.shown).toEqual([[1], [2]])
    }))
})

describe('a submission beyond the carrier', () => {
  it.each([
    ['too many bytes', { parts: [part('image1.jpg', 'image/jpeg', jpeg(1, 1, 4_999_999))] }, 'too_large'],
    ['far too many bytes', { parts: [part('image1.jpg', 'image/jpeg', jpeg(1, 1, 7_000_000))] }, 'too_large'],
    [
      'too many parts',
      { parts: Array.from({ length: 11 }, (_, i) => part(`image${i}.jpg`, 'image/jpeg', jpeg(1, 1))) },
      'content_refused',
    ],
    ['too long a text', { channel: 'sms', parts: [], text: 'x'.repeat(2049) }, 'content_refused'],
    [
      'too many recipients',
      { to: Array.from({ length: 11 }, (_, i) => `+141655501${10 + i}`) },
      'invalid_recipient',
    ],
    ['no time left', { validUntil: START }, 'expired'],
  ] as const)('is refused for %s', (_name, change, reason) =>
    withNetwork(async (far) => {
      const sent = submission(change)
      expect(await far.carrier.submit(sent)).toMatchObject({ kind: 'refused', reason })
      expect(await far.carrier.query(sent)).toEqual({ kind: 'absent' })
      expect((await far.thread(PHONE)).messages).toEqual([])
    }),
  )

  it('may take exactly 4,999,999 bytes', () =>
    withNetwork(async (far) => {
      const empty = submission({
        reference: 'msg_1',
        parts: [part('image1.jpg', 'image/jpeg', jpeg(1, 1, 400))],
      })
      await accepted(far, empty)
      const overhead = (await far.thread(PHONE)).messages[0]!.facts.bytes - 400
      const full = { ...empty, reference: 'msg_2' }
      await accepted(far, {
        ...full,
        parts: [part('image1.jpg', 'image/jpeg', jpeg(1, 1, 4_999_999 - overhead))],
      })
      expect((await far.thread(PHONE)).messages[1]!.facts.bytes).toBe(4_999_999)
    }))

  it.each([
    ['nothing', '', 'text/plain'],
    ['broken JSON', '{"reference":', 'application/json'],
    [
      'a picture message without its entity',
      JSON.stringify({ reference: 'a', channel: 'mms' }),
      'application/json',
    ],
  ])('is refused when it is %s', (_name, body, type) =>
    withNetwork(async (far) => {
      const answer = await far.http('/submit', { method: 'POST', body, headers: { 'content-type': type } })
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({ error: { code: 'malformed' } })
    }),
  )
})

describe("somebody else's network", () => {
  it('is none at all', () =>
    withNetwork(async (far) => {
      const sent = submission()
      await accepted(far, sent)
      const theirs = { ...sent, account: 'acc_0000000000000000000002' }
      expect(await far.carrier.submit(theirs)).toMatchObject({ kind: 'refused' })
      expect((await far.thread(PHONE)).messages[0]!.seen).toBe(1)
    }))

  it('shows no message of another phone', () =>
    withNetwork(async (far) => {
      const id = await accepted(far, submission())
      expect((await far.http(`/handsets/${OTHER}/messages/${id}/parts/1`)).status).toBe(404)
      expect((await far.http(`/handsets/${OTHER}/messages/${id}/raw`)).status).toBe(404)
      expect((await far.http(`/handsets/${PHONE}/messages/${id}/parts/9`)).status).toBe(404)
      expect((await far.http(`/handsets/nobody/messages`)).status).toBe(400)
    }))
})

describe('retention', () => {
  it('forgets what is older than a week, and the repeat of a reference after it is new', () =>
    withNetwork(async (far) => {
      const sent = submission({ validUntil: START + 30 * 86_400_000 })
      const id = await accepted(far, sent)
      await far.pass(1000)
      await far.pass(7 * 86_400_000)
      expect((await far.thread(PHONE)).messages).toEqual([])
      expect(far.state.storage.sql.exec('SELECT COUNT(*) AS n FROM entities').one()).toEqual({ n: 0 })
      expect(far.state.storage.sql.exec('SELECT COUNT(*) AS n FROM outbox').one()).toEqual({ n: 0 })
      expect(await accepted(far, sent)).not.toBe(id)
    }))

  it('keeps the bytes of the newest 500, every reference, and every receipt that nobody took', () =>
    withNetwork(async (far) => {
      far.gateway.status = 503
      for (let i = 0; i < 510; i++)
        await accepted(far, submission({ reference: `msg_${i}`, channel: 'sms', text: `${i}`, parts: [] }))
      const { messages } = await far.thread(PHONE)
      expect(messages).toHaveLength(500)
      expect(messages[0]!.reference).toBe('msg_10')
      expect((await far.carrier.query(submission({ reference: 'msg_0' }))).kind).toBe('found')
      await far.pass(1000)
      far.gateway.status = 204
      far.hooks.length = 0
      await far.pass(400_000)
      const seen = new Set(receipts(far).map((event) => `${event.reference} ${event.state}`))
      expect(seen.size).toBe(1020)
      expect(far.state.storage.sql.exec('SELECT COUNT(*) AS n FROM outbox').one()).toEqual({ n: 1000 })
    }))

  it('keeps a picture that the gateway has not taken yet, whatever came after it', () =>
    withNetwork(async (far) => {
      far.gateway.status = 503
      const body = new FormData()
      body.append('to', OURS)
      body.append('media', new File([jpeg(7, 7, 5000)], 'a.jpg', { type: 'image/jpeg' }))
      await far.http(`/handsets/${PHONE}/reply`, { method: 'POST', body })
      for (let i = 0; i < 505; i++)
        await accepted(far, submission({ channel: 'sms', text: `${i}`, parts: [] }))
      far.gateway.status = 204
      await far.pass(1000)
      const [message] = eventsOf(far).filter((event) => event.kind === 'message')
      expect(message?.parts[0]).toMatchObject({ kind: 'bytes', bytes: jpeg(7, 7, 5000) })
      await accepted(far, submission())
      expect((await far.thread(PHONE)).messages.some((one) => one.direction === 'inbound')).toBe(false)
    }))

  it('is cleared by hand, profiles and chaos staying', () =>
    withNetwork(async (far) => {
      await far.chaos([{ kind: 'delay', probability: 0 }], 7)
      await far.http(`/handsets/${PHONE}/profile`, { method: 'PUT', body: '{"kind":"feature"}' })
      await accepted(far, submission({ to: [PHONE, OTHER] }))
      expect((await far.http('/messages', { method: 'DELETE' })).status).toBe(204)
      const view = await (await far.http('/handsets')).json<{ handsets: { number: string }[] }>()
      expect(view.handsets.map((one) => one.number)).toEqual([PHONE])
      expect((await far.thread(PHONE)).messages).toEqual([])
      expect(await (await far.http('/chaos')).json()).toMatchObject({ seed: 7 })
    }))
})
