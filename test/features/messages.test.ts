import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gateway, startGateway } from '../gateway/harness.ts'
import { photo } from '../gateway/photo.ts'
import { until } from '../gateway/until.ts'

/** What the statements about what a message can be promise, over HTTP against the simulator. */

const OWN = '+14165550100'
let gateway: Gateway
/** Sent first and looked at last: its phone never reports, and its validity is as short as it can be. */
let silent: { id: string }

beforeAll(async () => {
  gateway = await startGateway()
  const phone = '+16135550349'
  // Its pictures are dropped on the way, and its network tells nobody.
  await gateway.simulator(`/handsets/${encodeURIComponent(phone)}/profile`, {
    method: 'PUT',
    json: { messageBytes: 1000, reports: false },
  })
  silent = (await gateway.send({ to: phone, channel: 'mms', text: 'x'.repeat(1500), validity: 60 })).body
})
afterAll(() => gateway?.close())

type Json = Record<string, unknown>
/** Sends, waits for the report, and gives what the phone has of it. */
const arrives = async (phone: string, message: Json) => {
  const sent = await gateway.send({ to: phone, ...message })
  expect(sent.status, JSON.stringify(sent.body)).toBe(202)
  await gateway.settled(sent.body.id)
  const { body } = await gateway.simulator(`/handsets/${encodeURIComponent(phone)}/messages`)
  const arrived = body.messages.find((one: { reference: string }) => one.reference === sent.body.id)
  return { sent: sent.body, arrived }
}
const check = async (body: Json) => (await gateway.json('/v1/messages:check', { json: body })).body

const upload = async (bytes: Uint8Array<ArrayBuffer>): Promise<{ id: string }> => {
  const { body } = await gateway.json('/v1/media', { method: 'POST', body: bytes })
  return { id: body.id }
}
/** A phone writes; gives the message as we have it. */
const answers = async (
  phone: string,
  conversation: string,
  fields: Record<string, string | File | File[]>,
) => {
  const form = new FormData()
  for (const [name, value] of Object.entries({ to: OWN, ...fields }))
    for (const one of [value].flat()) form.append(name, one)
  const path = `/handsets/${encodeURIComponent(phone)}/reply`
  const before = await thread(conversation)
  const { status } = await gateway.simulator(path, { method: 'POST', body: form })
  expect(status).toBe(202)
  return await until('the reply to come in', async () => {
    const all = await thread(conversation)
    const inbound = (list: typeof all) => list.filter((one) => one.direction === 'inbound')
    return inbound(all).length > inbound(before).length ? inbound(all)[0] : null
  })
}
// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely.
const thread = async (conversation: string): Promise<any[]> =>
  (await gateway.json(`/v1/conversations/${conversation}/messages`)).body?.messages ?? []

describe('SMS or MMS', () => {
  const PHONE = '+16135550201'

  it('V2 a text past the segments of the number goes as MMS', async () => {
    expect((await arrives(PHONE, { text: 'x'.repeat(160) })).arrived.channel).toBe('sms')
    const long = await arrives(PHONE, { text: 'x'.repeat(161) })
    expect(long.arrived.channel).toBe('mms')
    expect(long.arrived.facts.text).toBe('x'.repeat(161))
    // 71 letters outside the GSM alphabet do not fit one segment.
    expect((await arrives(PHONE, { text: 'ё'.repeat(71) })).arrived.channel).toBe('mms')
    const path = `/v1/numbers/${encodeURIComponent(OWN)}`
    await gateway.json(path, { method: 'PATCH', json: { sms_max_segments: 3 } })
    expect((await arrives(PHONE, { text: 'x'.repeat(161) })).arrived.channel).toBe('sms')
    await gateway.json(path, { method: 'PATCH', json: { sms_max_segments: 1 } })
  })

  it('V2 the caller chooses the channel', async () => {
    expect((await arrives(PHONE, { channel: 'mms', text: 'Hi' })).arrived.channel).toBe('mms')
    const { sent, arrived } = await arrives(PHONE, { channel: 'sms', text: 'x'.repeat(400) })
    expect(arrived.channel).toBe('sms')
    expect(sent.warnings.map((one: { code: string }) => one.code)).toContain('sms_segments')
    const refused = await gateway.send({ to: PHONE, channel: 'sms', text: 'Hi', subject: 'No' })
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_field', field: 'channel' } },
    })
  })

  it('V2 a check says how a text travels', async () => {
    const said = await check({ to: PHONE, channel: 'sms', text: '😀'.repeat(36) })
    expect(said).toMatchObject({ allowed: true, channel: 'sms', segments: { count: 2, alphabet: 'ucs-2' } })
    expect(await check({ to: PHONE, text: 'x'.repeat(161) })).toMatchObject({
      channel: 'mms',
      segments: null,
    })
  })

  it('V2 a phone that is known to take no MMS gets a long text as SMS', async () => {
    const phone = '+16135550202'
    await gateway.json(`/v1/recipients/${encodeURIComponent(phone)}`, { method: 'PUT', json: { mms: 'no' } })
    expect((await arrives(phone, { text: 'x'.repeat(200) })).arrived.channel).toBe('sms')
  })

  it('S22 SMS and MMS of a pair are one conversation', async () => {
    const sms = await gateway.send({ to: PHONE, channel: 'sms', text: 'one' })
    const mms = await gateway.send({ to: PHONE, channel: 'mms', text: 'two' })
    expect(sms.body.conversation).toBe(mms.body.conversation)
  })

  it('V17 2048 characters', async () => {
    const { arrived } = await arrives(PHONE, { text: 'y'.repeat(2048) })
    expect(arrived.facts.text).toBe('y'.repeat(2048))
    const { body } = await gateway.send({ to: PHONE, text: 'y'.repeat(2049) })
    expect(body.error.code).toBe('text_too_long')
  })
})

describe('rich messages', () => {
  const PHONE = '+16135550211'
  const reply = (title: string, postback?: string) => ({ type: 'reply', title, postback })

  it('S8 text and S9 media', async () => {
    const text = await arrives(PHONE, { content: { type: 'text', text: 'Plain words' } })
    expect(text.arrived).toMatchObject({ channel: 'sms', facts: { text: 'Plain words' } })
    const media = await upload(await photo(400, 300))
    const { arrived } = await arrives(PHONE, { content: { type: 'media', media, text: 'Look' } })
    expect(arrived.channel).toBe('mms')
    expect(arrived.facts).toMatchObject({ text: 'Look', attachments: 1 })
  })

  it('S15 a choice is a text with numbered answers', async () => {
    const { sent, arrived } = await arrives(PHONE, {
      content: {
        type: 'choice',
        text: 'Which day suits you?',
        choices: [
          reply('Monday', 'day_1'),
          reply('Tuesday', 'day_2'),
          { type: 'url', title: 'Calendar', url: 'https://example.com/days' },
          { type: 'call', title: 'Or call', number: '+14165550100' },
        ],
      },
    })
    expect(arrived.channel).toBe('sms')
    expect(arrived.facts.text).toBe(
      'Which day suits you?\n\n1. Monday\n2. Tuesday\nCalendar: https://example.com/days\nOr call: +14165550100',
    )
    expect(sent.choices).toEqual([
      { number: 1, title: 'Monday', postback: 'day_1' },
      { number: 2, title: 'Tuesday', postback: 'day_2' },
    ])
  })

  it('S16 a card has its title as subject, and nowhere else', async () => {
    const media = await upload(await photo(400, 300))
    const card = { type: 'card', title: 'New in Ottawa', description: 'Open now.', media }
    const { arrived } = await arrives(PHONE, { content: card })
    expect(arrived.facts).toMatchObject({ subject: 'New in Ottawa', text: 'Open now.', attachments: 1 })
    const shown = await gateway.json('/v1/messages:preview', { json: { to: PHONE, content: card } })
    expect(shown.body.wire_bytes).toBe(arrived.facts.bytes)
  })

  it('S17 a title has at most 80 characters, and 40 are shown', async () => {
    const card = (length: number) => ({ to: PHONE, content: { type: 'card', title: 'T'.repeat(length) } })
    expect((await gateway.send(card(81))).body.error.code).toBe('invalid_field')
    expect((await check(card(80))).warnings.map((one: { code: string }) => one.code)).toContain(
      'subject_long',
    )
    expect((await check(card(40))).warnings).toEqual([])
  })

  it('S18 a card needs no media; where no MMS can go its title is in the text', async () => {
    const content = { type: 'card', title: 'Closed today', description: 'Back on Monday.' }
    const { arrived } = await arrives(PHONE, { content })
    expect(arrived).toMatchObject({ channel: 'mms', facts: { subject: 'Closed today', attachments: 0 } })
    const phone = '+16135550212'
    await gateway.json(`/v1/recipients/${encodeURIComponent(phone)}`, { method: 'PUT', json: { mms: 'no' } })
    const plain = await arrives(phone, { content })
    expect(plain.arrived).toMatchObject({ channel: 'sms', facts: { text: 'Closed today\nBack on Monday.' } })
  })

  it('S19 a carousel is a text, with its pictures in order', async () => {
    const pictures = [await upload(await photo(300, 200)), await upload(await photo(200, 300))]
    const { sent, arrived } = await arrives(PHONE, {
      content: {
        type: 'carousel',
        cards: [
          { title: 'Red', media: pictures[0], choices: [reply('Take red', 'r')] },
          {
            title: 'Blue',
            description: 'Like the sea',
            media: pictures[1],
            choices: [reply('Take blue', 'b')],
          },
        ],
        choices: [reply('Neither')],
      },
    })
    expect(arrived.facts.text).toBe('Red\n\n1. Take red\n\nBlue\nLike the sea\n\n2. Take blue\n\n3. Neither')
    expect(sent.parts.map((one: { width: number }) => one.width)).toEqual([300, 200])
    expect(arrived.facts.attachments).toBe(2)
  })

  it('S20 a location is a text with a map link that follows nobody', async () => {
    const { arrived } = await arrives(PHONE, {
      content: { type: 'location', title: 'Our shop', latitude: 45.4215, longitude: -75.6972 },
    })
    expect(arrived).toMatchObject({
      channel: 'sms',
      facts: { text: 'Our shop\nhttps://maps.google.com/?q=45.4215,-75.6972' },
    })
  })

  it('S12 contact info goes as a vCard, and as text by SMS', async () => {
    const content = {
      type: 'contact',
      name: { first: 'Jane', last: 'Doe; Esq' },
      phones: [{ number: '+16135550199', type: 'cell' }],
      emails: ['jane@example.com'],
      organization: 'Example, Inc.',
    }
    const { sent, arrived } = await arrives(PHONE, { content })
    expect(arrived.channel).toBe('mms')
    expect(sent.parts.map((one: { type: string }) => one.type)).toEqual(['text/x-vCard'])
    const path = `/handsets/${encodeURIComponent(PHONE)}/messages/${arrived.id}/parts/1`
    const card = await (await gateway.api(`/v1/simulator${path}`)).text()
    for (const line of [
      'FN:Jane Doe\\; Esq',
      'N:Doe\\; Esq;Jane;;;',
      'ORG:Example\\, Inc.',
      'EMAIL:jane@example.com',
    ])
      expect(card).toContain(line)
    const plain = await arrives(PHONE, { content, channel: 'sms' })
    expect(plain.arrived.facts.text).toBe('Jane Doe; Esq\nExample, Inc.\n+16135550199\njane@example.com')
  })

  it('a list is numbered through', async () => {
    const { arrived } = await arrives(PHONE, {
      content: {
        type: 'list',
        title: 'Lunch',
        sections: [
          { title: 'Soups', items: [{ title: 'Leek', description: 'Warm' }] },
          { title: 'Bread', items: [{ title: 'Rye', postback: 'rye' }] },
        ],
      },
    })
    expect(arrived.facts.text).toBe('Lunch\n\nSoups\n1. Leek\nWarm\n\nBread\n2. Rye')
  })

  it('S29 a reply of a number or of the words names message and postback, S30 on SMS too', async () => {
    const phone = '+16135550213'
    const ask = (choices: unknown[]) =>
      arrives(phone, { content: { type: 'choice', text: 'Well?', choices } })
    const first = await ask([reply('Monday', 'mo'), reply('Tuesday', 'tu')])
    const { conversation } = first.sent
    const chosen = { message: first.sent.id, title: 'Tuesday', postback: 'tu' }
    const number = await answers(phone, conversation, { text: ' 2. ' })
    expect(number).toMatchObject({ channel: 'sms', choice_response: chosen })
    const words = await answers(phone, conversation, { text: 'tuesday!', subject: 'Re' })
    expect(words).toMatchObject({ channel: 'mms', choice_response: chosen })
    expect((await answers(phone, conversation, { text: '3' })).choice_response).toBeNull()
    expect((await answers(phone, conversation, { text: 'Tuesday or not' })).choice_response).toBeNull()
    // A number is one of the newest list; words may be older ones.
    const second = await ask([reply('Red'), reply('Blue', 'blue')])
    expect((await answers(phone, conversation, { text: '2' })).choice_response).toEqual({
      message: second.sent.id,
      title: 'Blue',
      postback: 'blue',
    })
    expect((await answers(phone, conversation, { text: 'Monday' })).choice_response.message).toBe(
      first.sent.id,
    )
  })

  it('refuses titles that are opt-out words, twins, and a text of its own beside', async () => {
    const choice = (...titles: string[]) => ({
      to: PHONE,
      content: { type: 'choice', text: 'Go on?', choices: titles.map((title) => reply(title)) },
    })
    for (const message of [
      choice('Yes', 'STOP'),
      choice('Stоp'),
      choice('Help'),
      choice('A', 'a.'),
      { ...choice('Yes'), text: 'More' },
    ]) {
      const refused = await gateway.send(message)
      expect(refused).toMatchObject({
        status: 400,
        body: { error: { code: 'invalid_field', field: 'content' } },
      })
      expect((await check(message)).errors).toMatchObject([{ code: 'invalid_field', field: 'content' }])
    }
    expect((await check(choice('Yes', 'No'))).allowed).toBe(true)
  })
})

describe('templates', () => {
  const PHONE = '+16135550214'
  const make = (body: Json) => gateway.json('/v1/templates', { json: body })

  it('are filled in, with defaults, and keep what was sent', async () => {
    const made = await make({
      name: 'Reminder',
      content: {
        type: 'choice',
        text: 'Hi {{name}}, see you {{ day }}?',
        choices: [{ type: 'reply', title: 'Yes', postback: 'yes:{{name}}' }],
      },
      defaults: { day: 'tomorrow' },
    })
    expect(made).toMatchObject({ status: 201, body: { variables: ['name', 'day'] } })
    const { id } = made.body
    const template = { id, variables: { name: 'Ann {{day}}' } }
    const { sent, arrived } = await arrives(PHONE, { template })
    expect(arrived.facts.text).toBe('Hi Ann {{day}}, see you tomorrow?\n\n1. Yes')
    expect(sent.choices[0].postback).toBe('yes:Ann {{day}}')
    const missing = await gateway.send({ to: PHONE, template: { id } })
    expect(missing).toMatchObject({ status: 400, body: { error: { field: 'template.variables' } } })
    expect(missing.body.error.message).toContain('name')
    const changed = await gateway.json(`/v1/templates/${id}`, {
      method: 'PUT',
      json: { name: 'Reminder 2', content: { type: 'text', text: 'Bye {{name}}' } },
    })
    expect(changed.body).toMatchObject({ id, name: 'Reminder 2', variables: ['name'], defaults: {} })
    expect((await arrives(PHONE, { template })).arrived.facts.text).toBe('Bye Ann {{day}}')
    expect((await gateway.api(`/v1/templates/${id}`, { method: 'DELETE' })).status).toBe(204)
    expect((await gateway.send({ to: PHONE, template })).status).toBe(404)
    expect((await gateway.json(`/v1/templates/${id}`)).status).toBe(404)
  })

  it('are listed by pages, newest first', async () => {
    for (const n of [1, 2, 3]) await make({ name: `T${n}`, content: { type: 'text', text: 'x' } })
    const first = await gateway.json('/v1/templates?limit=2')
    expect(first.body.templates.map((one: { name: string }) => one.name)).toEqual(['T3', 'T2'])
    const second = await gateway.json(`/v1/templates?limit=2&cursor=${first.body.next}`)
    expect(second.body.templates.map((one: { name: string }) => one.name)).toEqual(['T1'])
    expect(second.body.next).toBeNull()
    expect((await gateway.json('/v1/templates?cursor=0.x.0000000000')).body.error.code).toBe('invalid_cursor')
  })

  it('with a bad title are refused when written, and when filled in', async () => {
    const choice = (title: string) => ({
      type: 'choice',
      text: 'Go on?',
      choices: [{ type: 'reply', title }],
    })
    expect((await make({ name: 'Bad', content: choice('Unsubscribe') })).status).toBe(400)
    const { body } = await make({ name: 'Open', content: choice('{{word}}') })
    const refused = await gateway.send({ to: PHONE, template: { id: body.id, variables: { word: 'stop' } } })
    expect(refused).toMatchObject({ status: 400, body: { error: { field: 'template' } } })
  })
})

describe('more attachments than one message carries', () => {
  const PHONE = '+16135550221'
  const pictures = (count: number) =>
    Promise.all(Array.from({ length: count }, async (_, n) => await upload(await photo(200 + n, 150))))
  const all = async (phone: string) =>
    (await gateway.simulator(`/handsets/${encodeURIComponent(phone)}/messages`)).body.messages

  it('V16 go as several messages in order, text on the first, and are one message here', async () => {
    const media = await pictures(13)
    const message = { to: PHONE, text: 'Thirteen', subject: 'Many', media, split: true }
    const shown = await gateway.json('/v1/messages:preview', { json: message })
    const sent = await gateway.send(message)
    expect(sent).toMatchObject({ status: 202, body: { pieces: 2 } })
    expect(sent.body.warnings.map((one: { code: string }) => one.code)).toContain('split')
    const settled = await gateway.settled(sent.body.id)
    expect(settled).toMatchObject({ state: 'delivered', certainty: 'handset' })
    expect(settled.parts.map((one: { width: number }) => one.width)).toEqual(
      Array.from({ length: 13 }, (_, n) => 200 + n),
    )
    const arrived = await all(PHONE)
    expect(
      arrived.map((one: { facts: Json }) => [one.facts.text, one.facts.subject, one.facts.attachments]),
    ).toEqual([
      ['Thirteen', 'Many', 10],
      [null, null, 3],
    ])
    expect(arrived[0].reference).toBe(sent.body.id)
    expect(shown.body.pieces.map((one: { wire_bytes: number }) => one.wire_bytes)).toEqual(
      arrived.map((one: { facts: { bytes: number } }) => one.facts.bytes),
    )
    for (const one of arrived) expect(one.facts.bytes).toBeLessThanOrEqual(300_000)
    // Nothing of the second is a message of its own.
    const listed = await thread(sent.body.conversation)
    expect(listed.map((one) => one.id)).toEqual([sent.body.id])
    const events = settled.timeline.map((one: { event: string }) => one.event)
    expect(events.filter((one: string) => one === 'submitting')).toHaveLength(2)
    expect(events.indexOf('piece_submitted')).toBeLessThan(events.lastIndexOf('submitting'))
  })

  it('V16 one lost message is a lost whole, and each is paid for', async () => {
    const path = `/v1/numbers/${encodeURIComponent(OWN)}`
    await gateway.json(path, { method: 'PATCH', json: { prices: { mms_out: 20_000 } } })
    const phone = '+16135550222'
    const profile = `/handsets/${encodeURIComponent(phone)}/profile`
    // The phone takes the second message only: the first is larger.
    const media = await pictures(11)
    const message = { to: phone, media, split: true }
    expect((await check(message)).cost).toBe(40_000)
    const shown = await gateway.json('/v1/messages:preview', { json: message })
    const [first, second] = shown.body.pieces.map((one: { wire_bytes: number }) => one.wire_bytes)
    expect(first).toBeGreaterThan(second)
    const put = { method: 'PUT', json: { messageBytes: second + 100, reports: true } }
    expect((await gateway.simulator(profile, put)).status).toBe(200)
    const sent = await gateway.send(message)
    expect(await gateway.settled(sent.body.id)).toMatchObject({
      state: 'failed',
      reason: { code: 'too_large' },
    })
    // The first went once more, made smaller, and was still too large.
    expect(await all(phone)).toHaveLength(3)
    await gateway.json(path, { method: 'PATCH', json: { prices: { mms_out: null } } })
  })

  it('V16 split: false refuses, and so does saying nothing past ten', async () => {
    const media = await pictures(11)
    for (const split of [false, undefined]) {
      const refused = await gateway.send({ to: PHONE, media, split })
      expect(refused).toMatchObject({ status: 400, body: { error: { code: 'too_many_parts' } } })
    }
  })
})

describe('several recipients', () => {
  const phones = (...ends: number[]) => ends.map((end) => `+161355502${end}`)
  const conversation = async (id: string) => (await gateway.json(`/v1/conversations/${id}`)).body
  const inGroup = (from: string, others: string[], id: string, text: string) =>
    answers(from, id, { text, members: others.join(',') })

  it('I6 a group is one thread: replies land in it whoever writes, each has a receipt', async () => {
    const members = phones(31, 32, 33)
    const sent = await gateway.send({ to: members, text: 'Lunch at noon?' })
    expect(sent).toMatchObject({ status: 202, body: { channel: 'mms' } })
    const settled = await gateway.settled(sent.body.id)
    expect(settled.recipients.map((one: Json) => [one.address, one.state])).toEqual(
      members.map((address) => [address, 'delivered']),
    )
    const id = sent.body.conversation
    for (const from of members) {
      const others = members.filter((one) => one !== from)
      expect(await inGroup(from, others, id, `Yes from ${from}`)).toMatchObject({ from, conversation: id })
    }
    expect(await thread(id)).toHaveLength(4)
  })

  it('V3 several recipients at the same time, each with a message of their own', async () => {
    const members = phones(34, 35, 36)
    const media = [await upload(await photo(400, 300))]
    const message = { to: members, group: 'separate', text: 'Sale', media }
    const headers = { 'idempotency-key': 'separately-1' }
    const sent = await gateway.send(message, { headers })
    expect(sent.status).toBe(202)
    const { batch, messages, failures } = sent.body
    expect(failures).toEqual([])
    expect(messages.map((one: Json) => one.to)).toEqual(members.map((one) => [one]))
    expect(new Set(messages.map((one: Json) => one.conversation)).size).toBe(3)
    for (const one of messages) expect(one.batch).toBe(batch)
    for (const one of messages) await gateway.settled(one.id)
    // The same key once more is the same answer, and no second message.
    const again = await gateway.send(message, { headers })
    expect(again.body.messages.map((one: Json) => one.id)).toEqual(messages.map((one: Json) => one.id))
    expect(await thread(messages[1].conversation)).toHaveLength(1)
    // A reply lands in the thread of the two, and names what it most likely answers.
    const reply = await answers(members[1]!, messages[1].conversation, { text: 'How much?' })
    expect(reply).toMatchObject({ answers: messages[1].id, conversation: messages[1].conversation })
    await gateway.send({ to: members[1], text: 'Five' })
    expect((await answers(members[1]!, messages[1].conversation, { text: 'Fine' })).answers).toBeNull()
  })

  it('short texts to each go as SMS, and more people than a group holds are reached', async () => {
    const many = Array.from({ length: 12 }, (_, n) => `+16135550${240 + n}`)
    const said = await check({ to: many, group: 'separate', text: 'Hi' })
    expect(said).toMatchObject({ allowed: true, channel: 'sms' })
    const sent = await gateway.send({ to: many, group: 'separate', text: 'Hi' })
    expect(sent.body.messages.map((one: Json) => one.channel)).toEqual(many.map(() => 'sms'))
    expect((await gateway.send({ to: many, text: 'Hi' })).body.error.code).toBe('too_many_recipients')
  })

  it('a message to any who opted out is refused, naming how many', async () => {
    const members = phones(37, 38, 39)
    await gateway.json('/v1/consents', { json: { address: members[1], state: 'out' } })
    for (const group of ['thread', 'separate']) {
      const { status, body } = await gateway.send({ to: members, group, text: 'Hi' })
      expect(status).toBe(422)
      expect(body.error).toMatchObject({ code: 'recipients_opted_out' })
      expect(body.error.message).toContain('1 of the 3')
    }
    expect(
      (await gateway.simulator(`/handsets/${encodeURIComponent(members[0]!)}/messages`)).body.messages,
    ).toEqual([])
  })

  it('a changed membership is a new thread, linked to the old one', async () => {
    const [a, b, c, d] = phones(51, 52, 53, 54) as [string, string, string, string]
    const first = (await gateway.send({ to: [a, b], text: 'Two' })).body
    await gateway.settled(first.id)
    await until(
      'the list to know the thread',
      async () => (await conversation(first.conversation))?.messages > 0,
    )
    const second = (await gateway.send({ to: [a, b, c], text: 'Three' })).body
    expect(second.conversation).not.toBe(first.conversation)
    expect(await conversation(second.conversation)).toMatchObject({
      previous: first.conversation,
      next: null,
    })
    expect(await conversation(first.conversation)).toMatchObject({
      previous: null,
      next: second.conversation,
    })
    // Others who only share somebody are another group.
    const other = (await gateway.send({ to: [c, d], text: 'Others' })).body
    expect(await conversation(other.conversation)).toMatchObject({ previous: null })
  })
})

describe('presentations', () => {
  it('I7 a presentation orders what came in, and what it leaves out still shows', async () => {
    const phone = '+16135550261'
    const { sent } = await arrives(phone, { text: 'Send pictures' })
    const picture = async (name: string, width: number) => new File([await photo(width, 100)], name)
    const smil = '<smil><body><par><img src="c.jpg"/></par><par><img src="cid:a.jpg"/></par></body></smil>'
    const files = [
      await picture('a.jpg', 110),
      await picture('b.jpg', 120),
      await picture('c.jpg', 130),
      new File([smil], 'order.smil', { type: 'application/smil' }),
    ]
    const came = await answers(phone, sent.conversation, { text: 'Here', media: files })
    expect(came.text).toBe('Here')
    expect(came.parts.map((one: Json) => [one.name, one.width])).toEqual([
      ['image1.jpg', 130],
      ['image2.jpg', 110],
      ['image3.jpg', 120],
    ])
  })

  it("I7 the caller's order of parts is the order of the slides", async () => {
    const media = [await upload(await photo(310, 100)), await upload(await photo(320, 100))]
    const { arrived } = await arrives('+16135550262', { text: 'Two', media: [media[1], media[0]] })
    expect(arrived.shown).toHaveLength(2)
    const widths = arrived.shown.map((slide: number[]) =>
      slide.map((index) => arrived.facts.parts[index].width).find((width) => width !== null),
    )
    expect(widths).toEqual([320, 310])
    expect(arrived.facts.unreferenced).toEqual([])
  })
})

describe("presentations of the sender's own", () => {
  const PHONE = '+16135550263'
  const smil =
    '<smil><body><par dur="3s"><img src="b.jpg"/></par><par dur="8s"><text src="words"/><img src="1"/></par></body></smil>'

  it('I7, C18: orders the files whatever the order in which they came, and says how long and where the text is', async () => {
    const media = [
      { ...(await upload(await photo(310, 100))), alt: 'A "red" sky' },
      { ...(await upload(await photo(320, 100))), name: 'b.jpg' },
      await upload(await photo(330, 100)),
    ]
    const { sent, arrived } = await arrives(PHONE, { text: 'Words', media, smil })
    expect(sent.parts.map((one: Json) => [one.width, one.alt])).toEqual([
      [320, null],
      [310, 'A "red" sky'],
      [330, null],
    ])
    const shown = arrived.shown.map((slide: number[]) =>
      slide.map((index) => arrived.facts.parts[index].width ?? arrived.facts.parts[index].text),
    )
    expect(shown).toEqual([[320], [310, 'Words'], [330]])
    expect(arrived.facts.smil).toContain('<par dur="3000ms">')
    expect(arrived.facts.smil).toContain('alt="A &quot;red&quot; sky"')
    expect(arrived.facts.unreferenced).toEqual([])
    const { body } = await gateway.json('/v1/messages:preview', {
      json: { to: PHONE, text: 'Words', media, smil },
    })
    expect([body.smil, body.wire_bytes]).toEqual([arrived.facts.smil, arrived.facts.bytes])
    const again = await gateway.json(`/v1/messages/${sent.id}/resend`, { method: 'POST' })
    expect(again.body.parts.map((one: Json) => [one.width, one.alt])).toEqual(
      sent.parts.map((one: Json) => [one.width, one.alt]),
    )
  })

  it('S9 strict mode refuses two pictures on a slide', async () => {
    const media = [await upload(await photo(100, 100)), await upload(await photo(120, 100))]
    const both = '<smil><body><par><img src="1"/><img src="2"/></par></body></smil>'
    const refused = await gateway.send({ to: PHONE, media, smil: both, strict: true })
    expect(refused.body.error).toMatchObject({ code: 'strict_refused', field: 'smil' })
    const { arrived } = await arrives(PHONE, { media, smil: both })
    expect(arrived.shown).toHaveLength(1)
  })

  it('words for a picture come with a form too, after the file', async () => {
    const data = new FormData()
    data.append('to', PHONE)
    data.append('media', new Blob([await photo(90, 60)]), 'x.jpg')
    data.append('alt', 'The garden')
    data.append('media', new Blob([await photo(60, 90)]), 'y.jpg')
    data.append('smil', '<smil><body><par><img src="y.jpg"/></par></body></smil>')
    const sent = await gateway.json('/v1/messages', { method: 'POST', body: data })
    expect(sent.body.parts.map((one: Json) => [one.width, one.alt])).toEqual([
      [60, null],
      [90, 'The garden'],
    ])
  })

  it.each([
    ['a file that is none', { smil: '<smil><body><img src="c.jpg"/></body></smil>' }],
    ['no presentation', { smil: 'hello' }],
    ['content that brings its own files', { smil, media: undefined, content: { type: 'text', text: 'Hi' } }],
  ])('is refused: %s', async (_what, more) => {
    const media = [await upload(await photo(64, 48))]
    const refused = await gateway.send({ to: PHONE, media, ...more })
    expect([refused.status, refused.body.error.field]).toEqual([400, 'smil'])
  })
})

describe('content profiles', () => {
  const phone = '+16135550271'
  const profile = (number: string, body?: Json) =>
    gateway.json(`/v1/content-profiles/${encodeURIComponent(number)}`, {
      method: body === undefined ? 'DELETE' : 'PUT',
      ...(body === undefined ? {} : { json: body }),
    })
  const both = async () => [
    new File([await photo(120, 90)], 'a.jpg'),
    new File(['BEGIN:VCARD\r\nVERSION:3.0\r\nN:Doe\r\nFN:Doe\r\nEND:VCARD\r\n'], 'c.vcf', {
      type: 'text/x-vCard',
    }),
  ]

  it('G5 G21 blocked media is not shown or passed on, is still received, and the thread says so', async () => {
    const { sent } = await arrives(phone, { text: 'Hello' })
    const target = '+16135550272'
    const rule = await gateway.json('/v1/keywords', {
      json: { number: OWN, match: 'any', forward_to: target },
    })
    expect((await profile(OWN, { block: ['text/*'] })).status).toBe(200)
    const came = await answers(phone, sent.conversation, { text: 'Two', media: await both() })
    expect(came.text).toBe('Two')
    expect(came.parts.map((one: Json) => [one.type, one.state])).toEqual([
      ['image/jpeg', 'stored'],
      ['text/x-vCard', 'blocked'],
    ])
    const [shown, hidden] = came.parts
    expect(shown.media).toMatch(/^med_/)
    expect(hidden).toMatchObject({ media: null, sha256: null })
    expect(hidden.bytes).toBeGreaterThan(0)
    const forwarded = await until('the forward', async () => {
      const path = `/handsets/${encodeURIComponent(target)}/messages`
      return (await gateway.simulator(path)).body.messages[0]
    })
    expect(forwarded.facts.attachments).toBe(1)
    await gateway.api(`/v1/keywords/${rule.body.id}`, { method: 'DELETE' })
  })

  it("G20 every type comes in by default; a number's own profile goes before the account's", async () => {
    const { sent } = await arrives(phone, { text: 'Hello again' })
    const states = async () =>
      (await answers(phone, sent.conversation, { media: await both() })).parts.map((one: Json) => one.state)
    expect((await profile('default', { allow: ['image/*'] })).body).toEqual({
      number: null,
      allow: ['image/*'],
      block: [],
    })
    await profile(OWN, { allow: ['text/x-vcard'] })
    expect(await states()).toEqual(['blocked', 'stored'])
    expect(
      (await gateway.json('/v1/content-profiles')).body.content_profiles.map((one: Json) => one.number),
    ).toEqual([null, OWN])
    expect((await profile(OWN)).status).toBe(204)
    expect(await states()).toEqual(['stored', 'blocked'])
    expect((await profile('default')).status).toBe(204)
    expect(await states()).toEqual(['stored', 'stored'])
    expect((await profile('default')).status).toBe(404)
    expect((await profile('+16135550000', {})).status).toBe(404)
    expect((await profile(OWN, { block: ['image'] })).body.error.code).toBe('invalid_field')
  })
})

describe('a link where no MMS can go', () => {
  it('C6 a phone without MMS gets a text with a page of the media, if the request allows it', async () => {
    const phone = '+16135550281'
    await gateway.json(`/v1/recipients/${encodeURIComponent(phone)}`, { method: 'PUT', json: { mms: 'no' } })
    const media = [await upload(await photo(1200, 900, { orientation: 6 }))]
    const message = { to: phone, text: 'Your photo', media }
    expect((await gateway.send(message)).body.error.code).toBe('recipient_without_mms')
    const { arrived } = await arrives(phone, { ...message, fallback: 'link' })
    expect(arrived.channel).toBe('sms')
    const said = await check({ ...message, fallback: 'link' })
    expect(said).toMatchObject({ allowed: true, channel: 'sms', errors: [] })
    const preview = await gateway.json('/v1/messages:preview', { json: { ...message, fallback: 'link' } })
    expect(preview.body).toMatchObject({ channel: 'sms', wire_bytes: arrived.facts.text.length, parts: [] })
    expect((await check(message)).errors.map((one: Json) => one.code)).toEqual(['recipient_without_mms'])
    const link = /^Your photo\n(http\S+\/l\/[0-9A-Za-z]{22})$/.exec(arrived.facts.text)?.[1]
    const page = await fetch(link!)
    expect(page.status).toBe(200)
    expect(page.headers.get('x-robots-tag')).toContain('noindex')
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const source = /<img src="([^"]+)"/.exec(await page.text())?.[1]
    const picture = await fetch(new URL(source!, link))
    expect(picture.headers.get('content-type')).toBe('image/jpeg')
    expect(Buffer.from(await picture.arrayBuffer()).includes('CanaryPhone')).toBe(false)
    expect((await fetch(`${link!.slice(0, -1)}_`)).status).toBe(404)
  })
})

describe('silence', () => {
  it('I13: no report by the end of validity is unconfirmed, not failed', async () => {
    const message = await until(
      'the end of validity',
      async () => {
        const { body } = await gateway.json(`/v1/messages/${silent.id}`)
        return body.state === 'submitted' ? null : body
      },
      { within: 150_000, every: 500 },
    )
    expect(message).toMatchObject({ state: 'unconfirmed', reason: null })
  })
})
