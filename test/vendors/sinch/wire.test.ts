import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { REASON_NAMES } from '../../../src/domain/reason.ts'
import { reasonCodeOf } from '../../../src/vendors/sinch/represent.ts'
import { signCallback } from '../../../src/vendors/sinch/sign-callback.ts'
import { isSigned } from '../../../src/vendors/sinch/signature.ts'
import { Callback, ErrorBody, REASON_CODES, SendMessageRequest } from '../../../src/vendors/sinch/wire.ts'

/** Callbacks in the shapes of the vendor's page: the channel beside the message, an empty text for no reason. */
const envelope = { app_id: 'an app', accepted_time: '2026-01-02T03:04:05.678901Z' }
const inbound = (contact_message: unknown) => ({
  ...envelope,
  message: {
    id: 'a message',
    direction: 'TO_APP',
    contact_message,
    channel: 'MMS',
    conversation_id: 'a conversation',
    contact_id: 'a contact',
    metadata: '',
    accept_time: '2026-01-02T03:04:05.600000Z',
  },
})
const report = (more: Record<string, unknown>) => ({
  ...envelope,
  message_delivery_report: {
    message_id: 'a message',
    conversation_id: 'a conversation',
    status: 'DELIVERED',
    channel: 'MMS',
    metadata: '',
    ...more,
  },
})

describe('callbacks', () => {
  it.each([
    ['text', inbound({ text_message: { text: 'Hello' } })],
    ['media', inbound({ media_message: { url: 'https://media.example/1.png' } })],
    ['media card', inbound({ media_card_message: { url: 'https://media.example/1.png', caption: 'words' } })],
    ['choice response', inbound({ choice_response_message: { message_id: 'asked', postback_data: 'p' } })],
    ['delivered, with an empty reason', report({ reason: '' })],
    [
      'failed',
      report({ status: 'FAILED', reason: { code: 'MEDIA_TOO_LARGE', description: 'd', sub_code: '' } }),
    ],
  ])('%s is read whole', (_, body) => {
    expect(v.parse(Callback, body)).toEqual(body)
  })

  it('passes over what it does not know, and refuses what is none', () => {
    expect(v.parse(Callback, { ...envelope, brand_new_notification: { a: 1 } })).toEqual(envelope)
    expect(v.safeParse(Callback, report({ message_id: 7 })).success).toBe(false)
    expect(v.safeParse(Callback, inbound('text')).success).toBe(false)
  })
})

describe('requests', () => {
  const request = {
    app_id: 'an app',
    recipient: { contact_id: 'a contact' },
    message: { text_message: { text: 'Hello' } },
    channel_priority_order: ['MMS'],
    channel_properties: { MMS_SENDER: '55501' },
  }
  it('reads the request of the page', () => {
    expect(v.parse(SendMessageRequest, request)).toEqual(request)
  })
  it.each([
    ['no app', { ...request, app_id: undefined }],
    ['metadata past its bound', { ...request, message_metadata: 'x'.repeat(1025) }],
    ['a life without its unit', { ...request, ttl: '10' }],
    ['eleven choices', { ...request, message: { choice_message: { choices: Array(11).fill({}) } } }],
    ['a property past its bound', { ...request, channel_properties: { A: 'x'.repeat(1025) } }],
  ])('refuses %s', (_, body) => {
    expect(v.safeParse(SendMessageRequest, body).success).toBe(false)
  })
})

it('reads an error body, with and without details', () => {
  const error = { code: 400, message: 'wrong', status: 'INVALID_ARGUMENT' }
  expect(v.parse(ErrorBody, { error })).toEqual({ error })
  expect(v.parse(ErrorBody, { error: { ...error, details: [{}] } }).error.details).toEqual([{}])
})

it('has a word of the vendor for every reason of ours', () => {
  for (const reason of REASON_NAMES) expect(REASON_CODES).toContain(reasonCodeOf(reason))
  // Only what nobody knows is unknown.
  expect(REASON_NAMES.filter((reason) => reasonCodeOf(reason) === 'UNKNOWN')).toEqual(['outcome_unknown'])
})

it('signs what it verifies: the bytes, the secret and the time', async () => {
  const now = Date.UTC(2026, 0, 2)
  const body = '{"text":"Gr\u00fc\u00dfe \ud83d\udc4b"}'
  const headers = new Headers(await signCallback('secret', body, now))
  const bytes = new TextEncoder().encode(body)
  expect(await isSigned('secret', headers, bytes, now)).toBe(true)
  expect(await isSigned('Secret', headers, bytes, now)).toBe(false)
  expect(await isSigned('secret', headers, bytes.with(3, 0), now)).toBe(false)
  expect(await isSigned('secret', headers, bytes, now + 301_000)).toBe(false)
})
