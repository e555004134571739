import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { CLOSE, SOCKET_LIMITS } from '../../src/delivery/live-sockets.ts'
import { createLives, type Lives } from '../../src/delivery/lives.ts'
import type { AccountEvent } from '../../src/domain/event.ts'
import { migrated } from '../store/bindings.ts'

const namespace = (env as unknown as { LIVE: DurableObjectNamespace }).LIVE
const lives: Lives = createLives(namespace as never)
const ALL = { types: null, numbers: null, conversation: null }

const account = () => `acc_${crypto.randomUUID().replaceAll('-', '').slice(0, 22)}`
const event = (n: number, more: Partial<AccountEvent> = {}): AccountEvent => ({
  id: `evt_${String(n).padStart(22, '0')}`,
  type: 'message.accepted',
  at: Date.UTC(2026, 0, 1),
  number: null,
  conversation: 'cnv_a',
  data: {},
  ...more,
})
const upgrade = () => new Request('https://gateway.example/v1/stream', { headers: { upgrade: 'websocket' } })

/** A client of the stream: what it was sent, and with which code it was closed. */
async function connect(name: string, options: { after?: string; filter?: object } = {}) {
  const response = await lives.connect(name, upgrade(), {
    filter: { ...ALL, ...options.filter } as never,
    after: options.after ?? null,
    ticket: null,
  })
  const socket = response.webSocket
  if (socket === null) return { status: response.status, seen: [], closed: () => null, socket: null as never }
  const seen: string[] = []
  let code: number | null = null
  socket.addEventListener('message', ({ data }) => {
    seen.push(data === 'pong' ? 'pong' : JSON.parse(data as string).id)
  })
  socket.addEventListener('close', (closing) => {
    code = closing.code
  })
  socket.accept()
  return { status: response.status, seen, closed: () => code, socket }
}

async function settle(done: () => boolean): Promise<void> {
  for (let i = 0; i < 300 && !done(); i++) await new Promise((resolve) => setTimeout(resolve, 10))
}

const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => event(from + i).id)

describe('a socket', () => {
  it('is sent what happens, by its filter', async () => {
    await migrated()
    const name = account()
    const all = await connect(name)
    const some = await connect(name, { filter: { types: ['message.received'] } })
    const one = await connect(name, { filter: { conversation: 'cnv_b' } })
    await lives.append(name, [
      event(1),
      event(2, { type: 'message.received' }),
      event(3, { conversation: 'cnv_b' }),
    ])
    await settle(() => all.seen.length === 3)
    expect(all.seen).toEqual(ids(1, 3))
    expect(some.seen).toEqual(ids(2, 2))
    expect(one.seen).toEqual(ids(3, 3))
  })

  it('survives the sleep of its object', async () => {
    await migrated()
    const name = account()
    const client = await connect(name, { filter: { types: ['message.accepted'] } })
    await lives.append(name, [event(1)])
    await evictDurableObject(namespace.getByName(name))
    await lives.append(name, [event(2), event(3, { type: 'message.failed' })])
    await settle(() => client.seen.length === 2)
    expect(client.seen).toEqual(ids(1, 2))
    expect(client.closed()).toBeNull()
  })

  it('resumes from the last event that the client has, without a gap or a repetition', async () => {
    await migrated()
    const name = account()
    const first = await connect(name)
    await lives.append(name, [event(1), event(2)])
    await settle(() => first.seen.length === 2)
    first.socket.close(1000)
    await lives.append(name, [event(3), event(4)])
    await evictDurableObject(namespace.getByName(name))
    const second = await connect(name, { after: first.seen.at(-1)! })
    await lives.append(name, [event(5)])
    await settle(() => second.seen.length === 3)
    expect(second.seen).toEqual(ids(3, 5))
  })

  it('cannot resume from what is not kept', async () => {
    await migrated()
    expect((await connect(account(), { after: event(9).id })).status).toBe(410)
  })

  it('that missed more than a page is closed after it, and comes back for the rest', async () => {
    await migrated()
    const name = account()
    const missed = SOCKET_LIMITS.resumed + 20
    await lives.append(
      name,
      Array.from({ length: missed + 1 }, (_, n) => event(n)),
    )
    const first = await connect(name, { after: event(0).id })
    await settle(() => first.closed() !== null)
    expect(first.closed()).toBe(CLOSE.more)
    expect(first.seen).toEqual(ids(1, SOCKET_LIMITS.resumed))
    const second = await connect(name, { after: first.seen.at(-1)! })
    await settle(() => second.seen.length === 20)
    expect(second.seen).toEqual(ids(SOCKET_LIMITS.resumed + 1, missed))
    expect(second.closed()).toBeNull()
  })

  it('that never says a word is closed before events pile up; one that speaks is not', async () => {
    await migrated()
    const name = account()
    const silent = await connect(name)
    const alive = await connect(name)
    for (let round = 0; round < 3; round++) {
      await lives.append(
        name,
        Array.from({ length: 400 }, (_, n) => event(round * 400 + n)),
      )
      alive.socket.send('here')
      await settle(() => alive.seen.length === (round + 1) * 400)
    }
    await settle(() => silent.closed() !== null)
    expect(silent.closed()).toBe(CLOSE.slow)
    expect(silent.seen).toEqual(ids(0, 799))
    expect(alive.closed()).toBeNull()
    expect(alive.seen).toHaveLength(1200)
  })

  it('is answered a ping while its object sleeps', async () => {
    await migrated()
    const name = account()
    const client = await connect(name)
    await evictDurableObject(namespace.getByName(name))
    client.socket.send('ping')
    await settle(() => client.seen.length === 1)
    expect(client.seen).toEqual(['pong'])
  })

  it('opens once with a ticket', async () => {
    await migrated()
    const name = account()
    const ticket = { id: 'once', until: Date.now() + 60_000 }
    const open = () => lives.connect(name, upgrade(), { filter: ALL, after: null, ticket })
    expect((await open()).status).toBe(101)
    expect((await open()).status).toBe(401)
  })

  it('is one of a bounded number', async () => {
    await migrated()
    const name = account()
    for (let n = 0; n < SOCKET_LIMITS.open; n++) expect((await connect(name)).status).toBe(101)
    expect((await connect(name)).status).toBe(429)
  })
})
