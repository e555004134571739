import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import {
  nextWebhookWait,
  retryAfterOf,
  secretText,
  signedHeaders,
  WEBHOOK_LIMITS,
  WEBHOOK_WAITS,
} from '../../src/domain/standard-webhooks.ts'

const HOUR = 3_600_000
const NOW = Date.UTC(2026, 0, 1)

describe('signatures', () => {
  it.each([24, 32, 64])('a secret of %i bytes is taken by an independent verifier', async (length) => {
    const secret = Uint8Array.from({ length }, (_, i) => (i * 37) & 255)
    const body = '{"type":"message.received","text":"Grüße 🎉"}'
    const headers = await signedHeaders([secret], 'evt_1', Date.now(), body)
    expect(new Webhook(secretText(secret)).verify(body, headers)).toEqual(JSON.parse(body))
  })

  it('id, time and body are all signed', async () => {
    const secret = new Uint8Array(32).fill(7)
    const at = Date.now()
    const headers = await signedHeaders([secret], 'evt_1', at, '{}')
    const verifier = new Webhook(secretText(secret))
    const changed = [
      ['{ }', headers],
      ['{}', { ...headers, 'webhook-id': 'evt_2' }],
      ['{}', { ...headers, 'webhook-timestamp': String(Math.floor(at / 1000) + 1) }],
    ] as const
    for (const [body, more] of changed) expect(() => verifier.verify(body, more)).toThrow()
  })

  it('is old after five minutes, for those who look', async () => {
    const secret = new Uint8Array(32).fill(7)
    const headers = await signedHeaders([secret], 'evt_1', Date.now() - 301_000, '{}')
    expect(() => new Webhook(secretText(secret)).verify('{}', headers)).toThrow()
  })
})

describe('the schedule', () => {
  it('F-15: ten attempts over 75 h 35 min', () => {
    expect(WEBHOOK_LIMITS.attempts).toBe(10)
    const all = WEBHOOK_WAITS.reduce((sum, wait) => sum + wait, 0)
    expect(all).toBe(75 * HOUR + 35 * 60_000 + 5_000)
    expect(nextWebhookWait(9, null, 0.5)).toBe(24 * HOUR)
    expect(nextWebhookWait(10, null, 0.5)).toBeNull()
  })

  it('is spread by a tenth in both directions', () => {
    expect(nextWebhookWait(1, null, 0)).toBe(4_500)
    expect(nextWebhookWait(1, null, 1)).toBe(5_500)
  })

  it('never comes sooner than was asked for, and a short Retry-After does not shorten it', () => {
    expect(nextWebhookWait(1, 600_000, 0.5)).toBe(600_000)
    expect(nextWebhookWait(4, 1_000, 0.5)).toBe(2 * HOUR)
  })
})

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 5 ', 5_000],
    [new Date(NOW + 90_000).toUTCString(), 90_000],
    [new Date(NOW - 90_000).toUTCString(), 0],
    ['999999999', 24 * HOUR],
    ['soon', null],
    ['-5', null],
    ['', null],
    [null, null],
  ])('%j', (header, expected) => {
    expect(retryAfterOf(header, NOW)).toBe(expected)
  })
})
