import { describe, expect, it } from 'vitest'
import { contentOf, wayOf, wordsOf } from '../../../src/vendors/sinch/app-message.ts'
import { addressOf, identityOf } from '../../../src/vendors/sinch/state.ts'
import type { AppMessage, SinchChoice } from '../../../src/vendors/sinch/wire-message.ts'

const media = { url: 'https://media.example/a.jpg' }
const choices: SinchChoice[] = [
  { text_message: { text: 'Yes' }, postback_data: 'y' },
  { url_message: { title: 'More', url: 'https://example.com/' } },
  { call_message: { title: 'Call', phone_number: '+14165550100' } },
  { location_message: { title: 'Here', coordinates: { latitude: 1.5, longitude: -2 } } },
  {
    calendar_message: {
      title: 'Save',
      event_start: '2026-01-01T12:00:00Z',
      event_end: '2026-01-01T13:00:00Z',
      event_title: 'Lunch',
      fallback_url: 'https://example.com/ics',
    },
  },
  { share_location_message: { title: 'Where?', fallback_url: 'https://example.com/where' } },
  {},
]

describe('an app message here', () => {
  it.each<[string, AppMessage, unknown]>([
    ['text', { text_message: { text: 'a' } }, { type: 'text', text: 'a' }],
    ['media', { media_message: media }, { type: 'media', media }],
    [
      'card',
      { card_message: { title: 't', description: 'd', media_message: media } },
      { type: 'card', title: 't', description: 'd', media },
    ],
    [
      'card without a title',
      { card_message: { description: 'd' } },
      { type: 'card', title: '', description: 'd' },
    ],
    [
      'choice',
      { choice_message: { text_message: { text: 'Which?' }, choices } },
      {
        type: 'choice',
        text: 'Which?',
        choices: [
          { type: 'reply', title: 'Yes', postback: 'y' },
          { type: 'url', title: 'More', url: 'https://example.com/' },
          { type: 'call', title: 'Call', number: '+14165550100' },
          { type: 'url', title: 'Here', url: 'https://www.openstreetmap.org/?mlat=1.5&mlon=-2' },
          { type: 'url', title: 'Save', url: 'https://example.com/ics' },
          { type: 'url', title: 'Where?', url: 'https://example.com/where' },
        ],
      },
    ],
    [
      'carousel',
      { carousel_message: { cards: [{ title: '1', media_message: media }, { title: '2' }] } },
      { type: 'carousel', cards: [{ title: '1', media }, { title: '2' }] },
    ],
    [
      'location',
      { location_message: { title: 't', label: 'l', coordinates: { latitude: 1, longitude: 2 } } },
      { type: 'location', title: 't', label: 'l', latitude: 1, longitude: 2 },
    ],
    [
      'list, its own picture with the first row that has none',
      {
        list_message: {
          title: 't',
          media: { url: 'https://media.example/own.jpg' },
          sections: [
            {
              items: [
                { choice: { title: 'a', media } },
                { choice: { title: 'b', postback_data: 'p' } },
                { choice: { title: 'c' } },
                { product: { id: 'sku-1' } },
              ],
            },
          ],
        },
      },
      {
        type: 'list',
        title: 't',
        sections: [
          {
            items: [
              { title: 'a', media },
              { title: 'b', postback: 'p', media: { url: 'https://media.example/own.jpg' } },
              { title: 'c' },
              { title: 'sku-1' },
            ],
          },
        ],
      },
    ],
    [
      'contact',
      {
        contact_info_message: {
          name: { full_name: 'Dr Ann Lee', prefix: 'Dr', first_name: 'Ann', last_name: 'Lee' },
          phone_numbers: [{ phone_number: '+14165550100', type: 'WORK' }],
          addresses: [{ city: 'Halifax', country: 'Canada' }],
        },
      },
      {
        type: 'contact',
        name: { first: 'Dr Ann', last: 'Lee' },
        phones: [{ number: '+14165550100', type: 'WORK' }],
        address: 'Halifax Canada',
      },
    ],
    [
      'contact with nothing but a full name',
      { contact_info_message: { name: { full_name: 'Ann Lee' } } },
      { type: 'contact', name: { first: 'Ann Lee' } },
    ],
  ])('%s', (_, message, expected) => {
    const content = contentOf(message)
    expect(content.ok).toBe(true)
    expect(content).toMatchObject({ value: expected })
  })

  it.each<[string, AppMessage]>([
    ['nothing', {}],
    ['two at once', { text_message: { text: 'a' }, media_message: media }],
    ['a title of 81 characters', { card_message: { title: 't'.repeat(81) } }],
    ['a template that was not filled in', { template_message: {} }],
  ])('refuses %s', (_, message) => {
    expect(contentOf(message)).toMatchObject({ ok: false, failure: { code: 'invalid_field' } })
  })
})

describe('the way of a message', () => {
  it.each<[string[], unknown]>([
    [['MMS'], { channel: 'mms', channelFallback: false }],
    [['MMS', 'SMS'], { channel: 'mms', channelFallback: true }],
    [['WHATSAPP', 'MMS', 'RCS', 'SMS'], { channel: 'mms', channelFallback: true }],
    [['SMS'], { channel: 'sms', channelFallback: false }],
    [['SMS', 'MMS'], { channel: 'sms', channelFallback: false }],
    [[], { channel: 'auto', channelFallback: true }],
    [['WHATSAPP'], null],
  ])('%j', (order, expected) => {
    expect(wayOf(order)).toEqual(expected)
  })

  it('gives SMS the link to a file, MMS the file', () => {
    const content = { type: 'card', title: 'Boats', media } as const
    expect(wordsOf(content, 'mms', undefined)).toEqual({ content, media: [] })
    expect(wordsOf(content, 'sms', undefined)).toEqual({
      text: 'Boats\nhttps://media.example/a.jpg',
      media: [],
    })
    const plain = { type: 'choice', text: 'Which?', choices: [] } as const
    expect(wordsOf(plain, 'sms', undefined)).toEqual({ content: plain, media: [] })
    expect(wordsOf(content, 'mms', 'said for MMS')).toEqual({ text: 'said for MMS', media: [] })
  })
})

describe('identities', () => {
  it.each([
    ['16135550140', '+16135550140'],
    ['+1 (613) 555-0140', '+16135550140'],
    ['6135550140', '+16135550140'],
    ['46732001122', '+46732001122'],
    ['55501', '55501'],
    ['somebody', null],
    ['', null],
  ])('%s is %s', (identity, address) => {
    expect(addressOf(identity)).toBe(address)
    if (address !== null) expect(addressOf(identityOf(address))).toBe(address)
  })
})
