import { describe, expect, it } from 'vitest'
import { checkMediaUrl } from '../../src/delivery/guard/media-url.ts'
import { isPublicAddress } from '../../src/delivery/guard/public-address.ts'
import { isShortCode, parseAddress } from '../../src/domain/address.ts'
import { PROGRAMME } from '../../src/domain/consent.ts'
import { conversationOfMessage, ID_PATTERN, isConversationId } from '../../src/domain/ids.ts'
import { isMailAddress } from '../../src/domain/mail.ts'
import { isEmergency } from '../../src/domain/policy.ts'
import { TYPE_PATTERN } from '../../src/domain/profile.ts'
import { shortenerIn } from '../../src/domain/shorteners.ts'
import { readSlides } from '../../src/domain/slides.ts'
import { shownNames } from '../../src/domain/smil-reader.ts'
import { classifyReply } from '../../src/domain/stop-words.ts'
import { VARIABLE } from '../../src/domain/template.ts'

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
  isMailAddress,
  mailAddressAt: (text) => isMailAddress(`${text}@example.com`),
  classifyReply,
  shortenerIn: (text) => shortenerIn(`See ${text}`),
  readSlides: (text) => readSlides(`<smil><img src="${text}"/><par dur="${text}">`, [[text]]),
  shownNames: (text) => shownNames(`<img src='${text}' ${text}`),
  patterns: (text) => [PROGRAMME, TYPE_PATTERN, VARIABLE].map((pattern) => pattern.test(text)),
}

/** Milliseconds of this thread's own work: what else runs on the machine does not count. */
function workOf(task: () => unknown): number {
  const before = process.threadCpuUsage()
  task()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}

/** The least of several runs: a collection or a compilation falls into one of them, a pattern that blows up into all. */
const leastWorkOf = (task: () => unknown, runs: number): number =>
  Math.min(...Array.from({ length: runs }, () => workOf(task)))

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
  it.each(Object.entries(VALIDATORS))(
    '%s takes none of 100,000 texts for more than 5 ms',
    (name, validate) => {
      let slowest = 0
      for (const text of texts(100_000)) {
        const took = workOf(() => validate(text))
        if (took > 5)
          slowest = Math.max(
            slowest,
            leastWorkOf(() => validate(text), 10),
          )
      }
      expect(slowest, name).toBeLessThan(5)
    },
  )

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
      'stop ',
      'please ',
      "don't ",
      'i want to ',
      'a@',
    ]
    for (const run of runs) {
      const judge = (length: number) => {
        const text = run.repeat(Math.ceil(length / run.length))
        return leastWorkOf(() => [validate(text), validate(`${text}!`), validate(`1${text}x`)], 5)
      }
      const long = judge(60_000)
      // Four times the text takes four times as long, and not the sixteen times of a square.
      if (long > 20) expect(long / judge(15_000), JSON.stringify(run)).toBeLessThan(10)
    }
  })
})
