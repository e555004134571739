import { describe, expect, it } from 'vitest'
import { classifyReply } from '../../src/domain/stop-words.ts'
import { MUST_NOT_STOP, MUST_STOP } from './stop-phrases.ts'

describe('S-13: replies that opt out', () => {
  it('are at least 100', () => {
    expect(new Set(MUST_STOP).size).toBeGreaterThanOrEqual(100)
    expect(new Set(MUST_NOT_STOP).size).toBeGreaterThanOrEqual(100)
  })
  it.each(MUST_STOP)('%j opts out', (phrase) => expect(classifyReply(phrase)).toBe('stop'))
  it.each(MUST_NOT_STOP)('%j does not', (phrase) => expect(classifyReply(phrase)).not.toBe('stop'))
})

describe('the other words', () => {
  it.each(['START', 'unstop', 'Start!', 'opt in'])('%j opts in', (word) =>
    expect(classifyReply(word)).toBe('start'),
  )
  it.each(['HELP', 'info', 'AIDE', 'Ayuda?'])('%j asks for help', (word) =>
    expect(classifyReply(word)).toBe('help'),
  )
  it.each(['YES', 'yes', 'Oui', 'Sí'])('%j says yes', (word) => expect(classifyReply(word)).toBe('yes'))
  it.each(['Can we start at 9?', 'Can you help me?', 'yes please send it', 'si puedo'])(
    '%j says nothing of that',
    (text) => expect(classifyReply(text)).toBeNull(),
  )
})
