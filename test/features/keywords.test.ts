import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KeywordRule, rulesFor } from '../../src/domain/keyword.ts'
import { type Gateway, startGateway } from '../gateway/harness.ts'
import { photo } from '../gateway/photo.ts'
import { until } from '../gateway/until.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway?.close())

const say = async (from: string, text: string, file?: Uint8Array<ArrayBuffer>): Promise<void> => {
  const form = new FormData()
  form.append('to', '+14165550100')
  form.append('text', text)
  if (file !== undefined) form.append('media', new Blob([file]), 'a.jpg')
  await gateway.api(`/v1/simulator/handsets/${encodeURIComponent(from)}/reply`, {
    method: 'POST',
    body: form,
  })
}
// biome-ignore lint/suspicious/noExplicitAny: bodies of the simulator
const got = async (number: string): Promise<any[]> =>
  (await gateway.simulator(`/handsets/${encodeURIComponent(number)}/messages`)).body.messages.filter(
    (one: { direction: string }) => one.direction === 'outbound',
  )
const words = async (number: string): Promise<string[]> =>
  (await got(number)).map((one) => one.text ?? one.facts.text)

describe('I16: keywords and their actions', () => {
  it('a reply with text and picture, the best rule by priority, one in five minutes', async () => {
    const { body: media } = await gateway.json('/v1/media', { method: 'POST', body: await photo(200, 120) })
    const menu = await gateway.json('/v1/keywords', {
      json: {
        match: 'exact',
        word: 'Menu',
        reply: { text: 'Here is our menu', media: [media.id] },
        label: 'hungry',
      },
    })
    expect(menu.status).toBe(201)
    await gateway.json('/v1/keywords', {
      json: { match: 'starts', word: 'menu', priority: -1, reply: { text: 'Which menu?' } },
    })
    const from = '+16135550190'
    await say(from, '  MENU! ')
    const arrived = await until('the menu', async () =>
      (await got(from)).find((one) => one.channel === 'mms'),
    )
    expect(arrived.facts.text).toBe('Here is our menu')
    await say(from, 'menu')
    await say(from, 'menu of today please')
    await until('the other rule', async () => (await words(from)).includes('Which menu?'))
    expect((await words(from)).filter((text) => text === 'Here is our menu')).toHaveLength(1)
    // The list follows a moment behind.
    const row = await until(
      'the list to know of it',
      async () =>
        (await gateway.json(`/v1/conversations?member=${encodeURIComponent(from)}`)).body.conversations[0] ??
        null,
    )
    expect(row.labels).toEqual(['hungry'])
    expect((await gateway.json(`/v1/keywords/${menu.body.id}`, { method: 'DELETE' })).status).toBe(204)
    expect((await gateway.json('/v1/keywords')).body.keywords).toHaveLength(1)
  })

  it('V20: a forward of every message with its files, of one channel when asked', async () => {
    const to = '+16135550192'
    const rule = await gateway.json('/v1/keywords', {
      json: { number: '+14165550100', match: 'any', channel: 'mms', forward_to: to },
    })
    await say('+16135550191', 'A text alone')
    await say('+16135550191', 'With a picture', await photo(300, 200))
    const arrived = await until('the forward', async () => (await got(to))[0])
    expect(arrived.facts.text).toBe('+16135550191: With a picture')
    expect(arrived.facts.parts.some((part: { type: string }) => part.type === 'image/jpeg')).toBe(true)
    expect(await got(to)).toHaveLength(1)
    await gateway.json(`/v1/keywords/${rule.body.id}`, { method: 'DELETE' })
  })

  it('tells of a match by an event, once a message', async () => {
    const rule = await gateway.json('/v1/keywords', {
      json: { match: 'starts', word: 'order', notify: true },
    })
    expect(rule.body).toMatchObject({ notify: true, reply: null })
    await say('+16135550193', 'Order two pizzas')
    const told = await until('the event', async () => {
      const { body } = await gateway.json('/v1/events?types=keyword.matched')
      return body.events.length > 0 ? body.events : null
    })
    expect(told).toEqual([
      expect.objectContaining({
        type: 'keyword.matched',
        data: expect.objectContaining({
          number: '+14165550100',
          keyword: rule.body.id,
          word: 'order',
          from: '+16135550193',
          text: 'Order two pizzas',
        }),
      }),
    ])
    await gateway.json(`/v1/keywords/${rule.body.id}`, { method: 'DELETE' })
  })

  it.each([
    ['a word of consent', { match: 'exact', word: 'STOP', reply: { text: 'no' } }, 'invalid_field'],
    ['a reply to everything', { match: 'any', reply: { text: 'loop' } }, 'invalid_field'],
    ['nothing to do', { match: 'exact', word: 'hello' }, 'invalid_field'],
    ['a forward to ourselves', { match: 'any', forward_to: '+12125550101' }, 'recipient_is_own_number'],
    ["somebody else's number", { number: '+16135550199', match: 'any', label: 'x' }, 'sender_unknown'],
    ['no word', { match: 'exact', reply: { text: 'x' } }, 'invalid_field'],
  ])('refuses %s', async (_what, rule, code) => {
    expect((await gateway.json('/v1/keywords', { json: rule })).body.error.code).toBe(code)
  })
})

it('chooses among rules without looking at any number or channel that they are not for', () => {
  const rule = (more: Partial<KeywordRule>): KeywordRule => ({
    id: 'a',
    number: null,
    match: 'exact',
    word: 'hours',
    channel: null,
    priority: 0,
    reply: null,
    forwardTo: null,
    label: 'x',
    enabled: true,
    ...more,
  })
  const heard = { number: '+14165550100', channel: 'sms', text: 'Hours?' } as const
  expect(rulesFor([rule({}), rule({ id: 'b', priority: 5 })], heard).map((one) => one.id)).toEqual(['b'])
  expect(
    rulesFor([rule({ number: '+12125550101' }), rule({ channel: 'mms' }), rule({ enabled: false })], heard),
  ).toEqual([])
  expect(rulesFor([rule({ match: 'starts', word: 'hour' })], heard)).toEqual([])
})
