import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOfDay } from '../../src/domain/people.ts'
import { type Gateway, startGateway } from '../gateway/harness.ts'
import { form, photo } from '../gateway/photo.ts'
import { until } from '../gateway/until.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway?.close())

const reply = async (from: string, text: string, to = '+14165550100'): Promise<void> => {
  const form = new FormData()
  form.append('to', to)
  form.append('text', text)
  await gateway.api(`/v1/simulator/handsets/${encodeURIComponent(from)}/reply`, {
    method: 'POST',
    body: form,
  })
}
const list = async (query = '') => (await gateway.json(`/v1/conversations${query}`)).body.conversations
const only = async (member: string) => (await list(`?member=${encodeURIComponent(member)}`))[0]

describe('contacts', () => {
  it('C12, V21: give conversations names, and are found by name and number', async () => {
    const to = '+16135550170'
    await gateway.send({ to, text: 'Hello' })
    const written = await gateway.json('/v1/contacts', {
      json: {
        contacts: [
          { address: '(613) 555-0170', name: 'Zoë Ångström' },
          { address: '+16135550171', name: 'adam' },
        ],
      },
    })
    expect(written).toMatchObject({
      status: 200,
      body: { contacts: [{ address: to, name: 'Zoë Ångström' }, { address: '+16135550171' }] },
    })
    expect((await until('the conversation', () => only(to))).names).toEqual(['Zoë Ångström'])
    const all = await gateway.json('/v1/contacts?limit=1')
    expect(all.body.contacts).toEqual([{ address: '+16135550171', name: 'adam' }])
    const next = await gateway.json(`/v1/contacts?limit=1&cursor=${encodeURIComponent(all.body.next)}`)
    expect(next.body).toEqual({ contacts: [{ address: to, name: 'Zoë Ångström' }], next: null })
    expect((await gateway.json('/v1/contacts?q=555-0171')).body.contacts).toHaveLength(1)
    expect((await gateway.json('/v1/contacts', { json: { address: to, name: 'A\r\nB' } })).status).toBe(400)
    expect(
      (await gateway.json('/v1/contacts', { json: { address: 'nobody', name: 'A' } })).body.error.code,
    ).toBe('invalid_number')
    expect(
      (await gateway.api(`/v1/contacts/${encodeURIComponent('+16135550171')}`, { method: 'DELETE' })).status,
    ).toBe(204)
    expect(
      (await gateway.api(`/v1/contacts/${encodeURIComponent('+16135550171')}`, { method: 'DELETE' })).status,
    ).toBe(404)
  })
})

describe('reading', () => {
  it('counts what nobody has read yet, and forgets it when somebody has', async () => {
    const from = '+16135550172'
    await reply(from, 'one')
    await reply(from, 'two')
    const row = await until('two unread', async () => {
      const found = await only(from)
      return found?.unread === 2 ? found : null
    })
    expect((await list('?unread=true')).map((one: { id: string }) => one.id)).toContain(row.id)
    const read = await gateway.json(`/v1/conversations/${row.id}`, {
      method: 'PATCH',
      json: { read_through: row.messages },
    })
    expect(read.body).toMatchObject({ unread: 0, read_through: row.messages })
    // Another window that saw less does not bring it back.
    expect(
      (await gateway.json(`/v1/conversations/${row.id}`, { method: 'PATCH', json: { read_through: 1 } })).body
        .unread,
    ).toBe(0)
    await reply(from, 'three')
    await until('one unread', async () => (await only(from)).unread === 1)
  })

  it('says by which key a message was sent', async () => {
    const sent = await gateway.send({ to: '+16135550187', text: 'From the till' })
    const { body } = await gateway.json('/v1/keys')
    expect(body.keys.map((one: { id: string }) => one.id)).toContain(sent.body.sent_by)
  })

  it('keeps assignee, labels, draft and notes', async () => {
    const to = '+16135550173'
    await gateway.send({ to, text: 'Hello' })
    const { id } = await until('the conversation', () => only(to))
    const changed = await gateway.json(`/v1/conversations/${id}`, {
      method: 'PATCH',
      json: { assignee: 'Mia', labels: ['vip'], draft: { text: 'Half a thought' } },
    })
    expect(changed.body).toMatchObject({
      assignee: 'Mia',
      labels: ['vip'],
      draft: { text: 'Half a thought' },
    })
    expect(
      (await gateway.json(`/v1/conversations/${id}`, { method: 'PATCH', json: { draft: null } })).body,
    ).toMatchObject({ assignee: 'Mia', draft: null })
    expect((await list('?label=vip')).map((one: { id: string }) => one.id)).toEqual([id])
    expect(
      (await gateway.json(`/v1/conversations/${id}/notes`, { json: { text: 'Called back' } })).status,
    ).toBe(201)
    expect((await gateway.json(`/v1/conversations/${id}`)).body.notes).toMatchObject([
      { text: 'Called back' },
    ])
    expect(
      (
        await gateway.json(`/v1/conversations/cnv_0000000000000000000000`, {
          method: 'PATCH',
          json: { assignee: 'Mia' },
        })
      ).status,
    ).toBe(404)
  })
})

describe('finding', () => {
  it('searches words of messages, beginnings and accents included, and never operators', async () => {
    const to = '+16135550174'
    await gateway.send({ to, text: 'Le café crème est prêt' })
    const { id } = await until('the conversation', () => only(to))
    for (const q of ['cafe', 'CRÈME', 'café prê', 'prêt OR'.slice(0, 4)]) {
      const { body } = await gateway.json(`/v1/search?q=${encodeURIComponent(q)}`)
      expect(
        body.results.map((one: { conversation: string }) => one.conversation),
        q,
      ).toContain(id)
    }
    for (const q of ['" OR "', 'body:*', '(((', 'account:x'])
      expect((await gateway.json(`/v1/search?q=${encodeURIComponent(q)}`)).status, q).toBe(200)
    expect((await list(`?q=${encodeURIComponent('creme')}`)).map((one: { id: string }) => one.id)).toEqual([
      id,
    ])
    expect((await list('?q=5550174')).map((one: { id: string }) => one.id)).toEqual([id])
  })

  it('V28, V29: filters by number and by days of a time zone', async () => {
    const to = '+16135550175'
    await gateway.send({ from: '+12125550101', to, text: 'From New York' })
    await until('the conversation', () => only(to))
    const ofNumber = await list(`?number=${encodeURIComponent('+12125550101')}`)
    expect(ofNumber.map((one: { members: string[] }) => one.members)).toEqual([[to]])
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Pacific/Kiritimati' }).format(new Date())
    const today = `?member=${encodeURIComponent(to)}&timezone=Pacific/Kiritimati&after=${day}&before=${day}`
    expect(await list(today)).toHaveLength(1)
    expect(
      await list(`?member=${encodeURIComponent(to)}&before=2020-01-01&timezone=America/Toronto`),
    ).toHaveLength(0)
    expect((await gateway.json('/v1/conversations?after=2026-02-30')).status).toBe(400)
    expect((await gateway.json('/v1/conversations?after=2026-02-20&timezone=Mars/Olympus')).status).toBe(400)
  })

  it('knows where a day begins, also when clocks change', () => {
    expect(new Date(startOfDay('2026-07-01', 'America/Toronto')!).toISOString()).toBe(
      '2026-07-01T04:00:00.000Z',
    )
    expect(new Date(startOfDay('2026-03-08', 'America/Toronto')!).toISOString()).toBe(
      '2026-03-08T05:00:00.000Z',
    )
    expect(new Date(startOfDay('2026-03-09', 'America/Toronto')!).toISOString()).toBe(
      '2026-03-09T04:00:00.000Z',
    )
    expect(startOfDay('2026-13-01', 'UTC')).toBeNull()
  })
})

describe('deleting, with a way back', () => {
  it('V30: a conversation leaves the list, comes back when restored, and by itself when something new is said', async () => {
    const to = '+16135550176'
    await gateway.send({ to, text: 'Hello' })
    const { id } = await until('the conversation', () => only(to))
    expect(
      (await gateway.json(`/v1/conversations/${id}`, { method: 'DELETE' })).body.deleted_at,
    ).not.toBeNull()
    expect(await only(to)).toBeUndefined()
    expect(await list(`?deleted=true&member=${encodeURIComponent(to)}`)).toHaveLength(1)
    await gateway.json(`/v1/conversations/${id}/restore`, { method: 'POST' })
    expect((await only(to)).id).toBe(id)
    await gateway.json(`/v1/conversations/${id}`, { method: 'DELETE' })
    await reply(to, 'Are you there?')
    await until('its return', () => only(to))
  })

  it('a message leaves the thread and the search, and comes back', async () => {
    const to = '+16135550177'
    const sent = await gateway.send({ to, text: 'Unforgettable' })
    await gateway.settled(sent.body.id)
    const thread = async () =>
      (await gateway.json(`/v1/conversations/${sent.body.conversation}/messages`)).body.messages.length
    const hits = async () => (await gateway.json('/v1/search?q=unforgettable')).body.results.length
    await until('the index', async () => (await hits()) === 1)
    expect((await gateway.json(`/v1/messages/${sent.body.id}`, { method: 'DELETE' })).status).toBe(200)
    expect([await thread(), await hits()]).toEqual([0, 0])
    await gateway.json(`/v1/messages/${sent.body.id}/restore`, { method: 'POST' })
    expect([await thread(), await hits()]).toEqual([1, 1])
  })
})

describe('later, never, again', () => {
  it('a planned message waits, holds nothing back, and can be taken back', async () => {
    const to = '+16135550178'
    const later = await gateway.send({
      to,
      text: 'Tomorrow',
      send_at: new Date(Date.now() + 86_400_000).toISOString(),
    })
    expect(later.status).toBe(202)
    const now = await gateway.send({ to, text: 'Today' })
    await gateway.settled(now.body.id)
    const canceled = await gateway.json(`/v1/messages/${later.body.id}/cancel`, { method: 'POST' })
    expect(canceled.body).toMatchObject({ state: 'canceled' })
    expect(await gateway.json(`/v1/messages/${now.body.id}/cancel`, { method: 'POST' })).toMatchObject({
      status: 409,
      body: { error: { code: 'too_late_to_cancel' } },
    })
    const soon = await gateway.send({ to, text: 'Soon', send_at: new Date(Date.now() + 1500).toISOString() })
    const settled = await gateway.settled(soon.body.id)
    const submitted = settled.timeline.find((one: { event: string }) => one.event === 'submitting')
    expect(Date.parse(submitted.at)).toBeGreaterThanOrEqual(Date.parse(soon.body.created_at) + 1400)
    expect((await gateway.send({ to, text: 'Far', send_at: '2099-01-01T00:00:00Z' })).status).toBe(400)
  })

  it('a planned message gets another content, and a search finds it by that alone', async () => {
    const sent = await gateway.send({
      to: '+16135550174',
      text: 'Meet at the lighthouse',
      send_at: new Date(Date.now() + 86_400_000).toISOString(),
    })
    const hits = async (word: string) => (await gateway.json(`/v1/search?q=${word}`)).body.results.length
    await until('the index', async () => (await hits('lighthouse')) === 1)
    const path = `/v1/messages/${sent.body.id}/replace`
    const replaced = await gateway.json(path, { json: { text: 'Meet at the windmill' } })
    expect(replaced).toMatchObject({
      status: 200,
      body: { id: sent.body.id, state: 'accepted', text: 'Meet at the windmill' },
    })
    await until('the index', async () => (await hits('windmill')) === 1)
    expect(await hits('lighthouse')).toBe(0)
    const refusals: [object, string, string][] = [
      [{ text: 'x'.repeat(400) }, 'invalid_field', 'text'],
      [{ text: 'Hello', subject: 'Us' }, 'invalid_field', 'subject'],
      [{ text: 'Hello', media: [{ id: 'med_none' }] }, 'invalid_field', 'media'],
    ]
    for (const [json, code, field] of refusals)
      expect(await gateway.json(path, { json })).toMatchObject({
        status: 400,
        body: { error: { code, field } },
      })
    expect(await gateway.json(path, { json: {} })).toMatchObject({
      status: 400,
      body: { error: { code: 'nothing_to_send' } },
    })
    await gateway.json(`/v1/messages/${sent.body.id}/cancel`, { method: 'POST' })
    expect(await gateway.json(path, { json: { text: 'Hello' } })).toMatchObject({
      status: 409,
      body: { error: { code: 'cannot_replace' } },
    })
  })

  it('a message that failed is sent again as a new one', async () => {
    const bad = await gateway.send({ to: '+16135550100', text: 'Will fail' })
    expect(await gateway.settled(bad.body.id)).toMatchObject({ state: 'failed' })
    await until('the list of failures', async () =>
      (await list('?failed=true')).some((one: { members: string[] }) => one.members[0] === '+16135550100'),
    )
    const again = await gateway.json(`/v1/messages/${bad.body.id}/resend`, { method: 'POST' })
    expect(again.status).toBe(202)
    expect(again.body.id).not.toBe(bad.body.id)
  })

  it('the overview counts what was sent, received and failed, and the bytes that were saved', async () => {
    const file = await photo(1600, 1200)
    const sent = await gateway.json('/v1/messages', {
      method: 'POST',
      body: form({ to: '+16135550179', budget: '100000' }, [file]),
    })
    await gateway.settled(sent.body.id)
    await until('the saved bytes', async () => {
      const { body } = await gateway.json('/v1/overview')
      return body.days.some(
        (day: Record<string, number>) =>
          (day.bytes_before ?? 0) - (day.bytes_after ?? 0) === file.length - sent.body.parts[0].bytes,
      )
    })
    const { body } = await gateway.json('/v1/overview')
    const sum = (name: string) =>
      body.days.reduce((total: number, day: Record<string, number>) => total + (day[name] ?? 0), 0)
    expect(sum('sent')).toBeGreaterThan(5)
    expect(sum('received')).toBeGreaterThan(2)
    expect(sum('failed')).toBeGreaterThan(0)
    expect(sum('bytes_before')).toBeGreaterThanOrEqual(sum('bytes_after'))
    expect(body.reasons[0]).toMatchObject({ reason: expect.any(String), count: expect.any(Number) })
  })
})
