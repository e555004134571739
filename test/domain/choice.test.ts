import { expect, it } from 'vitest'
import { matchChoice, type Offering, refuseTitle } from '../../src/domain/choice.ts'

const newest: Offering = {
  message: 'new',
  offers: [
    { number: 1, title: '4 pm', postback: 'four' },
    { number: 2, title: 'Été', postback: null },
  ],
}
const older: Offering = {
  message: 'old',
  offers: [
    { number: 1, title: 'Red', postback: 'r' },
    { number: 2, title: '1', postback: 'one' },
    { number: 3, title: 'Blue', postback: 'b' },
  ],
}

it.each([
  ['1', 'old', '1'],
  ['#2', 'new', 'Été'],
  ['Option 2.', 'new', 'Été'],
  ['2️⃣', 'new', 'Été'],
  ['ete', 'new', 'Été'],
  ['"4 PM"', 'new', '4 pm'],
  [' blue ', 'old', 'Blue'],
])('%j chooses', (text, message, title) => {
  expect(matchChoice(text, [newest, older])).toMatchObject({ message, title })
})

it.each(['', '3', '0', '4', 'red or blue', '2 of them', '22', 'no'])('%j chooses nothing', (text) => {
  expect(matchChoice(text, [newest, older])).toBeNull()
})

it('nothing was offered', () => {
  expect(matchChoice('1', [])).toBeNull()
})

it.each(['STOP', 'stop please', 'Arrêt', 'START', 'info'])('%s is refused', (title) => {
  expect(refuseTitle(title, [])).toContain('Choose another')
})
it('twins are refused, others not', () => {
  expect(refuseTitle('Yes!', ['yes'])).toContain('twice')
  expect(refuseTitle('Yes', ['no'])).toBeNull()
})
