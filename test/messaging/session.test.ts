import { describe, expect, it } from 'vitest'
import type { StoredKey } from '../../src/domain/ports.ts'
import { hashKey } from '../../src/messaging/keys.ts'
import { deriveKey } from '../../src/messaging/media-links.ts'
import { createSessions, sameText } from '../../src/messaging/session.ts'

const HOUR = 3_600_000
const KEY = 'bel_test_of_sessions'

/** Sessions over one key, which can be revoked, at a time that can be moved. */
async function stage(change: Partial<StoredKey> = {}, secret = 'one') {
  const stored: StoredKey = {
    account: 'acc_a',
    key: 'key_a',
    name: 'Front desk',
    scopes: ['read', 'send', 'admin'],
    test: true,
    localOnly: false,
    ...change,
  }
  const hash = await hashKey(KEY)
  const state = { now: Date.UTC(2026, 0, 1), revoked: false }
  const sessions = createSessions({
    key: () => deriveKey(secret, 'session'),
    accounts: { keyByHash: async (asked) => (asked === hash && !state.revoked ? stored : null) },
    clock: { now: () => state.now },
  })
  const opened = await sessions.open(KEY, 'belino.example')
  return { sessions, state, token: opened.ok ? opened.value : '', opened }
}

describe('a session', () => {
  it('stands for its key, without the right to administer, and says who it is', async () => {
    const { sessions, token } = await stage()
    const session = await sessions.read(token, 'belino.example')
    expect(session?.caller).toEqual({ account: 'acc_a', key: 'key_a', scopes: ['read', 'send'], test: true })
    expect(session?.who).toBe('Front desk')
    expect(token).not.toContain(KEY)
  })

  it('ends by the clock, and with its key', async () => {
    const one = await stage()
    one.state.now += 12 * HOUR - 1
    expect(await one.sessions.read(one.token, 'belino.example')).not.toBeNull()
    one.state.now += 1
    expect(await one.sessions.read(one.token, 'belino.example')).toBeNull()
    const other = await stage()
    other.state.revoked = true
    expect(await other.sessions.read(other.token, 'belino.example')).toBeNull()
  })

  it('is not taken when a character of it is changed, or under another secret', async () => {
    const { sessions, token } = await stage()
    const strangers = await stage({}, 'two')
    expect(await strangers.sessions.read(token, 'belino.example')).toBeNull()
    for (let at = 0; at < token.length - 1; at += 7) {
      const other = token[at] === 'x' ? 'y' : 'x'
      const forged = token.slice(0, at) + other + token.slice(at + 1)
      expect(await sessions.read(forged, 'belino.example'), forged).toBeNull()
    }
    for (const nonsense of ['', '.', 'key....', `${token}.${token}`])
      expect(await sessions.read(nonsense, 'belino.example')).toBeNull()
  })

  it('has a token against forgery that belongs to it alone', async () => {
    const { sessions, token } = await stage()
    const again = await sessions.open(KEY, 'belino.example')
    const [one, other] = await Promise.all(
      [token, again.ok ? again.value : ''].map((text) => sessions.read(text, 'belino.example')),
    )
    expect(one?.csrf).toHaveLength(43)
    expect(one?.csrf).not.toBe(other?.csrf)
  })

  it('is not opened by a key that is unknown, may nothing, or belongs to this machine alone', async () => {
    const { sessions } = await stage()
    expect(await sessions.open('another', 'belino.example')).toMatchObject({
      failure: { code: 'unauthorized' },
    })
    const { opened } = await stage({ scopes: ['admin'] })
    expect(opened).toMatchObject({ failure: { code: 'insufficient_scope' } })
    const local = await stage({ localOnly: true })
    expect(local.opened).toMatchObject({ failure: { code: 'key_not_local' } })
    const here = await local.sessions.open(KEY, 'localhost')
    expect(here.ok && (await local.sessions.read(here.value, 'localhost'))).toBeTruthy()
    expect(here.ok && (await local.sessions.read(here.value, 'belino.example'))).toBeNull()
  })

  it('of a guest ends with what vouched for them', async () => {
    const { sessions, state } = await stage()
    const guest = { account: 'acc_b', email: 'ana@example.com', test: false }
    const token = await sessions.admit(guest, state.now + HOUR)
    const session = await sessions.read(token, 'belino.example')
    expect(session).toMatchObject({
      who: 'ana@example.com',
      caller: { account: 'acc_b', scopes: ['read', 'send'] },
    })
    state.now += HOUR
    expect(await sessions.read(token, 'belino.example')).toBeNull()
  })
})

it('compares texts', () => {
  expect(sameText('abc', 'abc')).toBe(true)
  expect(sameText('abc', 'abd')).toBe(false)
  expect(sameText('abc', 'abcd')).toBe(false)
})
