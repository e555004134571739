import { describe, expect, it } from 'vitest'
import {
  conversationId,
  conversationOfMessage,
  ID_PATTERN,
  isConversationId,
  mintId,
  mintMessageId,
  randomText,
} from '../../src/domain/ids.ts'

const NOW = 1_790_000_000_000

const secretOf = (text: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', new TextEncoder().encode(text), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ])

describe('B-13 ids', () => {
  it('have one form, safe in a URL, a file name and a header', () => {
    for (const prefix of ['acc', 'key', 'med', 'evt', 'req'] as const) {
      expect(mintId(prefix, NOW)).toMatch(ID_PATTERN)
      expect(mintId(prefix, NOW).startsWith(`${prefix}_`)).toBe(true)
    }
    expect(mintMessageId(`cnv_${'a'.repeat(22)}`, NOW)).toMatch(ID_PATTERN)
  })

  it.each([
    '',
    'med_',
    `med_${'a'.repeat(21)}`,
    `med_${'a'.repeat(65)}`,
    `MED_${'a'.repeat(22)}`,
    `_${'a'.repeat(22)}`,
    `med-${'a'.repeat(22)}`,
    `med_${'a'.repeat(21)}/`,
    `med_../${'a'.repeat(22)}`,
    `med_${'a'.repeat(22)}\n`,
    `med_${'a'.repeat(21)}\u202e`,
    `med_${'a'.repeat(10)}%2f${'a'.repeat(10)}`,
    `../med_${'a'.repeat(22)}`,
    `med_${'\uff41'.repeat(22)}`,
  ])('do not look like %j', (id) => {
    expect(ID_PATTERN.test(id)).toBe(false)
  })

  it('sort by time', () => {
    const times = [0, 1, 61, 62, 3843, NOW - 1, NOW, NOW + 1, NOW * 10, 62 ** 8 - 1]
    const ids = times.map((at) => mintId('evt', at))
    expect([...ids].sort()).toEqual(ids)
  })

  it('are never the same twice', () => {
    expect(new Set(Array.from({ length: 20_000 }, () => mintId('med', NOW))).size).toBe(20_000)
  })

  it('survive a clock that is off', () => {
    expect(mintId('med', -5)).toMatch(/^med_00000000/)
    expect(mintId('med', NOW + 0.7)).toMatch(ID_PATTERN)
  })
})

describe('randomText', () => {
  it('has the length asked for, of 62 characters used alike', () => {
    expect([0, 1, 14, 22, 43].map((length) => randomText(length).length)).toEqual([0, 1, 14, 22, 43])
    const counts = new Map<string, number>()
    for (let i = 0; i < 2000; i++)
      for (const character of randomText(31)) counts.set(character, (counts.get(character) ?? 0) + 1)
    expect(counts.size).toBe(62)
    // 62,000 characters: 1,000 each, deviation 31. Eight deviations never happen by chance.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(250)
  })

  it('uses its first characters as much as its last', () => {
    const firsts = new Set(Array.from({ length: 3000 }, () => randomText(22)[0]))
    expect(firsts.size).toBe(62)
  })
})

describe('message ids', () => {
  it('carry their conversation', async () => {
    const conversation = await conversationId(await secretOf('a'), 'acc_1', '+14165550100 +14165550123')
    expect(conversationOfMessage(mintMessageId(conversation, NOW))).toBe(conversation)
  })

  it.each([
    '',
    'msg_',
    `msg_${'a'.repeat(43)}`,
    `msg_${'a'.repeat(45)}`,
    `med_${'a'.repeat(44)}`,
    `msg_${'a'.repeat(43)}-`,
    `msg_${'a'.repeat(44)}\n`,
    ` msg_${'a'.repeat(44)}`,
  ])('%j is none', (id) => {
    expect(conversationOfMessage(id)).toBeNull()
  })
})

describe('conversation ids', () => {
  it('are the same for ever, and only with the secret', async () => {
    const [secret, other] = [await secretOf('a'), await secretOf('b')]
    const id = await conversationId(secret, 'acc_1', 'thread')
    expect(isConversationId(id)).toBe(true)
    expect(await conversationId(await secretOf('a'), 'acc_1', 'thread')).toBe(id)
    const others = await Promise.all([
      conversationId(other, 'acc_1', 'thread'),
      conversationId(secret, 'acc_2', 'thread'),
      conversationId(secret, 'acc_1', 'thread2'),
      conversationId(secret, 'acc_1\0thread', ''),
      conversationId(secret, 'acc_', '1thread'),
    ])
    expect(new Set([id, ...others]).size).toBe(6)
  })

  it('are stable across releases: objects are found by them', async () => {
    expect(await conversationId(await secretOf('secret'), 'acc_1', '+14165550100 +14165550123')).toBe(
      'cnv_g2AC5LFEgmLAj46v5tOiQT',
    )
  })

  it.each([
    '',
    'cnv_',
    `cnv_${'a'.repeat(21)}`,
    `cnv_${'a'.repeat(23)}`,
    `msg_${'a'.repeat(22)}`,
    `cnv_${'a'.repeat(22)}\n`,
  ])('%j is none', (id) => {
    expect(isConversationId(id)).toBe(false)
  })
})
