import { describe, expect, it } from 'vitest'
import { checkMediaUrl } from '../../src/delivery/guard/media-url.ts'
import { isPublicAddress } from '../../src/delivery/guard/public-address.ts'
import { isShortCode, parseAddress } from '../../src/domain/address.ts'
import { conversationOfMessage, ID_PATTERN, isConversationId } from '../../src/domain/ids.ts'
import { isEmergency } from '../../src/domain/policy.ts'

// B-17: no text makes a validator think for long.

const rules = { allowHttp: false, refusedHosts: ['mms.example.net'], knownHosts: [] }
const VALIDATORS: Record<string, (text: string) => unknown> = {
  parseAddress,
  isShortCode,
  isEmergency,
  isConversationId,
  conversationOfMessage,
  idPattern: (text) => ID_PATTERN.test(text),
  isPublicAddress,
  checkMediaUrl: (text) => checkMediaUrl(`https://${text}`, rules),
}

/** A plain generator, so that a run that fails can be repeated. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Text as attackers and people write it: digits, dots and dashes in long runs, addresses, links, patterns. */
function* texts(count: number): Generator<string> {
  const next = random(17)
  const pieces = [
    '1',
    '+1',
    '416',
    '555',
    '0123',
    '-',
    '.',
    ' ',
    '(',
    ')',
    '/TYPE=PLMN',
    'tel:',
    'msg_',
    'a',
    'a.',
    'A',
    '@',
  ].concat([
    'example',
    '.com',
    'xn--',
    '_',
    '%2e',
    ':',
    '::',
    '0x',
    '\uff11',
    '\u00a0',
    '\u200e',
    '(a+)+$',
    '[',
    ']',
    '\ufdfa',
  ])
  for (let i = 0; i < count; i++) {
    let text = ''
    const length = 1 + Math.floor(next() * 12)
    for (let j = 0; j < length; j++) {
      const piece = pieces[Math.floor(next() * pieces.length)] ?? ''
      text += piece.repeat(next() < 0.1 ? 1 + Math.floor(next() * 60) : 1)
    }
    yield text
  }
}

describe('B-17', () => {
  it.each(Object.entries(VALIDATORS))('%s takes 100,000 texts in its stride', (name, validate) => {
    let slowest = 0
    const began = performance.now()
    for (const text of texts(100_000)) {
      const start = performance.now()
      validate(text)
      slowest = Math.max(slowest, performance.now() - start)
    }
    const all = performance.now() - began
    console.info(`B-17 ${name}: slowest ${slowest.toFixed(2)} ms, mean ${(all / 100).toFixed(2)} us`)
    // A pause of the machine is in the slowest one; a pattern that blows up takes whole seconds.
    expect(slowest).toBeLessThan(500)
  })

  it.each(Object.entries(VALIDATORS))('%s takes time in proportion to one long text', (_, validate) => {
    const runs = [
      '1',
      ' ',
      '-',
      'a.',
      'a-',
      '/TYPE=PLMN',
      '+',
      '(',
      '\u200e',
      'msg_',
      '0x1.',
      ':',
      '1 ',
      '%61',
    ]
    for (const run of runs) {
      const text = run.repeat(Math.ceil(60_000 / run.length))
      const start = performance.now()
      validate(text)
      validate(`${text}!`)
      validate(`1${text}x`)
      // Even the square of 60,000 steps would take seconds.
      expect(performance.now() - start, JSON.stringify(run)).toBeLessThan(1000)
    }
  })
})
