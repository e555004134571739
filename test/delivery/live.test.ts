import { describe, expect, it } from 'vitest'
import { oneEach, shardOf } from '../../src/delivery/fan-out.ts'
import { seeded } from '../store/flaky.ts'
import { LiveStage } from './live-stage.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const numbersOf = (stage: LiveStage, url: string): number[] =>
  stage.arrived.filter((one) => one.url === url).map((one) => Number(one.id.slice(4)))

describe('a hundred endpoints', () => {
  it('F-15: one of them dead for three days: the others get everything once, in order; so does it, in the end', async () => {
    const stage = new LiveStage()
    stage.webhooks = Array.from({ length: 100 }, (_, n) => stage.webhook(n))
    const dead = stage.webhooks[42]!.url
    const back = stage.now + 3 * DAY
    stage.answer = (url) => (url === dead && stage.now < back ? 503 : 200)
    for (let n = 1; n <= 12; n++) {
      await stage.append(stage.event(n), stage.event(100 + n))
      await stage.later(6 * 60 * MINUTE)
    }
    const expected = Array.from({ length: 12 }, (_, i) => [i + 1, 101 + i]).flat()
    for (const { url } of stage.webhooks) if (url !== dead) expect(numbersOf(stage, url)).toEqual(expected)
    // None of the others waited for the dead one: what was sent last came at once.
    const last = stage.arrived.filter((one) => one.id === stage.event(112).id && one.url !== dead)
    expect(new Set(last.map((one) => one.at)).size).toBe(1)

    await stage.later(5 * DAY)
    const reached = stage.arrived.filter((one) => one.url === dead)
    const firsts = [...new Map(reached.map((one) => [one.id, one.sequence])).values()]
    expect(firsts).toEqual([...firsts].sort((a, b) => a - b))
    const taken = reached.filter((one) => one.at >= back).map((one) => one.id)
    expect(taken.length).toBe(24)
    expect(new Set(taken).size).toBe(24)
  }, 120_000)
})

describe('the hand-over', () => {
  it('reaches each endpoint once, whatever is lost between', async () => {
    const stage = new LiveStage()
    const random = seeded(5)
    stage.webhooks = [1, 2, 3].map((n) => stage.webhook(n))
    stage.fault = () => (random() < 0.5 ? (random() < 0.5 ? 'before' : 'after') : null)
    for (let n = 1; n <= 30; n++) {
      await stage.append(stage.event(n))
      if (n % 3 === 0) await stage.append(stage.event(n))
      if (n % 7 === 0) stage.crash()
    }
    await stage.later(60 * MINUTE)
    const expected = Array.from({ length: 30 }, (_, i) => i + 1)
    for (const { url } of stage.webhooks) expect(numbersOf(stage, url)).toEqual(expected)
  })

  it('begins with what happens after an endpoint was made, and ends when it is switched off', async () => {
    const stage = new LiveStage()
    await stage.append(stage.event(1))
    stage.now += MINUTE
    stage.webhooks = [stage.webhook(1)]
    await stage.append(stage.event(2))
    stage.now += MINUTE
    stage.webhooks = [{ ...stage.webhooks[0]!, enabled: false }]
    await stage.append(stage.event(3))
    stage.now += MINUTE
    stage.webhooks = [{ ...stage.webhooks[0]!, enabled: true, revision: 2, activeSince: stage.now }]
    await stage.append(stage.event(4))
    expect(numbersOf(stage, stage.webhooks[0]!.url)).toEqual([2, 4])
  })

  it('what happened while it was off is not for it, though nobody saw it off', async () => {
    const stage = new LiveStage()
    stage.webhooks = [stage.webhook(1)]
    await stage.append(stage.event(1))
    stage.listDown = true
    stage.now += MINUTE
    await stage.append(stage.event(2))
    stage.now += MINUTE
    stage.webhooks = [{ ...stage.webhooks[0]!, revision: 3, activeSince: stage.now }]
    stage.listDown = false
    await stage.append(stage.event(3))
    await stage.later(MINUTE)
    expect(numbersOf(stage, stage.webhooks[0]!.url)).toEqual([1, 3])
  })

  it('an endpoint gets the types and numbers that it asks for', async () => {
    const stage = new LiveStage()
    stage.webhooks = [
      stage.webhook(1, { types: ['message.received'] }),
      stage.webhook(2, { numbers: ['+12125550101'] }),
    ]
    await stage.append(
      stage.event(1),
      stage.event(2, { type: 'message.received' }),
      stage.event(3, { number: '+12125550101' }),
      stage.event(4, { number: null, type: 'consent.changed' }),
    )
    expect(numbersOf(stage, stage.webhooks[0]!.url)).toEqual([2])
    expect(numbersOf(stage, stage.webhooks[1]!.url)).toEqual([3, 4])
  })

  it('a list that could not be read is read again, though nothing more happens', async () => {
    const stage = new LiveStage()
    stage.listDown = true
    stage.webhooks = [stage.webhook(1)]
    await stage.append(stage.event(1))
    stage.listDown = false
    await stage.later(MINUTE)
    expect(numbersOf(stage, stage.webhooks[0]!.url)).toEqual([1])
  })

  it('a replay tells one endpoint everything from an event on, once more', async () => {
    const stage = new LiveStage()
    stage.webhooks = [stage.webhook(1), stage.webhook(2)]
    for (let n = 1; n <= 5; n++) await stage.append(stage.event(n))
    const [first, second] = stage.webhooks
    const range = await stage.live((live) => live.replay(stage.account, first!.id, stage.event(3).id))
    expect(range).toEqual({ from: 3, to: 5 })
    await stage.later(MINUTE)
    expect(numbersOf(stage, first!.url)).toEqual([1, 2, 3, 4, 5, 3, 4, 5])
    expect(numbersOf(stage, second!.url)).toEqual([1, 2, 3, 4, 5])
    expect(await stage.live((live) => live.replay(stage.account, first!.id, stage.event(9).id))).toBeNull()
  })

  it('the events of a conversation share a queue, and queues share the conversations', async () => {
    const stage = new LiveStage()
    stage.webhooks = [stage.webhook(1, { shards: 4 })]
    const names = Array.from({ length: 40 }, (_, n) => `cnv_${n}`)
    for (const [n, conversation] of names.entries())
      await stage.append(stage.event(2 * n, { conversation }), stage.event(2 * n + 1, { conversation }))
    await stage.later(MINUTE)
    expect(numbersOf(stage, stage.webhooks[0]!.url).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 80 }, (_, i) => i),
    )
    const used = new Set(names.map((name) => shardOf(name, 4)))
    expect(used.size).toBe(4)
    for (const shard of used) {
      const heads = await stage.queue(stage.webhooks[0]!, shard, (queue) =>
        queue.deliveries(stage.account, null, 100),
      )
      expect(
        heads.every((one) => shardOf(`cnv_${Math.floor(Number(one.event.slice(4)) / 2)}`, 4) === shard),
      ).toBe(true)
    }
  })
})

describe('one event an attachment', () => {
  const received = (parts: number) => ({
    sequence: 7,
    id: 'evt_0000000000000000000001',
    type: 'message.received',
    number: null,
    conversation: 'cnv_a',
    body: JSON.stringify({
      id: 'evt_0000000000000000000001',
      type: 'message.received',
      data: {
        message: {
          text: 'Two',
          parts: Array.from({ length: parts }, (_, n) => ({ name: `image${n + 1}.jpg` })),
        },
      },
    }),
  })

  it('S26 N attachments = N webhooks: the same text, one part each, ids that stay', () => {
    const each = oneEach(received(3))
    expect(each.map((one) => [one.id, one.part])).toEqual([
      ['evt_0000000000000000000001P1', 0],
      ['evt_0000000000000000000001P2', 1],
      ['evt_0000000000000000000001P3', 2],
    ])
    for (const [n, one] of each.entries()) {
      const body = JSON.parse(one.body)
      expect(body.id).toBe(one.id)
      expect(body.data).toMatchObject({
        attachment: n + 1,
        attachments: 3,
        message: { text: 'Two', parts: [{ name: `image${n + 1}.jpg` }] },
      })
    }
    expect(oneEach(received(3))).toEqual(each)
  })

  it('a message with one attachment or none is one event as it is', () => {
    for (const parts of [0, 1]) expect(oneEach(received(parts))).toEqual([{ ...received(parts), part: 0 }])
  })
})

describe('the log', () => {
  it('belongs to one account', async () => {
    const stage = new LiveStage()
    await stage.append(stage.event(1))
    expect(await stage.live((live) => live.append('acc_other', [stage.event(2)]))).toBe(false)
    const query = { after: null, limit: 10, filter: { types: null, numbers: null, conversation: null } }
    expect(await stage.live((live) => live.page('acc_other', query))).toBeNull()
  })

  it('is read in pages from an event on, oldest first, by filters', async () => {
    const stage = new LiveStage()
    for (let n = 1; n <= 6; n++)
      await stage.append(stage.event(n, { conversation: n % 2 === 0 ? 'cnv_even' : 'cnv_odd' }))
    const page = (after: string | null, limit: number, conversation: string | null = null) =>
      stage.live((live) =>
        live.page(stage.account, { after, limit, filter: { types: null, numbers: null, conversation } }),
      )
    const sequences = (bodies: readonly string[]) => bodies.map((one) => JSON.parse(one).sequence)
    const first = await page(null, 4)
    expect(sequences(first!.bodies)).toEqual([1, 2, 3, 4])
    expect(first!.more).toBe(true)
    const second = await page(first!.last, 4)
    expect(sequences(second!.bodies)).toEqual([5, 6])
    expect(second!.more).toBe(false)
    expect(await page(second!.last, 4)).toEqual({ bodies: [], last: second!.last, more: false })
    expect(sequences((await page(null, 10, 'cnv_even'))!.bodies)).toEqual([2, 4, 6])
    expect(await page(stage.event(77).id, 4)).toBeNull()
  })

  it('lets events go after seven days, once every endpoint was told of them', async () => {
    const stage = new LiveStage()
    stage.webhooks = [stage.webhook(1)]
    await stage.append(stage.event(1))
    stage.fault = () => 'before'
    await stage.append(stage.event(2))
    stage.now += 8 * DAY
    await stage.append(stage.event(3))
    const all = { after: null, limit: 10, filter: { types: null, numbers: null, conversation: null } }
    const kept = async () =>
      (await stage.live((live) => live.page(stage.account, all)))!.bodies.map(
        (one) => JSON.parse(one).sequence,
      )
    expect(await kept()).toEqual([2, 3])
    stage.fault = () => null
    await stage.later(10 * MINUTE)
    await stage.append(stage.event(4))
    expect(await kept()).toEqual([3, 4])
    expect(numbersOf(stage, stage.webhooks[0]!.url)).toEqual([1, 2, 3, 4])
  })

  it('forgets conversations, and whatever names an address', async () => {
    const stage = new LiveStage()
    const told = {
      type: 'consent.changed',
      conversation: null,
      data: { facts: { address: '+16135550123' } },
    } as const
    await stage.append(stage.event(1), stage.event(2, { conversation: 'cnv_b' }), stage.event(3, told))
    const forgotten = { conversations: ['cnv_a'], addresses: ['+16135550123'] }
    await stage.live((live) => live.forget(stage.account, forgotten))
    const all = { after: null, limit: 10, filter: { types: null, numbers: null, conversation: null } }
    const page = await stage.live((live) => live.page(stage.account, all))
    expect(page!.bodies).toHaveLength(1)
  })
})
