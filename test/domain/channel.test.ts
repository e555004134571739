import { expect, it } from 'vitest'
import { type ChannelFacts, decideChannel } from '../../src/domain/channel.ts'
import { segmentsOf } from '../../src/domain/segments.ts'

const plain: ChannelFacts = {
  asked: 'auto',
  media: 0,
  hasSubject: false,
  recipients: 1,
  segments: 1,
  sender: { sms: true, mms: true, smsMaxSegments: 1 },
  someoneWithoutMms: false,
}
const without = (what: 'sms' | 'mms'): ChannelFacts['sender'] => ({ ...plain.sender, [what]: false })

it.each<[string, Partial<ChannelFacts>, string]>([
  ['a short text', {}, 'sms'],
  ['a text of two segments', { segments: 2 }, 'mms'],
  [
    'the same where the number allows two',
    { segments: 2, sender: { ...plain.sender, smsMaxSegments: 2 } },
    'sms',
  ],
  ['the same from a number without MMS', { segments: 2, sender: without('mms') }, 'sms'],
  ['the same to a phone without MMS', { segments: 2, someoneWithoutMms: true }, 'sms'],
  ['media', { media: 1 }, 'mms'],
  ['a subject', { hasSubject: true }, 'mms'],
  ['a group', { recipients: 2 }, 'mms'],
  ['a short text from a number without SMS', { sender: without('sms') }, 'mms'],
  ['a short text that is asked to go as MMS', { asked: 'mms' }, 'mms'],
  ['a long text that is asked to go as SMS', { asked: 'sms', segments: 9 }, 'sms'],
])('%s', (_, facts, channel) => {
  expect(decideChannel({ ...plain, ...facts })).toEqual({ channel, problem: null })
})

it.each<[string, Partial<ChannelFacts>]>([
  ['media', { media: 1 }],
  ['subject', { hasSubject: true }],
  ['group', { recipients: 2 }],
])('SMS carries no %s', (word, facts) => {
  expect(decideChannel({ ...plain, ...facts, asked: 'sms' }).problem).toContain(word)
})

it.each([
  ['', 1, 'gsm-7'],
  ['a'.repeat(160), 1, 'gsm-7'],
  ['a'.repeat(161), 2, 'gsm-7'],
  ['a'.repeat(306), 2, 'gsm-7'],
  ['a'.repeat(307), 3, 'gsm-7'],
  // A euro sign takes two places of the alphabet.
  ['€'.repeat(80), 1, 'gsm-7'],
  ['€'.repeat(81), 2, 'gsm-7'],
  ['ё'.repeat(70), 1, 'ucs-2'],
  ['ё'.repeat(71), 2, 'ucs-2'],
  // An emoji takes two places, and never one in each of two segments.
  ['😀'.repeat(35), 1, 'ucs-2'],
  ['😀'.repeat(36), 2, 'ucs-2'],
] as const)('segments of %s', (text, count, alphabet) => {
  expect(segmentsOf(text)).toEqual({ count, alphabet })
})
