import { describe, expect, it } from 'vitest'
import type { Failure } from '../../src/domain/failure.ts'
import { type CapabilityState, numberOf } from '../../src/domain/number.ts'
import { isEmergency, mayBeSent, type Proposal, type VendorLimits } from '../../src/domain/policy.ts'

const OWN = '+14165550100'
const sender = numberOf({ account: 'acc_1', address: OWN, vendor: 'simulator', isDefault: true })
const withMms = (mms: CapabilityState) => ({ ...sender, capabilities: { sms: 'active', mms } as const })
const limits: VendorLimits = {
  messageBytes: 1_000_000,
  encoding: 'binary',
  parts: 3,
  recipients: 2,
  textLength: 10,
  subjectLength: 50,
  maxSide: 2592,
  types: ['image/jpeg'],
  international: false,
}
const good: Proposal = {
  sender,
  to: ['+14165550123'],
  channel: 'mms',
  subject: null,
  text: 'hello',
  parts: 1,
  ownNumbers: new Set([OWN, '+14165550101']),
  testKey: false,
  limits,
}

const wrong = (change: Partial<Proposal>): readonly Failure[] => mayBeSent({ ...good, ...change }).errors

describe('mayBeSent', () => {
  it('lets a plain message pass without a remark', () => {
    expect(mayBeSent(good)).toEqual({ errors: [], warnings: [] })
  })

  it.each<[string, Partial<Proposal>, Failure[]]>([
    ['nobody to send to', { to: [] }, [{ code: 'no_recipients' }]],
    [
      'too many',
      { to: ['+14165550121', '+14165550122', '+14165550123'] },
      [{ code: 'too_many_recipients', limit: 2 }],
    ],
    ['as many as fit', { to: ['+14165550121', '+14165550122'] }, []],
    ['no MMS', { sender: withMms('off') }, [{ code: 'sender_without_mms', address: OWN }]],
    ['no MMS needed', { sender: withMms('off'), channel: 'sms' }, []],
    [
      'no SMS',
      { sender: { ...sender, capabilities: { sms: 'off', mms: 'active' } }, channel: 'sms' },
      [{ code: 'sender_without_sms', address: OWN }],
    ],
    [
      'a test key and a real vendor',
      { sender: { ...sender, vendor: 'sinch' }, testKey: true },
      [{ code: 'test_key_live_number' }],
    ],
    ['a test key and the simulator', { testKey: true }, []],
    ['to itself', { to: [OWN] }, [{ code: 'recipient_is_own_number', address: OWN }]],
    [
      'to another own number',
      { to: ['+14165550101'] },
      [{ code: 'recipient_is_own_number', address: '+14165550101' }],
    ],
    ['abroad', { to: ['+442071838750'] }, [{ code: 'recipient_outside_area', address: '+442071838750' }]],
    ['to Jamaica', { to: ['+18765550123'] }, [{ code: 'recipient_outside_area', address: '+18765550123' }]],
    [
      'abroad by a vendor that reaches it',
      { to: ['+442071838750'], limits: { ...limits, international: true } },
      [],
    ],
    ['to a short code', { to: ['12345'] }, []],
    ['a long text', { text: 'x'.repeat(11) }, [{ code: 'text_too_long', limit: 10, length: 11 }]],
    ['ten emoji', { text: '\u{1f600}'.repeat(10) }, []],
    ['a long subject', { subject: 'x'.repeat(51) }, [{ code: 'subject_too_long', limit: 50, length: 51 }]],
    ['many parts', { parts: 4 }, [{ code: 'too_many_parts', limit: 3, count: 4 }]],
    ['as many parts as fit', { parts: 3 }, []],
    ['nothing', { text: null, parts: 0 }, [{ code: 'nothing_to_send' }]],
    ['empty texts', { text: '', subject: '', parts: 0 }, [{ code: 'nothing_to_send' }]],
    ['a subject alone', { text: null, subject: 'x', parts: 0 }, []],
    ['a picture alone', { text: null, parts: 1 }, []],
  ])('%s', (_, change, errors) => {
    expect(wrong(change)).toEqual(errors)
  })

  it('names everything that is wrong at once', () => {
    expect(
      wrong({ to: [OWN, '+442071838750'], parts: 4, text: 'x'.repeat(11) }).map((one) => one.code),
    ).toEqual(['recipient_is_own_number', 'recipient_outside_area', 'text_too_long', 'too_many_parts'])
  })

  it('warns of a subject that phones cut, once', () => {
    const warnings = (length: number) => mayBeSent({ ...good, subject: 'x'.repeat(length) }).warnings
    expect(warnings(40)).toEqual([])
    expect(warnings(41)).toEqual([
      { code: 'subject_long', field: 'subject', message: expect.stringContaining('41') },
    ])
    expect(warnings(51)).toEqual([])
  })
})

describe('isEmergency', () => {
  it.each([
    '911',
    '9-1-1',
    ' 911 ',
    '9.1.1',
    '(911)',
    '+911',
    '1911',
    '+1 911',
    '988',
    '112',
    '999',
    '211',
    '411',
    '811',
  ])('%j is', (typed) => {
    expect(isEmergency(typed)).toBe(true)
  })

  it.each(['', '111', '011', '9110', '91155', '+14165550911', '12911', '119'])('%j is not', (typed) => {
    expect(isEmergency(typed)).toBe(false)
  })
})
