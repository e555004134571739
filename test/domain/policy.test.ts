import { describe, expect, it } from 'vitest'
import type { Failure } from '../../src/domain/failure.ts'
import { type CapabilityState, numberOf } from '../../src/domain/number.ts'
import {
  isEmergency,
  mayBeSent,
  type Proposal,
  strictRefusals,
  type VendorLimits,
} from '../../src/domain/policy.ts'
import { type RecipientFacts, unknownRecipient } from '../../src/domain/recipient.ts'

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

describe('the sender', () => {
  const real = { ...sender, vendor: 'telnyx' } as const
  const active = {
    kind: '10dlc',
    state: 'active',
    id: 'C1',
    caps: { perSecond: null, perMinute: null, perDay: null },
  } as const
  const us = { to: ['+12125550123'] }

  it('C3: a requested capability is refused in its own words', () => {
    expect(wrong({ sender: withMms('requested') })).toEqual([
      { code: 'capability_requested', address: OWN, channel: 'mms' },
    ])
  })

  it('V13: a pending one is tried with a warning', () => {
    const verdict = mayBeSent({ ...good, sender: withMms('pending') })
    expect(verdict.errors).toEqual([])
    expect(verdict.warnings.map((one) => one.code)).toEqual(['capability_pending'])
  })

  it.each<[string, Partial<Proposal>, string | null]>([
    ['an unregistered number to the US', { ...us, sender: real }, '10DLC campaign'],
    ['a toll-free one', { ...us, sender: { ...real, type: 'toll-free' } }, 'toll-free verification'],
    ['a short code', { ...us, sender: { ...real, type: 'short-code' } }, 'short code programme'],
    [
      'one whose registration waits',
      { ...us, sender: { ...real, registration: { ...active, state: 'pending' } } },
      '10DLC campaign',
    ],
    ['a registered one', { ...us, sender: { ...real, registration: active } }, null],
    ['an unregistered one to Canada', { sender: real }, null],
    ['the simulator', us, null],
  ])('sender_not_registered: %s', (_, change, needs) => {
    expect(wrong(change)).toEqual(
      needs === null ? [] : [{ code: 'sender_not_registered', address: OWN, needs }],
    )
  })
})

describe('the recipient', () => {
  const known = (change: Partial<RecipientFacts>) => ({
    recipients: new Map([['+14165550123', { ...unknownRecipient('+14165550123'), ...change }]]),
    now: 1000,
  })

  it.each<[string, Partial<RecipientFacts>, Partial<Proposal>, boolean]>([
    ['unknown sends', {}, {}, true],
    ['yes sends', { mms: 'yes' }, {}, true],
    ['no does not', { mms: 'no', mmsSource: 'manual' }, {}, false],
    ['no is no matter for SMS', { mms: 'no' }, { channel: 'sms' }, true],
    ["a vendor's no that has ended sends", { mms: 'no', mmsUntil: 1000 }, {}, true],
    ["a vendor's no that holds does not", { mms: 'no', mmsSource: 'vendor', mmsUntil: 1001 }, {}, false],
  ])('C6: %s', (_, facts, change, sends) => {
    expect(wrong({ ...known(facts), ...change }).map((one) => one.code)).toEqual(
      sends ? [] : ['recipient_without_mms'],
    )
  })
})

describe('letters', () => {
  it('V11: letters that a vendor does not promise warn, once', () => {
    const said = (text: string, plain: boolean) =>
      mayBeSent({ ...good, text, limits: { ...limits, plainLettersOnly: plain } }).warnings.map(
        (one) => one.code,
      )
    expect(said('\u00e9t\u00e9 \u4f60', true)).toEqual(['letters_not_promised'])
    expect(said('\u00e9t\u00e9', false)).toEqual([])
    expect(said('a\r\n\tb ~!', true)).toEqual([])
  })

  it('V12: shorteners warn, and are refused where the vendor blocks them', () => {
    const text = 'bit.ly/a'
    expect(mayBeSent({ ...good, text }).warnings.map((one) => one.code)).toEqual(['url_shortener'])
    const blocking = { ...limits, refusesShorteners: true }
    expect(mayBeSent({ ...good, text, limits: blocking })).toEqual({
      errors: [{ code: 'shortener_refused', host: 'bit.ly' }],
      warnings: [],
    })
  })
})

describe('S9: strict mode', () => {
  const jpeg = { type: 'image/jpeg', bytes: 1000, alpha: false }
  const taking = { ...limits, types: ['image/jpeg', 'image/png'] }
  const problems = (...asked: Parameters<typeof strictRefusals>) => strictRefusals(...asked).length

  it.each<[string, number, Parameters<typeof strictRefusals>]>([
    ['a photo passes', 0, [null, [jpeg], taking]],
    ['a type outside the list', 1, [null, [{ ...jpeg, type: 'image/heic' }], taking]],
    ['a part of 1 MB passes', 0, [null, [{ ...jpeg, bytes: 1_000_000 }], taking]],
    ['a part over 1 MB before fitting', 1, [null, [{ ...jpeg, bytes: 1_000_001 }], taking]],
    ['PNG where JPEG would do', 1, [null, [{ ...jpeg, type: 'image/png' }], taking]],
    ['PNG that is transparent', 0, [null, [{ ...jpeg, type: 'image/png', alpha: true }], taking]],
    ['a subject of 40', 0, ['x'.repeat(40), [], taking]],
    ['a subject past 40', 1, ['x'.repeat(41), [], taking]],
    ['one medium a slide', 0, [null, [jpeg, jpeg], taking, [1, 1]]],
    ['two media on a slide', 1, [null, [jpeg, jpeg], taking, [2]]],
    [
      'everything at once',
      5,
      [
        'x'.repeat(41),
        [
          { type: 'image/bmp', bytes: 2_000_000, alpha: false },
          { ...jpeg, type: 'image/png' },
        ],
        taking,
        [2],
      ],
    ],
  ])('%s', (_, count, asked) => {
    expect(problems(...asked)).toBe(count)
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
