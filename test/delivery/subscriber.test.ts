import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { secretText } from '../../src/domain/standard-webhooks.ts'
import { onSubscriber } from './subscriber-stage.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const status = (code: number, headers: Record<string, string> = {}) =>
  new Response(null, { status: code, headers })

describe('what an endpoint gets', () => {
  it('one POST an event, signed as Standard Webhooks says', () =>
    onSubscriber(async (stage) => {
      stage.now = Date.now()
      await stage.enqueue(1)
      const [got] = stage.got
      expect(stage.got).toHaveLength(1)
      expect(got!.url).toBe('https://customer.example/hook')
      const secret = secretText(new Uint8Array(32).fill(1))
      const verified = new Webhook(secret).verify(got!.body, Object.fromEntries(got!.headers))
      expect(verified).toMatchObject({ type: 'message.accepted', id: got!.id, sequence: 1 })
      expect(() => new Webhook(secret).verify(`${got!.body} `, Object.fromEntries(got!.headers))).toThrow()
      const other = secretText(new Uint8Array(32).fill(2))
      expect(() => new Webhook(other).verify(got!.body, Object.fromEntries(got!.headers))).toThrow()
    }))

  it('signatures of both secrets while one is changed, then of the new one alone', () =>
    onSubscriber(async (stage) => {
      stage.now = Date.now()
      const [first, second] = [1, 2].map((one) => new Webhook(secretText(new Uint8Array(32).fill(one))))
      stage.webhook = { ...stage.webhook, revision: 2, generation: 2, previousUntil: stage.now + DAY }
      await stage.enqueue(1)
      const during = Object.fromEntries(stage.got[0]!.headers)
      expect(during['webhook-signature']!.split(' ')).toHaveLength(2)
      first!.verify(stage.got[0]!.body, during)
      second!.verify(stage.got[0]!.body, during)
      stage.webhook = { ...stage.webhook, revision: 3, previousUntil: stage.now - 1 }
      await stage.enqueue(2)
      const after = Object.fromEntries(stage.got[1]!.headers)
      second!.verify(stage.got[1]!.body, after)
      expect(() => first!.verify(stage.got[1]!.body, after)).toThrow()
    }))

  it('the same id and body on every attempt, and each event once', () =>
    onSubscriber(async (stage) => {
      stage.answer = (_got, nth) => status(nth < 3 ? 500 : 204)
      await stage.enqueue(1)
      await stage.enqueue(1)
      await stage.later(HOUR)
      expect(stage.got).toHaveLength(3)
      expect(new Set(stage.got.map((one) => one.body)).size).toBe(1)
      expect(new Set(stage.got.map((one) => one.id)).size).toBe(1)
      await stage.enqueue(1)
      await stage.later(DAY)
      expect(stage.got).toHaveLength(3)
    }))
})

describe('order', () => {
  it('tries events for the first time in their order, one at a time', () =>
    onSubscriber(async (stage) => {
      let open = 0
      let most = 0
      stage.answer = async () => {
        most = Math.max(most, ++open)
        await new Promise((resolve) => setTimeout(resolve, 1))
        open--
        return status(200)
      }
      await stage.object.enqueue(
        stage.webhook,
        0,
        [3, 1, 2].map((one) => stage.event(one)),
        null,
      )
      await stage.enqueue(...Array.from({ length: 20 }, (_, i) => i + 4))
      await stage.later(MINUTE)
      expect(stage.got.map((one) => Number(one.id.slice(4)))).toEqual(
        Array.from({ length: 23 }, (_, i) => i + 1),
      )
      expect(most).toBe(1)
    }))

  it('a retrying event holds nothing back', () =>
    onSubscriber(async (stage) => {
      stage.answer = (got) => status(got.id === stage.event(1).id ? 500 : 200)
      await stage.enqueue(1, 2, 3)
      expect(stage.got.map((one) => Number(one.id.slice(4)))).toEqual([1, 2, 3])
    }))

  it('unless strict order is asked for: then what is behind it waits', () =>
    onSubscriber(async (stage) => {
      stage.webhook = { ...stage.webhook, strictOrder: true }
      stage.answer = (got, nth) => status(got.id === stage.event(1).id && nth < 4 ? 500 : 200)
      await stage.enqueue(1, 2, 3)
      expect(stage.got).toHaveLength(1)
      await stage.later(34 * MINUTE)
      expect(stage.got.map((one) => Number(one.id.slice(4)))).toEqual([1, 1, 1])
      await stage.later(2 * MINUTE)
      expect(stage.got.map((one) => Number(one.id.slice(4)))).toEqual([1, 1, 1, 1, 2, 3])
    }))
})

describe('an endpoint that fails', () => {
  it('F-15: ten attempts over 75 h 35 min, then the event is given up', () =>
    onSubscriber(async (stage) => {
      stage.answer = () => status(503)
      await stage.enqueue(1)
      await stage.later(4 * DAY)
      const hours = [0, 2, 7, 17, 31, 51, 75].map((one) => one * 3600 + 2105)
      expect(stage.attempts(1)).toEqual([0, 5, 305, ...hours])
      expect((await stage.deliveries())[0]).toMatchObject({ state: 'given_up', attempts: 10, status: 503 })
      expect(stage.rings).toBeNull()
    }))

  it('F-15: five days without a success switch it off, and the account is told', () =>
    onSubscriber(async (stage) => {
      stage.answer = () => status(500)
      for (let day = 0; day < 6; day++) {
        await stage.enqueue(day + 1)
        await stage.later(DAY)
      }
      const off = stage.health.at(-1)!.switchedOff!
      expect(off.reason).toBe('failing')
      expect((off.at - Date.UTC(2026, 0, 1)) / HOUR).toBeGreaterThanOrEqual(120)
      expect((off.at - Date.UTC(2026, 0, 1)) / HOUR).toBeLessThan(144)
      const before = stage.got.length
      await stage.enqueue(99)
      await stage.later(DAY)
      expect(stage.got).toHaveLength(before)
      const states = (await stage.deliveries()).map((one) => one.state)
      expect(states[0]).toBe('dropped')
      expect(states).not.toContain('pending')
    }))

  it('a success in between starts the five days anew', () =>
    onSubscriber(async (stage) => {
      stage.answer = (got) => status(got.id === stage.event(3).id ? 200 : 500)
      for (let day = 0; day < 6; day++) {
        await stage.enqueue(day + 1)
        await stage.later(DAY)
      }
      expect(stage.health.every((one) => one.switchedOff === null)).toBe(true)
    }))

  it('410 switches it off at once', () =>
    onSubscriber(async (stage) => {
      stage.answer = () => status(410)
      await stage.enqueue(1, 2, 3)
      await stage.later(4 * DAY)
      expect(stage.got).toHaveLength(1)
      expect(stage.health.at(-1)!.switchedOff!.reason).toBe('gone')
    }))

  it('a newer setting gives it another chance', () =>
    onSubscriber(async (stage) => {
      stage.answer = () => status(410)
      await stage.enqueue(1)
      stage.answer = () => status(200)
      stage.webhook = { ...stage.webhook, revision: 2, url: 'https://customer.example/new' }
      await stage.enqueue(2)
      expect(stage.got.map((one) => one.url)).toEqual([
        'https://customer.example/hook',
        'https://customer.example/new',
      ])
    }))

  it('a redirect is a failure, and never followed', () =>
    onSubscriber(async (stage) => {
      stage.answer = () => status(302, { location: 'https://elsewhere.example/' })
      await stage.enqueue(1)
      expect(stage.got.map((one) => one.url)).toEqual(['https://customer.example/hook'])
      expect(stage.got[0]!.redirect).toBe('manual')
      expect((await stage.deliveries())[0]).toMatchObject({
        state: 'pending',
        error: 'redirect',
        status: 302,
      })
    }))

  it.each([199, 304, 400, 404, 429, 500])('%i is no success', (code) =>
    onSubscriber(async (stage) => {
      stage.answer = () =>
        code < 200 ? ({ status: code, headers: new Headers(), body: null } as Response) : status(code)
      await stage.enqueue(1)
      expect((await stage.deliveries())[0]).toMatchObject({ state: 'pending', attempts: 1, status: code })
    }),
  )

  it('Retry-After is honoured, by every event of the endpoint', () =>
    onSubscriber(async (stage) => {
      stage.answer = (_got, nth) => (nth === 1 ? status(429, { 'retry-after': '600' }) : status(200))
      await stage.enqueue(1)
      stage.answer = () => status(200)
      await stage.enqueue(2)
      await stage.later(599 * SECOND)
      expect(stage.got).toHaveLength(1)
      await stage.later(2 * SECOND)
      expect(stage.got.map((one) => one.id).sort()).toEqual([1, 1, 2].map((one) => stage.event(one).id))
      expect(stage.attempts(1)).toEqual([0, 600])
    }))

  it('an endpoint that hangs is left after 15 s', () =>
    onSubscriber(async (stage) => {
      const waits: number[] = []
      const ports = stage.ports as { -readonly [K in keyof typeof stage.ports]: (typeof stage.ports)[K] }
      ports.timer = (milliseconds, run) => {
        waits.push(milliseconds)
        const handle = setTimeout(run, 5)
        return () => clearTimeout(handle)
      }
      stage.answer = () => new Promise(() => {})
      await stage.enqueue(1)
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(waits).toEqual([15_000])
      expect((await stage.deliveries())[0]).toMatchObject({
        state: 'pending',
        error: 'timeout',
        status: null,
      })
    }))

  it.each(['http://customer.example/', 'https://10.0.0.1/', 'https://gateway.example/', 'https://a.local/'])(
    'nothing is posted to %s',
    (url) =>
      onSubscriber(async (stage) => {
        stage.webhook = { ...stage.webhook, url }
        await stage.enqueue(1)
        expect(stage.got).toEqual([])
        expect((await stage.deliveries())[0]).toMatchObject({ error: 'url_refused', attempts: 1 })
      }),
  )
})

describe('crashes', () => {
  it('an attempt that was cut counts, and the event is tried again', () =>
    onSubscriber(async (stage, restart) => {
      stage.answer = () => new Promise(() => {})
      await stage.enqueue(1)
      expect(stage.got).toHaveLength(1)
      restart()
      stage.answer = () => status(200)
      await stage.later(MINUTE)
      expect(stage.attempts(1)).toEqual([0, 30])
      expect((await stage.deliveries())[0]).toMatchObject({ state: 'delivered', attempts: 2 })
    }))

  it('what waits is delivered after a restart, by the alarm alone', () =>
    onSubscriber(async (stage, restart) => {
      stage.answer = () => status(500)
      await stage.enqueue(1, 2)
      restart()
      stage.answer = () => status(200)
      await stage.later(MINUTE)
      expect((await stage.deliveries()).map((one) => one.state)).toEqual(['delivered', 'delivered'])
    }))

  it('a list that does not answer is told later', () =>
    onSubscriber(async (stage) => {
      stage.listDown = true
      stage.answer = () => status(410)
      await stage.enqueue(1)
      expect(stage.health).toEqual([])
      stage.listDown = false
      await stage.later(2 * MINUTE)
      expect(stage.health.map((one) => one.switchedOff?.reason)).toEqual(['gone'])
    }))
})

describe('replay, probes and the log', () => {
  it('a replay sends again what was sent, and a repeated hand-over of it does not', () =>
    onSubscriber(async (stage) => {
      await stage.enqueue(1, 2, 3)
      const again = [2, 3].map((one) => stage.event(one))
      await stage.object.enqueue(stage.webhook, 0, again, 1)
      await stage.object.enqueue(stage.webhook, 0, again, 1)
      await stage.later(MINUTE)
      expect(stage.got.map((one) => Number(one.id.slice(4)))).toEqual([1, 2, 3, 2, 3])
    }))

  it('a probe is one attempt, and no verdict', () =>
    onSubscriber(async (stage) => {
      stage.answer = () => status(410)
      const probed = await stage.object.probe(stage.webhook, stage.event(0, { type: 'webhook.test' }))
      expect(probed).toMatchObject({ delivered: false, status: 410 })
      await stage.later(DAY)
      expect(stage.got).toHaveLength(1)
      expect(stage.health).toEqual([])
      expect((await stage.deliveries())[0]).toMatchObject({
        type: 'webhook.test',
        attempts: 1,
        state: 'given_up',
      })
    }))

  it('the log is read in pages, belongs to its account, and holds no body of what has ended', () =>
    onSubscriber(async (stage) => {
      for (let i = 1; i <= 5; i++) {
        await stage.enqueue(i)
        stage.now += SECOND
      }
      const first = await stage.object.deliveries(stage.webhook.account, null, 2)
      const last = first.at(-1)!
      const rest = await stage.object.deliveries(
        stage.webhook.account,
        { at: last.queuedAt, event: last.event },
        10,
      )
      expect([...first, ...rest].map((one) => one.sequence)).toEqual([5, 4, 3, 2, 1])
      expect(await stage.object.deliveries('acc_other', null, 10)).toEqual([])
      expect(Object.keys(first[0]!)).not.toContain('body')
    }))

  it('a queue that was closed stays closed, whatever still arrives', () =>
    onSubscriber(async (stage) => {
      await stage.enqueue(1)
      await stage.object.close(stage.webhook.account)
      await stage.enqueue(2)
      await stage.later(DAY)
      expect(stage.got).toHaveLength(1)
    }))

  it('what is to be forgotten is', () =>
    onSubscriber(async (stage) => {
      await stage.object.enqueue(
        stage.webhook,
        0,
        [stage.event(1), stage.event(2, { conversation: 'cnv_b' })],
        null,
      )
      await stage.rest()
      await stage.object.forget(stage.webhook.account, { conversations: ['cnv_a'], addresses: [] })
      expect((await stage.deliveries()).map((one) => one.sequence)).toEqual([2])
      stage.answer = () => status(500)
      await stage.object.enqueue(
        stage.webhook,
        0,
        [stage.event(3, { conversation: null, body: '{"sequence":3,"address":"+16135550123"}' })],
        null,
      )
      await stage.rest()
      await stage.object.forget(stage.webhook.account, { conversations: [], addresses: ['+16135550123'] })
      expect((await stage.deliveries()).map((one) => one.sequence)).toEqual([2])
    }))
})
