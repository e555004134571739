import { expect, it } from 'vitest'
import { renderRich } from '../../src/domain/rich.ts'
import { vcardOf } from '../../src/domain/rich-contact.ts'
import { fillTemplate, type Template, variablesOf } from '../../src/domain/template.ts'

it('a card by SMS has its title in the text', () => {
  const card = { type: 'card', title: 'Title', description: 'Words' } as const
  expect(renderRich(card, true)).toMatchObject({ subject: null, text: 'Title\nWords' })
  expect(renderRich(card, false)).toMatchObject({ subject: 'Title', text: 'Words' })
})

it('media is in the order of the cards and items', () => {
  const media = (id: string) => ({ id })
  const list = {
    type: 'list',
    title: 'L',
    sections: [
      { items: [{ title: 'a', media: media('1') }, { title: 'b' }] },
      { items: [{ title: 'c', media: media('2') }] },
    ],
  } as const
  expect(renderRich(list, false).media).toEqual([{ id: '1' }, { id: '2' }])
  const offers = renderRich(list, false).offers.map(({ number, title }) => `${number} ${title}`)
  expect(offers).toEqual(['1 a', '2 b', '3 c'])
})

it('a map link names the place with six decimals', () => {
  const { text } = renderRich({ type: 'location', title: 'X', latitude: 1 / 3, longitude: -0.0000001 }, false)
  expect(text).toBe('X\nhttps://maps.google.com/?q=0.333333,0')
})

it('nothing in a contact ends a line of the card or begins another', () => {
  const card = vcardOf({ name: { first: 'A\r\nTEL:1', last: 'b;c,d\\e' }, address: '1 Road\nTown' })
  expect(card.split('\r\n')).toEqual([
    'BEGIN:VCARD',
    'VERSION:3.0',
    'N:b\\;c\\,d\\\\e;A\\nTEL:1;;;',
    'FN:A\\nTEL:1 b\\;c\\,d\\\\e',
    'ADR:;;1 Road\\nTown;;;;',
    'END:VCARD',
    '',
  ])
})

const template: Template = {
  id: 'tpl_x',
  name: 'T',
  content: { type: 'choice', text: '{{a}} {{ b }} {{a}}', choices: [{ type: 'reply', title: '{{c}}' }] },
  defaults: { b: 'B' },
  createdAt: 0,
  updatedAt: 0,
}

it('fills every text of a template, once', () => {
  expect(fillTemplate(template, { a: '{{b}} $&', c: 'C' })).toEqual({
    ok: true,
    content: { type: 'choice', text: '{{b}} $& B {{b}} $&', choices: [{ type: 'reply', title: 'C' }] },
  })
})

it('names what is missing; what every object has is no value', () => {
  expect(fillTemplate(template, { a: '' })).toEqual({ ok: false, missing: ['c'] })
  const odd = { ...template, content: { type: 'text', text: '{{constructor}}' } } as const
  expect(fillTemplate(odd, {})).toEqual({ ok: false, missing: ['constructor'] })
  expect(variablesOf(template.content)).toEqual(['a', 'b', 'c'])
})
